#include "delta.h"
#include "siphash.h"

#include <stdlib.h>
#include <string.h>
/*
 * An open table with linear probing, never more than half full. A slot points
 * at an item in the bytes; 0 is no item, for a log begins with its header.
 * Nothing is ever removed: a deleted key keeps its slot, as the log says.
 */
#define BYTES_MIN 16384
#define SLOTS_MIN 256

struct delta_slot {
	uint32_t hash; /* its upper half */
	uint32_t at;   /* of the item in the bytes */
};

enum ost_err
delta_init(struct delta *delta, uint64_t salt, size_t start)
{
	delta_release(delta);
	delta->salt = salt;
	/* Unknown to who chooses the keys, and good enough for a table. */
	delta->hash_key[0] = salt;
	delta->hash_key[1] = ~salt;
	if (delta_room(delta, start) == NULL)
		return OST_NOMEM;
	memset(delta->bytes, 0, start);
	delta->size = start;
	return OST_OK;
}

void
delta_release(struct delta *delta)
{
	if (delta->bytes != NULL)
		explicit_bzero(delta->bytes, delta->size);
	free(delta->bytes);
	free(delta->slots);
	memset(delta, 0, sizeof(*delta));
}

char *
delta_room(struct delta *delta, size_t n)
{
	size_t room = delta->room > 0 ? delta->room : BYTES_MIN;
	char *bytes;

	if (n > UINT32_MAX - delta->size)
		return NULL;
	while (room < delta->size + n)
		room *= 2;
	if (room != delta->room) {
		/* Not realloc(): what it leaves behind would not be wiped. */
		bytes = malloc(room);
		if (bytes == NULL)
			return NULL;
		if (delta->bytes != NULL) {
			memcpy(bytes, delta->bytes, delta->size);
			explicit_bzero(delta->bytes, delta->size);
		}
		free(delta->bytes);
		delta->bytes = bytes;
		delta->room = room;
	}
	return delta->bytes + delta->size;
}

static struct logitem
item_at(const struct delta *delta, uint32_t at)
{
	struct span rest = { delta->bytes + at, delta->size - at };
	struct logitem item = { SPAN_ABSENT, SPAN_ABSENT };

	/* It was stepped over when it was taken in. */
	(void)logrecord_next(&rest, &item);
	return item;
}

/* The slot of the key, or the free one where it belongs. */
static struct delta_slot *
slot_of(const struct delta *delta, struct span key, uint64_t hash)
{
	size_t mask = delta->slots_n - 1, i = hash & mask;

	for (;; i = (i + 1) & mask) {
		struct delta_slot *slot = &delta->slots[i];

		if (slot->at == 0)
			return slot;
		if (slot->hash == hash >> 32 &&
			span_eq(item_at(delta, slot->at).key, key))
			return slot;
	}
}

static enum ost_err
slots_grow(struct delta *delta)
{
	struct delta_slot *old = delta->slots;
	size_t old_n = delta->slots_n;
	size_t n = old_n > 0 ? old_n * 2 : SLOTS_MIN;
	struct delta_slot *slots = calloc(n, sizeof(*slots));

	if (slots == NULL)
		return OST_NOMEM;
	delta->slots = slots;
	delta->slots_n = n;
	for (size_t i = 0; i < old_n; i++) {
		struct span key;

		if (old[i].at == 0)
			continue;
		key = item_at(delta, old[i].at).key;
		*slot_of(delta, key, siphash(delta->hash_key, key)) = old[i];
	}
	free(old);
	return OST_OK;
}

bool
delta_reserve(struct delta *delta, size_t n)
{
	while ((delta->keys + n) * 2 > delta->slots_n)
		if (slots_grow(delta) != OST_OK)
			return false;
	return true;
}

static enum ost_err
item_add(struct delta *delta, const struct logitem *item, size_t at)
{
	uint64_t hash = siphash(delta->hash_key, item->key);
	struct delta_slot *slot;
	enum ost_err err;

	if (delta->keys * 2 >= delta->slots_n) {
		err = slots_grow(delta);
		if (err != OST_OK)
			return err;
	}
	slot = slot_of(delta, item->key, hash);
	if (slot->at == 0)
		delta->keys++;
	slot->hash = (uint32_t)(hash >> 32);
	slot->at = (uint32_t)at;
	return OST_OK;
}

static enum ost_err
record_add(struct delta *delta, const struct logrecord *record)
{
	struct span items = record->items;
	const char *p = items.p;
	struct logitem item;
	enum ost_err err = OST_OK;

	delta->last = delta->size;
	/* Before the items are: item_at() looks no further than size. */
	delta->size += record->size;
	delta->records++;
	while (err == OST_OK && logrecord_next(&items, &item)) {
		err = item_add(delta, &item, (size_t)(p - delta->bytes));
		p = items.p;
	}
	return err;
}

enum ost_err
delta_take(struct delta *delta, size_t n)
{
	size_t end = delta->size + n;

	while (delta->size < end) {
		struct logplace place = { delta->salt, delta->size };
		struct span rest = { delta->bytes + delta->size,
			end - delta->size };
		struct logrecord record;
		enum ost_err err = logrecord_open(rest, place, &record);

		if (err == OST_OK)
			err = record_add(delta, &record);
		if (err != OST_OK)
			return err;
	}
	return OST_OK;
}

bool
delta_find(const struct delta *delta, struct span key, struct span *sealed)
{
	const struct delta_slot *slot;

	if (delta->slots_n == 0)
		return false;
	slot = slot_of(delta, key, siphash(delta->hash_key, key));
	if (slot->at == 0)
		return false;
	*sealed = item_at(delta, slot->at).sealed;
	return true;
}

enum ost_err
delta_each(const struct delta *delta,
	enum ost_err (*visit)(void *arg, const struct logitem *item), void *arg)
{
	enum ost_err err = OST_OK;

	for (size_t i = 0; i < delta->slots_n && err == OST_OK; i++) {
		struct logitem item;

		if (delta->slots[i].at == 0)
			continue;
		item = item_at(delta, delta->slots[i].at);
		err = visit(arg, &item);
	}
	return err;
}
