#ifndef OSTIARY_STORE_GDBM_H
#define OSTIARY_STORE_GDBM_H
#include "store.h"
/*
 * The files of NAME/ in the state folder: an immutable GDBM file, a log, and a
 * mapped page that says what is valid (doc/STATE.md). A read takes no lock and
 * makes no system call; a write appends to the log.
 */
extern const struct store_backend store_gdbm;
#endif
