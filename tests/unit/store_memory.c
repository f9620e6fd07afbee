#include "store_memory.h"
#include "clock.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	struct entry *next;
	int64_t expires_ms;
	size_t key_n, value_n;
	char bytes[]; /* key, value */
};

struct memory {
	struct memory *next;
	struct entry *entries;
	char *label; /* path and name */
};

static struct memory *memories;

static struct span
entry_key(const struct entry *entry)
{
	return (struct span){ entry->bytes, entry->key_n };
}

static struct span
entry_value(const struct entry *entry)
{
	return (struct span){ entry->bytes + entry->key_n, entry->value_n };
}

static bool
entry_is_live(const struct entry *entry)
{
	return entry->expires_ms == 0 || entry->expires_ms > clock_wall_ms();
}

static struct entry **
entry_find(struct memory *memory, struct span key)
{
	struct entry **at = &memory->entries;

	while (*at != NULL && !span_eq(entry_key(*at), key))
		at = &(*at)->next;
	return at;
}

static enum ost_err
memory_open(
	struct span path, const char *name, unsigned int flags, void **handle)
{
	size_t n = path.n + 1 + strlen(name) + 1;
	char *label = malloc(n);
	struct memory *memory = memories;

	(void)flags;
	if (label == NULL)
		return OST_NOMEM;
	memcpy(label, path.p, path.n);
	label[path.n] = '/';
	memcpy(label + path.n + 1, name, n - path.n - 1);
	while (memory != NULL && strcmp(memory->label, label) != 0)
		memory = memory->next;
	if (memory != NULL) {
		free(label);
		*handle = memory;
		return OST_OK;
	}
	memory = calloc(1, sizeof(*memory));
	if (memory == NULL) {
		free(label);
		return OST_NOMEM;
	}
	*memory = (struct memory){ .next = memories, .label = label };
	memories = memory;
	*handle = memory;
	return OST_OK;
}

static void
memory_close(void *handle)
{
	(void)handle;
}

static enum ost_err
memory_get(
	void *handle, struct span key, struct arena *arena, struct span *value)
{
	struct entry *entry = *entry_find(handle, key);

	if (entry == NULL || !entry_is_live(entry))
		return OST_NOTFOUND;
	return arena_copy(arena, entry_value(entry), value);
}

static bool
item_holds(struct memory *memory, const struct store_item *item)
{
	struct entry *entry = *entry_find(memory, item->key);
	bool is_there = entry != NULL && entry_is_live(entry);

	switch (item->expect) {
	case STORE_ANY:
		return true;
	case STORE_ABSENT:
		return !is_there;
	case STORE_EQUALS:
		return is_there && span_eq(entry_value(entry), item->expected);
	}
	return false;
}

static struct entry *
entry_new(const struct store_item *item)
{
	struct entry *entry =
		malloc(sizeof(*entry) + item->key.n + item->value.n);

	if (entry == NULL)
		return NULL;
	entry->next = NULL;
	entry->expires_ms = item->expires_ms;
	entry->key_n = item->key.n;
	entry->value_n = item->value.n;
	memcpy(entry->bytes, item->key.p, item->key.n);
	if (item->value.n > 0)
		memcpy(entry->bytes + item->key.n, item->value.p,
			item->value.n);
	return entry;
}

/* Cannot fail: what it needs is there already. */
static void
item_apply(
	struct memory *memory, const struct store_item *item, struct entry *new)
{
	struct entry **at = entry_find(memory, item->key), *old = *at;

	if (item->action == STORE_CHECK)
		return;
	if (old != NULL) {
		*at = old->next;
		free(old);
	}
	if (new != NULL) {
		new->next = memory->entries;
		memory->entries = new;
	}
}

static enum ost_err
memory_batch(void *handle, const struct store_item *items, size_t n)
{
	struct entry *new[16] = { NULL };
	enum ost_err err = OST_OK;

	for (size_t i = 0; i < n; i++)
		if (!item_holds(handle, &items[i]))
			return OST_CONFLICT;
	for (size_t i = 0; i < n; i++) {
		if (items[i].action != STORE_PUT)
			continue;
		new[i] = entry_new(&items[i]);
		if (new[i] == NULL)
			err = OST_NOMEM;
	}
	for (size_t i = 0; i < n; i++)
		if (err == OST_OK)
			item_apply(handle, &items[i], new[i]);
		else
			free(new[i]);
	return err;
}

static enum ost_err
memory_each(void *handle, struct span prefix,
	enum ost_err (*each)(void *arg, struct span key, struct span value,
		int64_t expires_ms),
	void *arg)
{
	const struct memory *memory = handle;
	enum ost_err err = OST_OK;

	for (struct entry *e = memory->entries; e != NULL && err == OST_OK;
		e = e->next)
		if (entry_is_live(e) && span_starts(entry_key(e), prefix))
			err = each(arg, entry_key(e), entry_value(e),
				e->expires_ms);
	return err;
}

void
store_memory_forget(void)
{
	while (memories != NULL) {
		struct memory *memory = memories;

		while (memory->entries != NULL) {
			struct entry *entry = memory->entries;

			memory->entries = entry->next;
			free(entry);
		}
		memories = memory->next;
		free(memory->label);
		free(memory);
	}
}

const struct store_backend store_memory = {
	.type = "memory",
	.open = memory_open,
	.close = memory_close,
	.get = memory_get,
	.batch = memory_batch,
	.each = memory_each,
};
