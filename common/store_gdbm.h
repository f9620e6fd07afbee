#ifndef OSTIARY_STORE_GDBM_H
#define OSTIARY_STORE_GDBM_H
#include "store.h"
/* NAME/NAME.gdbm in the state folder, replaced only by rename; NAME/NAME.lock
 * is the writers' flock. See the comment in store_gdbm.c. */
extern const struct store_backend store_gdbm;
#endif
