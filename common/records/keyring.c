#include "keyring.h"
#include "log.h"
#include "record.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_MAX 65536

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

static void
forget(struct keyring *ring)
{
	for (size_t i = 0; i < KEYRING_MAX; i++)
		pair_release(&ring->pairs[i]);
	crypto_wipe(ring->keys, sizeof(ring->keys));
	ring->n = 0;
	ring->raw = SPAN_ABSENT;
	arena_reset(ring->arena);
}

void
keyring_free(struct keyring *ring)
{
	if (ring == NULL)
		return;
	forget(ring);
	arena_free(ring->arena);
	free(ring);
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
		err = signing_key_decode(
			ring->arena, value, &ring->keys[ring->n]);
		if (err != OST_OK)
			return err;
		current += ring->keys[ring->n].state == KEY_CURRENT;
		next += ring->keys[ring->n].state == KEY_NEXT;
		ring->n++;
	}
	return current == 1 && next <= 1 ? OST_OK : OST_STORE;
}

enum ost_err
keyring_load(struct keyring *ring, struct store *store, struct arena *scratch)
{
	struct span raw;
	enum ost_err err;

	ring->store = store;
	err = store_get(store, SPAN("ring"), scratch, &raw);
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

const struct signing_key *
keyring_current(const struct keyring *ring)
{
	for (size_t i = 0; i < ring->n; i++)
		if (ring->keys[i].state == KEY_CURRENT)
			return &ring->keys[i];
	return NULL;
}

enum ost_err
keyring_pair(struct keyring *ring, size_t i, struct arena *scratch,
	const struct pair **pair)
{
	const struct signing_key *key = &ring->keys[i];
	struct span name, raw;
	enum ost_err err = OST_OK;

	if (ring->pairs[i].ec == NULL) {
		err = pair_name(scratch, signing_key_kid(key), &name);
		if (err == OST_OK)
			err = store_get(ring->store, name, scratch, &raw);
		if (err == OST_OK)
			err = pair_decode(scratch, raw, &ring->pairs[i]);
		if (err == OST_NOTFOUND || err == OST_STORE)
			log_message("error", "signing key %.*s %s", KID_SIZE,
				key->kid,
				err == OST_STORE
					? "has no key pair that can be read"
					: "has no key pair yet: run `ostiary "
					  "init`");
	}
	if (err == OST_OK)
		*pair = &ring->pairs[i];
	return err == OST_NOTFOUND ? OST_STORE : err;
}

/* What keys[i] signs that kind with. */
static enum ost_err
jws_key_of(struct keyring *ring, size_t i, enum token_kind kind,
	struct arena *scratch, struct jws_key *jws)
{
	const struct signing_key *key = &ring->keys[i];
	const struct pair *pair;
	enum ost_err err;

	*jws = (struct jws_key){ .secret = { (const char *)key->secret,
					 sizeof(key->secret) } };
	if (kind == TOKEN_ACCESS || kind == TOKEN_LOGIN)
		return OST_OK;
	err = keyring_pair(ring, i, scratch, &pair);
	if (err == OST_OK)
		jws->pkey = kind == TOKEN_ID_RS256 ? pair->rsa : pair->ec;
	return err;
}

enum ost_err
keyring_sign(struct keyring *ring, struct arena *arena, enum token_kind kind,
	struct span payload, struct span *text)
{
	const struct signing_key *key = keyring_current(ring);
	struct jws_key jws;
	enum ost_err err =
		jws_key_of(ring, (size_t)(key - ring->keys), kind, arena, &jws);

	if (err != OST_OK)
		return err;
	return jws_sign(arena, key->header[kind], &jws, payload, text);
}

/* Finds the key and kind whose header the text bears. */
static bool
find_key(const struct keyring *ring, unsigned int kinds, struct span text,
	size_t *key, enum token_kind *kind)
{
	struct span rest = text, head;

	if (!span_cut(&rest, '.', &head))
		return false;
	for (size_t i = 0; i < ring->n; i++)
		for (unsigned int k = 0; k < TOKEN_KINDS; k++)
			if ((kinds & 1u << k) != 0 &&
				span_eq(head, ring->keys[i].header[k])) {
				*kind = (enum token_kind)k;
				*key = i;
				return true;
			}
	return false;
}

enum ost_err
keyring_verify(struct keyring *ring, struct arena *arena, unsigned int kinds,
	struct span text, enum token_kind *kind, struct span *payload)
{
	enum token_kind found;
	struct jws_key jws;
	enum ost_err err;
	size_t i;

	if (!find_key(ring, kinds, text, &i, &found))
		return OST_DENIED;
	err = jws_key_of(ring, i, found, arena, &jws);
	if (err == OST_OK)
		err = jws_verify(arena, ring->keys[i].header[found], &jws, text,
			payload);
	if (err == OST_OK)
		*kind = found;
	return err;
}
