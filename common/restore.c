#include "restore.h"
#include "log.h"
#include "remake.h"

#include <string.h>
/*
 * NAME.prev has the epoch p. What the store holds is NAME.prev, changed by the
 * log of p, by that of p + 1, and, when p + 1 was itself restored, by that of
 * p + 2. The new base gets the epoch after these, and so a log in a place of
 * its own: killed on the way, all sources are still there. (Only the third
 * time, with no fold in between, is it the place of the oldest.)
 */
#define SOURCES STATEPATHS_LOGS

struct sources {
	struct generation logs[SOURCES]; /* the first with NAME.prev */
	size_t n;
};

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
next_open(const struct journal *journal, bool is_copy,
	const struct generation *before, struct generation *next)
{
	uint64_t epoch = before->log.epoch + 1;
	enum ost_err err;

	err = logfile_open(journal->paths.logs[epoch % STATEPATHS_LOGS], false,
		&next->log);
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

/* Whether the log that the word counts is the last of them, and all there. */
static bool
is_all_there(const struct journal *journal, const struct generation *last)
{
	uint64_t state = ctl_state(&journal->ctl);

	return !ctl_is_valid(&journal->ctl) ||
	       (ctl_epoch(state) == last->log.epoch &&
		       ctl_end(state) <= last->delta.size);
}

/*
 * The same of a copy, whose page is that of another store. What the last of
 * them was when the copy began, or later, is all that is asked for (copied.c):
 * it was, when no log of a later epoch is there, or when the next one says that
 * this one went on after it was copied. A log that says it had ended before is
 * of a fold that was killed.
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
sources_open(
	const struct journal *journal, bool is_copy, struct sources *sources)
{
	const struct statepaths *paths = &journal->paths;
	struct generation *logs = sources->logs;
	enum ost_err err;

	err = generation_open(paths->prev, paths->logs, false, &logs[0]);
	if (err == OST_OK)
		err = generation_check(&logs[0], paths->prev);
	if (err == OST_OK)
		err = generation_scan(&logs[0], is_copy);
	for (sources->n = 1; sources->n < SOURCES && err == OST_OK;
		sources->n++) {
		err = next_open(journal, is_copy, &logs[sources->n - 1],
			&logs[sources->n]);
		if (err != OST_OK)
			break;
	}
	if (err == OST_NOTFOUND && sources->n > 1)
		err = OST_OK;
	if (err == OST_OK &&
		!(is_copy ? is_newest(paths, &logs[sources->n - 1])
			  : is_all_there(journal, &logs[sources->n - 1])))
		err = OST_STORE;
	return err;
}

enum ost_err
restore(struct journal *journal, bool is_copy)
{
	const char *base = journal->paths.base;
	struct sources sources;
	struct remake plan = { .parts = sources.logs, .is_damaged = true };
	enum ost_err err;

	memset(&sources, 0, sizeof(sources));
	for (size_t i = 0; i < SOURCES; i++)
		sources.logs[i].log.fd = -1;
	log_message("error", "%s: is damaged or missing", base);
	err = sources_open(journal, is_copy, &sources);
	plan.n = sources.n;
	if (err == OST_OK)
		err = remake(journal, &plan);
	for (size_t i = 0; i < SOURCES; i++)
		generation_close(&sources.logs[i]);
	if (err == OST_OK)
		log_message("info", "%s: made anew of the previous one", base);
	else
		log_message("error", "%s: cannot be made anew", base);
	return err == OST_NOTFOUND ? OST_STORE : err;
}
