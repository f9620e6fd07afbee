#ifndef OSTIARY_GROUPSYNC_H
#define OSTIARY_GROUPSYNC_H
#include "journal.h"
/*
 * Without the writers' lock, and not for a store that is fast: everything that
 * was published up to that state is on disk when it says OST_OK. One process
 * syncs for all who wait. OST_STORE: it may be on disk or not; the store then
 * takes no writes until a fold.
 */
OST_CHECK enum ost_err groupsync(struct journal *journal, uint64_t state);
#endif
