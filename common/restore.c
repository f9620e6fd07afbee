#include "restore.h"
#include "log.h"
#include "publish.h"
#include "rebuild.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
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
next_open(const struct journal *journal, const struct generation *before,
	struct generation *next)
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
	return err == OST_OK ? generation_scan(next) : err;
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

static enum ost_err
sources_open(const struct journal *journal, struct sources *sources)
{
	const struct statepaths *paths = &journal->paths;
	struct generation *logs = sources->logs;
	enum ost_err err;

	err = generation_open(paths->prev, paths->logs, false, &logs[0]);
	if (err == OST_OK)
		err = generation_check(&logs[0], paths->prev);
	if (err == OST_OK)
		err = generation_scan(&logs[0]);
	for (sources->n = 1; sources->n < SOURCES && err == OST_OK;
		sources->n++) {
		err = next_open(
			journal, &logs[sources->n - 1], &logs[sources->n]);
		if (err != OST_OK)
			break;
	}
	if (err == OST_NOTFOUND && sources->n > 1)
		err = OST_OK;
	if (err == OST_OK && !is_all_there(journal, &logs[sources->n - 1]))
		err = OST_STORE;
	return err;
}

/* What could not be read is kept, to be looked at. */
static void
damaged_keep(const struct statepaths *paths)
{
	unlink(paths->damaged);
	if (link(paths->base, paths->damaged) != 0 && errno != ENOENT)
		log_message("warning", "%s: cannot link: %s", paths->damaged,
			strerror(errno));
}

static enum ost_err
restore_from(struct journal *journal, const struct sources *sources)
{
	const struct statepaths *paths = &journal->paths;
	const struct generation *last = &sources->logs[sources->n - 1];
	struct rebuild plan = {
		.base = &sources->logs[0].base,
		.epoch = last->log.epoch + 1,
	};
	struct logfile log = { .fd = -1 };
	struct basesum sum;
	enum ost_err err;

	for (size_t i = 0; i < sources->n; i++)
		plan.deltas[i] = &sources->logs[i].delta;
	err = rebuild_make(journal, &plan, &sum);
	if (err == OST_OK)
		err = logfile_make(paths->next_log, journal->is_shared,
			plan.epoch, sum, LOGFILE_HEAD + 1, &log);
	if (err == OST_OK)
		err = logfile_set_prev_end(&log, last->delta.size);
	if (err == OST_OK)
		err = logfile_sync(&log);
	if (err == OST_OK) {
		damaged_keep(paths);
		err = publish(journal, plan.epoch, LOGFILE_HEAD);
	}
	logfile_close(&log);
	if (err != OST_OK) {
		unlink(paths->next_base);
		unlink(paths->next_log);
	}
	return err;
}

enum ost_err
restore(struct journal *journal)
{
	const char *base = journal->paths.base;
	struct sources sources;
	enum ost_err err;

	memset(&sources, 0, sizeof(sources));
	for (size_t i = 0; i < SOURCES; i++)
		sources.logs[i].log.fd = -1;
	log_message("error", "%s: is damaged or missing", base);
	err = sources_open(journal, &sources);
	if (err == OST_OK)
		err = restore_from(journal, &sources);
	for (size_t i = 0; i < SOURCES; i++)
		generation_close(&sources.logs[i]);
	if (err == OST_OK)
		log_message("info", "%s: made anew of the previous one", base);
	else
		log_message("error", "%s: cannot be made anew", base);
	return err == OST_NOTFOUND ? OST_STORE : err;
}
