#ifndef OSTIARY_STORE_GDBM_H
#define OSTIARY_STORE_GDBM_H
#include "store.h"
/*
 * NAME/NAME.gdbm in the state folder, never modified but replaced by rename;
 * NAME/NAME.lock is the writers' flock. A read costs microseconds; a write
 * copies the file, so it suits stores of some thousand records. See the
 * comment in store_gdbm.c.
 */
extern const struct store_backend store_gdbm;
#endif
