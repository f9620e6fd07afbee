#ifndef OSTIARY_TORTURE_COPIER_H
#define OSTIARY_TORTURE_COPIER_H
#include <stdbool.h>
#include <stddef.h>
/*
 * A plain copy of a folder, as cp, tar and rsync make it: the names are read
 * first, then one file after the other is opened by its name and read in
 * pieces. Done in steps, so that anything can happen between two of them.
 */
#define COPIER_FILES 32

enum copier_order {
	COPIER_AS_READ,
	COPIER_SORTED,
	COPIER_REVERSED,
	COPIER_BASE_FIRST,
	COPIER_BASE_LAST,
	COPIER_SHUFFLED,
	COPIER_ORDERS
};

struct copier {
	char from[256], to[256];
	char names[COPIER_FILES][64];
	size_t n, at;
	int in, out;	    /* -1: the file is yet to be opened */
	unsigned long seen; /* its inode when it was looked at, as cp does */
	size_t piece;
	bool is_base_left_out; /* it was replaced under our hands */
};

extern const char *const copier_orders[COPIER_ORDERS];

/* Reads the names. The folder `to` must be empty. */
void copier_begin(struct copier *copier, const char *from, const char *to,
	enum copier_order order);
/* Copies another piece; false: there are no more. */
bool copier_step(struct copier *copier);
/* Puts a copy of the folder t in its place: the base comes last, and before it
 * before_base() is called. */
bool copier_replace(
	const char *folder, void (*before_base)(void *arg), void *arg);
#endif
