/* ostiary mail send, list. */
#include "clock.h"
#include "command.h"
#include "log.h"
#include "privilege.h"
#include "sendmail.h"
#include "spool.h"

#include <sys/stat.h>
#include <unistd.h>

#define SCRATCH_MAX ((size_t)4 * 1024 * 1024)
#define MINUTE_MS   INT64_C(60000)
#define DAY_MS	    (24 * 60 * MINUTE_MS)

/* What a run has done. */
struct run {
	struct admin *admin;
	struct spool spool;    /* its arena is of one look at a folder */
	struct arena *message; /* of one mail */
	int64_t sent, discarded, deferred, failed;
};

static enum ost_err
open_spool(struct admin *admin, struct spool *spool)
{
	struct stat st;

	*spool = (struct spool){ .state = admin->config->state_path,
		.arena = admin->arena };
	if (stat(spool->state.p, &st) != 0)
		return OST_STORE;
	/* As context.c has it. */
	spool->is_shared = (st.st_mode & S_IWGRP) != 0;
	return OST_OK;
}

/* Soon at first, for what passes; then once an hour. */
static int64_t
pause_ms(unsigned int tries)
{
	static const int64_t minutes[] = { 1, 5, 15, 30, 60 };
	size_t last = sizeof(minutes) / sizeof(minutes[0]) - 1;

	return minutes[tries < last ? tries : last] * MINUTE_MS;
}

static enum ost_err
give_up(struct run *run, const struct spooled *file, const char *why)
{
	run->failed++;
	log_message("warning", "mail %s: %s; it is in mail/failed now",
		file->name, why);
	return spool_give_up(&run->spool, file);
}

static enum ost_err
try_again(struct run *run, const struct spooled *file)
{
	int64_t now_ms = clock_wall_ms();

	if (now_ms - file->created_ms >= DAY_MS)
		return give_up(run, file, "could not be sent for a day");
	run->deferred++;
	return spool_defer(&run->spool, file, now_ms + pause_ms(file->tries));
}

static const char *
failure_of(enum ost_err err)
{
	switch (err) {
	case OST_EXPIRED:
		return "took too long and was killed";
	case OST_SYSTEM:
		return "could not be run";
	default:
		return "ended with another status than 0";
	}
}

/* The file goes when the command has taken the message: killed between, it is
 * sent once more, never lost. */
static enum ost_err
send_message(struct run *run, const struct spooled *file,
	const struct spool_message *message)
{
	const struct config *config = run->admin->config;
	int fd, status = 0;
	enum ost_err sent,
		err = spool_open_text(&run->spool, message->text, &fd);

	if (err != OST_OK)
		return err;
	sent = sendmail_run(config, message->address, fd, &status);
	close(fd);
	if (sent == OST_OK) {
		run->sent++;
		return spool_remove(&run->spool, file);
	}
	if (sent == OST_BADINPUT)
		return give_up(run, file, "is to no address");
	log_message("warning", "mail %s: %s %s (status %d)", file->name,
		config->sendmail.p, failure_of(sent), status);
	return try_again(run, file);
}

static enum ost_err
send_file(struct run *run, const struct spooled *file)
{
	struct spool_message message;
	struct spool reading = run->spool;
	enum ost_err err;

	reading.arena = run->message;
	err = spool_read(&reading, file, &message);
	if (err == OST_NOTFOUND)
		return OST_OK;
	if (err == OST_BADINPUT)
		return give_up(run, file, "is no mail of ours");
	if (err != OST_OK)
		return err;
	if (!span_is_absent(message.address))
		return send_message(run, file, &message);
	run->discarded++;
	return spool_remove(&run->spool, file);
}

/* All of the folder that is due; *n: how many that was. */
static enum ost_err
send_folder(struct run *run, enum spool_folder folder, size_t *n)
{
	struct spooled *files;
	size_t found, strangers;
	enum ost_err err =
		spool_list(&run->spool, folder, &files, &found, &strangers);

	*n = 0;
	for (size_t i = 0; err == OST_OK && i < found; i++) {
		if (folder == SPOOL_WAIT && files[i].next_ms > clock_wall_ms())
			continue;
		++*n;
		err = send_file(run, &files[i]);
		arena_reset(run->message);
	}
	arena_reset(run->spool.arena);
	return err;
}

/* What came meanwhile too, so that new/ is empty in the end. */
static enum ost_err
send_all(struct run *run)
{
	size_t n;
	enum ost_err err = send_folder(run, SPOOL_WAIT, &n);

	do {
		if (err == OST_OK)
			err = send_folder(run, SPOOL_NEW, &n);
	} while (err == OST_OK && n > 0);
	return err;
}

static void
say_run(struct admin *admin, const struct run *run)
{
	const struct field fields[] = {
		{ .name = "sent", .kind = FIELD_COUNT, .number = run->sent },
		{ .name = "discarded",
			.kind = FIELD_COUNT,
			.number = run->discarded },
		{ .name = "deferred",
			.kind = FIELD_COUNT,
			.number = run->deferred },
		{ .name = "failed",
			.kind = FIELD_COUNT,
			.number = run->failed },
	};

	output_say(&admin->out,
		"%lld sent, %lld for nobody, %lld to be tried again, %lld "
		"given up",
		(long long)run->sent, (long long)run->discarded,
		(long long)run->deferred, (long long)run->failed);
	output_object(&admin->out, fields, 4);
}

static enum exit_status
send_locked(struct admin *admin, struct run *run)
{
	enum ost_err err = OST_NOMEM;

	run->spool.arena = arena_new(SCRATCH_MAX);
	run->message = arena_new(SCRATCH_MAX);
	if (run->spool.arena != NULL && run->message != NULL)
		err = send_all(run);
	arena_free(run->spool.arena);
	arena_free(run->message);
	if (err != OST_OK)
		return report_fail(err, "mail");
	say_run(admin, run);
	return EXIT_DONE;
}

static enum exit_status
mail_send(struct admin *admin)
{
	struct run run = { .admin = admin };
	enum exit_status status = privilege_drop(admin->config);
	enum ost_err err;
	int lock;

	if (status != EXIT_DONE)
		return status;
	err = open_spool(admin, &run.spool);
	if (err == OST_OK)
		err = spool_lock(&run.spool, &lock);
	if (err == OST_BUSY) {
		/* It looks again before it ends. */
		report_remark("another `ostiary mail send` is at work");
		say_run(admin, &run);
		return EXIT_DONE;
	}
	if (err != OST_OK)
		return report_fail(err, "%.*s/mail cannot be opened",
			SPAN_ARG(admin->config->state_path));
	status = send_locked(admin, &run);
	close(lock);
	return status;
}

static void
fill_row(struct field *fields, const struct spooled *file)
{
	static const char *const states[SPOOL_FOLDERS] = { "new", "waiting",
		"failed" };

	fields[0] = (struct field){
		.name = "mail", .heading = "mail", .text = span_of(file->name)
	};
	fields[1] = (struct field){ .name = "state",
		.heading = "state",
		.text = span_of(states[file->folder]) };
	fields[2] = (struct field){ .name = "created",
		.heading = "created",
		.kind = FIELD_TIME,
		.number = file->created_ms };
	fields[3] = (struct field){ .name = "next",
		.heading = "next try",
		.kind = FIELD_TIME,
		.number = file->folder == SPOOL_FAILED ? 0 : file->next_ms };
	fields[4] = (struct field){ .name = "tries",
		.heading = "tries",
		.kind = FIELD_COUNT,
		.number = file->tries };
}

#define COLUMNS 5

static enum exit_status
mail_list(struct admin *admin)
{
	struct spooled *files[SPOOL_FOLDERS];
	size_t n[SPOOL_FOLDERS], strangers, rows = 0, row = 0;
	enum exit_status status = privilege_drop(admin->config);
	struct field *fields = NULL;
	struct spool spool;
	enum ost_err err;

	if (status != EXIT_DONE)
		return status;
	err = open_spool(admin, &spool);
	for (unsigned int i = 0; err == OST_OK && i < SPOOL_FOLDERS; i++) {
		err = spool_list(&spool, i, &files[i], &n[i], &strangers);
		rows += err == OST_OK ? n[i] : 0;
	}
	if (err == OST_OK) {
		fields = arena_array(
			admin->arena, rows * COLUMNS + 1, sizeof(*fields));
		err = fields != NULL ? OST_OK : OST_NOMEM;
	}
	if (err != OST_OK)
		return report_fail(err, "%.*s/mail cannot be read",
			SPAN_ARG(admin->config->state_path));
	for (size_t i = 0; i < SPOOL_FOLDERS; i++)
		for (size_t k = 0; k < n[i]; k++)
			fill_row(&fields[COLUMNS * row++], &files[i][k]);
	output_table(&admin->out, NULL, "mails", fields, rows, COLUMNS);
	return EXIT_DONE;
}

const struct command mail_commands[] = {
	{ "mail send", "", 0, 0, NULL, "Hand the mails that wait to sendmail",
		"What the command of the setting sendmail does not take is "
		"tried again by a\nlater run, for a day. Where another one is "
		"at work already, it ends at once.\nExits with 0 also when "
		"mails had to stay; the log says which and why.",
		NEEDS_CONFIG, mail_send },
	{ "mail list", "", 0, 0, NULL, "List the mails that wait, or failed",
		NULL, NEEDS_CONFIG, mail_list },
	{ .name = NULL },
};
