#include "collect.h"

#include <stdlib.h>
#include <string.h>

#define ROUND_MAX   1024 /* keys that are looked for at once */
#define BATCH_MAX   16	 /* of store_batch() */
#define SCRATCH_MAX ((size_t)1024 * 1024)

int
span_order(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

	if (order != 0)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

static enum ost_err
grow(struct collection *found)
{
	size_t size = found->size > 0 ? 2 * found->size : 64;
	struct collected *items =
		arena_array(found->arena, size, sizeof(*items));

	if (items == NULL)
		return OST_NOMEM;
	if (found->n > 0)
		memcpy(items, found->items, found->n * sizeof(*items));
	found->items = items;
	found->size = size;
	return OST_OK;
}

enum ost_err
collection_add(
	void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct collection *found = arg;
	struct collected item = { .expires_ms = expires_ms };
	enum ost_err err = OST_OK;

	if (found->n == found->size)
		err = grow(found);
	if (err == OST_OK)
		err = arena_copy(found->arena, key, &item.key);
	if (err == OST_OK)
		err = arena_copy(found->arena, value, &item.value);
	if (err == OST_OK)
		found->items[found->n++] = item;
	return err;
}

static int
by_key(const void *a, const void *b)
{
	const struct collected *left = a, *right = b;

	return span_order(left->key, right->key);
}

void
collection_sort(struct collection *found)
{
	if (found->n > 0)
		qsort(found->items, found->n, sizeof(*found->items), by_key);
}

const struct collected *
collection_find(const struct collection *found, struct span key)
{
	const struct collected wanted = { .key = key };

	if (found->n == 0)
		return NULL;
	return bsearch(
		&wanted, found->items, found->n, sizeof(*found->items), by_key);
}

enum ost_err
collect(struct store *store, struct span prefix, struct arena *arena,
	struct collection *found)
{
	enum ost_err err;

	*found = (struct collection){ .arena = arena };
	err = store_each(store, prefix, collection_add, found);
	if (err == OST_OK)
		collection_sort(found);
	return err;
}

struct sieve {
	struct collection *found;
	bool (*is_wanted)(const void *arg, struct span key, struct span value);
	const void *arg;
};

static enum ost_err
sieve_add(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct sieve *sieve = arg;

	return sieve->is_wanted(sieve->arg, key, value)
		       ? collection_add(sieve->found, key, value, expires_ms)
		       : OST_OK;
}

enum ost_err
collect_where(struct store *store, struct span prefix,
	bool (*is_wanted)(const void *arg, struct span key, struct span value),
	const void *arg, struct arena *arena, struct collection *found)
{
	struct sieve sieve = {
		.found = found, .is_wanted = is_wanted, .arg = arg
	};
	enum ost_err err;

	*found = (struct collection){ .arena = arena };
	err = store_each(store, prefix, sieve_add, &sieve);
	if (err == OST_OK)
		collection_sort(found);
	return err;
}

struct round {
	struct arena *scratch;
	bool (*is_wanted)(const void *arg, struct span key, struct span value);
	const void *arg;
	struct span keys[ROUND_MAX];
	size_t n;
};

static enum ost_err
round_add(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct round *round = arg;
	enum ost_err err;

	(void)expires_ms;
	if (round->n == ROUND_MAX || !round->is_wanted(round->arg, key, value))
		return OST_OK;
	err = arena_copy(round->scratch, key, &round->keys[round->n]);
	round->n += err == OST_OK;
	return err;
}

static enum ost_err
round_delete(struct store *store, const struct round *round, size_t *n)
{
	struct store_item items[BATCH_MAX];
	enum ost_err err = OST_OK;
	size_t filled = 0;

	for (size_t i = 0; err == OST_OK && i < round->n; i++) {
		items[filled++] = (struct store_item){ .action = STORE_DELETE,
			.key = round->keys[i] };
		if (filled < BATCH_MAX && i + 1 < round->n)
			continue;
		err = store_batch(store, items, filled);
		*n += err == OST_OK ? filled : 0;
		filled = 0;
	}
	return err;
}

enum ost_err
collect_delete(struct store *store, struct span prefix,
	bool (*is_wanted)(const void *arg, struct span key, struct span value),
	const void *arg, size_t *n)
{
	struct round round = { .scratch = arena_new(SCRATCH_MAX),
		.is_wanted = is_wanted,
		.arg = arg };
	enum ost_err err = round.scratch != NULL ? OST_OK : OST_NOMEM;
	bool is_last = false;

	*n = 0;
	while (err == OST_OK && !is_last) {
		round.n = 0;
		err = store_each(store, prefix, round_add, &round);
		is_last = round.n < ROUND_MAX;
		if (err == OST_OK)
			err = round_delete(store, &round, n);
		arena_reset(round.scratch);
	}
	arena_free(round.scratch);
	return err;
}
