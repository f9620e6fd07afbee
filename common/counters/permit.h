#ifndef OSTIARY_PERMIT_H
#define OSTIARY_PERMIT_H
#include "span.h"
/*
 * Bounds how many passwords are hashed at a time over all processes: cores
 * less one, at least 1, lock files in rates/ of the state folder. A killed
 * process gives its permit back (flock).
 */
struct permit {
	int fd;
};

/* Waits up to 2 s. OST_BUSY: none was free; OST_STORE. */
OST_CHECK enum ost_err permit_take(
	struct span path, bool is_shared, struct permit *permit);
void permit_give(struct permit *permit);
#endif
