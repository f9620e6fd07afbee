#include "activity.h"
#include "clock.h"
#include "log.h"
#include "record.h"

#define HOUR_MS		3600000
#define KEEP_USED_MS	(400LL * 24 * HOUR_MS)
#define KEEP_ADDRESS_MS (30LL * 24 * HOUR_MS)

enum ost_err
activity_last(struct store *activity, struct arena *arena, struct span id,
	int64_t *used_ms)
{
	struct record *record;
	struct span key, value;
	enum ost_err err = record_key(arena, "used:", id, &key);

	if (err == OST_OK)
		err = store_get(activity, key, arena, &value);
	if (err == OST_OK)
		err = record_parse(arena, value, &record);
	if (err == OST_OK)
		*used_ms = record_get_i64(record, "at");
	return err;
}

static enum ost_err
write_at(struct store *activity, struct arena *arena, struct span key,
	int64_t now_ms, int64_t keep_ms)
{
	struct span value;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add_i64(&buf, "at", now_ms);
	err = buf_span(&buf, &value);
	if (err == OST_OK)
		err = store_put(
			activity, key, value, now_ms + keep_ms, STORE_ANY);
	if (err != OST_OK)
		log_message("warning", "activity not written: %s",
			ost_err_name(err));
	return err;
}

void
activity_touch(struct store *activity, struct arena *arena, struct span id)
{
	int64_t used_ms, now_ms = clock_wall_ms();
	enum ost_err err = activity_last(activity, arena, id, &used_ms);
	struct span key;

	if (err == OST_OK && now_ms - used_ms < HOUR_MS && used_ms <= now_ms)
		return;
	if (record_key(arena, "used:", id, &key) == OST_OK)
		err = write_at(activity, arena, key, now_ms, KEEP_USED_MS);
	(void)err; /* write_at() has logged it */
}

enum ost_err
activity_pair(struct arena *arena, struct span user_id, struct span client_id,
	struct span *id)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_add(&buf, user_id);
	buf_char(&buf, ':');
	buf_add(&buf, client_id);
	return buf_span(&buf, id);
}

static enum ost_err
address_key(struct arena *arena, struct span user_id, struct span address,
	struct span *key)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_text(&buf, "from:");
	buf_add(&buf, user_id);
	buf_char(&buf, ':');
	buf_add(&buf, address);
	return buf_span(&buf, key);
}

void
activity_signed_in(struct store *activity, struct arena *arena,
	struct span user_id, struct span address)
{
	int64_t now_ms = clock_wall_ms();
	struct span key, value;
	struct record *record;
	enum ost_err err = address_key(arena, user_id, address, &key);

	if (err == OST_OK)
		err = store_get(activity, key, arena, &value);
	if (err == OST_OK)
		err = record_parse(arena, value, &record);
	/* Refreshed once a day, not at each sign-in. */
	if (err == OST_OK &&
		now_ms - record_get_i64(record, "at") < 24 * HOUR_MS)
		return;
	if (err == OST_OK || err == OST_NOTFOUND)
		err = write_at(activity, arena, key, now_ms, KEEP_ADDRESS_MS);
	(void)err; /* write_at() has logged it */
}

bool
activity_knows(struct store *activity, struct arena *arena, struct span user_id,
	struct span address)
{
	struct span key, value;

	return address_key(arena, user_id, address, &key) == OST_OK &&
	       store_get(activity, key, arena, &value) == OST_OK;
}
