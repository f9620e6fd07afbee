#include "recover.h"
#include "adopt.h"
#include "copied.h"
#include "killpoint.h"
#include "log.h"
#include "rebuild.h"
#include "restore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/*
 * What is found, and what it means:
 *   no base, no log, no previous base    a new store, unless the page knows
 *                                        of one
 *   and the empty log of epoch 1         the same, killed as it was made
 *   a base without an epoch, no log      made before there were logs: it gets
 *                                        an empty log
 *   a base and the log of its epoch      the store; what is behind the last
 *                                        whole record was never acknowledged
 *   files that were made elsewhere       a copy: adopt()
 *   anything else                        damage: restore()
 */

static enum ost_err
failed(const char *path, const char *what)
{
	log_message("error", "%s: %s: %s", path, what, strerror(errno));
	return OST_STORE;
}

static bool
is_there(const char *path)
{
	return access(path, F_OK) == 0 || errno != ENOENT;
}

static enum ost_err
place(const char *draft, const char *path, const char *folder)
{
	if (rename(draft, path) != 0)
		return failed(path, "cannot make");
	return statefile_sync_folder(folder);
}

/* The log first: a base that has none has lost it. */
static enum ost_err
create(struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;
	const struct rebuild plan = { .epoch = 1 };
	struct logfile log = { .fd = -1 };
	struct basesum sum;
	enum ost_err err = rebuild_make(journal, &plan, &sum);

	if (err == OST_OK)
		err = logfile_make(paths->next_log, journal->is_shared,
			plan.epoch, sum, LOGFILE_HEAD + 1, &log);
	logfile_close(&log);
	KILLPOINT("create: before the log has its name");
	if (err == OST_OK)
		err = place(paths->next_log,
			paths->logs[plan.epoch % STATEPATHS_LOGS],
			paths->folder);
	KILLPOINT("create: the log has its name");
	if (err == OST_OK)
		err = place(paths->next_base, paths->base, paths->folder);
	KILLPOINT("create: the base has its name");
	return err;
}

/* Of a base that was made before there were logs. */
static enum ost_err
log_create(struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;
	struct logfile log = { .fd = -1 };
	struct basesum sum;
	enum ost_err err = basefile_sum(paths->base, &sum);

	if (err == OST_OK)
		err = logfile_make(paths->next_log, journal->is_shared, 0, sum,
			LOGFILE_HEAD + 1, &log);
	if (err == OST_OK)
		err = place(paths->next_log, paths->logs[0], paths->folder);
	logfile_close(&log);
	return err;
}

/* No files, but for the log of a creation that was killed; and the page does
 * not say that there was anything. */
static bool
is_new(const struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;
	bool is_empty = true;

	if (is_there(paths->base) || is_there(paths->prev) ||
		ctl_state(&journal->ctl) > ctl_state_of(1, LOGFILE_HEAD))
		return false;
	for (size_t i = 0; i < STATEPATHS_LOGS && is_empty; i++) {
		struct logfile log = { .fd = -1 };

		if (!is_there(paths->logs[i]))
			continue;
		is_empty =
			logfile_open(paths->logs[i], false, &log) == OST_OK &&
			log.epoch == 1 && logfile_is_empty(&log);
		logfile_close(&log);
	}
	return is_empty;
}

/* A base that never had a log, as far as anybody can tell. */
static bool
is_before_logs(const struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;
	struct basefile base = { .file = NULL };
	bool has_epoch;

	for (size_t i = 0; i < STATEPATHS_LOGS; i++)
		if (is_there(paths->logs[i]))
			return false;
	if (is_there(paths->prev) || ctl_state(&journal->ctl) != 0 ||
		basefile_open(paths->base, &base) != OST_OK)
		return false;
	has_epoch = base.epoch > 0;
	basefile_close(&base);
	return !has_epoch;
}

/* With CTL_FOLD. */
static enum ost_err
make_missing(struct journal *journal)
{
	if (is_new(journal))
		return create(journal);
	return is_before_logs(journal) ? log_create(journal) : OST_OK;
}

/* Opens base and log, if they are what they should be. */
static enum ost_err
open_sound(struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;
	struct generation *now = &journal->now;
	enum ost_err err;

	generation_close(now);
	err = generation_open(paths->base, paths->logs, true, now);
	return err == OST_OK ? generation_check(now, paths->base) : err;
}

/* Brings the log to an end that all will agree on, and publishes it. */
static enum ost_err
publish_found(struct journal *journal)
{
	struct generation *now = &journal->now;
	const struct ctl *ctl = &journal->ctl;
	enum ost_err err = generation_scan(now, false);

	/* The word may still count this log: that much was published. */
	if (err == OST_OK && ctl_counts(ctl, &now->log) &&
		now->delta.size < ctl_end(ctl_state(ctl))) {
		log_message("error", "%s: the log is damaged at byte %zu",
			journal->paths.base, now->delta.size);
		return OST_STORE;
	}
	KILLPOINT("recover: scanned");
	/* So that no later scan can take for more what is behind the end. */
	if (err == OST_OK)
		err = logfile_clear(&now->log, now->delta.size);
	/* Of a writer or a folder that was killed before he synced. */
	if (err == OST_OK)
		err = logfile_sync(&now->log);
	if (err == OST_OK)
		err = statefile_sync_folder(journal->paths.folder);
	KILLPOINT("recover: before the word");
	if (err != OST_OK)
		return err;
	ctl_publish(
		&journal->ctl, &now->base.id, &now->log, now->delta.size, true);
	KILLPOINT("recover: published");
	log_message("info", "%s: epoch %llu, %zu records in the log",
		journal->paths.base, (unsigned long long)now->log.epoch,
		now->delta.records);
	return OST_OK;
}

/* With CTL_FOLD. */
static enum ost_err
recover_held(struct journal *journal)
{
	enum ost_err err;

	if (copied_is(&journal->paths))
		return adopt(journal);
	err = make_missing(journal);
	if (err != OST_OK)
		return err;
	err = open_sound(journal);
	if (err == OST_STORE || err == OST_NOTFOUND)
		return restore(journal, false);
	return err == OST_OK ? publish_found(journal) : err;
}

enum ost_err
recover(struct journal *journal)
{
	enum ost_err err;

	bool is_ours = journal->has_fold_lock;

	/* Nobody waits here, with the flock, for CTL_FOLD: he who has it may
	 * wait for the flock. Most of what is to be done needs no drafts. */
	if (is_ours || statefile_try_byte(journal->ctl.fd, CTL_FOLD)) {
		err = recover_held(journal);
		if (!is_ours)
			statefile_unlock_byte(journal->ctl.fd, CTL_FOLD);
	} else {
		err = open_sound(journal);
		if (err == OST_OK)
			err = publish_found(journal);
	}
	return err == OST_NOTFOUND ? OST_STORE : err;
}
