#include "storecheck.h"
#include "clock.h"
#include "ctl.h"
#include "generation.h"
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
/*
 * Looks at the files as a reader does, but never takes the flock, for who has
 * it recovers what he finds. So it may come between the two renames of a fold;
 * then what it opened is no longer what the names lead to, or not yet what the
 * page names, and it looks again. What stays so is how the files are: of a
 * copy, of a store that nobody has opened since the machine was started.
 */
#define TRIES	  10
#define PAUSE_NS  10000000
#define ARENA_MAX 65536

struct look {
	struct statepaths paths;
	const struct store_checker *checker;
	struct store_size *size;
	struct ctl ctl; /* its page is NULL when there is none */
	struct generation now;
	bool has_cut_page;
	bool is_named; /* the page says how far the log goes */
	char fault[256];
};

__attribute__((format(printf, 2, 3))) static enum ost_err
fault(struct look *look, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(look->fault, sizeof(look->fault), format, args);
	va_end(args);
	return OST_STORE;
}

static bool
is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static bool
has_logs(const struct statepaths *paths)
{
	for (size_t i = 0; i < STATEPATHS_LOGS; i++)
		if (is_there(paths->logs[i]))
			return true;
	return false;
}

/* ctl_open() would make or mend what is missing. */
static enum ost_err
page_look(struct look *look)
{
	struct stat file;

	look->has_cut_page = false;
	if (stat(look->paths.ctl, &file) != 0)
		return OST_OK;
	if (file.st_size < CTL_SIZE || file.st_blocks * 512 < CTL_SIZE) {
		look->has_cut_page = true;
		return OST_OK;
	}
	return ctl_open(
		look->paths.ctl, (file.st_mode & S_IWGRP) != 0, &look->ctl);
}

static enum ost_err
base_look(struct look *look)
{
	const struct statepaths *paths = &look->paths;
	enum ost_err err = basefile_open(paths->base, &look->now.base);

	if (err == OST_NOTFOUND)
		return fault(look, has_logs(paths) || is_there(paths->prev)
					   ? "the base is missing"
					   : "there are no files");
	if (err == OST_STORE)
		return fault(look, "the base cannot be read");
	return err;
}

/* A base alone is a store: its log is empty. */
static enum ost_err
log_look(struct look *look)
{
	const struct statepaths *paths = &look->paths;
	struct generation *now = &look->now;
	uint64_t epoch = now->base.epoch;
	enum ost_err err = logfile_open(
		paths->logs[epoch % STATEPATHS_LOGS], false, &now->log);

	if (err == OST_NOTFOUND && !has_logs(paths))
		return OST_OK;
	if (err == OST_STORE)
		return fault(look, "the log of epoch %llu has no good head",
			(unsigned long long)epoch);
	if (err == OST_NOTFOUND || (err == OST_OK && now->log.epoch != epoch))
		return fault(look, "the log of epoch %llu is missing",
			(unsigned long long)epoch);
	if (err == OST_OK)
		err = delta_init(&now->delta, now->log.salt, LOGFILE_HEAD);
	return err;
}

/* The values that were written over since count, too: damage in them stops the
 * scan after a restart. */
static enum ost_err
log_values(struct look *look)
{
	const struct delta *delta = &look->now.delta;
	struct logrecord record;

	for (size_t at = LOGFILE_HEAD; at < delta->size; at += record.size) {
		const struct logplace place = { delta->salt, at };

		if (logrecord_open((struct span){ delta->bytes + at,
					   delta->size - at },
			    place, &record) != OST_OK ||
			!logrecord_is_whole(&record))
			return fault(
				look, "the log is damaged at byte %zu", at);
	}
	return OST_OK;
}

static enum ost_err
log_read(struct look *look)
{
	struct generation *now = &look->now;
	enum ost_err err;

	if (now->log.fd < 0)
		return OST_OK;
	look->is_named = look->ctl.page != NULL && ctl_is_valid(&look->ctl) &&
			 ctl_names(&look->ctl, &now->base.id, &now->log);
	if (look->is_named) {
		uint64_t end = ctl_end(ctl_state(&look->ctl));
		struct fileid id;

		/* It may have grown since it was opened. */
		if (statefile_id_of(now->log.fd, &id) && id.size < end)
			return fault(look,
				"the log was cut off at byte %llu of %llu",
				(unsigned long long)id.size,
				(unsigned long long)end);
		err = generation_catch_up(now, end);
		if (err == OST_STORE)
			return fault(look, "the log is damaged at byte %zu",
				now->delta.size);
	} else {
		err = generation_scan(now);
		if (err == OST_STORE)
			return fault(look, "the log is damaged, before what "
					   "was acknowledged");
	}
	return err == OST_OK ? log_values(look) : err;
}

static enum ost_err
sum_look(struct look *look)
{
	enum ost_err err;

	if (look->now.log.fd < 0)
		return OST_OK;
	err = generation_check(&look->now, look->paths.base);
	if (err == OST_STORE)
		return fault(look, "the base is damaged: its checksum is not "
				   "that in its log");
	return err;
}

/* Whether what was looked at is what is there. */
static bool
is_settled(const struct look *look)
{
	const struct generation *now = &look->now;
	struct fileid base, log;

	if (now->base.file == NULL)
		return false;
	if (!statefile_id(look->paths.base, &base) ||
		!fileid_eq(&base, &now->base.id))
		return false;
	if (now->log.fd < 0)
		return !has_logs(&look->paths);
	if (!look->is_named && look->ctl.page != NULL &&
		ctl_is_valid(&look->ctl))
		return false;
	return statefile_id(look->paths.logs[now->log.epoch % STATEPATHS_LOGS],
		       &log) &&
	       fileid_is_same(&log, &now->log.id);
}

static void
look_close(struct look *look)
{
	generation_close(&look->now);
	ctl_close(&look->ctl);
}

static enum ost_err
look_once(struct look *look)
{
	enum ost_err err;

	look_close(look);
	look->fault[0] = '\0';
	look->is_named = false;
	look->now = (struct generation){ .log = { .fd = -1 }, .is_open = true };
	err = page_look(look);
	if (err == OST_OK)
		err = base_look(look);
	if (err == OST_OK)
		err = log_look(look);
	if (err == OST_OK)
		err = log_read(look);
	return err == OST_OK ? sum_look(look) : err;
}

/* Damage has to be found again and again, too: a fold, or who puts files back,
 * may have made it look so. */
static enum ost_err
look_until_settled(struct look *look)
{
	const struct timespec pause = { 0, PAUSE_NS };
	enum ost_err err = look_once(look);

	for (int i = 0; i < TRIES; i++) {
		if (err == OST_OK && is_settled(look))
			return OST_OK;
		if (err == OST_NOMEM)
			return err;
		nanosleep(&pause, NULL);
		err = look_once(look);
	}
	if (err == OST_STORE && look->fault[0] != '\0')
		return OST_OK;
	return err;
}

/* What is found in an open generation. */

static void
say(const struct look *look, bool is_error, struct span key, const char *what)
{
	look->checker->report(look->checker->arg, is_error, key, what);
}

static enum ost_err
sealed_visit(const struct look *look, struct span key, struct span sealed)
{
	struct span value;
	int64_t expires_ms;

	if (envelope_open(key, sealed, &value, &expires_ms) != OST_OK) {
		say(look, true, key, "the record is damaged");
		return OST_OK;
	}
	if (expires_ms != 0 && expires_ms <= clock_wall_ms())
		return OST_OK;
	look->size->records++;
	return look->checker->each(look->checker->arg, key, value, expires_ms);
}

static enum ost_err
base_visit(void *arg, struct span key, struct span sealed)
{
	const struct look *look = arg;
	struct span newer;

	if (basefile_is_stamp(key) ||
		(look->now.log.fd >= 0 &&
			delta_find(&look->now.delta, key, &newer)))
		return OST_OK;
	return sealed_visit(look, key, sealed);
}

static enum ost_err
log_visit(void *arg, const struct logitem *item)
{
	if (span_is_absent(item->sealed))
		return OST_OK;
	return sealed_visit(arg, item->key, item->sealed);
}

static enum ost_err
records_visit(struct look *look)
{
	struct generation *now = &look->now;
	enum ost_err err = OST_OK;

	if (now->log.fd >= 0)
		err = delta_each(&now->delta, log_visit, look);
	if (err == OST_OK && now->base.file != NULL)
		err = gdbmfile_walk(now->base.file, base_visit, look);
	if (err != OST_STORE)
		return err;
	if (look->fault[0] == '\0')
		say(look, true, SPAN_ABSENT,
			"the base cannot be read to its end");
	return OST_OK;
}

static void
page_say(const struct look *look)
{
	const struct logfile *log = &look->now.log;
	const struct ctl_page *page = look->ctl.page;

	if (log->fd >= 0 && log->room % LOGFILE_STEP != 0)
		say(look, false, SPAN_ABSENT,
			"the log was cut off: what was written last may be "
			"missing");
	if (look->has_cut_page)
		say(look, false, SPAN_ABSENT,
			"the page is too short; it will be made anew");
	if (!look->is_named)
		return;
	if (page->failed == log->epoch + 1)
		say(look, false, SPAN_ABSENT,
			"a sync has failed: no writes until the next fold");
	if (page->damaged == log->epoch + 1 && look->fault[0] == '\0')
		say(look, false, SPAN_ABSENT,
			"a record of the base did not read well before");
}

static enum ost_err
look_report(struct look *look)
{
	const struct generation *now = &look->now;

	if (now->base.file != NULL)
		look->size->bytes += now->base.id.size;
	if (now->log.fd >= 0) {
		look->size->bytes += now->log.room;
		look->size->log_records = now->delta.records;
	}
	if (look->fault[0] != '\0')
		say(look, true, SPAN_ABSENT, look->fault);
	page_say(look);
	return records_visit(look);
}

/* What we may not read is not damaged. */
static enum ost_err
may_read(const struct statepaths *paths)
{
	const char *const all[] = { paths->base, paths->logs[0], paths->logs[1],
		paths->logs[2], paths->ctl };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (access(all[i], R_OK) == 0 || errno == ENOENT)
			continue;
		log_message("error", "%s: %s", all[i], strerror(errno));
		return OST_STORE;
	}
	return OST_OK;
}

enum ost_err
storecheck(struct span path, const char *name,
	const struct store_checker *checker, struct store_size *size)
{
	struct look look = { .checker = checker, .size = size };
	struct arena *arena = arena_new(ARENA_MAX);
	enum ost_err err;

	if (arena == NULL)
		return OST_NOMEM;
	*size = (struct store_size){ 0 };
	err = statepaths_make(path, name, arena, &look.paths);
	if (err == OST_OK)
		err = statefile_folder(look.paths.folder);
	if (err == OST_OK)
		err = may_read(&look.paths);
	if (err == OST_OK)
		err = look_until_settled(&look);
	if (err == OST_OK)
		err = look_report(&look);
	look_close(&look);
	arena_free(arena);
	return err;
}
