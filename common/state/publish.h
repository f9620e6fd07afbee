#ifndef OSTIARY_PUBLISH_H
#define OSTIARY_PUBLISH_H
#include "journal.h"
/*
 * With the flock and CTL_FOLD held: the drafts, both on disk, become base and
 * log of the store, whose log ends there. OST_STORE: nothing has changed; or it
 * has, but the disk may not know: then writes are refused until a fold.
 */
OST_CHECK enum ost_err publish(
	struct journal *journal, uint64_t epoch, uint64_t end);
#endif
