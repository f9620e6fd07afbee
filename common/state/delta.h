#ifndef OSTIARY_DELTA_H
#define OSTIARY_DELTA_H
#include "logrecord.h"
/*
 * What a log says, in the memory of one process: a copy of its bytes and an
 * index by key. It only ever grows, at the end; offsets in it are those of the
 * file. Reading from it needs no lock and no system call, and no bytes that
 * another process writes.
 */
struct delta {
	char *bytes;
	size_t size; /* taken in; what is behind it is room */
	size_t room; /* bytes that are allocated */
	size_t records;
	size_t last; /* where the last record is, when there is one */
	struct delta_slot *slots; /* a power of two, or none */
	size_t slots_n, keys;
	uint64_t hash_key[2];
	uint64_t salt; /* of the log */
};

/* Begins anew, for the log with that salt whose records begin at start. */
OST_CHECK enum ost_err delta_init(
	struct delta *delta, uint64_t salt, size_t start);
void delta_release(struct delta *delta);
/* Where the next n bytes of the log are to be put; NULL: no memory. Good until
 * the next call of this or delta_release(). */
char *delta_room(struct delta *delta, size_t n);
/* Room in the index for n more keys: taking these in then needs no memory. */
bool delta_reserve(struct delta *delta, size_t n);
/* Takes in the n bytes that were put there: whole records, and nothing else.
 * OST_STORE: they are not; the delta is then of no more use. OST_NOMEM. */
OST_CHECK enum ost_err delta_take(struct delta *delta, size_t n);
/* Whether the log says something about key: its envelope, or absent when the
 * key was deleted. *sealed lives until delta_room() or delta_release(). */
bool delta_find(
	const struct delta *delta, struct span key, struct span *sealed);
/* Calls visit() with the last that was said of each key. */
OST_CHECK enum ost_err delta_each(const struct delta *delta,
	enum ost_err (*visit)(void *arg, const struct logitem *item),
	void *arg);
#endif
