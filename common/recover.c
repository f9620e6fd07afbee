#include "recover.h"
#include "adopt.h"
#include "birth.h"
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
 *   no base, no log, no previous base    a new store
 *   a base and no log                    made before there were logs, or put
 *                                        there alone: it gets an empty log
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

/* The base first: alone it is a store whose log is still to be made. */
static enum ost_err
base_create(struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;
	const struct rebuild plan = { .epoch = 1 };
	struct basesum sum;
	enum ost_err err = rebuild_make(journal, &plan, &sum);

	KILLPOINT("create: before the base has its name");
	if (err == OST_OK)
		err = place(paths->next_base, paths->base, paths->folder);
	KILLPOINT("create: the base has its name");
	return err;
}

static enum ost_err
log_create(struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;
	struct basefile base = { .file = NULL };
	struct logfile log = { .fd = -1 };
	struct basesum sum;
	enum ost_err err = basefile_open(paths->base, &base);

	if (err == OST_OK)
		err = basefile_sum(paths->base, &sum);
	if (err == OST_OK)
		err = logfile_make(paths->next_log, journal->is_shared,
			base.epoch, sum, LOGFILE_HEAD + 1, &log);
	KILLPOINT("create: before the log has its name");
	if (err == OST_OK)
		err = place(paths->next_log,
			paths->logs[base.epoch % STATEPATHS_LOGS],
			paths->folder);
	KILLPOINT("create: the log has its name");
	logfile_close(&log);
	basefile_close(&base);
	return err;
}

/* A base that was made here by a fold: its logs were lost. */
static bool
has_had_log(const struct statepaths *paths)
{
	struct basefile base = { .file = NULL };
	struct baseorigin origin = { 0, 0, 0 };
	bool is_own;

	if (basefile_open(paths->base, &base) != OST_OK)
		return false;
	is_own = base.epoch > 1 && basefile_origin(&base, &origin) == OST_OK &&
		 birth_look(gdbmfile_fd(base.file), origin.birth) == BIRTH_OWN;
	basefile_close(&base);
	return is_own;
}

/* With CTL_FOLD. */
static enum ost_err
make_missing(struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;
	enum ost_err err = OST_OK;

	for (size_t i = 0; i < STATEPATHS_LOGS; i++)
		if (is_there(paths->logs[i]))
			return OST_OK;
	if (has_had_log(paths))
		return OST_OK;
	if (!is_there(paths->base) && !is_there(paths->prev))
		err = base_create(journal);
	return err == OST_OK ? log_create(journal) : err;
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
