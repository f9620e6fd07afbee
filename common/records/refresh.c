#include "refresh.h"
#include "clock.h"
#include "record.h"
#include "secret.h"

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* A grant with refresh tokens lives as long as the last of what it gave. */
static int64_t
grant_expiry(const struct grant_terms *terms, int64_t now_ms, int64_t ends_ms)
{
	int64_t lasts_ms = terms->access_ms;

	if (ends_ms == 0)
		return now_ms + lasts_ms;
	if (lasts_ms < terms->idle_ms)
		lasts_ms = terms->idle_ms;
	return earlier(now_ms + lasts_ms, ends_ms);
}

static enum ost_err
refresh_key(struct arena *arena, struct span text, struct span *key)
{
	struct span hash;
	enum ost_err err = secret_hash(arena, text, &hash);

	return err == OST_OK ? record_key(arena, "refresh:", hash, key) : err;
}

static enum ost_err
encode(struct arena *arena, const struct refresh *refresh, struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "grant", refresh->grant_id);
	record_add(&buf, "client_id", refresh->client_id);
	if (refresh->used_ms != 0) {
		record_add_i64(&buf, "used", refresh->used_ms);
		record_add(&buf, "kid", refresh->kid);
	} else {
		record_add_i64(&buf, "expires", refresh->expires_ms);
	}
	return buf_span(&buf, value);
}

/* A new live one of that grant. */
static enum ost_err
live_item(struct arena *arena, const struct grant_terms *terms,
	const struct grant *grant, int64_t now_ms, struct span text,
	struct store_item *item)
{
	const struct refresh made = { .grant_id = grant->id,
		.client_id = grant->client_id,
		.expires_ms =
			earlier(now_ms + terms->idle_ms, grant->ends_ms) };
	enum ost_err err = refresh_key(arena, text, &item->key);

	item->action = STORE_PUT;
	item->expect = STORE_ABSENT;
	item->expires_ms = made.expires_ms;
	return err == OST_OK ? encode(arena, &made, &item->value) : err;
}

enum ost_err
grant_begin(struct arena *arena, const struct grant_terms *terms,
	struct grant *grant, struct store_item items[static GRANT_ITEMS],
	size_t *n)
{
	int64_t now_ms = clock_wall_ms();
	struct grant made = *grant;
	enum ost_err err = record_new_id(arena, 'g', &made.id);

	made.created_ms = now_ms;
	made.ends_ms = terms->total_ms > 0 ? now_ms + terms->total_ms : 0;
	made.expires_ms = grant_expiry(terms, now_ms, made.ends_ms);
	made.refresh_token = SPAN_ABSENT;
	items[0] = (struct store_item){ .action = STORE_PUT,
		.expect = STORE_ABSENT,
		.expires_ms = made.expires_ms };
	items[1] = (struct store_item){ 0 };
	if (err == OST_OK)
		err = record_key(arena, "grant:", made.id, &items[0].key);
	if (err == OST_OK)
		err = grant_encode(arena, &made, &items[0].value);
	if (err == OST_OK && made.ends_ms > 0)
		err = secret_new(
			arena, SECRET_REFRESH_PREFIX, &made.refresh_token);
	if (err == OST_OK && made.ends_ms > 0)
		err = live_item(arena, terms, &made, now_ms, made.refresh_token,
			&items[1]);
	if (err != OST_OK)
		return err;
	made.raw = items[0].value;
	*grant = made;
	*n = made.ends_ms > 0 ? 2 : 1;
	return OST_OK;
}

int64_t
grant_keep_ms(const struct grant_terms *terms, const struct grant *grant)
{
	return grant->ends_ms > 0 ? grant->ends_ms
				  : grant->created_ms + terms->access_ms;
}

enum ost_err
refresh_decode(struct arena *arena, struct span value, struct refresh *refresh)
{
	struct record *record;
	struct refresh found;
	enum ost_err err = record_parse(arena, value, &record);

	if (err != OST_OK)
		return err;
	found = (struct refresh){
		.grant_id = record_get(record, "grant"),
		.client_id = record_get(record, "client_id"),
		.used_ms = record_get_i64(record, "used"),
		.kid = record_get(record, "kid"),
		.expires_ms = record_get_i64(record, "expires"),
		.raw = value,
	};
	if (found.grant_id.n == 0 || found.client_id.n == 0)
		return OST_STORE;
	*refresh = found;
	return OST_OK;
}

enum ost_err
refresh_find(struct store *grants, struct arena *arena, struct span text,
	struct refresh *refresh)
{
	struct span key, value;
	enum ost_err err;

	if (!secret_is_wellformed(text, SECRET_REFRESH_PREFIX))
		return OST_NOTFOUND;
	err = refresh_key(arena, text, &key);
	if (err == OST_OK)
		err = store_get(grants, key, arena, &value);
	return err == OST_OK ? refresh_decode(arena, value, refresh) : err;
}

static const struct signing_key *
key_of(const struct keyring *ring, struct span kid)
{
	for (size_t i = 0; i < ring->n; i++)
		if (span_eq(kid, (struct span){ ring->keys[i].kid, KID_SIZE }))
			return &ring->keys[i];
	return NULL;
}

enum ost_err
refresh_successor(struct arena *arena, const struct keyring *ring,
	struct span kid, struct span text, struct span *successor)
{
	const struct signing_key *key = key_of(ring, kid);
	unsigned char mac[CRYPTO_HASH_SIZE];
	enum ost_err err;

	if (key == NULL)
		return OST_NOTFOUND;
	err = signing_key_mac_for(key, "refresh", text, mac);
	if (err == OST_OK)
		err = secret_of_bits(
			arena, SECRET_REFRESH_PREFIX, mac, successor);
	crypto_wipe(mac, sizeof(mac));
	return err;
}

/* items[0]: text is used up; items[1]: the grant goes on. */
static enum ost_err
use_up(struct arena *arena, struct span text, const struct refresh *used,
	const struct refresh *was, const struct grant *moved,
	struct store_item items[static 2])
{
	enum ost_err err = refresh_key(arena, text, &items[0].key);

	items[0].action = items[1].action = STORE_PUT;
	items[0].expect = items[1].expect = STORE_EQUALS;
	items[0].expected = was->raw;
	items[1].expected = moved->raw;
	items[0].expires_ms = moved->ends_ms;
	items[1].expires_ms = moved->expires_ms;
	if (err == OST_OK)
		err = encode(arena, used, &items[0].value);
	if (err == OST_OK)
		err = record_key(arena, "grant:", moved->id, &items[1].key);
	return err == OST_OK ? grant_encode(arena, moved, &items[1].value)
			     : err;
}

enum ost_err
refresh_rotate(struct store *grants, struct arena *arena,
	const struct grant_terms *terms, const struct keyring *ring,
	struct span text, const struct refresh *refresh, struct grant *grant,
	struct span *successor)
{
	int64_t now_ms = clock_wall_ms();
	struct store_item items[3] = { { 0 } };
	struct refresh used = *refresh;
	struct grant moved = *grant;
	struct span made;
	enum ost_err err;

	if (refresh->used_ms != 0)
		return OST_CONFLICT;
	used.used_ms = now_ms;
	used.kid = (struct span){ keyring_current(ring)->kid, KID_SIZE };
	moved.expires_ms = grant_expiry(terms, now_ms, grant->ends_ms);
	err = refresh_successor(arena, ring, used.kid, text, &made);
	if (err == OST_OK)
		err = use_up(arena, text, &used, refresh, &moved, items);
	if (err == OST_OK)
		err = live_item(arena, terms, &moved, now_ms, made, &items[2]);
	if (err == OST_OK)
		err = store_batch(grants, items, 3);
	if (err != OST_OK)
		return err;
	moved.raw = items[1].value;
	*grant = moved;
	*successor = made;
	return OST_OK;
}

enum ost_err
refresh_confirm(struct store *grants, struct arena *arena,
	const struct grant_terms *terms, struct span text,
	const struct refresh *refresh, const struct grant *grant,
	struct span successor, const struct refresh *next)
{
	struct store_item items[3] = {
		{ .action = STORE_CHECK,
			.expect = STORE_EQUALS,
			.expected = refresh->raw },
		{ .action = STORE_CHECK,
			.expect = STORE_EQUALS,
			.expected = grant->raw },
	};
	enum ost_err err = live_item(
		arena, terms, grant, refresh->used_ms, successor, &items[2]);

	items[2].expect = STORE_EQUALS;
	items[2].expected = next->raw;
	if (err == OST_OK)
		err = refresh_key(arena, text, &items[0].key);
	if (err == OST_OK)
		err = record_key(arena, "grant:", grant->id, &items[1].key);
	return err == OST_OK ? store_batch(grants, items, 3) : err;
}
