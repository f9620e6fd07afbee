#ifndef OSTIARY_COLLECT_H
#define OSTIARY_COLLECT_H
#include "store.h"
/* Records of a store, copied into the arena: a list needs them all before it
 * can sort them, and store_each() allows no look-up meanwhile. */
struct collected {
	struct span key, value;
	int64_t expires_ms;
};

struct collection {
	struct arena *arena;
	struct collected *items;
	size_t n, size;
};

/* All of that prefix, sorted by key. OST_STORE, OST_NOMEM. */
OST_CHECK enum ost_err collect(struct store *store, struct span prefix,
	struct arena *arena, struct collection *found);
/*
 * The same, but only what is_wanted() says of key and value: the others take no
 * memory, so that a request can ask for the few that are its user's. It costs
 * the time of looking at all of them.
 */
OST_CHECK enum ost_err collect_where(struct store *store, struct span prefix,
	bool (*is_wanted)(const void *arg, struct span key, struct span value),
	const void *arg, struct arena *arena, struct collection *found);
/*
 * Deletes all that is_wanted() says; *n, which it sets, counts them, also when
 * it fails midway. However many there are, it takes the same memory. What is
 * written meanwhile may or may not be seen. OST_STORE, OST_NOMEM.
 */
OST_CHECK enum ost_err collect_delete(struct store *store, struct span prefix,
	bool (*is_wanted)(const void *arg, struct span key, struct span value),
	const void *arg, size_t *n);
/* Collecting by hand: add as an each() with arg a struct collection whose arena
 * is set, sort, then find; NULL: there is none. */
OST_CHECK enum ost_err collection_add(
	void *arg, struct span key, struct span value, int64_t expires_ms);
void collection_sort(struct collection *found);
const struct collected *collection_find(
	const struct collection *found, struct span key);
/* Below, equal to or above 0 as a comes before, with or behind b. */
int span_order(struct span a, struct span b);
#endif
