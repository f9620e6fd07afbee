#ifndef OSTIARY_TORTURE_CHANGES_H
#define OSTIARY_TORTURE_CHANGES_H
#include "store.h"
#include <stdatomic.h>
/*
 * A row of changes whose result tells how many of them were made: the n-th puts
 * n under one key and puts it under another, or deletes that, in one batch. The
 * greatest number in a store is that of its last change; then each key must be
 * as the changes to that one left it.
 */
#define CHANGES_ROWS 2
#define CHANGES_KEYS 16

struct changes {
	atomic_int begun[CHANGES_ROWS], acked[CHANGES_ROWS];
};

/* What a store holds; zeros to begin with. */
struct changes_found {
	int numbers[CHANGES_ROWS][CHANGES_KEYS]; /* 0: not there */
	bool is_wrong;				 /* bytes that nobody wrote */
};

/* The next change of a row. */
OST_CHECK enum ost_err changes_make(
	struct changes *changes, int row, struct store *store);
/* For store_each(), with a struct changes_found. */
enum ost_err changes_see(
	void *arg, struct span key, struct span value, int64_t expires_ms);
/* How many changes of the row were made; -1: what is there is not what any
 * number of them leaves. */
int changes_count(const struct changes_found *found, int row);
#endif
