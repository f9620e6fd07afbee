#include "store_gdbm.h"
#include "clock.h"
#include "fold.h"
#include "groupsync.h"
#include "log.h"
#include "storecheck.h"
/*
 * The promises of store.h, made of a journal. Why they hold under kills and
 * power cuts is in journal.c (changes), groupsync.c (acknowledgement), fold.c
 * (another base) and recover.c (after the machine stopped).
 */
#define FOLD_SIZE    (512 << 10) /* bytes of log, or */
#define FOLD_RECORDS 2000
#define FOLD_STEP    (8 << 20) /* bytes of base for so much log once more */
#define FOLD_TIMES   8	       /* at most: who opens the store reads the log */
#define BRIEF_TIMES  2	       /* as much, for who lives for one request */
#define FOLD_FORCED  (8 << 20) /* nobody has settled: now, by the writer */
#define RETRY_MS     1000

/* The value, in sealed; OST_NOTFOUND when its time is over. */
static enum ost_err
record_open(struct journal *journal, struct span key, struct span sealed,
	struct span *value, int64_t *expires_ms)
{
	enum ost_err err = envelope_open(key, sealed, value, expires_ms);

	if (err != OST_OK)
		log_message("error", "%s: record %.*s is damaged",
			journal->paths.base, SPAN_ARG(key));
	else if (*expires_ms != 0 && *expires_ms <= clock_wall_ms())
		err = OST_NOTFOUND;
	return err;
}

/* What is published as far as we have followed. *value lies in the scratch
 * arena or in the delta. */
static enum ost_err
value_find(struct journal *journal, struct span key, struct span *value)
{
	struct span sealed;
	int64_t expires_ms;
	enum ost_err err;

	err = generation_get(&journal->now, key, journal->scratch, &sealed);
	if (err == OST_OK)
		err = record_open(journal, key, sealed, value, &expires_ms);
	if (err == OST_STORE) {
		journal_suspect(journal);
		generation_close(&journal->now);
	}
	return err;
}

static enum ost_err
handle_get(
	void *handle, struct span key, struct arena *arena, struct span *value)
{
	struct journal *journal = handle;
	enum ost_err err = journal_refresh(journal);
	struct span found;

	if (err == OST_OK)
		err = value_find(journal, key, &found);
	if (err == OST_OK)
		err = arena_copy(arena, found, value);
	arena_reset(journal->scratch);
	return err;
}

struct each {
	struct journal *journal;
	struct span prefix;
	enum ost_err (*visit)(void *arg, struct span key, struct span value,
		int64_t expires_ms);
	void *arg;
};

static enum ost_err
each_sealed(const struct each *each, struct span key, struct span sealed)
{
	struct span value;
	int64_t expires_ms;
	enum ost_err err;

	err = record_open(each->journal, key, sealed, &value, &expires_ms);
	if (err == OST_NOTFOUND)
		return OST_OK;
	if (err != OST_OK)
		journal_suspect(each->journal);
	return err == OST_OK ? each->visit(each->arg, key, value, expires_ms)
			     : err;
}

static enum ost_err
each_of_base(void *arg, struct span key, struct span sealed)
{
	const struct each *each = arg;
	struct span newer;

	if (!span_starts(key, each->prefix) || basefile_is_stamp(key) ||
		delta_find(&each->journal->now.delta, key, &newer))
		return OST_OK;
	return each_sealed(each, key, sealed);
}

static enum ost_err
each_of_log(void *arg, const struct logitem *item)
{
	const struct each *each = arg;

	if (!span_starts(item->key, each->prefix) ||
		span_is_absent(item->sealed))
		return OST_OK;
	return each_sealed(each, item->key, item->sealed);
}

static enum ost_err
handle_each(void *handle, struct span prefix,
	enum ost_err (*visit)(void *arg, struct span key, struct span value,
		int64_t expires_ms),
	void *arg)
{
	struct journal *journal = handle;
	struct each each = { journal, prefix, visit, arg };
	enum ost_err err = journal_refresh(journal);

	if (err != OST_OK)
		return err;
	err = delta_each(&journal->now.delta, each_of_log, &each);
	if (err == OST_OK)
		err = gdbmfile_walk(
			journal->now.base.file, each_of_base, &each);
	/* After an error GDBM may refuse the file. */
	if (err != OST_OK)
		generation_close(&journal->now);
	return err;
}

static enum ost_err
item_check(struct journal *journal, const struct store_item *item)
{
	struct span found;
	enum ost_err err;

	if (item->expect == STORE_ANY)
		return OST_OK;
	err = value_find(journal, item->key, &found);
	if (err == OST_NOTFOUND)
		return item->expect == STORE_ABSENT ? OST_OK : OST_CONFLICT;
	if (err != OST_OK)
		return err;
	return item->expect == STORE_EQUALS && span_eq(found, item->expected)
		       ? OST_OK
		       : OST_CONFLICT;
}

/* Under the writers' lock: all expectations, then one record. */
static enum ost_err
batch_locked(struct journal *journal, const struct store_item *items, size_t n,
	struct logitem *changes)
{
	enum ost_err err = OST_OK;
	size_t changes_n = 0;

	for (size_t i = 0; i < n && err == OST_OK; i++) {
		err = item_check(journal, &items[i]);
		if (items[i].action != STORE_CHECK)
			changes_n++;
	}
	if (err != OST_OK || changes_n == 0)
		return err;
	return journal_append(journal, changes, changes_n);
}

/* Before the lock is taken: what does not need it. */
static enum ost_err
changes_make(struct journal *journal, const struct store_item *items, size_t n,
	struct logitem changes[static LOGRECORD_ITEMS_MAX])
{
	enum ost_err err = OST_OK;
	size_t made = 0;

	for (size_t i = 0; i < n && err == OST_OK; i++) {
		struct logitem *change = &changes[made];

		if (items[i].action == STORE_CHECK)
			continue;
		*change = (struct logitem){ items[i].key, SPAN_ABSENT };
		if (items[i].action == STORE_PUT)
			err = envelope_seal(items[i].key, items[i].value,
				items[i].expires_ms, journal->scratch,
				&change->sealed);
		made++;
	}
	return err;
}

static enum ost_err
handle_batch(void *handle, const struct store_item *items, size_t n)
{
	struct journal *journal = handle;
	struct logitem changes[LOGRECORD_ITEMS_MAX];
	enum ost_err err = changes_make(journal, items, n, changes);
	uint64_t state = 0;

	if (err == OST_OK)
		err = journal_begin(journal);
	if (err == OST_OK) {
		err = batch_locked(journal, items, n, changes);
		state = ctl_state(&journal->ctl);
		journal_end(journal);
	}
	arena_reset(journal->scratch);
	/* Also without a change: what was just compared may be the record of
	 * a writer that was killed before this. */
	if (err == OST_OK)
		err = groupsync(journal, state);
	if (err == OST_OK && journal->now.is_open &&
		journal->now.delta.size > FOLD_FORCED)
		(void)fold(journal);
	return err;
}

/* How often FOLD_SIZE and FOLD_RECORDS the log may hold: a fold costs what the
 * base is large. */
static size_t
log_times(const struct generation *now, enum store_leisure leisure)
{
	size_t times = now->base.id.size / FOLD_STEP;

	if (times < 1)
		times = 1;
	if (leisure == STORE_BRIEF)
		times *= BRIEF_TIMES;
	return times < FOLD_TIMES ? times : FOLD_TIMES;
}

/* A fold that failed twice is not tried again at each request. */
static bool
is_fold_due(struct journal *journal, enum store_leisure leisure)
{
	const struct generation *now = &journal->now;
	const struct ctl_page *page = journal->ctl.page;
	int64_t clock_ms = clock_monotonic_ms();
	size_t times = log_times(now, leisure);

	if (journal->fold_failures > 1 && clock_ms >= journal->failed_ms &&
		clock_ms - journal->failed_ms < RETRY_MS)
		return false;
	/* The first: until then nothing tells a base that lost its log from one
	 * that never had any. */
	return now->log.epoch == 0 ||
	       ctl_has_failed(&journal->ctl, now->log.epoch) ||
	       page->damaged == now->log.epoch + 1 ||
	       now->delta.size > FOLD_SIZE * times ||
	       now->delta.records > FOLD_RECORDS * times;
}

static enum ost_err
handle_settle(void *handle, enum store_leisure leisure)
{
	struct journal *journal = handle;
	enum ost_err err = journal_refresh(journal);
	bool is_due;

	if (err != OST_OK || !journal->ctl.may_write)
		return err;
	is_due = leisure == STORE_AT_ALL_COSTS || is_fold_due(journal, leisure);
	if (!is_due)
		return OST_OK;
	err = fold(journal);
	journal->failed_ms = clock_monotonic_ms();
	if (err == OST_OK)
		journal->fold_failures = 0;
	else if (err != OST_BUSY)
		journal->fold_failures++;
	return err == OST_BUSY ? OST_OK : err;
}

static void
handle_close(void *handle)
{
	journal_close(handle);
}

static enum ost_err
handle_open(
	struct span path, const char *name, unsigned int flags, void **handle)
{
	struct journal *journal;
	enum ost_err err;

	err = journal_open(path, name, (flags & STORE_SHARED) != 0,
		(flags & STORE_FAST) != 0, &journal);
	if (err == OST_OK)
		*handle = journal;
	return err;
}

const struct store_backend store_gdbm = {
	.type = "gdbm",
	.open = handle_open,
	.close = handle_close,
	.get = handle_get,
	.batch = handle_batch,
	.each = handle_each,
	.settle = handle_settle,
	.check = storecheck,
};
