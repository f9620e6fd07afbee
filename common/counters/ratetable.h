#ifndef OSTIARY_RATETABLE_H
#define OSTIARY_RATETABLE_H
#include "span.h"
#include <stdatomic.h>
/*
 * Counters in shared memory: a bucket of slots, and where in it a key is
 * counted. The caller holds the bucket's lock from ratetable_find() to
 * ratetable_store(). A bucket of zeros is empty.
 */
#define RATETABLE_SLOTS	    16 /* the last is the bucket's common counter */
#define RATETABLE_COUNT_MAX 0xffffff
#define RATETABLE_TIME_MAX  (INT64_C(1) << 33) /* s since 1970: year 2242 */

struct slot {
	_Atomic uint64_t tag; /* of the key; 0: never used */
	/* end of the window in s << 30 | order << 24 | count; the window is no
	 * longer than 1 << order seconds */
	_Atomic uint64_t state;
};

struct bucket {
	struct slot slots[RATETABLE_SLOTS];
};

struct window {
	int64_t end_s;
	unsigned int order;
	uint32_t count;
};

struct place {
	struct slot *slot;
	uint64_t tag; /* what slot->tag has to be */
	struct window window;
};

/* Where a key of that tag (never 0) is counted at now_s (to TIME_MAX), and its
 * window; a tag belongs to one key and one window_s. Changes nothing. */
struct place ratetable_find(
	struct bucket *bucket, uint64_t tag, uint32_t window_s, int64_t now_s);
/* Writes place->window. */
void ratetable_store(const struct place *place);
#endif
