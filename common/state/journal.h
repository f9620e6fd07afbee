#ifndef OSTIARY_JOURNAL_H
#define OSTIARY_JOURNAL_H
#include "ctl.h"
#include "generation.h"
#include "statepaths.h"
#include <sys/types.h>
/*
 * A store's files as one process sees them: reads without locks, changes one
 * at a time. What each step relies on is in journal.c; the formats and every
 * crash point are in doc/STATE.md.
 */
struct journal {
	struct arena *arena; /* the paths */
	struct arena *scratch;
	struct statepaths paths;
	pid_t pid; /* who opened it */
	bool is_shared, is_fast;
	struct ctl ctl;
	bool has_fold_lock; /* CTL_FOLD of this very ctl */
	struct generation now;
	uint64_t own_state; /* the last that we published */
	int64_t looked_ms;  /* when the names were last compared */
	int fold_failures;  /* in a row */
	int64_t failed_ms;  /* when the last of these was */
};

/* path/name must be a folder on a local disk. Makes the files that are not
 * there. OST_STORE, OST_NOMEM. Ended by journal_close(). */
OST_CHECK enum ost_err journal_open(struct span path, const char *name,
	bool is_shared, bool is_fast, struct journal **journal);
void journal_close(struct journal *journal);

/* Before reading from journal->now: it becomes what is published at some
 * moment of the call. OST_STORE, OST_NOMEM. */
OST_CHECK enum ost_err journal_refresh(struct journal *journal);
/* The same under the writers' lock, which then is held until journal_end():
 * nobody else publishes anything. */
OST_CHECK enum ost_err journal_begin(struct journal *journal);
void journal_end(struct journal *journal);
/* Between the two: writes and publishes n items as one record. */
OST_CHECK enum ost_err journal_append(
	struct journal *journal, const struct logitem *items, size_t n);
/* A record of the base did not read well: it is to be looked at. */
void journal_suspect(struct journal *journal);
#endif
