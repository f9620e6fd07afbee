#ifndef OSTIARY_REMAKE_H
#define OSTIARY_REMAKE_H
#include "journal.h"
/*
 * Another base, of an older one and what one log or several have said since,
 * and its empty log: published as a new epoch.
 */
struct remake {
	const struct generation *parts; /* the first with its base */
	size_t n;			/* of logs, to STATEPATHS_LOGS */
	bool may_copy;			/* as of rebuild.h */
	bool is_damaged; /* what is NAME.gdbm is kept, to be looked at */
};

/* With the flock and CTL_FOLD held. OST_STORE: nothing has changed, or as of
 * publish(). */
OST_CHECK enum ost_err remake(
	struct journal *journal, const struct remake *remake);
#endif
