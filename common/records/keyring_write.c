#include "keyring_write.h"
#include "clock.h"
#include "record.h"

#include <string.h>

#define BATCH_MAX 16 /* of store.h */

static enum ost_err
encode(const struct signing_key *keys, size_t n, struct arena *scratch,
	struct span *value)
{
	struct buf buf, line;
	struct span text;
	enum ost_err err;

	buf_init(&buf, scratch);
	record_begin(&buf);
	for (size_t i = 0; i < n; i++) {
		buf_init(&line, scratch);
		signing_key_encode(&keys[i], &line);
		err = buf_span(&line, &text);
		if (err != OST_OK)
			return err;
		record_add(&buf, "key", text);
	}
	return buf_span(&buf, value);
}

/* An item that writes new pairs for a key. */
static enum ost_err
new_pair(const struct signing_key *key, struct arena *scratch,
	struct store_item *item)
{
	*item = (struct store_item){ .action = STORE_PUT,
		.expect = STORE_ABSENT };
	enum ost_err err = pair_name(scratch, signing_key_kid(key), &item->key);

	return err == OST_OK ? pair_make(scratch, &item->value) : err;
}

enum ost_err
keyring_create(struct store *store, struct arena *scratch)
{
	struct signing_key keys[2];
	struct store_item items[3] = { { .action = STORE_PUT,
		.expect = STORE_ABSENT,
		.key = SPAN("ring") } };
	enum ost_err err = store_get(
		store, SPAN("ring"), scratch, &(struct span){ NULL, 0 });

	/* Before the work of making keys. */
	if (err != OST_NOTFOUND)
		return err == OST_OK ? OST_CONFLICT : err;
	signing_key_make(&keys[0], KEY_CURRENT);
	signing_key_make(&keys[1], KEY_NEXT);
	err = encode(keys, 2, scratch, &items[0].value);
	for (size_t i = 0; i < 2 && err == OST_OK; i++)
		err = new_pair(&keys[i], scratch, &items[1 + i]);
	if (err == OST_OK)
		err = store_batch(store, items, 3);
	crypto_wipe(keys, sizeof(keys));
	return err;
}

enum ost_err
keyring_complete(struct keyring *ring, struct arena *scratch, size_t *added)
{
	struct store_item items[1 + KEYRING_MAX] = { { .action = STORE_CHECK,
		.expect = STORE_EQUALS,
		.key = SPAN("ring"),
		.expected = ring->raw } };
	size_t n = 1;

	for (size_t i = 0; i < ring->n; i++) {
		const struct signing_key *key = &ring->keys[i];
		struct span name, raw;
		enum ost_err err =
			pair_name(scratch, signing_key_kid(key), &name);

		if (err == OST_OK)
			err = store_get(ring->store, name, scratch, &raw);
		if (err == OST_NOTFOUND)
			err = new_pair(key, scratch, &items[n++]);
		if (err != OST_OK)
			return err;
	}
	*added = n - 1;
	return n == 1 ? OST_OK : store_batch(ring->store, items, n);
}

static bool
has_kid(const struct signing_key *keys, size_t n, const struct signing_key *key)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(keys[i].kid, key->kid, KID_SIZE) == 0)
			return true;
	return false;
}

/*
 * Writes these keys in the place of the ring's, with the n_items pairs that
 * items has from 1 on, and takes the pairs of keys that have gone away.
 */
static enum ost_err
exchange(struct keyring *ring, const struct signing_key *keys, size_t n,
	struct store_item items[static 1 + 2 * KEYRING_MAX], size_t n_items,
	struct arena *scratch)
{
	size_t first;
	enum ost_err err;

	items[0] = (struct store_item){ .action = STORE_PUT,
		.expect = STORE_EQUALS,
		.key = SPAN("ring"),
		.expected = ring->raw };
	err = encode(keys, n, scratch, &items[0].value);
	for (size_t i = 0; i < ring->n && err == OST_OK; i++) {
		if (has_kid(keys, n, &ring->keys[i]))
			continue;
		items[n_items] = (struct store_item){ .action = STORE_DELETE };
		err = pair_name(scratch, signing_key_kid(&ring->keys[i]),
			&items[n_items].key);
		n_items++;
	}
	/* Of two full rings the last deletion comes by itself. */
	first = n_items < BATCH_MAX ? n_items : BATCH_MAX;
	if (err == OST_OK)
		err = store_batch(ring->store, items, first);
	if (err == OST_OK && first < n_items)
		err = store_batch(ring->store, items + first, n_items - first);
	return err == OST_OK ? keyring_load(ring, ring->store, scratch) : err;
}

enum ost_err
keyring_replace(struct keyring *ring, const struct signing_key *keys,
	const struct span *pairs, size_t n, struct arena *scratch)
{
	struct store_item items[1 + 2 * KEYRING_MAX];
	size_t n_items = 1;
	enum ost_err err = OST_OK;

	for (size_t i = 0; i < n && err == OST_OK; i++) {
		if (span_is_absent(pairs[i]))
			continue;
		items[n_items] = (struct store_item){ .action = STORE_PUT,
			.value = pairs[i] };
		err = pair_name(scratch, signing_key_kid(&keys[i]),
			&items[n_items].key);
		n_items++;
	}
	if (err != OST_OK)
		return err;
	return exchange(ring, keys, n, items, n_items, scratch);
}

/* The keys after a rotation; returns how many. */
static size_t
rotated(const struct keyring *ring, struct signing_key *keys, int64_t keep_ms)
{
	int64_t now_ms = clock_wall_ms();
	bool has_current = false;
	size_t n = 0;

	for (size_t i = 0; i < ring->n; i++) {
		struct signing_key key = ring->keys[i];

		if (key.state == KEY_OLD && now_ms - key.retired_ms > keep_ms)
			continue;
		if (key.state == KEY_CURRENT) {
			key.state = KEY_OLD;
			key.retired_ms = now_ms;
		} else if (key.state == KEY_NEXT) {
			key.state = KEY_CURRENT;
			has_current = true;
		}
		keys[n++] = key;
	}
	if (!has_current)
		signing_key_make(&keys[n++], KEY_CURRENT);
	signing_key_make(&keys[n++], KEY_NEXT);
	return n;
}

enum ost_err
keyring_rotate(struct keyring *ring, struct store *store, struct arena *scratch,
	int64_t keep_ms)
{
	struct store_item items[1 + 2 * KEYRING_MAX];
	struct signing_key keys[KEYRING_MAX + 2];
	size_t n = rotated(ring, keys, keep_ms), n_items = 1, added;
	enum ost_err err = OST_TOOBIG;

	ring->store = store;
	/* Dropping a key that may still verify would log people out. */
	if (n <= KEYRING_MAX)
		err = keyring_complete(ring, scratch, &added);
	for (size_t i = 0; i < n && err == OST_OK; i++)
		if (!has_kid(ring->keys, ring->n, &keys[i]))
			err = new_pair(&keys[i], scratch, &items[n_items++]);
	if (err == OST_OK)
		err = exchange(ring, keys, n, items, n_items, scratch);
	crypto_wipe(keys, sizeof(keys));
	return err;
}
