#ifndef OSTIARY_STORE_MEMORY_H
#define OSTIARY_STORE_MEMORY_H
#include "store.h"
/*
 * A backend for tests: records in the memory of this process, shared by the
 * handles of one path and name, gone with store_memory_forget(). It shows what
 * store.h asks of a backend, and makes tests of records fast. Open it with
 * store_open_with(&store_memory, SPAN("/memory"), name, 0, &store).
 */
extern const struct store_backend store_memory;

/* Forgets all records. No handle may be open. */
void store_memory_forget(void);
#endif
