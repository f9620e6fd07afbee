#include "records.h"
#include "clock.h"
#include "log.h"
#include "store_memory.h"

#include <stdlib.h>

#define ARENA_MAX (16u << 20)
#define KEYS_MAX  100

static void
swallow(const char *level, const char *message)
{
	(void)level;
	(void)message;
}

int
records_open(struct arena **arena, struct store **store)
{
	log_divert(swallow);
	clock_fake(NOW_MS);
	*arena = arena_new(ARENA_MAX);
	return *arena == NULL || store_open_with(&store_memory, SPAN("/memory"),
					 "records", 0, store) != OST_OK;
}

int
records_close(struct arena *arena, struct store *store)
{
	store_close(store);
	store_memory_forget();
	arena_free(arena);
	clock_fake(0);
	log_divert(NULL);
	return 0;
}

struct keys {
	struct arena *arena; /* NULL: only count */
	struct span keys[KEYS_MAX];
	size_t n;
};

static enum ost_err
collect(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct keys *keys = arg;
	enum ost_err err = OST_OK;

	(void)value;
	(void)expires_ms;
	if (keys->arena != NULL)
		err = keys->n < KEYS_MAX ? arena_copy(keys->arena, key,
						   &keys->keys[keys->n])
					 : OST_TOOBIG;
	keys->n++;
	return err;
}

size_t
records_count(struct store *store, const char *prefix)
{
	struct keys keys = { 0 };

	if (store_each(store, span_of(prefix), collect, &keys) != OST_OK)
		abort();
	return keys.n;
}

size_t
records_overwrite(struct store *store, struct arena *arena, const char *prefix,
	const char *value)
{
	struct keys keys = { .arena = arena };

	if (store_each(store, span_of(prefix), collect, &keys) != OST_OK)
		abort();
	for (size_t i = 0; i < keys.n; i++)
		if (store_put(store, keys.keys[i],
			    value ? span_of(value) : SPAN("damaged"), 0,
			    STORE_ANY) != OST_OK)
			abort();
	return keys.n;
}

static enum ost_err
broken_open(
	struct span path, const char *name, unsigned int flags, void **handle)
{
	(void)path;
	(void)name;
	(void)flags;
	*handle = NULL;
	return OST_OK;
}

static void
broken_close(void *handle)
{
	(void)handle;
}

static enum ost_err
broken_get(
	void *handle, struct span key, struct arena *arena, struct span *value)
{
	(void)handle;
	(void)key;
	(void)arena;
	(void)value;
	return OST_STORE;
}

static enum ost_err
broken_batch(void *handle, const struct store_item *items, size_t n)
{
	(void)handle;
	(void)items;
	(void)n;
	return OST_STORE;
}

static enum ost_err
broken_each(void *handle, struct span prefix,
	enum ost_err (*each)(void *arg, struct span key, struct span value,
		int64_t expires_ms),
	void *arg)
{
	(void)handle;
	(void)prefix;
	(void)each;
	(void)arg;
	return OST_STORE;
}

struct store *
records_broken(void)
{
	static const struct store_backend backend = { "broken", broken_open,
		broken_close, broken_get, broken_batch, broken_each, NULL,
		NULL };
	struct store *store;

	if (store_open_with(&backend, SPAN("/broken"), "broken", 0, &store) !=
		OST_OK)
		abort();
	return store;
}
