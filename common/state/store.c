#include "store.h"
#include "store_gdbm.h"

#include <stdlib.h>
/*
 * What every backend would otherwise do for itself: find the backend, refuse
 * what no backend needs to understand, and make put, take and swap of get and
 * batch.
 *
 * take and swap are exact though they are two steps: the batch changes nothing
 * unless the record still has the bytes that were read. When it has not,
 * another process has got on, and the answer is read anew; TRIES_MAX times in
 * a row only happens to a store in trouble.
 */
#define KEY_MAX	  512
#define VALUE_MAX 65536
#define ITEMS_MAX 16
#define TRIES_MAX 100

struct store {
	const struct store_backend *backend;
	void *handle;
};

static const struct store_backend *const backends[] = { &store_gdbm };

static bool
name_is_good(const char *name)
{
	struct span s = span_of(name);

	for (size_t i = 0; i < s.n; i++)
		if (!char_is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '-')
			return false;
	return s.n > 0;
}

static bool
key_is_good(struct span key)
{
	for (size_t i = 0; i < key.n; i++)
		if (char_is_control(key.p[i]) || (unsigned char)key.p[i] > 0x7e)
			return false;
	return key.n > 0 && key.n <= KEY_MAX;
}

static bool
item_is_good(const struct store_item *item)
{
	if (!key_is_good(item->key))
		return false;
	switch (item->expect) {
	case STORE_ANY:
	case STORE_ABSENT:
	case STORE_EQUALS:
		break;
	default:
		return false;
	}
	switch (item->action) {
	case STORE_CHECK:
	case STORE_DELETE:
		return true;
	case STORE_PUT:
		return item->value.n <= VALUE_MAX && item->expires_ms >= 0;
	default:
		return false;
	}
}

static bool
items_are_good(const struct store_item *items, size_t n)
{
	if (n > ITEMS_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!item_is_good(&items[i]))
			return false;
		for (size_t j = 0; j < i; j++)
			if (span_eq(items[i].key, items[j].key))
				return false;
	}
	return true;
}

/* The backend that the url names, or NULL; *path: what is behind that. */
static const struct store_backend *
backend_find(struct span url, struct span *path)
{
	struct span type;

	if (!span_cut(&url, ':', &type))
		return NULL;
	*path = url;
	for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++)
		if (span_eq(type, span_of(backends[i]->type)))
			return backends[i];
	return NULL;
}

static bool
place_is_good(struct span path, const char *name)
{
	return path.n > 0 && path.p[0] == '/' && !span_has(path, '\0') &&
	       name_is_good(name);
}

enum ost_err
store_open(struct span url, const char *name, unsigned int flags,
	struct store **store)
{
	struct span path;
	const struct store_backend *backend = backend_find(url, &path);

	if (backend == NULL)
		return OST_BADINPUT;
	return store_open_with(backend, path, name, flags, store);
}

enum ost_err
store_open_with(const struct store_backend *backend, struct span path,
	const char *name, unsigned int flags, struct store **store)
{
	struct store *opened;
	enum ost_err err;

	if (!place_is_good(path, name))
		return OST_BADINPUT;
	opened = calloc(1, sizeof(*opened));
	if (opened == NULL)
		return OST_NOMEM;
	opened->backend = backend;
	err = backend->open(path, name, flags, &opened->handle);
	if (err != OST_OK) {
		free(opened);
		return err;
	}
	*store = opened;
	return OST_OK;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	store->backend->close(store->handle);
	free(store);
}

enum ost_err
store_get(struct store *store, struct span key, struct arena *arena,
	struct span *value)
{
	if (!key_is_good(key))
		return OST_BADINPUT;
	return store->backend->get(store->handle, key, arena, value);
}

enum ost_err
store_batch(struct store *store, const struct store_item *items, size_t n)
{
	if (!items_are_good(items, n))
		return OST_BADINPUT;
	return store->backend->batch(store->handle, items, n);
}

enum ost_err
store_put(struct store *store, struct span key, struct span value,
	int64_t expires_ms, enum store_expect expect)
{
	const struct store_item item = {
		.action = STORE_PUT,
		.expect = expect,
		.key = key,
		.value = value,
		.expires_ms = expires_ms,
	};

	/* STORE_EQUALS needs bytes to compare with: that is store_swap(). */
	if (expect == STORE_EQUALS)
		return OST_BADINPUT;
	return store_batch(store, &item, 1);
}

enum ost_err
store_take(struct store *store, struct span key, struct arena *arena,
	struct span *value)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		struct store_item item = {
			.action = STORE_DELETE,
			.expect = STORE_EQUALS,
			.key = key,
		};
		enum ost_err err = store_get(store, key, arena, &item.expected);

		if (err == OST_OK)
			err = store_batch(store, &item, 1);
		if (err == OST_OK)
			*value = item.expected;
		if (err != OST_CONFLICT)
			return err;
	}
	return OST_STORE;
}

/* Why a swap was refused; OST_OK: by now the record is as expected. */
static enum ost_err
swap_refusal(struct store *store, struct span key, struct span old)
{
	struct arena *arena = arena_new((size_t)2 * VALUE_MAX);
	struct span found;
	enum ost_err err;

	if (arena == NULL)
		return OST_NOMEM;
	err = store_get(store, key, arena, &found);
	if (err == OST_OK && !span_eq(found, old))
		err = OST_CONFLICT;
	arena_free(arena);
	return err;
}

enum ost_err
store_swap(struct store *store, struct span key, struct span old,
	struct span value, int64_t expires_ms)
{
	const struct store_item item = {
		.action = STORE_PUT,
		.expect = STORE_EQUALS,
		.key = key,
		.value = value,
		.expected = old,
		.expires_ms = expires_ms,
	};

	for (int i = 0; i < TRIES_MAX; i++) {
		enum ost_err err = store_batch(store, &item, 1);

		if (err != OST_CONFLICT)
			return err;
		err = swap_refusal(store, key, old);
		if (err != OST_OK)
			return err;
	}
	return OST_STORE;
}

enum ost_err
store_each(struct store *store, struct span prefix,
	enum ost_err (*each)(void *arg, struct span key, struct span value,
		int64_t expires_ms),
	void *arg)
{
	return store->backend->each(store->handle, prefix, each, arg);
}

enum ost_err
store_settle(struct store *store, enum store_leisure leisure)
{
	if (store->backend->settle == NULL)
		return OST_OK;
	return store->backend->settle(store->handle, leisure);
}

enum ost_err
store_check(struct span url, const char *name,
	const struct store_checker *checker, struct store_size *size)
{
	struct span path;
	const struct store_backend *backend = backend_find(url, &path);

	if (backend == NULL || backend->check == NULL ||
		!place_is_good(path, name))
		return OST_BADINPUT;
	return backend->check(path, name, checker, size);
}
