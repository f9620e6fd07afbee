#include "fold.h"
#include "killpoint.h"
#include "log.h"
#include "publish.h"
#include "rebuild.h"
#include "restore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/*
 * Two phases. In the first, under CTL_FOLD alone, NAME.new is made of the base
 * and of the log as far as it had got. In the second, under the flock, what was
 * written since (the tail) is moved into the new log, and both get their names
 * (publish.c).
 *
 * The old base and its log, together, say all that the new base says, and stay
 * until the next fold: of them restore() makes a damaged base again.
 */

static enum ost_err
failed(const char *path, const char *what)
{
	log_message("error", "%s: %s: %s", path, what, strerror(errno));
	return OST_STORE;
}

static void
drafts_remove(const struct journal *journal)
{
	unlink(journal->paths.next_base);
	unlink(journal->paths.next_log);
}

/* The records behind the first `from` bytes of our log, as records of *log. */
static enum ost_err
tail_write(const struct delta *delta, size_t from, struct logfile *log,
	uint64_t *end)
{
	size_t n = delta->size - from;
	char *tail = malloc(n > 0 ? n : 1);
	struct logrecord record = { .size = 0 };
	enum ost_err err = OST_OK;

	if (tail == NULL)
		return OST_NOMEM;
	memcpy(tail, delta->bytes + from, n);
	for (size_t i = 0; i < n && err == OST_OK; i += record.size) {
		const struct logplace old = { delta->salt, from + i };
		const struct logplace new = { log->salt, LOGFILE_HEAD + i };

		err = logrecord_open(
			(struct span){ tail + i, n - i }, old, &record);
		if (err == OST_OK)
			logrecord_move(tail + i, &record, new, LOGFILE_HEAD);
	}
	if (err == OST_OK)
		err = logfile_write(
			log, (struct span){ tail, n }, LOGFILE_HEAD);
	if (err == OST_OK)
		err = logfile_set_prev_end(log, delta->size);
	explicit_bzero(tail, n);
	free(tail);
	*end = LOGFILE_HEAD + n;
	return err;
}

static void
prev_keep(const struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;

	unlink(paths->prev);
	if (link(paths->base, paths->prev) != 0 && errno != ENOENT)
		(void)failed(paths->prev, "cannot link");
}

/* With the flock and CTL_FOLD: the second phase. */
static enum ost_err
switch_over(struct journal *journal, size_t from, struct logfile *log)
{
	enum ost_err err;
	uint64_t end;

	/* Of a writer that was killed: it must not seem that the old log went
	 * on after prev_end (restore.c). */
	err = logfile_clear(&journal->now.log, journal->now.delta.size);
	if (err == OST_OK)
		err = tail_write(&journal->now.delta, from, log, &end);
	KILLPOINT("fold: the tail is written");
	if (err == OST_OK)
		err = logfile_sync(log);
	if (err != OST_OK)
		return err;
	prev_keep(journal);
	err = publish(journal, log->epoch, end);
	KILLPOINT("fold: done");
	return err;
}

/* With CTL_FOLD, of a base that is sound. */
static enum ost_err
fold_sound(struct journal *journal)
{
	const struct generation *now = &journal->now;
	const uint64_t epoch = now->log.epoch, salt = now->log.salt;
	const size_t from = now->delta.size;
	const struct rebuild plan = {
		.base = &now->base,
		.deltas = { &now->delta },
		.epoch = epoch + 1,
		.origin = { .salt = salt, .end = from },
		.may_copy = true,
	};
	struct logfile log = { .fd = -1 };
	struct basesum sum;
	enum ost_err err;

	KILLPOINT("fold: begun");
	err = rebuild_make(journal, &plan, &sum);
	KILLPOINT("fold: the base is made");
	if (err == OST_OK)
		err = logfile_make(journal->paths.next_log, journal->is_shared,
			epoch + 1, sum, LOGFILE_HEAD + 1, &log);
	KILLPOINT("fold: the log is made");
	if (err == OST_OK)
		err = journal_begin(journal);
	if (err == OST_OK) {
		/* Only with CTL_FOLD are the drafts ours, and only in that log
		 * does `from` mean something. */
		if (journal->has_fold_lock && now->log.epoch == epoch &&
			now->log.salt == salt)
			err = switch_over(journal, from, &log);
		else
			err = OST_BUSY;
		journal_end(journal);
	}
	logfile_close(&log);
	if (err != OST_OK && journal->has_fold_lock)
		drafts_remove(journal);
	return err;
}

/* With CTL_FOLD. */
static enum ost_err
fold_damaged(struct journal *journal)
{
	enum ost_err err = journal_begin(journal);

	if (err != OST_OK)
		return err;
	err = journal->has_fold_lock ? restore(journal, false) : OST_BUSY;
	journal_end(journal);
	return err;
}

static enum ost_err
fold_held(struct journal *journal, uint64_t epoch)
{
	struct generation *now = &journal->now;
	struct ctl_page *page = journal->ctl.page;
	enum ost_err err;

	if (now->log.epoch != epoch)
		return OST_OK; /* another process was first */
	err = generation_check(now, journal->paths.base);
	if (err == OST_STORE)
		return fold_damaged(journal);
	if (err != OST_OK)
		return err;
	if (page->damaged == epoch + 1)
		page->damaged = 0;
	return fold_sound(journal);
}

enum ost_err
fold(struct journal *journal)
{
	enum ost_err err = journal_refresh(journal);
	uint64_t epoch;

	if (err != OST_OK)
		return err;
	if (!journal->ctl.may_write)
		return OST_STORE;
	epoch = journal->now.log.epoch;
	if (!statefile_try_byte(journal->ctl.fd, CTL_FOLD))
		return OST_BUSY;
	journal->has_fold_lock = true;
	err = journal_refresh(journal);
	if (err == OST_OK && !journal->has_fold_lock)
		err = OST_BUSY;
	if (err == OST_OK)
		err = fold_held(journal, epoch);
	if (journal->has_fold_lock)
		statefile_unlock_byte(journal->ctl.fd, CTL_FOLD);
	journal->has_fold_lock = false;
	return err;
}
