#ifndef OSTIARY_RESTORE_H
#define OSTIARY_RESTORE_H
#include "journal.h"
/*
 * With the flock and CTL_FOLD held, of a base that is damaged or missing: makes
 * it anew, as a new epoch, of the previous base and the logs since. OST_STORE:
 * they are not all there; nothing is changed. is_copy: of a folder that is one
 * (copied.h).
 */
OST_CHECK enum ost_err restore(struct journal *journal, bool is_copy);
#endif
