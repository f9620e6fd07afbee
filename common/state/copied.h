#ifndef OSTIARY_COPIED_H
#define OSTIARY_COPIED_H
#include "generation.h"
/*
 * A store's folder that was copied, file by file, in any order, perhaps while
 * the store was written and folded. What such a copy holds, and why it has all
 * that was acknowledged before the copy began, is in copied.c.
 */

/* Whether the folder is a copy: of its files that say where they were made,
 * one says elsewhere, and none says here. */
bool copied_is(const struct statepaths *paths);
/* Of a copy whose base lacks its log: what it holds all the same. The delta is
 * what the log before has that is not in the base; generation_scan() reads it.
 * log.fd is -1 when there is nothing more. OST_NOTFOUND: there is no base.
 * OST_STORE: more may be missing than that. */
OST_CHECK enum ost_err copied_open(
	const struct statepaths *paths, struct generation *generation);
#endif
