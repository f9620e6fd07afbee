#include "collect.h"

#include <stdlib.h>
#include <string.h>

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
