#include "restore.h"
#include "killpoint.h"
#include "log.h"
#include "remake.h"
#include "sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/*
 * NAME.prev has the epoch p. What the store holds is NAME.prev, changed by the
 * log of p and by that of p + 1. The new base gets the epoch after these, and
 * so a log in a place of its own: killed on the way, all sources are still
 * there. When it is the store, a copy of it becomes NAME.prev, so that it can
 * be made anew of that and its own log, again and again. (Where that copy
 * cannot be made, NAME.prev stays, and the log of p + 2 is one more source,
 * until the next fold; the place of one more after that is that of the oldest.)
 */

/* 0: it does not say. The base may be damaged, but one that says its epoch has
 * a log of it. */
static uint64_t
base_epoch(const char *path)
{
	struct basefile base = { .epoch = 0 };

	if (basefile_open(path, &base) == OST_OK)
		basefile_close(&base);
	return base.epoch;
}

/* Whether the word counts the last log; or the one before, when who published
 * the last one died before the word: then it goes on where that ended. */
static bool
is_counted(uint64_t state, const struct generation *last)
{
	uint64_t epoch = ctl_epoch(state), end = ctl_end(state);

	if (epoch + 1 == last->log.epoch)
		return end <= last->log.prev_end;
	return epoch == last->log.epoch && end <= last->delta.size;
}

/*
 * Of NAME.prev alone with its log: whether that is the present one. Its place
 * shows that the next one never came: an older log is there; or one that was
 * made when this one had not ended yet, by a fold that was killed.
 */
static bool
has_no_next(const struct statepaths *paths, const struct generation *last)
{
	uint64_t next = last->log.epoch + 1;
	struct logfile log = { .fd = -1 };
	bool has_none;

	if (logfile_open(paths->logs[next % STATEPATHS_LOGS], false, &log) !=
		OST_OK)
		return false;
	has_none = log.epoch < next ||
		   (log.epoch == next && log.prev_end < last->delta.size);
	logfile_close(&log);
	return has_none;
}

/*
 * Whether the present log is among them, and all there. Else the store would go
 * back. Where no word counts it, the machine was started since: then the base
 * must not be of a later epoch, and something must show that there was no later
 * log: the base; that another follows the log of NAME.prev, as after any fold;
 * or what is in the place of the next.
 */
static bool
is_all_there(const struct journal *journal, const struct sources *sources)
{
	const struct generation *last = &sources->logs[sources->n - 1];
	uint64_t epoch = base_epoch(journal->paths.base);

	if (epoch > last->log.epoch)
		return false;
	if (ctl_is_valid(&journal->ctl))
		return is_counted(ctl_state(&journal->ctl), last);
	return sources->n > 1 || epoch == last->log.epoch ||
	       has_no_next(&journal->paths, last);
}

static enum ost_err
prev_copy(const struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;
	const struct basefile *base = &journal->now.base;
	enum ost_err err;
	int fd;

	err = statefile_new(paths->next_base, journal->is_shared, &fd);
	if (err != OST_OK)
		return err;
	err = statefile_copy(
		gdbmfile_fd(base->file), fd, (int64_t)base->id.size);
	if (err == OST_OK && fsync(fd) != 0)
		err = OST_STORE;
	close(fd);
	KILLPOINT("restore: before the copy has its name");
	if (err == OST_OK && rename(paths->next_base, paths->prev) != 0)
		err = OST_STORE;
	if (err == OST_OK)
		err = statefile_sync_folder(paths->folder);
	KILLPOINT("restore: the copy has its name");
	return err;
}

/* The base is good without it. */
static void
prev_renew(const struct journal *journal)
{
	if (prev_copy(journal) == OST_OK)
		return;
	unlink(journal->paths.next_base);
	log_message("warning", "%s: not renewed: %s", journal->paths.prev,
		strerror(errno));
}

enum ost_err
restore(struct journal *journal, bool is_copy)
{
	const char *base = journal->paths.base;
	struct sources sources;
	struct remake plan = { .parts = sources.logs, .is_damaged = true };
	enum ost_err err;

	log_message("error", "%s: is damaged or missing", base);
	err = sources_open(&journal->paths, is_copy, &sources);
	if (err == OST_OK && !is_copy && !is_all_there(journal, &sources))
		err = OST_STORE;
	plan.n = sources.n;
	if (err == OST_OK)
		err = remake(journal, &plan);
	sources_close(&sources);
	if (err == OST_OK && !is_copy)
		prev_renew(journal);
	if (err == OST_OK)
		log_message("info", "%s: made anew of the previous one", base);
	else
		log_message("error", "%s: cannot be made anew", base);
	return err == OST_NOTFOUND ? OST_STORE : err;
}
