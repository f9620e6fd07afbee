#ifndef OSTIARY_RECOVER_H
#define OSTIARY_RECOVER_H
#include "journal.h"
/*
 * With the flock held, when the state word is not to be believed: after a start
 * of the machine, after a process that was killed between a rename and the
 * word, in a new folder, and after files were put back. Opens what is there,
 * checks all of it, and publishes it. OST_STORE: something is missing or
 * damaged that cannot be made anew; nothing is changed then.
 */
OST_CHECK enum ost_err recover(struct journal *journal);
#endif
