#ifndef OSTIARY_FOLD_H
#define OSTIARY_FOLD_H
#include "journal.h"
/*
 * Makes base and log of the next epoch. Others read and write on while the base
 * is made; the writers' lock is held for what is written meanwhile, and for the
 * rename. OST_BUSY: another process is at it. OST_STORE: it failed, and nothing
 * has changed, or (a sync failed) writes stay refused.
 *
 * A record is given out until it expires, and leaves the base a day later, on
 * purpose: what is gone cannot come back. A fold by a clock that is ahead would
 * destroy revocations and used codes, and when the clock is right again the
 * tokens that they speak of live. The cost is room for a day.
 */
enum ost_err fold(struct journal *journal);
#endif
