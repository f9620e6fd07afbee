#ifndef OSTIARY_TORTURE_SCRIPT_H
#define OSTIARY_TORTURE_SCRIPT_H
#include "arena.h"
#include "store.h"
/*
 * A fixed sequence of operations, of which it is known what the store holds
 * after each: put, put of a new record, swap, take, a batch of three, a fold.
 */
#define SCRIPT_STEPS 22

/* Does step i (from 0). OST_OK; else the store did not do it. */
OST_CHECK enum ost_err script_do(
	struct store *store, struct arena *arena, int i);
/* Whether the records are exactly those after the first n steps. */
bool script_is_after(struct store *store, struct arena *arena, int n);
/* The same for a range: the n of it that it is, or -1. */
int script_find(struct store *store, struct arena *arena, int from, int to);
/* Whether nothing but values of the script is read, or an error. */
bool script_is_sane(struct store *store, struct arena *arena);
#endif
