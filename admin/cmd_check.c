/* ostiary check: looks whether the state is sound, while programs use it. */
#include "check.h"
#include "log.h"
#include "privilege.h"
#include "ratefiles.h"
#include "tallyfile.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MESSAGE_MAX 512

/* What modules log is not said: a problem says it. State of the log, which has
 * no argument to carry it. */
static char last_error[MESSAGE_MAX];

static void
keep(const char *level, const char *message)
{
	if (span_eq(span_of(level), SPAN("error")))
		snprintf(last_error, sizeof(last_error), "%s", message);
}

const char *
check_store_name(unsigned int store)
{
	if (store < DUMP_STORES)
		return dump_stores[store];
	switch (store) {
	case CHECK_KEYRING:
		return "keyring";
	case CHECK_MAIL:
		return "mail";
	default:
		return "rates";
	}
}

struct problem *
check_add(struct check *check, unsigned int store, bool is_error,
	struct span key, const char *format, ...)
{
	struct problem *problem = arena_alloc(check->arena, sizeof(*problem));
	char text[MESSAGE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (problem == NULL || arena_copy(check->arena, span_of(text),
				       &problem->message) != OST_OK) {
		check->has_failed = true;
		return NULL;
	}
	problem->store = store;
	problem->is_error = is_error;
	problem->key = key;
	*check->last = problem;
	check->last = &problem->next;
	return problem;
}

void
problem_note(struct check *check, struct problem *problem, bool is_repaired,
	const char *what)
{
	struct buf buf;

	if (problem == NULL)
		return;
	problem->is_repaired = is_repaired;
	buf_init(&buf, check->arena);
	buf_add(&buf, problem->message);
	buf_text(&buf, "; ");
	buf_text(&buf, what);
	if (buf_span(&buf, &problem->message) != OST_OK)
		check->has_failed = true;
}

/* Makes a file of rates/ anew. */
static enum ost_err
remake(const struct config *config, const char *file, bool is_tally)
{
	bool is_shared;
	struct stat st;

	if (stat(config->state_path.p, &st) != 0)
		return OST_STORE;
	is_shared = (st.st_mode & S_IWGRP) != 0;
	return is_tally ? tallyfile_repair(config->state_path, is_shared)
			: ratefiles_repair(config->state_path, is_shared, file);
}

static void
note_file(struct check *check, const char *file, const char *message,
	bool is_tally)
{
	struct problem *problem = check_add(
		check, CHECK_RATES, true, span_of(file), "%s", message);

	if (!check->is_repairing)
		return;
	if (remake(check->admin->config, file, is_tally) != OST_OK)
		problem_note(check, problem, false, "not repaired");
	else
		problem_note(check, problem, true,
			is_tally ? "made anew"
				 : "made anew; programs that run count in the "
				   "old one until they are started again");
}

static void
note_rates(void *arg, const char *file, const char *message)
{
	note_file(arg, file, message, false);
}

static void
note_tally(void *arg, const char *file, const char *message)
{
	note_file(arg, file, message, true);
}

/* Grants before accounts, so that what a grant names has been there. */
static enum ost_err
look(struct check *check, unsigned int *store)
{
	static const unsigned int order[] = { DUMP_GRANTS, DUMP_ACCOUNTS,
		DUMP_ACTIVITY, CHECK_KEYRING };
	enum ost_err err = OST_OK;

	for (size_t i = 0; i < CHECK_STORES && err == OST_OK; i++) {
		*store = order[i];
		err = check_files(check, order[i]);
		if (err == OST_OK && check->is_repairing &&
			!check->stores[order[i]].is_sound)
			err = check_mend(check, order[i]);
	}
	if (err == OST_OK)
		err = check_records(check);
	ratefiles_check(check->admin->config->state_path, note_rates, check);
	tallyfile_check(check->admin->config->state_path, note_tally, check);
	if (err == OST_OK) {
		*store = CHECK_MAIL;
		err = check_mail(check);
	}
	return err;
}

static void
say_stores(struct check *check)
{
	static const char *const spare[][2] = {
		[STORE_SPARE_NONE] = { "none", "no spare yet" },
		[STORE_SPARE_GOOD] = { "good", "a good spare" },
		[STORE_SPARE_BAD] = { "bad", "a bad spare" },
	};
	struct output *out = &check->admin->out;
	struct json_writer *json = &out->json;

	for (unsigned int i = 0; i < CHECK_STORES; i++) {
		const struct store_size *size = &check->stores[i].size;

		output_say(out,
			"%s: %llu records, %llu in the log, %llu bytes, %s",
			check_store_name(i), (unsigned long long)size->records,
			(unsigned long long)size->log_records,
			(unsigned long long)size->bytes, spare[size->spare][1]);
		if (!out->is_json)
			continue;
		json_open(json, NULL, '{');
		json_string(json, "name", span_of(check_store_name(i)));
		json_i64(json, "records", (int64_t)size->records);
		json_i64(json, "log_records", (int64_t)size->log_records);
		json_i64(json, "bytes", (int64_t)size->bytes);
		json_string(json, "spare", span_of(spare[size->spare][0]));
		json_close(json);
	}
}

static void
say_problem(struct output *out, const struct problem *problem)
{
	const char *level = problem->is_error ? "error" : "warning";
	const char *name = check_store_name(problem->store);
	struct json_writer *json = &out->json;

	output_say(out, "%s: %s: %.*s%s%.*s", name,
		problem->is_repaired ? "repaired" : level,
		SPAN_ARG(problem->key), problem->key.n > 0 ? " " : "",
		SPAN_ARG(problem->message));
	if (!out->is_json)
		return;
	json_open(json, NULL, '{');
	json_string(json, "store", span_of(name));
	json_string(json, "key", problem->key);
	json_string(json, "level", span_of(level));
	json_string(json, "message", problem->message);
	json_bool(json, "repaired", problem->is_repaired);
	json_close(json);
}

/* How many errors are left. */
static size_t
say_all(struct check *check)
{
	struct output *out = &check->admin->out;
	struct json_writer *json = &out->json;
	size_t errors = 0;

	if (out->is_json) {
		json_open(json, NULL, '{');
		json_open(json, "stores", '[');
	}
	say_stores(check);
	if (out->is_json) {
		json_close(json);
		json_open(json, "problems", '[');
	}
	for (const struct problem *p = check->first; p != NULL; p = p->next) {
		say_problem(out, p);
		if (p->is_error && !p->is_repaired)
			errors++;
	}
	if (out->is_json) {
		json_close(json);
		json_close(json);
	}
	return errors;
}

static enum exit_status
check_state(struct check *check)
{
	const struct config *config = check->admin->config;
	unsigned int store = 0;
	enum exit_status status;
	struct stat st;
	enum ost_err err;

	if (stat(config->state_path.p, &st) != 0)
		return report_fail_system("%s: %s (`ostiary init` makes it)",
			config->state_path.p, strerror(errno));
	log_divert(keep);
	err = look(check, &store);
	report_begin(check->admin->out.is_json);
	if (err == OST_OK && check->has_failed)
		err = OST_NOMEM;
	if (err != OST_OK)
		return report_fail(err, "store %s cannot be looked at (%s)",
			check_store_name(store), last_error);
	if (say_all(check) == 0)
		return EXIT_DONE;
	/* Refused, but what it found is the answer. */
	status = output_finish(&check->admin->out);
	return status == EXIT_DONE ? EXIT_REFUSED : status;
}

static enum exit_status
run(struct admin *admin)
{
	struct check check = { .admin = admin, .arena = admin->arena };
	enum exit_status status = privilege_drop(admin->config);

	check.last = &check.first;
	check.is_repairing = argument_has(&admin->arguments, "repair");
	if (status == EXIT_DONE)
		status = check_state(&check);
	if (check.accounts != NULL)
		(void)store_settle(check.accounts, STORE_BETWEEN);
	store_close(check.accounts);
	return status;
}

static const struct option options[] = {
	{ .name = "repair", .help = "restore what can be restored" },
	{ .name = NULL },
};

const struct command check_commands[] = {
	{ "check", "", 0, 0, options, "Look for damage in the state",
		"Reads every record of every store, while the programs run, "
		"and prints a line\nfor each store and each problem: files, "
		"checksums, records, and what records\nexpect of each other. "
		"It waits for nobody and, without --repair, changes "
		"nothing.\n\n--repair makes a damaged store anew of the copy "
		"it keeps, writes missing indexes\nand deletes those that lead "
		"nowhere. Exits with 1 when errors are left;\nwarnings alone "
		"are none.",
		NEEDS_CONFIG, run },
	{ .name = NULL },
};
