#ifndef OSTIARY_ADOPT_H
#define OSTIARY_ADOPT_H
#include "journal.h"
/*
 * With the flock and CTL_FOLD held, of a folder that is a copy (copied.h):
 * makes it a store that lives, with files that were made here; from then on
 * what is missing was lost. OST_STORE: more is missing than a copy may lack;
 * nothing has changed.
 */
OST_CHECK enum ost_err adopt(struct journal *journal);
#endif
