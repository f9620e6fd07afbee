#include "keyring.h"
#include "clock.h"
#include "codec.h"
#include "log.h"
#include "record.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_MAX 65536

static const char *const state_names[] = { "next", "current", "old" };
static const char *const kind_types[] = { "at+jwt", "ostiary-login+jwt" };

const char *
key_state_name(enum key_state state)
{
	return state_names[state];
}

struct keyring *
keyring_new(void)
{
	struct keyring *ring = calloc(1, sizeof(*ring));

	if (ring != NULL)
		ring->arena = arena_new(ARENA_MAX);
	if (ring != NULL && ring->arena == NULL) {
		free(ring);
		return NULL;
	}
	return ring;
}

void
keyring_free(struct keyring *ring)
{
	if (ring == NULL)
		return;
	arena_free(ring->arena);
	crypto_wipe(ring, sizeof(*ring));
	free(ring);
}

static enum ost_err
make_headers(struct keyring *ring, struct signing_key *key)
{
	for (int kind = 0; kind < TOKEN_KINDS; kind++) {
		struct span json;
		struct buf text, header;
		enum ost_err err;

		buf_init(&text, ring->arena);
		buf_printf(&text,
			"{\"alg\":\"HS256\",\"kid\":\"%.*s\","
			"\"typ\":\"%s\"}",
			KID_SIZE, key->kid, kind_types[kind]);
		err = buf_span(&text, &json);
		if (err != OST_OK)
			return err;
		buf_init(&header, ring->arena);
		base64url_encode(&header, json);
		err = buf_span(&header, &key->header[kind]);
		if (err != OST_OK)
			return err;
	}
	return OST_OK;
}

/* "KID STATE CREATED RETIRED HEX" */
static enum ost_err
read_key(struct keyring *ring, struct span text, struct signing_key *key)
{
	struct span part[5], secret, rest = text;
	uint64_t created, retired;
	int state;

	for (size_t i = 0; i < 5; i++)
		if (!span_next(&rest, ' ', &part[i]))
			return OST_STORE;
	for (size_t i = 0; i < part[0].n; i++)
		if (!char_is_alnum(part[0].p[i]))
			return OST_STORE;
	for (state = KEY_NEXT; state <= KEY_OLD; state++)
		if (span_eq(part[1], span_of(state_names[state])))
			break;
	if (!span_is_absent(rest) || part[0].n != KID_SIZE || state > KEY_OLD ||
		span_to_u64(part[2], 0, INT64_MAX, &created) != OST_OK ||
		span_to_u64(part[3], 0, INT64_MAX, &retired) != OST_OK ||
		hex_decode(ring->arena, part[4], &secret) != OST_OK ||
		secret.n != CRYPTO_HASH_SIZE)
		return OST_STORE;
	memcpy(key->kid, part[0].p, KID_SIZE);
	memcpy(key->secret, secret.p, secret.n);
	key->state = (enum key_state)state;
	key->created_ms = (int64_t)created;
	key->retired_ms = (int64_t)retired;
	return make_headers(ring, key);
}

static enum ost_err
read_ring(struct keyring *ring, const struct record *record)
{
	struct span name, value;
	enum ost_err err;
	int current = 0, next = 0;

	for (size_t i = 0; record_field(record, i, &name, &value); i++) {
		if (!span_eq(name, SPAN("key")))
			continue;
		if (ring->n == KEYRING_MAX)
			return OST_STORE;
		err = read_key(ring, value, &ring->keys[ring->n]);
		if (err != OST_OK)
			return err;
		current += ring->keys[ring->n].state == KEY_CURRENT;
		next += ring->keys[ring->n].state == KEY_NEXT;
		ring->n++;
	}
	return current == 1 && next <= 1 ? OST_OK : OST_STORE;
}

static void
forget(struct keyring *ring)
{
	crypto_wipe(ring->keys, sizeof(ring->keys));
	ring->n = 0;
	ring->raw = SPAN_ABSENT;
	arena_reset(ring->arena);
}

enum ost_err
keyring_load(struct keyring *ring, struct store *store, struct arena *scratch)
{
	struct span raw;
	enum ost_err err = store_get(store, SPAN("ring"), scratch, &raw);

	if (err != OST_OK)
		return err;
	if (!span_is_absent(ring->raw) && crypto_equal(ring->raw, raw))
		return OST_OK;
	return keyring_decode(ring, raw);
}

enum ost_err
keyring_decode(struct keyring *ring, struct span raw)
{
	struct record *record;
	enum ost_err err;

	forget(ring);
	err = record_parse(ring->arena, raw, &record);
	if (err == OST_OK)
		err = read_ring(ring, record);
	if (err == OST_OK)
		err = arena_copy(ring->arena, raw, &ring->raw);
	if (err != OST_OK) {
		log_message("error", "the keyring cannot be used: %s",
			ost_err_name(err));
		forget(ring);
	}
	return err;
}

static void
new_key(struct signing_key *key, enum key_state state)
{
	char text[CRYPTO_TEXT_SIZE];

	memset(key, 0, sizeof(*key));
	crypto_random_text(text);
	memcpy(key->kid, text, KID_SIZE);
	crypto_random(key->secret, sizeof(key->secret));
	key->state = state;
	key->created_ms = clock_wall_ms();
}

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
		const struct signing_key *key = &keys[i];

		buf_init(&line, scratch);
		buf_printf(&line, "%.*s %s %lld %lld ", KID_SIZE, key->kid,
			state_names[key->state], (long long)key->created_ms,
			(long long)key->retired_ms);
		hex_encode(&line, (struct span){ (const char *)key->secret,
					  sizeof(key->secret) });
		err = buf_span(&line, &text);
		if (err != OST_OK)
			return err;
		record_add(&buf, "key", text);
	}
	return buf_span(&buf, value);
}

enum ost_err
keyring_create(struct store *store, struct arena *scratch)
{
	struct signing_key keys[2];
	struct span value;
	enum ost_err err;

	new_key(&keys[0], KEY_CURRENT);
	new_key(&keys[1], KEY_NEXT);
	err = encode(keys, 2, scratch, &value);
	if (err == OST_OK)
		err = store_put(store, SPAN("ring"), value, 0, STORE_ABSENT);
	crypto_wipe(keys, sizeof(keys));
	return err;
}

enum ost_err
keyring_save(
	const struct keyring *ring, struct store *store, struct arena *scratch)
{
	struct span value;
	enum ost_err err = encode(ring->keys, ring->n, scratch, &value);

	if (err == OST_OK)
		err = store_put(store, SPAN("ring"), value, 0, STORE_ANY);
	return err;
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
		new_key(&keys[n++], KEY_CURRENT);
	new_key(&keys[n++], KEY_NEXT);
	return n;
}

enum ost_err
keyring_rotate(struct keyring *ring, struct store *store, struct arena *scratch,
	int64_t keep_ms)
{
	struct signing_key keys[KEYRING_MAX + 2];
	size_t n = rotated(ring, keys, keep_ms);
	struct span value;
	enum ost_err err = OST_TOOBIG;

	/* Dropping a key that may still verify would log people out. */
	if (n <= KEYRING_MAX)
		err = encode(keys, n, scratch, &value);
	if (err == OST_OK)
		err = store_swap(store, SPAN("ring"), ring->raw, value, 0);
	crypto_wipe(keys, sizeof(keys));
	if (err == OST_OK)
		err = keyring_load(ring, store, scratch);
	return err;
}

const struct signing_key *
keyring_current(const struct keyring *ring)
{
	for (size_t i = 0; i < ring->n; i++)
		if (ring->keys[i].state == KEY_CURRENT)
			return &ring->keys[i];
	return NULL;
}

enum ost_err
signing_key_mac(const struct signing_key *key, struct span data,
	unsigned char mac[static CRYPTO_HASH_SIZE])
{
	struct span secret = { (const char *)key->secret, sizeof(key->secret) };

	return crypto_hmac(secret, data, mac);
}

enum ost_err
signing_key_mac_for(const struct signing_key *key, const char *purpose,
	struct span data, unsigned char mac[static CRYPTO_HASH_SIZE])
{
	unsigned char derived[CRYPTO_HASH_SIZE];
	enum ost_err err = signing_key_mac(key, span_of(purpose), derived);

	if (err == OST_OK)
		err = crypto_hmac(
			(struct span){ (const char *)derived, sizeof(derived) },
			data, mac);
	crypto_wipe(derived, sizeof(derived));
	return err;
}
