#include "storelook.h"
#include "copied.h"
#include "log.h"
#include "sources.h"

#include <stdarg.h>
#include <stdio.h>
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
#define SPARE_TRIES 4
#define TRIES	    10
#define PAUSE_NS    10000000

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

/* A base of the time before there were logs has none. */
static enum ost_err
log_look(struct look *look)
{
	const struct statepaths *paths = &look->paths;
	struct generation *now = &look->now;
	uint64_t epoch = now->base.epoch;
	enum ost_err err = logfile_open(
		paths->logs[epoch % STATEPATHS_LOGS], false, &now->log);

	if (err == OST_NOTFOUND && epoch == 0 && !has_logs(paths))
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

/* Of a copy: there may be all that is needed without it. */
static enum ost_err
copy_look(struct look *look)
{
	struct generation found;
	enum ost_err err = copied_open(&look->paths, &found);

	if (err != OST_OK)
		return err == OST_NOMEM ? err : OST_STORE;
	generation_close(&look->now);
	look->now = found;
	look->from = found.delta.size;
	look->fault[0] = '\0';
	look->is_unlogged = true;
	return OST_OK;
}

/* The values that were written over since count, too: damage in them stops the
 * scan after a restart. */
static enum ost_err
log_values(struct look *look)
{
	const struct delta *delta = &look->now.delta;
	struct logrecord record;

	for (size_t at = look->from; at < delta->size; at += record.size) {
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
	enum ost_err err = OST_OK;

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
	}
	/* A page that is older than the log counts too few. */
	if (err == OST_OK && (!look->is_named || generation_has_more(now))) {
		err = generation_scan(now, look->is_copy);
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

	if (look->now.log.fd < 0 || look->is_unlogged)
		return OST_OK;
	err = generation_check(&look->now, look->paths.base);
	if (err == OST_STORE)
		return fault(look, "the base is damaged: its checksum is not "
				   "that in its log");
	return err;
}

/* Whether the base before and the logs since make up what was looked at. */
static enum ost_err
spare_look(struct look *look)
{
	const struct logfile *log = &look->now.log;
	struct sources sources;
	enum ost_err err;

	if (look->is_copy || log->fd < 0)
		return OST_OK;
	err = sources_open(&look->paths, false, &sources);
	if (err == OST_NOMEM)
		return err;
	if (err != OST_NOTFOUND)
		look->spare = STORE_SPARE_BAD;
	for (size_t i = 0; err == OST_OK && i < sources.n; i++)
		if (sources.logs[i].log.epoch == log->epoch &&
			sources.logs[i].log.salt == log->salt)
			look->spare = STORE_SPARE_GOOD;
	sources_close(&sources);
	return OST_OK;
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
	/* Nobody folds it, and its page is that of another store. */
	if (look->is_copy)
		return true;
	if (now->log.fd < 0)
		return !has_logs(&look->paths);
	if (!look->is_named && look->ctl.page != NULL &&
		ctl_is_valid(&look->ctl))
		return false;
	return statefile_id(look->paths.logs[now->log.epoch % STATEPATHS_LOGS],
		       &log) &&
	       fileid_is_same(&log, &now->log.id);
}

void
storelook_close(struct look *look)
{
	generation_close(&look->now);
	ctl_close(&look->ctl);
}

static enum ost_err
look_once(struct look *look)
{
	enum ost_err err;

	storelook_close(look);
	look->fault[0] = '\0';
	look->is_named = look->is_unlogged = false;
	look->from = LOGFILE_HEAD;
	look->spare = STORE_SPARE_NONE;
	look->is_copy = copied_is(&look->paths);
	look->now = (struct generation){ .log = { .fd = -1 }, .is_open = true };
	err = page_look(look);
	if (err == OST_OK)
		err = base_look(look);
	if (err == OST_OK)
		err = log_look(look);
	if (err == OST_STORE && look->is_copy)
		err = copy_look(look);
	if (err == OST_OK)
		err = log_read(look);
	if (err == OST_OK)
		err = sum_look(look);
	return err == OST_OK ? spare_look(look) : err;
}

enum ost_err
storelook(struct look *look)
{
	const struct timespec pause = { 0, PAUSE_NS };
	enum ost_err err = look_once(look);

	for (int i = 0; i < TRIES; i++) {
		/* A fold may have replaced the spare while it was read. */
		if (err == OST_OK && is_settled(look) &&
			(look->spare != STORE_SPARE_BAD || i >= SPARE_TRIES))
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
