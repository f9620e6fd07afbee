#ifndef OSTIARY_RATE_H
#define OSTIARY_RATE_H
#include "span.h"
/*
 * Rate counters that all processes share: mapped tables of 16-byte slots
 * under rates/ of the state folder, one flock per shard and hit. Exact:
 * however many processes hit a key, no more than the limit are admitted in a
 * window. A window is aligned to the clock: floor(now/window)*window.
 *
 * A key that finds no room in its part of the table shares a counter with
 * others of its kind, and may be refused too early; its reset_s is then when
 * that counter ends. A limit over 16777215 is that.
 */
struct rate;

enum rate_table {
	RATE_SUBJECTS,	/* users and apps */
	RATE_ADDRESSES, /* addresses and sign-in failures: filled by strangers,
			 * so it cannot push out subjects */
};

struct rate_result {
	bool is_admitted;
	uint32_t limit;
	uint32_t remaining;
	int64_t reset_s; /* Unix time of the window's end */
};

/* path: the state folder; rates/ in it must exist. is_shared: files 0660
 * instead of 0600. OST_STORE, OST_NOMEM. */
OST_CHECK enum ost_err rate_open(
	struct span path, bool is_shared, struct rate **rate);
void rate_close(struct rate *rate); /* NULL is allowed */
/* Counts one for key unless limit (from 1) has been reached in this window;
 * key is any bytes, a window of another length is another counter.
 * OST_STORE, OST_BADINPUT (no window_s). */
OST_CHECK enum ost_err rate_hit(struct rate *rate, enum rate_table table,
	struct span key, uint32_t limit, uint32_t window_s,
	struct rate_result *result);
/* The same without counting; is_admitted: a hit now would be. */
OST_CHECK enum ost_err rate_peek(struct rate *rate, enum rate_table table,
	struct span key, uint32_t limit, uint32_t window_s,
	struct rate_result *result);
/* Takes back one hit whose result had that reset_s; nothing when that window
 * is over. */
OST_CHECK enum ost_err rate_give_back(struct rate *rate, enum rate_table table,
	struct span key, uint32_t window_s, int64_t reset_s);
#endif
