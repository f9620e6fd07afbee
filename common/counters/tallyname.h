#ifndef OSTIARY_TALLYNAME_H
#define OSTIARY_TALLYNAME_H
#include "arena.h"
#include "tallyfile.h"
/*
 * The names of reasons in rates/tally: a table without a lock from which
 * nothing is ever removed. A reason has the place that its tag leads to, or the
 * next free one; it is taken by compare and swap. Of those that find the table
 * full, and of what is longer than a name and begins like another, the counts
 * are shared.
 */

/* The place of a reason, which is given one if it has none. */
size_t tallyname_take(struct tally_map *map, struct span reason);
/* False: it has none. */
bool tallyname_find(struct tally_map *map, struct span reason, size_t *place);
/* The word of a place, in the arena: "other" where it is not yet written or
 * not the one of its tag. OST_NOMEM. */
OST_CHECK enum ost_err tallyname_word(const struct tally_map *map, size_t place,
	struct arena *arena, struct span *word);
#endif
