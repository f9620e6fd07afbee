#include "journal.h"
#include "clock.h"
#include "killpoint.h"
#include "log.h"
#include "lookout.h"
#include "recover.h"
#include "statefolder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/*
 * Why no kill damages anything, and why a reader needs no lock:
 *
 * 1. A base is never modified, and gets its name by rename when it is complete
 *    and on disk. A log is only written behind what was published of it.
 * 2. A change is: pwrite of its record, then the release store of the state
 *    word. Killed before the store, the record is not there for anybody, until
 *    the next writer finds it whole and counts it, or overwrites what is not;
 *    after it, it is there, whole, for all. A reader loads the word (acquire)
 *    and so finds all bytes before its end.
 * 3. It is acknowledged after the fdatasync that began after the store
 *    (groupsync.c).
 * 4. Another epoch comes only under the flock, in the order: its log under its
 *    name; its base by rename (from here on it is the truth); the state word.
 *    So a process that finds in the word the epoch of the base that it opened
 *    has the right files. One that finds another may be between the rename and
 *    the word: there the word does not count what of the old log was carried
 *    into the new. It must take the flock, which waits for who publishes, or
 *    finds that he died, and does it for him.
 * 5. Whoever has the flock believes the word only if the page was written
 *    since the machine was started and the names in the folder lead to the
 *    files that it names (journal_begin). Else recover() reads the files.
 */
#define LOG_MAX	    (UINT64_C(64) << 20) /* when no fold succeeds any more */
#define LOCK_TRIES  10
#define SCRATCH_MAX (LOGRECORD_SIZE_MAX * 3)
#define PATHS_MAX   65536

enum ost_err
journal_open(struct span path, const char *name, bool is_shared, bool is_fast,
	struct journal **opened)
{
	struct journal *journal = calloc(1, sizeof(*journal));
	enum ost_err err = OST_NOMEM;

	if (journal == NULL)
		return OST_NOMEM;
	journal->pid = getpid();
	journal->is_shared = is_shared;
	journal->is_fast = is_fast;
	journal->arena = arena_new(PATHS_MAX);
	journal->scratch = arena_new(SCRATCH_MAX);
	if (journal->arena != NULL && journal->scratch != NULL)
		err = statepaths_make(
			path, name, journal->arena, &journal->paths);
	if (err == OST_OK)
		err = statefolder_check(journal->paths.folder);
	if (err == OST_OK)
		err = journal_refresh(journal);
	if (err != OST_OK) {
		journal_close(journal);
		return err;
	}
	*opened = journal;
	return OST_OK;
}

static void
files_close(struct journal *journal)
{
	generation_close(&journal->now);
	ctl_close(&journal->ctl);
}

void
journal_close(struct journal *journal)
{
	if (journal == NULL)
		return;
	files_close(journal);
	arena_free(journal->scratch);
	arena_free(journal->arena);
	free(journal);
}

static enum ost_err
ctl_reopen(struct journal *journal)
{
	files_close(journal);
	journal->has_fold_lock = false;
	return ctl_open(journal->paths.ctl, journal->is_shared, &journal->ctl);
}

/* The generation of the state word, in place of what was open. Not OST_OK: it
 * is to be tried with the lock, unless it is that already. */
static enum ost_err
generation_follow(struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;
	struct generation *now = &journal->now;
	enum ost_err err;

	generation_close(now);
	err = generation_open(
		paths->base, paths->logs, journal->ctl.may_write, now);
	if (err != OST_OK)
		return err;
	/* In this order: the word after the files it belongs to (4 above). */
	if (!ctl_is_valid(&journal->ctl) ||
		!ctl_names(&journal->ctl, &now->base.id, &now->log)) {
		generation_close(now);
		return OST_CONFLICT;
	}
	journal->looked_ms = clock_monotonic_ms();
	return OST_OK;
}

/*
 * The page is not synced, the log is: where the disk went and came back while
 * the kernel lived on, the word is older than the log. Then a record stands
 * behind its end, or we have read further. (So it is, for a moment, while
 * somebody writes; with the flock it may be the record of a writer who was
 * killed, and is counted.) Nothing may be written over it.
 */
static bool
word_is_behind(struct journal *journal, uint64_t state)
{
	return ctl_end(state) < journal->now.delta.size ||
	       (ctl_end(state) == journal->now.delta.size &&
		       generation_has_more(&journal->now));
}

static enum ost_err
catch_up(struct journal *journal, uint64_t state)
{
	enum ost_err err = generation_catch_up(&journal->now, ctl_end(state));

	if (err != OST_OK)
		generation_close(&journal->now);
	return err;
}

/* Reading */

static enum ost_err
refresh_locked(struct journal *journal)
{
	enum ost_err err = journal_begin(journal);

	if (err == OST_OK)
		journal_end(journal);
	return err;
}

/* What was open is not that of the word. */
static enum ost_err
refresh_anew(struct journal *journal)
{
	enum ost_err err;
	uint64_t state;

	if (generation_follow(journal) != OST_OK)
		return refresh_locked(journal);
	/* It has the epoch that the word had after it was opened. */
	state = ctl_state(&journal->ctl);
	if (journal->now.log.epoch != ctl_epoch(state))
		return refresh_locked(journal);
	err = catch_up(journal, state);
	/* Who may only read can do no more. */
	if (err == OST_OK && journal->ctl.may_write &&
		word_is_behind(journal, state))
		return refresh_locked(journal);
	return err;
}

enum ost_err
journal_refresh(struct journal *journal)
{
	enum ost_err err = OST_OK;
	uint64_t state;

	if (journal->ctl.page == NULL)
		err = ctl_reopen(journal);
	else if (lookout_is_due(journal) && !lookout_files(journal)) {
		generation_close(&journal->now);
		return refresh_locked(journal);
	}
	if (err != OST_OK)
		return err;
	state = ctl_state(&journal->ctl);
	if (!journal->now.is_open || journal->now.log.epoch != ctl_epoch(state))
		return refresh_anew(journal);
	if (ctl_end(state) < journal->now.delta.size)
		return refresh_locked(journal);
	return catch_up(journal, state);
}

/* Writing */

static enum ost_err
lock(struct journal *journal)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		enum ost_err err = OST_OK;

		if (journal->ctl.page == NULL || !lookout_page(journal))
			err = ctl_reopen(journal);
		if (err == OST_OK && !journal->ctl.may_write) {
			log_message("error", "%s: may only be read",
				journal->paths.ctl);
			err = OST_STORE;
		}
		if (err == OST_OK)
			err = ctl_lock(&journal->ctl);
		if (err != OST_OK)
			return err;
		/* It may have been replaced while we waited. */
		if (lookout_page(journal))
			return OST_OK;
		ctl_unlock(&journal->ctl);
	}
	log_message(
		"error", "%s: is replaced again and again", journal->paths.ctl);
	return OST_STORE;
}

/* With the flock: whether the word can be believed. */
static bool
word_is_right(const struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;
	uint64_t epoch = ctl_epoch(ctl_state(&journal->ctl));
	struct fileid base, log;

	return ctl_is_valid(&journal->ctl) &&
	       statefile_id(paths->base, &base) &&
	       statefile_id(paths->logs[epoch % STATEPATHS_LOGS], &log) &&
	       ctl_names_files(&journal->ctl, &base, &log);
}

static enum ost_err
agree(struct journal *journal)
{
	struct generation *now = &journal->now;
	uint64_t state = ctl_state(&journal->ctl);
	enum ost_err err;

	if (lookout_is_due(journal) && now->is_open && !generation_is_same(now))
		generation_close(now);
	if (!word_is_right(journal))
		return recover(journal);
	if (!now->is_open ||
		!ctl_names(&journal->ctl, &now->base.id, &now->log)) {
		err = generation_follow(journal);
		/* Between rename and word, or damage. */
		if (err == OST_CONFLICT || err == OST_STORE)
			return recover(journal);
		if (err != OST_OK)
			return err;
	}
	if (ctl_end(state) >= now->delta.size) {
		err = catch_up(journal, state);
		if (err != OST_OK)
			return err;
	}
	/* Behind what we wrote ourselves nobody has published anything. */
	if (state == journal->own_state && ctl_end(state) == now->delta.size)
		return OST_OK;
	return word_is_behind(journal, state) ? recover(journal) : OST_OK;
}

enum ost_err
journal_begin(struct journal *journal)
{
	enum ost_err err;

	/* His flock is also his parent's: they would write over each other. */
	if (journal->pid != getpid()) {
		log_message("error", "%s: was opened before fork()",
			journal->paths.base);
		return OST_STORE;
	}
	err = lock(journal);
	if (err != OST_OK)
		return err;
	err = agree(journal);
	if (err != OST_OK) {
		generation_close(&journal->now);
		ctl_unlock(&journal->ctl);
	}
	return err;
}

void
journal_end(struct journal *journal)
{
	ctl_unlock(&journal->ctl);
}

/* How far the log is known to be on disk. */
static uint64_t
durable_end(const struct journal *journal)
{
	uint64_t synced = journal->ctl.page->synced;

	return ctl_epoch(synced) == journal->now.log.epoch ? ctl_end(synced)
							   : LOGFILE_HEAD;
}

/* The record goes into the file and into our delta before it is published:
 * whatever fails before that has not happened. */
static enum ost_err
record_write(struct journal *journal, struct span record)
{
	struct generation *now = &journal->now;
	enum ost_err err;
	char *room;

	if (now->delta.size + record.n > LOG_MAX) {
		log_message("error", "%s: the log is too long",
			journal->paths.base);
		return OST_STORE;
	}
	room = delta_room(&now->delta, record.n);
	if (room == NULL || !delta_reserve(&now->delta, LOGRECORD_ITEMS_MAX))
		return OST_NOMEM;
	memcpy(room, record.p, record.n);
	KILLPOINT("append: before the write");
	err = logfile_write(&now->log, record, now->delta.size);
	KILLPOINT("append: written, not published");
	if (err != OST_OK) {
		logfile_spoil(&now->log, now->delta.size);
		return err;
	}
	err = delta_take(&now->delta, record.n);
	if (err != OST_OK) {
		generation_close(now);
		return err;
	}
	journal->own_state = ctl_state_of(now->log.epoch, now->delta.size);
	ctl_advance(&journal->ctl, journal->own_state);
	KILLPOINT("append: published");
	return OST_OK;
}

enum ost_err
journal_append(struct journal *journal, const struct logitem *items, size_t n)
{
	const struct generation *now = &journal->now;
	struct logplace place = { now->log.salt, now->delta.size };
	struct span record;
	enum ost_err err;

	if (ctl_has_failed(&journal->ctl, now->log.epoch)) {
		log_message("error", "%s: no writes after a failed sync",
			journal->paths.base);
		return OST_STORE;
	}
	err = logrecord_make(items, n, place, durable_end(journal),
		journal->scratch, &record);
	return err == OST_OK ? record_write(journal, record) : err;
}

void
journal_suspect(struct journal *journal)
{
	if (journal->ctl.may_write)
		journal->ctl.page->damaged = journal->now.log.epoch + 1;
}
