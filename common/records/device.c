#include "device.h"
#include "clock.h"
#include "crypto.h"
#include "record.h"
#include "secret.h"
#include "user_code.h"

/* One that is used or expired is remembered at least so long. */
#define REMEMBER_MS (10 * 60 * 1000)
/* A user code that is taken is made anew; 20^8 are never that full. */
#define CREATE_TRIES_MAX 8
/* Networks deliver the later of two polls sooner now and then. */
#define POLL_LEEWAY_MS 500
#define TRIES_MAX      4
#define MADE_MAX       4 /* items of device_use() */
#define SLOWER_S       5 /* RFC 8628 section 3.5 */

static enum ost_err
encode(struct arena *arena, const struct device *device, struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "hash", device->hash);
	record_add(&buf, "user_code", device->user_code);
	record_add(&buf, "client_id", device->client_id);
	record_add(&buf, "scope", device->scope);
	record_add(&buf, "user", device->user_id);
	record_add_i64(&buf, "denied", device->is_denied);
	record_add_i64(&buf, "offline", device->is_offline);
	record_add(&buf, "used_by", device->used_by);
	record_add_i64(&buf, "user_epoch", device->user_epoch);
	record_add_i64(&buf, "auth_time", device->auth_time_s);
	record_add(&buf, "amr", device->amr);
	record_add_i64(&buf, "app_epoch", device->app_epoch);
	record_add_i64(&buf, "expires", device->expires_ms);
	return buf_span(&buf, value);
}

static enum ost_err
find(struct store *grants, struct arena *arena, struct span hash,
	struct device *device)
{
	struct span key, value;
	struct record *record;
	enum ost_err err = record_key(arena, "device:", hash, &key);

	if (err == OST_OK)
		err = store_get(grants, key, arena, &value);
	if (err == OST_OK)
		err = record_parse(arena, value, &record);
	if (err != OST_OK)
		return err;
	*device = (struct device){
		.hash = record_get(record, "hash"),
		.user_code = record_get(record, "user_code"),
		.client_id = record_get(record, "client_id"),
		.scope = record_get(record, "scope"),
		.user_id = record_get(record, "user"),
		.is_denied = record_get_i64(record, "denied") != 0,
		.is_offline = record_get_i64(record, "offline") == 1,
		.used_by = record_get(record, "used_by"),
		.user_epoch = record_get_i64(record, "user_epoch"),
		.auth_time_s = record_get_i64(record, "auth_time"),
		.amr = record_get(record, "amr"),
		.app_epoch = record_get_i64(record, "app_epoch"),
		.expires_ms = record_get_i64(record, "expires"),
		.raw = value,
	};
	return span_eq(device->hash, hash) && device->client_id.n > 0
		       ? OST_OK
		       : OST_STORE;
}

/* The record that a user code leads with. */
static enum ost_err
encode_index(struct arena *arena, struct span hash, struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "device", hash);
	return buf_span(&buf, value);
}

/* OST_CONFLICT: that user code is taken. */
static enum ost_err
create(struct store *grants, struct arena *arena, struct device *device)
{
	struct store_item items[2] = {
		{ .action = STORE_PUT, .expect = STORE_ABSENT },
		{ .action = STORE_PUT, .expect = STORE_ABSENT },
	};
	enum ost_err err = user_code_new(arena, &device->user_code);

	if (err == OST_OK)
		err = record_key(arena, "device:", device->hash, &items[0].key);
	if (err == OST_OK)
		err = encode(arena, device, &items[0].value);
	if (err == OST_OK)
		err = record_key(
			arena, "usercode:", device->user_code, &items[1].key);
	if (err == OST_OK)
		err = encode_index(arena, device->hash, &items[1].value);
	items[0].expires_ms = device->expires_ms + REMEMBER_MS;
	items[1].expires_ms = device->expires_ms + REMEMBER_MS;
	return err == OST_OK ? store_batch(grants, items, 2) : err;
}

enum ost_err
device_create(struct store *grants, struct arena *arena, struct device *device,
	int64_t lifetime_ms, struct span *text)
{
	char random[CRYPTO_TEXT_SIZE];
	struct device made = { .client_id = device->client_id,
		.scope = device->scope,
		.expires_ms = clock_wall_ms() + lifetime_ms };
	struct span code;
	enum ost_err err;

	crypto_random_text(random);
	err = arena_copy(arena, (struct span){ random, sizeof(random) }, &code);
	crypto_wipe(random, sizeof(random));
	if (err == OST_OK)
		err = secret_hash(arena, code, &made.hash);
	if (err != OST_OK)
		return err;
	err = OST_CONFLICT;
	for (int i = 0; i < CREATE_TRIES_MAX && err == OST_CONFLICT; i++)
		err = create(grants, arena, &made);
	if (err != OST_OK)
		return err == OST_CONFLICT ? OST_STORE : err;
	*device = made;
	*text = code;
	return OST_OK;
}

enum ost_err
device_find(struct store *grants, struct arena *arena, struct span text,
	struct device *device)
{
	struct span hash;
	enum ost_err err;

	if (text.n != CRYPTO_TEXT_SIZE)
		return OST_NOTFOUND;
	err = secret_hash(arena, text, &hash);
	return err == OST_OK ? find(grants, arena, hash, device) : err;
}

enum ost_err
device_by_user_code(struct store *grants, struct arena *arena,
	struct span user_code, struct device *device)
{
	struct span key, value;
	struct record *record;
	struct device found;
	enum ost_err err = record_key(arena, "usercode:", user_code, &key);

	if (err == OST_OK)
		err = store_get(grants, key, arena, &value);
	if (err == OST_OK)
		err = record_parse(arena, value, &record);
	if (err == OST_OK)
		err = find(grants, arena, record_get(record, "device"), &found);
	if (err != OST_OK)
		return err;
	if (!span_eq(found.user_code, user_code))
		return OST_STORE;
	*device = found;
	return OST_OK;
}

enum ost_err
device_decide(
	struct store *grants, struct arena *arena, const struct device *device)
{
	struct store_item item = { .action = STORE_PUT,
		.expect = STORE_EQUALS,
		.expected = device->raw,
		.expires_ms = device->expires_ms + REMEMBER_MS };
	enum ost_err err;

	if (clock_wall_ms() >= device->expires_ms)
		return OST_EXPIRED;
	err = record_key(arena, "device:", device->hash, &item.key);
	if (err == OST_OK)
		err = encode(arena, device, &item.value);
	return err == OST_OK ? store_batch(grants, &item, 1) : err;
}

enum ost_err
device_use(struct store *grants, struct arena *arena,
	const struct device *device, struct span grant_id,
	const struct store_item *made, size_t n, int64_t keep_ms)
{
	struct store_item items[1 + MADE_MAX] = {
		{ .action = STORE_PUT,
			.expect = STORE_EQUALS,
			.expected = device->raw,
			.expires_ms = keep_ms + REMEMBER_MS },
	};
	struct device used = *device;
	enum ost_err err;

	if (n > MADE_MAX)
		return OST_BADINPUT;
	if (device->used_by.n > 0 || device->user_id.n == 0 ||
		device->is_denied)
		return OST_CONFLICT;
	if (clock_wall_ms() >= device->expires_ms)
		return OST_EXPIRED;
	used.used_by = grant_id;
	err = record_key(arena, "device:", used.hash, &items[0].key);
	if (err == OST_OK)
		err = encode(arena, &used, &items[0].value);
	for (size_t i = 0; i < n; i++)
		items[1 + i] = made[i];
	return err == OST_OK ? store_batch(grants, items, 1 + n) : err;
}

enum ost_err
device_destroy(struct store *grants, struct arena *arena, struct span text,
	bool *was_there)
{
	struct store_item item = { .action = STORE_DELETE,
		.expect = STORE_EQUALS };
	struct device device;
	enum ost_err err = OST_CONFLICT;

	*was_there = false;
	/* Somebody may decide meanwhile. */
	for (int i = 0; i < TRIES_MAX && err == OST_CONFLICT; i++) {
		err = device_find(grants, arena, text, &device);
		if (err == OST_NOTFOUND ||
			(err == OST_OK && device.used_by.n > 0))
			return OST_OK;
		if (err == OST_OK)
			err = record_key(
				arena, "device:", device.hash, &item.key);
		if (err != OST_OK)
			return err;
		item.expected = device.raw;
		err = store_batch(grants, &item, 1);
	}
	*was_there = err == OST_OK;
	return err == OST_CONFLICT ? OST_STORE : err;
}

static enum ost_err
encode_poll(struct arena *arena, int64_t interval_s, struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add_i64(&buf, "at", clock_wall_ms());
	record_add_i64(&buf, "interval", interval_s);
	return buf_span(&buf, value);
}

/* A poll that is too fast, when no later one can be in time before the code
 * expires, tells nothing new. */
static bool
is_news(const struct device *device, int64_t at_ms, int64_t interval_s)
{
	return at_ms + interval_s * 1000 < device->expires_ms + POLL_LEEWAY_MS;
}

/* OST_CONFLICT: another poll was noted meanwhile. */
static enum ost_err
poll_once(struct store *activity, struct arena *arena, struct span key,
	const struct device *device, bool *is_fast)
{
	struct store_item item = { .action = STORE_PUT,
		.expect = STORE_ABSENT,
		.key = key,
		.expires_ms = device->expires_ms + REMEMBER_MS };
	int64_t interval_s = DEVICE_INTERVAL_S, at_ms, waited_ms;
	struct record *record;
	enum ost_err err = store_get(activity, key, arena, &item.expected);

	*is_fast = false;
	if (err == OST_OK) {
		item.expect = STORE_EQUALS;
		err = record_parse(arena, item.expected, &record);
		if (err != OST_OK)
			return err;
		interval_s = record_get_i64(record, "interval");
		at_ms = record_get_i64(record, "at");
		waited_ms = clock_wall_ms() - at_ms;
		/* A clock that went back proves nothing against anybody. */
		*is_fast = waited_ms >= 0 &&
			   waited_ms + POLL_LEEWAY_MS < interval_s * 1000;
		if (*is_fast && !is_news(device, at_ms, interval_s))
			return OST_OK;
		if (*is_fast)
			interval_s += SLOWER_S;
	} else if (err != OST_NOTFOUND) {
		return err;
	}
	err = encode_poll(arena, interval_s, &item.value);
	return err == OST_OK ? store_batch(activity, &item, 1) : err;
}

enum ost_err
device_poll(struct store *activity, struct arena *arena,
	const struct device *device)
{
	bool is_fast = true;
	struct span key;
	enum ost_err err = record_key(arena, "poll:", device->hash, &key);

	if (err != OST_OK)
		return err;
	err = OST_CONFLICT;
	for (int i = 0; i < TRIES_MAX && err == OST_CONFLICT; i++)
		err = poll_once(activity, arena, key, device, &is_fast);
	/* So many at a time are too many. */
	if (err == OST_CONFLICT)
		return OST_LIMITED;
	if (err != OST_OK)
		return err;
	return is_fast ? OST_LIMITED : OST_OK;
}
