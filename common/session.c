#include "session.h"
#include "clock.h"
#include "collect.h"
#include "crypto.h"
#include "record.h"
#include "secret.h"

#include <stdlib.h>

#define PREFIX "session:"
/* Another request may note its use at the same time, but then not again for a
 * while. */
#define TRIES_MAX 8

static enum ost_err
session_key(struct arena *arena, struct span cookie, struct span *key)
{
	struct span hash;
	enum ost_err err = secret_hash(arena, cookie, &hash);

	return err == OST_OK ? record_key(arena, PREFIX, hash, key) : err;
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
	if (session->proved_ms != session->created_ms)
		record_add_i64(&buf, "proved", session->proved_ms);
	if (session->is_two_step)
		record_add_i64(&buf, "two_step", 1);
	record_add(&buf, "address", session->address);
	record_add(&buf, "agent", session->agent);
	return buf_span(&buf, value);
}

/* The password was shown when it began, and in most of them never again. */
static enum ost_err
decode(struct arena *arena, struct span key, struct span value,
	struct session *session)
{
	struct record *record;
	enum ost_err err = record_parse(arena, value, &record);
	struct span proved;

	if (err != OST_OK)
		return err;
	*session = (struct session){
		.id = span_skip(key, sizeof(PREFIX) - 1),
		.user_id = record_get(record, "user"),
		.generation = record_get_i64(record, "generation"),
		.address = record_get(record, "address"),
		.agent = record_get(record, "agent"),
		.created_ms = record_get_i64(record, "created"),
		.seen_ms = record_get_i64(record, "seen"),
		.proved_ms = record_get_i64(record, "proved"),
		.is_two_step = record_get_i64(record, "two_step") == 1,
		.key = key,
		.raw = value,
	};
	proved = record_get(record, "proved");
	if (span_is_absent(proved))
		session->proved_ms = session->created_ms;
	if (session->user_id.n == 0 || session->id.n < SESSION_ID_SIZE)
		return OST_STORE;
	session->id.n = SESSION_ID_SIZE;
	return OST_OK;
}

static enum ost_err
printable(struct arena *arena, struct span text, struct span *shown)
{
	struct buf buf;

	*shown = SPAN_ABSENT;
	if (text.n == 0)
		return OST_OK;
	buf_init(&buf, arena);
	for (size_t i = 0; i < text.n && i < SESSION_AGENT_MAX; i++) {
		bool is_printable = !char_is_control(text.p[i]) &&
				    (unsigned char)text.p[i] < 0x7f;

		buf_char(&buf, is_printable ? text.p[i] : '?');
	}
	return buf_span(&buf, shown);
}

enum ost_err
session_create(struct store *grants, struct arena *arena,
	const struct user *user, const struct session_origin *origin,
	int64_t lifetime_ms, struct span *cookie)
{
	int64_t now_ms = clock_wall_ms();
	struct session session = { .user_id = user->id,
		.generation = user->generation,
		.address = origin->address,
		.created_ms = now_ms,
		.seen_ms = now_ms,
		.proved_ms = now_ms,
		.is_two_step = origin->is_two_step };
	char random[CRYPTO_TEXT_SIZE];
	struct span made, key, value;
	enum ost_err err;

	crypto_random_text(random);
	err = arena_copy(arena, (struct span){ random, sizeof(random) }, &made);
	if (err == OST_OK)
		err = printable(arena, origin->agent, &session.agent);
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

static bool
is_over(const struct session *session, int64_t lifetime_ms, int64_t idle_ms)
{
	int64_t now_ms = clock_wall_ms();

	return now_ms - session->created_ms >= lifetime_ms ||
	       now_ms - session->seen_ms >= idle_ms;
}

/* OST_CONFLICT: another request wrote it meanwhile. */
static enum ost_err
rewrite(struct store *grants, struct arena *arena,
	const struct session *session, int64_t lifetime_ms)
{
	struct span value;
	enum ost_err err = encode(arena, session, &value);

	if (err == OST_OK)
		err = store_swap(grants, session->key, session->raw, value,
			session->created_ms + lifetime_ms);
	return err;
}

static enum ost_err
note_use(struct store *grants, struct arena *arena,
	const struct session *session, int64_t lifetime_ms, int64_t idle_ms)
{
	int64_t now_ms = clock_wall_ms();
	struct session seen = *session;
	enum ost_err err;

	if (now_ms - session->seen_ms < idle_ms / 10)
		return OST_OK;
	seen.seen_ms = now_ms;
	err = rewrite(grants, arena, &seen, lifetime_ms);
	/* Another request noted it first, or signed out: the next one sees. */
	return err == OST_CONFLICT || err == OST_NOTFOUND ? OST_OK : err;
}

static enum ost_err
find(struct store *grants, struct arena *arena, struct span cookie,
	struct session *session)
{
	struct span key, value;
	enum ost_err err;

	if (cookie.n != CRYPTO_TEXT_SIZE)
		return OST_NOTFOUND;
	err = session_key(arena, cookie, &key);
	if (err == OST_OK)
		err = store_get(grants, key, arena, &value);
	return err == OST_OK ? decode(arena, key, value, session) : err;
}

enum ost_err
session_find(struct store *grants, struct arena *arena, struct span cookie,
	int64_t lifetime_ms, int64_t idle_ms, struct session *session)
{
	struct session found;
	enum ost_err err = find(grants, arena, cookie, &found);

	if (err != OST_OK)
		return err;
	if (is_over(&found, lifetime_ms, idle_ms))
		return OST_NOTFOUND;
	err = note_use(grants, arena, &found, lifetime_ms, idle_ms);
	if (err == OST_OK)
		*session = found;
	return err;
}

enum ost_err
session_prove(struct store *grants, struct arena *arena, struct span cookie,
	int64_t lifetime_ms, int64_t now_ms)
{
	enum ost_err err = OST_CONFLICT;

	for (int i = 0; i < TRIES_MAX && err == OST_CONFLICT; i++) {
		struct session session;

		err = find(grants, arena, cookie, &session);
		if (err != OST_OK)
			return err;
		session.proved_ms = now_ms;
		err = rewrite(grants, arena, &session, lifetime_ms);
	}
	return err == OST_CONFLICT ? OST_STORE : err;
}

enum ost_err
session_end(struct store *grants, struct arena *arena, struct span cookie)
{
	struct store_item item = { .action = STORE_DELETE };
	enum ost_err err = session_key(arena, cookie, &item.key);

	return err == OST_OK ? store_batch(grants, &item, 1) : err;
}

static bool
is_users(const void *arg, struct span key, struct span value)
{
	const struct span *user_id = arg;

	(void)key;
	return span_is_absent(*user_id) || record_says(value, "user", *user_id);
}

static int
last_used_first(const void *a, const void *b)
{
	const struct session *left = a, *right = b;

	if (left->seen_ms != right->seen_ms)
		return left->seen_ms < right->seen_ms ? 1 : -1;
	return span_order(left->id, right->id);
}

enum ost_err
session_all(struct store *grants, struct arena *arena, struct span user_id,
	int64_t lifetime_ms, int64_t idle_ms, struct session **sessions,
	size_t *n)
{
	struct collection found;
	struct session *list;
	size_t live = 0;
	enum ost_err err = collect_where(
		grants, SPAN(PREFIX), is_users, &user_id, arena, &found);

	if (err != OST_OK)
		return err;
	list = arena_array(arena, found.n + 1, sizeof(*list));
	if (list == NULL)
		return OST_NOMEM;
	for (size_t i = 0; i < found.n; i++) {
		err = decode(arena, found.items[i].key, found.items[i].value,
			&list[live]);
		if (err != OST_OK)
			return err;
		live += !is_over(&list[live], lifetime_ms, idle_ms);
	}
	qsort(list, live, sizeof(*list), last_used_first);
	*sessions = list;
	*n = live;
	return OST_OK;
}

enum ost_err
session_list(struct store *grants, struct arena *arena, const struct user *user,
	int64_t lifetime_ms, int64_t idle_ms, struct session **sessions,
	size_t *n)
{
	struct session *list;
	size_t all, kept = 0;
	enum ost_err err = session_all(
		grants, arena, user->id, lifetime_ms, idle_ms, &list, &all);

	if (err != OST_OK)
		return err;
	for (size_t i = 0; i < all && !user->is_disabled; i++)
		if (list[i].generation == user->generation)
			list[kept++] = list[i];
	*sessions = list;
	*n = kept;
	return OST_OK;
}

/* All of a user's but the one of the key `kept`, whether they are over or not.
 */
static enum ost_err
end_all(struct store *grants, struct arena *arena, struct span prefix,
	struct span user_id, struct span kept, size_t *ended)
{
	struct collection found;
	enum ost_err err = collect_where(
		grants, prefix, is_users, &user_id, arena, &found);

	*ended = 0;
	for (size_t i = 0; err == OST_OK && i < found.n; i++) {
		const struct store_item item = { .action = STORE_DELETE,
			.key = found.items[i].key };

		if (span_eq(item.key, kept))
			continue;
		err = store_batch(grants, &item, 1);
		*ended += err == OST_OK;
	}
	return err;
}

enum ost_err
session_end_id(struct store *grants, struct arena *arena, struct span user_id,
	struct span id)
{
	struct span prefix;
	size_t ended;
	enum ost_err err;

	/* A shorter one would name several. */
	if (id.n != SESSION_ID_SIZE || user_id.n == 0)
		return OST_NOTFOUND;
	err = record_key(arena, PREFIX, id, &prefix);
	if (err == OST_OK)
		err = end_all(
			grants, arena, prefix, user_id, SPAN_ABSENT, &ended);
	return err == OST_OK && ended == 0 ? OST_NOTFOUND : err;
}

enum ost_err
session_end_others(struct store *grants, struct arena *arena,
	struct span user_id, struct span keep_cookie, size_t *ended)
{
	struct span kept = SPAN_ABSENT;
	enum ost_err err = OST_OK;

	*ended = 0;
	if (user_id.n == 0)
		return OST_BADINPUT;
	if (!span_is_absent(keep_cookie))
		err = session_key(arena, keep_cookie, &kept);
	return err == OST_OK ? end_all(grants, arena, SPAN(PREFIX), user_id,
				       kept, ended)
			     : err;
}
