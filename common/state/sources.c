#include "sources.h"

#include <string.h>

/* Whether a log follows the one before. A fold that was killed before its base
 * got its name has left a log, too; the one before went on after that. */
static bool
log_follows(const struct generation *before, const struct logfile *log)
{
	return log->epoch == before->log.epoch + 1 &&
	       log->prev_end == before->delta.size;
}

/* OST_NOTFOUND: there is none. */
static enum ost_err
next_open(const struct statepaths *paths, bool is_copy,
	const struct generation *before, struct generation *next)
{
	uint64_t epoch = before->log.epoch + 1;
	enum ost_err err;

	err = logfile_open(
		paths->logs[epoch % STATEPATHS_LOGS], false, &next->log);
	if (err != OST_OK)
		return err;
	next->is_open = true;
	if (!log_follows(before, &next->log)) {
		generation_close(next);
		return OST_NOTFOUND;
	}
	err = delta_init(&next->delta, next->log.salt, LOGFILE_HEAD);
	return err == OST_OK ? generation_scan(next, is_copy) : err;
}

/*
 * Of a copy: whether the last of them was the present log when the copy began,
 * or later, which is all that is asked for (copied.c). It was, when no log of a
 * later epoch is there, or when the next one says that this one went on after
 * it was copied. A log that says it had ended before is of a fold that was
 * killed.
 */
static bool
is_newest(const struct statepaths *paths, const struct generation *last)
{
	bool has_grown = false, has_newer = false;

	for (size_t i = 0; i < STATEPATHS_LOGS; i++) {
		struct logfile log = { .fd = -1 };

		if (logfile_open(paths->logs[i], false, &log) != OST_OK)
			continue;
		if (log.epoch == last->log.epoch + 1)
			has_grown = log.prev_end > last->delta.size;
		has_newer = has_newer || log.epoch > last->log.epoch + 1;
		logfile_close(&log);
	}
	return has_grown || !has_newer;
}

static enum ost_err
logs_open(const struct statepaths *paths, bool is_copy, struct sources *sources)
{
	struct generation *logs = sources->logs;
	enum ost_err err;

	err = generation_open(paths->prev, paths->logs, false, &logs[0]);
	if (err == OST_OK)
		err = generation_check(&logs[0], paths->prev);
	if (err == OST_OK)
		err = generation_scan(&logs[0], is_copy);
	if (err == OST_OK)
		sources->n = 1;
	while (err == OST_OK && sources->n < STATEPATHS_LOGS) {
		err = next_open(paths, is_copy, &logs[sources->n - 1],
			&logs[sources->n]);
		if (err == OST_OK)
			sources->n++;
	}
	return err == OST_NOTFOUND && sources->n > 0 ? OST_OK : err;
}

enum ost_err
sources_open(
	const struct statepaths *paths, bool is_copy, struct sources *sources)
{
	enum ost_err err;

	memset(sources, 0, sizeof(*sources));
	for (size_t i = 0; i < STATEPATHS_LOGS; i++)
		sources->logs[i].log.fd = -1;
	err = logs_open(paths, is_copy, sources);
	if (err == OST_OK && is_copy &&
		!is_newest(paths, &sources->logs[sources->n - 1]))
		err = OST_STORE;
	if (err != OST_OK)
		sources_close(sources);
	return err;
}

void
sources_close(struct sources *sources)
{
	for (size_t i = 0; i < STATEPATHS_LOGS; i++)
		generation_close(&sources->logs[i]);
	sources->n = 0;
}
