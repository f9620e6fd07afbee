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
/* The last n from..to such that the records are exactly those after the first
 * n steps; or -1. */
int script_find(struct store *store, struct arena *arena, int from, int to);
#endif
