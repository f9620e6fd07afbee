#ifndef OSTIARY_TALLY_H
#define OSTIARY_TALLY_H
#include "arena.h"
#include "log.h"
/*
 * How many answers were a yes and how many a no, by reason and minute of the
 * last 24 hours, and the last 1024 refusals: of all processes, for the
 * operator's page and `ostiary stats`. A reason is the word of the log's line;
 * a yes is a status below 400. What is kept is in the log, too: no secret.
 *
 * Minutes are those since 1970; the hour and the day end with the present one.
 */
struct tally;

#define TALLY_REFUSALS 1024 /* that are kept */

/* path: the state folder. Makes the file when it is missing or damaged. is_
 * shared: 0660 instead of 0600. OST_STORE, OST_NOMEM. */
OST_CHECK enum ost_err tally_open(
	struct span path, bool is_shared, struct tally **tally);
/* To look only: changes nothing. OST_NOTFOUND: nothing was counted yet. */
OST_CHECK enum ost_err tally_open_there(struct span path, struct tally **tally);
void tally_close(struct tally *tally); /* NULL is allowed */
/*
 * Counts an answer of that program, without a lock and without waiting. It
 * cannot fail: when the file is gone and no new one can be made, there is one
 * warning in the log, and no more counting in this process. NULL: nothing.
 */
void tally_note(struct tally *tally, const char *program,
	const struct log_decision *decision);

int64_t tally_minute(void); /* the present one */
/*
 * counts[i]: the answers of the step_minutes minutes from first_minute + i *
 * step_minutes on; 0 for what is no longer, or not yet, known. reason absent:
 * all. OST_STORE: the file is gone.
 */
OST_CHECK enum ost_err tally_series(struct tally *tally, struct span reason,
	bool is_yes, int64_t first_minute, uint32_t step_minutes, size_t n,
	uint64_t *counts);

struct tally_reason {
	struct span word;
	bool is_yes;
	uint64_t hour, day; /* answers of the last 60 and 1440 minutes */
};
/* Those of the last day, the most frequent first; in the arena. OST_STORE,
 * OST_NOMEM. */
OST_CHECK enum ost_err tally_reasons(struct tally *tally, struct arena *arena,
	struct tally_reason **reasons, size_t *n);

enum tally_filter {
	TALLY_ALL,
	TALLY_LIMITED, /* 429 */
	TALLY_FAILED,  /* who could not say who he is: 401, and the sign-in
			* page's 403 */
};
struct tally_refusal {
	int64_t time_ms;
	int status;
	/* Plain UTF-8 without control characters, cut to 55, 23, 64, 48 and 96
	 * bytes; absent as in the log. */
	struct span reason, program, subject, address, path;
};
/* Up to max of those that the filter lets through, the newest first, without
 * the first offset ones; in the arena. One that is being written just now is
 * left out. OST_STORE, OST_NOMEM. */
OST_CHECK enum ost_err tally_recent(struct tally *tally, struct arena *arena,
	enum tally_filter filter, size_t offset, size_t max,
	struct tally_refusal **refusals, size_t *n);
#endif
