#include "key.h"
#include "clock.h"

#define MAKERS_MAX 300 /* as many keys as one user has, live and dead */

enum ost_err
key_decode(struct arena *arena, struct span value, struct key *key)
{
	struct record *record;
	enum ost_err err = record_parse(arena, value, &record);

	if (err != OST_OK)
		return err;
	*key = (struct key){
		.id = record_get(record, "id"),
		.user_id = record_get(record, "user"),
		.name = record_get(record, "name"),
		.made_by = record_get(record, "made_by"),
		.created_ms = record_get_i64(record, "created"),
		.expires_ms = record_get_i64(record, "expires"),
		.is_revoked = record_get_i64(record, "revoked") != 0,
		.revoked_ms = record_get_i64(record, "revoked_at"),
		.raw = value,
	};
	secret_read(record, &key->secret);
	return key->id.n > 0 && key->user_id.n > 0 ? OST_OK : OST_STORE;
}

static enum ost_err
encode(struct arena *arena, const struct key *key, struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "id", key->id);
	record_add(&buf, "user", key->user_id);
	record_add(&buf, "name", key->name);
	if (key->made_by.n > 0)
		record_add(&buf, "made_by", key->made_by);
	secret_write(&buf, &key->secret);
	record_add_i64(&buf, "created", key->created_ms);
	record_add_i64(&buf, "expires", key->expires_ms);
	record_add_i64(&buf, "revoked", key->is_revoked);
	if (key->revoked_ms != 0)
		record_add_i64(&buf, "revoked_at", key->revoked_ms);
	return buf_span(&buf, value);
}

static enum ost_err
read_key(struct store *accounts, struct arena *arena, struct span id,
	struct key *key)
{
	struct span name, value;
	enum ost_err err;

	for (size_t i = 0; i < id.n; i++)
		if (!char_is_alnum(id.p[i]))
			return OST_NOTFOUND;
	if (id.n == 0 || id.n > 64)
		return OST_NOTFOUND;
	err = record_key(arena, "key:", id, &name);
	if (err == OST_OK)
		err = store_get(accounts, name, arena, &value);
	return err == OST_OK ? key_decode(arena, value, key) : err;
}

/* Asked at each use: so a key that is being made while its maker is revoked
 * ends too, and nobody has to go and look for it. */
enum ost_err
key_settle(struct store *accounts, struct arena *arena, struct key *key)
{
	struct span id = key->made_by;

	for (int i = 0; id.n > 0 && !key->is_revoked; i++) {
		struct key maker = { .is_revoked = true };
		enum ost_err err =
			i < MAKERS_MAX ? read_key(accounts, arena, id, &maker)
				       : OST_NOTFOUND;

		if (err != OST_OK && err != OST_NOTFOUND)
			return err;
		if (err == OST_NOTFOUND ||
			!span_eq(maker.user_id, key->user_id))
			maker = (struct key){ .is_revoked = true };
		key->is_revoked = maker.is_revoked;
		key->revoked_ms = maker.revoked_ms;
		id = maker.made_by;
	}
	return OST_OK;
}

enum ost_err
key_by_id(struct store *accounts, struct arena *arena, struct span id,
	struct key *key)
{
	struct key found;
	enum ost_err err = read_key(accounts, arena, id, &found);

	if (err == OST_OK)
		err = key_settle(accounts, arena, &found);
	if (err == OST_OK)
		*key = found;
	return err;
}

bool
key_is_live(const struct key *key, int64_t now_ms)
{
	return !key->is_revoked &&
	       (key->expires_ms == 0 || now_ms < key->expires_ms);
}

static enum ost_err
find_hash(struct store *accounts, struct arena *arena, struct span secret,
	struct span *hash, struct key *key)
{
	struct span name, id;
	enum ost_err err;

	/* A secret that we did not make costs no look-up. */
	if (!secret_is_wellformed(secret, SECRET_KEY_PREFIX))
		return OST_NOTFOUND;
	err = secret_hash(arena, secret, hash);
	if (err == OST_OK)
		err = record_key(arena, "keyhash:", *hash, &name);
	if (err == OST_OK)
		err = store_get(accounts, name, arena, &id);
	return err == OST_OK ? key_by_id(accounts, arena, id, key) : err;
}

enum ost_err
key_by_secret(struct store *accounts, struct arena *arena, struct span secret,
	struct key *key)
{
	int64_t now_ms = clock_wall_ms();
	struct span hash;
	struct key found;
	enum ost_err err = find_hash(accounts, arena, secret, &hash, &found);

	if (err != OST_OK)
		return err;
	if (!secret_matches(&found.secret, hash, now_ms) ||
		!key_is_live(&found, now_ms))
		return OST_NOTFOUND;
	*key = found;
	key->mark = secret_mark(hash);
	return OST_OK;
}

enum ost_err
key_of_secret(struct store *accounts, struct arena *arena, struct span secret,
	struct key *key)
{
	struct span hash;
	struct key found;
	enum ost_err err = find_hash(accounts, arena, secret, &hash, &found);

	if (err != OST_OK)
		return err;
	if (!secret_matches(&found.secret, hash, clock_wall_ms()))
		return OST_NOTFOUND;
	*key = found;
	key->mark = secret_mark(hash);
	return OST_OK;
}

bool
key_knows_mark(const struct key *key, struct span mark, int64_t now_ms)
{
	return secret_knows_mark(&key->secret, mark, now_ms);
}

static enum ost_err
index_item(struct arena *arena, struct span hash, struct span id,
	struct store_item *item)
{
	*item = (struct store_item){ .action = STORE_PUT, .value = id };
	return record_key(arena, "keyhash:", hash, &item->key);
}

static enum ost_err
create_items(struct arena *arena, struct key *key,
	struct store_item items[static 3], size_t *n)
{
	enum ost_err err = OST_OK;

	if (key->created_ms == 0)
		key->created_ms = clock_wall_ms();
	if (key->id.n == 0)
		err = record_new_id(arena, 'k', &key->id);
	*n = 2;
	items[0] = (struct store_item){ .action = STORE_PUT,
		.expect = STORE_ABSENT };
	if (err == OST_OK)
		err = record_key(arena, "key:", key->id, &items[0].key);
	if (err == OST_OK)
		err = encode(arena, key, &items[0].value);
	if (err == OST_OK)
		err = index_item(arena, key->secret.hash, key->id, &items[1]);
	if (err == OST_OK && key->secret.old_hash.n > 0) {
		err = index_item(
			arena, key->secret.old_hash, key->id, &items[2]);
		items[2].expires_ms = key->secret.old_until_ms;
		*n = 3;
	}
	return err;
}

enum ost_err
key_create_with(struct store *accounts, struct arena *arena, struct key *key,
	const struct store_item *also)
{
	struct store_item items[4];
	size_t n;
	enum ost_err err = create_items(arena, key, items, &n);

	if (err == OST_OK && also != NULL)
		items[n++] = *also;
	if (err == OST_OK)
		err = store_batch(accounts, items, n);
	if (err == OST_OK)
		key->raw = items[0].value;
	return err;
}

enum ost_err
key_create(struct store *accounts, struct arena *arena, struct key *key)
{
	return key_create_with(accounts, arena, key, NULL);
}

/* The changed record in the place of the one that was read. */
static enum ost_err
swap_item(struct arena *arena, const struct key *key, struct store_item *item)
{
	enum ost_err err;

	*item = (struct store_item){ .action = STORE_PUT,
		.expect = STORE_EQUALS,
		.expected = key->raw };
	err = record_key(arena, "key:", key->id, &item->key);
	return err == OST_OK ? encode(arena, key, &item->value) : err;
}

enum ost_err
key_rotate(struct store *accounts, struct arena *arena, struct key *key,
	struct span hash, int64_t old_until_ms)
{
	struct secret before = key->secret;
	struct store_item items[4];
	size_t n = 3;
	enum ost_err err;

	secret_replace(&key->secret, hash, old_until_ms);
	err = swap_item(arena, key, &items[0]);
	if (err == OST_OK)
		err = index_item(arena, hash, key->id, &items[1]);
	if (err == OST_OK)
		err = index_item(arena, before.hash, key->id, &items[2]);
	if (old_until_ms != 0)
		items[2].expires_ms = old_until_ms;
	else
		items[2].action = STORE_DELETE;
	/* The one before the last rotation ends here in any case. */
	if (err == OST_OK && before.old_hash.n > 0) {
		err = index_item(arena, before.old_hash, key->id, &items[3]);
		items[3].action = STORE_DELETE;
		n = 4;
	}
	if (err == OST_OK)
		err = store_batch(accounts, items, n);
	if (err == OST_OK)
		key->raw = items[0].value;
	else
		key->secret = before;
	return err;
}

enum ost_err
key_end_overlap(struct store *accounts, struct arena *arena, struct key *key)
{
	struct store_item items[2];
	struct key changed = *key;
	enum ost_err err;

	changed.secret.old_hash = SPAN_ABSENT;
	changed.secret.old_until_ms = 0;
	err = swap_item(arena, &changed, &items[0]);
	if (err == OST_OK)
		err = index_item(
			arena, key->secret.old_hash, key->id, &items[1]);
	items[1].action = STORE_DELETE;
	if (err == OST_OK)
		err = store_batch(accounts, items, 2);
	if (err == OST_OK) {
		changed.raw = items[0].value;
		*key = changed;
	}
	return err;
}

enum ost_err
key_revoke(struct store *accounts, struct arena *arena, struct key *key)
{
	struct store_item item;
	struct key revoked = *key;
	enum ost_err err;

	revoked.is_revoked = true;
	revoked.revoked_ms = clock_wall_ms();
	err = swap_item(arena, &revoked, &item);
	if (err == OST_OK)
		err = store_batch(accounts, &item, 1);
	if (err == OST_OK) {
		revoked.raw = item.value;
		*key = revoked;
	}
	return err;
}

enum ost_err
key_delete(struct store *accounts, struct arena *arena, const struct key *key)
{
	struct store_item items[3] = { { .action = STORE_DELETE } };
	size_t n = 2;
	enum ost_err err = record_key(arena, "key:", key->id, &items[0].key);

	if (err == OST_OK)
		err = index_item(arena, key->secret.hash, key->id, &items[1]);
	if (err == OST_OK && key->secret.old_hash.n > 0) {
		err = index_item(
			arena, key->secret.old_hash, key->id, &items[2]);
		n = 3;
	}
	if (err != OST_OK)
		return err;
	for (size_t i = 0; i < n; i++)
		items[i].action = STORE_DELETE;
	return store_batch(accounts, items, n);
}
