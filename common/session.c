#include "session.h"
#include "clock.h"
#include "crypto.h"
#include "record.h"
#include "secret.h"

static enum ost_err
session_key(struct arena *arena, struct span cookie, struct span *key)
{
	struct span hash;
	enum ost_err err = secret_hash(arena, cookie, &hash);

	return err == OST_OK ? record_key(arena, "session:", hash, key) : err;
}

static enum ost_err
encode(struct arena *arena, const struct session *session, struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "user", session->user_id);
	record_add_i64(&buf, "generation", session->generation);
	record_add_i64(&buf, "created", session->created_ms);
	record_add_i64(&buf, "seen", session->seen_ms);
	return buf_span(&buf, value);
}

enum ost_err
session_create(struct store *grants, struct arena *arena,
	const struct user *user, int64_t lifetime_ms, struct span *cookie)
{
	int64_t now_ms = clock_wall_ms();
	struct session session = { .user_id = user->id,
		.generation = user->generation,
		.created_ms = now_ms,
		.seen_ms = now_ms };
	char random[CRYPTO_TEXT_SIZE];
	struct span made, key, value;
	enum ost_err err;

	crypto_random_text(random);
	err = arena_copy(arena, (struct span){ random, sizeof(random) }, &made);
	if (err == OST_OK)
		err = session_key(arena, made, &key);
	if (err == OST_OK)
		err = encode(arena, &session, &value);
	if (err == OST_OK)
		err = store_put(
			grants, key, value, now_ms + lifetime_ms, STORE_ABSENT);
	if (err == OST_OK)
		*cookie = made;
	crypto_wipe(random, sizeof(random));
	return err;
}

static enum ost_err
note_use(struct store *grants, struct arena *arena, struct span key,
	const struct session *session, int64_t lifetime_ms, int64_t idle_ms)
{
	int64_t now_ms = clock_wall_ms();
	struct session seen = *session;
	struct span value;
	enum ost_err err;

	if (now_ms - session->seen_ms < idle_ms / 10)
		return OST_OK;
	seen.seen_ms = now_ms;
	err = encode(arena, &seen, &value);
	if (err == OST_OK)
		err = store_swap(grants, key, session->raw, value,
			session->created_ms + lifetime_ms);
	/* Another request noted it first, or signed out: the next one sees. */
	return err == OST_CONFLICT || err == OST_NOTFOUND ? OST_OK : err;
}

enum ost_err
session_find(struct store *grants, struct arena *arena, struct span cookie,
	int64_t lifetime_ms, int64_t idle_ms, struct session *session)
{
	int64_t now_ms = clock_wall_ms();
	struct span key, value;
	struct record *record;
	struct session found;
	enum ost_err err;

	if (cookie.n != CRYPTO_TEXT_SIZE)
		return OST_NOTFOUND;
	err = session_key(arena, cookie, &key);
	if (err == OST_OK)
		err = store_get(grants, key, arena, &value);
	if (err == OST_OK)
		err = record_parse(arena, value, &record);
	if (err != OST_OK)
		return err;
	found = (struct session){
		.user_id = record_get(record, "user"),
		.generation = record_get_i64(record, "generation"),
		.created_ms = record_get_i64(record, "created"),
		.seen_ms = record_get_i64(record, "seen"),
		.raw = value,
	};
	if (found.user_id.n == 0)
		return OST_STORE;
	if (now_ms - found.created_ms >= lifetime_ms ||
		now_ms - found.seen_ms >= idle_ms)
		return OST_NOTFOUND;
	err = note_use(grants, arena, key, &found, lifetime_ms, idle_ms);
	if (err == OST_OK)
		*session = found;
	return err;
}

enum ost_err
session_end(struct store *grants, struct arena *arena, struct span cookie)
{
	struct store_item item = { .action = STORE_DELETE };
	enum ost_err err = session_key(arena, cookie, &item.key);

	return err == OST_OK ? store_batch(grants, &item, 1) : err;
}
