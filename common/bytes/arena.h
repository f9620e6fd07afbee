#ifndef OSTIARY_ARENA_H
#define OSTIARY_ARENA_H
#include "span.h"
/*
 * The memory of one request: pieces are taken, never given back one by one,
 * and all of it is wiped and released at once by arena_reset(). Capped, so
 * that no input makes a process grow without bound.
 */
struct arena;

/* size_max: bytes that may be taken before arena_alloc() says NULL. NULL when
 * there is no memory. The caller ends it with arena_free(). */
struct arena *arena_new(size_t size_max);
/* n zeroed bytes, aligned for any type, or NULL (over the cap or no memory).
 * They live until arena_reset() or arena_free(). */
void *arena_alloc(struct arena *arena, size_t n);
/* n * size zeroed bytes; NULL also when the product overflows. */
void *arena_array(struct arena *arena, size_t n, size_t size);
/* A copy of s in the arena, followed by a NUL that is not counted. An absent
 * span stays absent. OST_NOMEM. */
OST_CHECK enum ost_err arena_copy(
	struct arena *arena, struct span s, struct span *copy);
/* Wipes and forgets everything taken; the arena can be used again. */
void arena_reset(struct arena *arena);
/* Wipes and releases. NULL is allowed. */
void arena_free(struct arena *arena);
#endif
