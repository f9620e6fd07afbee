#ifndef OSTIARY_REBUILD_H
#define OSTIARY_REBUILD_H
#include "journal.h"
/*
 * Makes the draft of a base, complete and on disk, of an older one and of what
 * logs have said since. Records that have expired are left out, unless a large
 * file is copied: that is done while they are few, and as long as it has not
 * grown to twice its size.
 */
struct rebuild {
	const struct basefile *base;		     /* NULL: none */
	const struct delta *deltas[STATEPATHS_LOGS]; /* newest last; or NULL */
	uint64_t epoch;				     /* of what is made */
	struct baseorigin origin; /* the last delta, and how far it goes */
	bool may_copy; /* base is sound: a large one need not be read */
};

/* With CTL_FOLD held. OST_STORE: also when a value is damaged. */
OST_CHECK enum ost_err rebuild_make(struct journal *journal,
	const struct rebuild *rebuild, struct basesum *sum);
#endif
