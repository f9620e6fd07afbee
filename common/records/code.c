#include "code.h"
#include "clock.h"
#include "crypto.h"
#include "record.h"
#include "secret.h"

/* A used or expired code is remembered at least so long, so that a late
 * second use is still told from a made-up one. */
#define CODE_REMEMBER_MS (10 * 60 * 1000)

static enum ost_err
code_key(struct arena *arena, struct span text, struct span *key)
{
	struct span hash;
	enum ost_err err = secret_hash(arena, text, &hash);

	return err == OST_OK ? record_key(arena, "code:", hash, key) : err;
}

static enum ost_err
code_encode(struct arena *arena, const struct code *code, struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "client_id", code->client_id);
	record_add(&buf, "user", code->user_id);
	record_add(&buf, "redirect_uri", code->redirect_uri);
	record_add(&buf, "scope", code->scope);
	record_add(&buf, "used_by", code->used_by);
	record_add(&buf, "challenge", code->challenge);
	record_add(&buf, "nonce", code->nonce);
	record_add_i64(&buf, "offline", code->is_offline);
	record_add_i64(&buf, "auth_time", code->auth_time_s);
	record_add(&buf, "amr", code->amr);
	record_add_i64(&buf, "user_epoch", code->user_epoch);
	record_add_i64(&buf, "app_epoch", code->app_epoch);
	record_add_i64(&buf, "expires", code->expires_ms);
	return buf_span(&buf, value);
}

/* The form that it stands for gives no second code. */
static enum ost_err
once_item(struct arena *arena, struct span once, struct store_item *item)
{
	*item = (struct store_item){ .action = STORE_PUT,
		.expect = STORE_ABSENT,
		.value = SPAN("v=1\n"),
		.expires_ms = clock_wall_ms() + 24LL * 3600 * 1000 };
	return record_key(arena, "once:", once, &item->key);
}

enum ost_err
code_create(struct store *grants, struct arena *arena, const struct code *asked,
	int64_t lifetime_ms, struct span once, const struct store_item *also,
	struct span *text)
{
	struct store_item items[3] = {
		{ .action = STORE_PUT, .expect = STORE_ABSENT },
	};
	struct code code = *asked;
	char random[CRYPTO_TEXT_SIZE];
	size_t n = 1;
	struct span made;
	enum ost_err err;

	crypto_random_text(random);
	code.used_by = SPAN_ABSENT;
	code.expires_ms = clock_wall_ms() + lifetime_ms;
	items[0].expires_ms = code.expires_ms + CODE_REMEMBER_MS;
	err = arena_copy(arena, (struct span){ random, sizeof(random) }, &made);
	if (err == OST_OK)
		err = code_key(arena, made, &items[0].key);
	if (err == OST_OK)
		err = code_encode(arena, &code, &items[0].value);
	if (err == OST_OK && !span_is_absent(once))
		err = once_item(arena, once, &items[n++]);
	if (also != NULL)
		items[n++] = *also;
	if (err == OST_OK)
		err = store_batch(grants, items, n);
	if (err == OST_OK)
		*text = made;
	crypto_wipe(random, sizeof(random));
	return err;
}

enum ost_err
code_find(struct store *grants, struct arena *arena, struct span text,
	struct code *code)
{
	struct span key, value;
	struct record *record;
	enum ost_err err;

	if (text.n != CRYPTO_TEXT_SIZE)
		return OST_NOTFOUND;
	err = code_key(arena, text, &key);
	if (err == OST_OK)
		err = store_get(grants, key, arena, &value);
	if (err == OST_OK)
		err = record_parse(arena, value, &record);
	if (err != OST_OK)
		return err;
	*code = (struct code){
		.client_id = record_get(record, "client_id"),
		.user_id = record_get(record, "user"),
		.redirect_uri = record_get(record, "redirect_uri"),
		.scope = record_get(record, "scope"),
		.used_by = record_get(record, "used_by"),
		.challenge = record_get(record, "challenge"),
		.nonce = record_get(record, "nonce"),
		.is_offline = record_get_i64(record, "offline") == 1,
		.auth_time_s = record_get_i64(record, "auth_time"),
		.amr = record_get(record, "amr"),
		.user_epoch = record_get_i64(record, "user_epoch"),
		.app_epoch = record_get_i64(record, "app_epoch"),
		.expires_ms = record_get_i64(record, "expires"),
		.raw = value,
	};
	return code->client_id.n > 0 && code->user_id.n > 0 ? OST_OK
							    : OST_STORE;
}

enum ost_err
code_redeem(struct store *grants, struct arena *arena, struct span text,
	const struct code *code, const struct grant_terms *terms,
	struct grant *grant)
{
	struct store_item items[1 + GRANT_ITEMS] = {
		{ .action = STORE_PUT,
			.expect = STORE_EQUALS,
			.expected = code->raw },
	};
	struct grant made = *grant;
	struct code used;
	size_t n = 0;
	enum ost_err err;

	if (code->used_by.n > 0)
		return OST_CONFLICT;
	if (clock_wall_ms() >= code->expires_ms)
		return OST_EXPIRED;
	err = grant_begin(arena, terms, &made, items + 1, &n);
	/* It may stay for months: nothing is asked any more but whose it was.
	 */
	used = (struct code){ .client_id = code->client_id,
		.user_id = code->user_id,
		.scope = code->scope,
		.used_by = made.id,
		.user_epoch = code->user_epoch,
		.app_epoch = code->app_epoch,
		.expires_ms = code->expires_ms };
	if (err == OST_OK)
		err = code_key(arena, text, &items[0].key);
	if (err == OST_OK)
		err = code_encode(arena, &used, &items[0].value);
	items[0].expires_ms = grant_keep_ms(terms, &made) + CODE_REMEMBER_MS;
	if (err == OST_OK)
		err = store_batch(grants, items, 1 + n);
	if (err == OST_OK)
		*grant = made;
	return err;
}

enum ost_err
code_destroy(struct store *grants, struct arena *arena, struct span text)
{
	struct store_item item = { .action = STORE_DELETE,
		.expect = STORE_EQUALS };
	struct code code;
	enum ost_err err = code_find(grants, arena, text, &code);

	if (err == OST_NOTFOUND || (err == OST_OK && code.used_by.n > 0))
		return OST_OK;
	if (err == OST_OK)
		err = code_key(arena, text, &item.key);
	if (err != OST_OK)
		return err;
	item.expected = code.raw;
	err = store_batch(grants, &item, 1);
	/* Redeemed or destroyed by another process meanwhile. */
	return err == OST_CONFLICT ? OST_OK : err;
}
