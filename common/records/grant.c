#include "grant.h"
#include "clock.h"
#include "record.h"

enum ost_err
once_use(struct store *grants, struct arena *arena, struct span once,
	int64_t expires_ms)
{
	struct span key;
	enum ost_err err = record_key(arena, "once:", once, &key);

	if (err == OST_OK)
		err = store_put(
			grants, key, SPAN("v=1\n"), expires_ms, STORE_ABSENT);
	return err;
}

enum ost_err
grant_encode(struct arena *arena, const struct grant *grant, struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "id", grant->id);
	record_add(&buf, "user", grant->user_id);
	record_add(&buf, "client_id", grant->client_id);
	record_add(&buf, "scope", grant->scope);
	record_add_i64(&buf, "user_epoch", grant->user_epoch);
	record_add_i64(&buf, "app_epoch", grant->app_epoch);
	record_add_i64(&buf, "auth_time", grant->auth_time_s);
	record_add(&buf, "amr", grant->amr);
	record_add_i64(&buf, "created", grant->created_ms);
	record_add_i64(&buf, "ends", grant->ends_ms);
	record_add_i64(&buf, "expires", grant->expires_ms);
	return buf_span(&buf, value);
}

enum ost_err
grant_decode(struct arena *arena, struct span value, struct grant *grant)
{
	struct record *record;
	enum ost_err err = record_parse(arena, value, &record);

	if (err != OST_OK)
		return err;
	*grant = (struct grant){
		.id = record_get(record, "id"),
		.user_id = record_get(record, "user"),
		.client_id = record_get(record, "client_id"),
		.scope = record_get(record, "scope"),
		.user_epoch = record_get_i64(record, "user_epoch"),
		.app_epoch = record_get_i64(record, "app_epoch"),
		.auth_time_s = record_get_i64(record, "auth_time"),
		.amr = record_get(record, "amr"),
		.created_ms = record_get_i64(record, "created"),
		.ends_ms = record_get_i64(record, "ends"),
		.expires_ms = record_get_i64(record, "expires"),
		.raw = value,
	};
	return grant->id.n > 0 && grant->user_id.n > 0 && grant->client_id.n > 0
		       ? OST_OK
		       : OST_STORE;
}

enum ost_err
grant_find(struct store *grants, struct arena *arena, struct span id,
	struct grant *grant)
{
	struct span key, value;
	enum ost_err err = record_key(arena, "grant:", id, &key);

	if (err == OST_OK)
		err = store_get(grants, key, arena, &value);
	return err == OST_OK ? grant_decode(arena, value, grant) : err;
}

enum ost_err
grant_end(struct store *grants, struct arena *arena, struct span id)
{
	struct store_item item = { .action = STORE_DELETE };
	enum ost_err err = record_key(arena, "grant:", id, &item.key);

	return err == OST_OK ? store_batch(grants, &item, 1) : err;
}

enum ost_err
jti_revoke(struct store *grants, struct arena *arena, struct span jti,
	int64_t expires_ms)
{
	struct span key;
	enum ost_err err = record_key(arena, "jti:", jti, &key);

	if (err == OST_OK)
		err = store_put(
			grants, key, SPAN("v=1\n"), expires_ms, STORE_ANY);
	return err;
}

enum ost_err
jti_find(struct store *grants, struct arena *arena, struct span jti)
{
	struct span key, value;
	enum ost_err err = record_key(arena, "jti:", jti, &key);

	return err == OST_OK ? store_get(grants, key, arena, &value) : err;
}
