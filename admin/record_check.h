#ifndef OSTIARY_RECORD_CHECK_H
#define OSTIARY_RECORD_CHECK_H
#include "store.h"
/* What a record must look like, for `load` and `check`. */
struct checked {
	const char *fault; /* what is wrong with it; NULL: nothing */
	/* The records of the same store that lead to it by name or hash. */
	struct store_item indexes[2];
	size_t indexes_n;
};

/* store: an index into dump_stores; the record is none that only leads to
 * another one. OST_NOMEM. */
OST_CHECK enum ost_err record_check(struct arena *arena, unsigned int store,
	struct span key, struct span value, struct checked *checked);
#endif
