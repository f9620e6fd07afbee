#include "session.h"
#include "clock.h"
#include "collect.h"
#include "crypto.h"
#include "record.h"
#include "session_newest.h"

#include <stdlib.h>

/* Another request may note its use at the same time, but then not again for a
 * while. */
#define TRIES_MAX   8
#define SCRATCH_MAX ((size_t)1024 * 1024) /* of one record */

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
		.steps = origin->steps };
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
		err = session_encode(arena, &session, &value);
	if (err == OST_OK)
		err = store_put(
			grants, key, value, now_ms + lifetime_ms, STORE_ABSENT);
	if (err == OST_OK)
		err = session_make_room(grants, user->id, key);
	if (err == OST_OK)
		*cookie = made;
	crypto_wipe(random, sizeof(random));
	return err;
}

/* OST_CONFLICT: another request wrote it meanwhile. */
static enum ost_err
rewrite(struct store *grants, struct arena *arena,
	const struct session *session, int64_t lifetime_ms)
{
	struct span value;
	enum ost_err err = session_encode(arena, session, &value);

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
	return err == OST_OK ? session_decode(arena, key, value, session) : err;
}

enum ost_err
session_find(struct store *grants, struct arena *arena, struct span cookie,
	int64_t lifetime_ms, int64_t idle_ms, struct session *session)
{
	struct session found;
	enum ost_err err = find(grants, arena, cookie, &found);

	if (err != OST_OK)
		return err;
	if (session_is_over(&found, lifetime_ms, idle_ms))
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

enum ost_err
session_all(struct store *grants, struct arena *arena, struct span user_id,
	int64_t lifetime_ms, int64_t idle_ms, struct session **sessions,
	size_t *n)
{
	struct collection found;
	struct session *list;
	size_t live = 0;
	enum ost_err err = collect_where(grants, SPAN(SESSION_PREFIX), is_users,
		&user_id, arena, &found);

	if (err != OST_OK)
		return err;
	list = arena_array(arena, found.n + 1, sizeof(*list));
	if (list == NULL)
		return OST_NOMEM;
	for (size_t i = 0; i < found.n; i++) {
		err = session_decode(arena, found.items[i].key,
			found.items[i].value, &list[live]);
		if (err != OST_OK)
			return err;
		live += !session_is_over(&list[live], lifetime_ms, idle_ms);
	}
	qsort(list, live, sizeof(*list), session_last_used_first);
	*sessions = list;
	*n = live;
	return OST_OK;
}

struct counting {
	struct arena *scratch;
	const struct user *user;
	int64_t lifetime_ms, idle_ms;
	size_t n;
};

static enum ost_err
count_one(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct counting *counting = arg;
	const struct user *user = counting->user;
	struct session session;
	enum ost_err err;

	(void)expires_ms;
	if (user != NULL && !is_users(&user->id, key, value))
		return OST_OK;
	err = session_decode(counting->scratch, key, value, &session);
	counting->n += err == OST_OK &&
		       (user == NULL || (!user->is_disabled &&
						session.generation ==
							user->generation)) &&
		       !session_is_over(&session, counting->lifetime_ms,
			       counting->idle_ms);
	arena_reset(counting->scratch);
	return err;
}

enum ost_err
session_count(struct store *grants, const struct user *user,
	int64_t lifetime_ms, int64_t idle_ms, size_t *n)
{
	struct counting counting = { .scratch = arena_new(SCRATCH_MAX),
		.user = user,
		.lifetime_ms = lifetime_ms,
		.idle_ms = idle_ms };
	enum ost_err err = OST_NOMEM;

	if (counting.scratch != NULL)
		err = store_each(
			grants, SPAN(SESSION_PREFIX), count_one, &counting);
	arena_free(counting.scratch);
	if (err == OST_OK)
		*n = counting.n;
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
	err = record_key(arena, SESSION_PREFIX, id, &prefix);
	if (err == OST_OK)
		err = collect_delete(
			grants, prefix, is_users, &user_id, &ended);
	return err == OST_OK && ended == 0 ? OST_NOTFOUND : err;
}

/* All of a user's but the one of the key `kept`, whether they are over or not.
 */
struct others {
	struct span user_id, kept;
};

static bool
is_other(const void *arg, struct span key, struct span value)
{
	const struct others *others = arg;

	return is_users(&others->user_id, key, value) &&
	       !span_eq(key, others->kept);
}

enum ost_err
session_end_others(struct store *grants, struct arena *arena,
	struct span user_id, struct span keep_cookie, size_t *ended)
{
	struct others others = { .user_id = user_id, .kept = SPAN_ABSENT };
	enum ost_err err = OST_OK;

	*ended = 0;
	if (user_id.n == 0)
		return OST_BADINPUT;
	if (!span_is_absent(keep_cookie))
		err = session_key(arena, keep_cookie, &others.kept);
	return err == OST_OK ? collect_delete(grants, SPAN(SESSION_PREFIX),
				       is_other, &others, ended)
			     : err;
}
