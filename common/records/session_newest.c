#include "session_newest.h"
#include "collect.h"
#include "record.h"

#include <stdlib.h>
#include <string.h>

#define KEY_MAX	    96 /* bytes; no cookie has a longer one */
#define SCRATCH_MAX ((size_t)1024 * 1024) /* of one record */

/* Those of one user that were used last: only their keys, in a room that does
 * not grow with the number of sessions. */
struct newest {
	struct arena *scratch; /* for one record at a time */
	struct span user_id;
	struct span besides; /* a key that counts for nothing; or absent */
	/* Of those that let in, or NULL: of all. */
	const struct user *user;
	int64_t lifetime_ms, idle_ms;
	size_t found; /* how many there are */
	size_t n, max;
	struct newest_one {
		int64_t seen_ms;
		size_t key_n;
		char key[KEY_MAX];
	} list[SESSIONS_MAX];
};

static struct span
newest_key(const struct newest *newest, size_t i)
{
	return (struct span){ newest->list[i].key, newest->list[i].key_n };
}

static void
newest_keep(struct newest *newest, struct span key, int64_t seen_ms)
{
	struct newest_one *at = newest->list;

	if (key.n > KEY_MAX)
		return;
	if (newest->n < newest->max) {
		at = &newest->list[newest->n++];
	} else {
		for (size_t i = 1; i < newest->n; i++)
			if (newest->list[i].seen_ms < at->seen_ms)
				at = &newest->list[i];
		if (at->seen_ms >= seen_ms)
			return;
	}
	at->seen_ms = seen_ms;
	at->key_n = key.n;
	memcpy(at->key, key.p, key.n);
}

/* What cannot be read lets nobody in: an error for who asks for those that do,
 * and the first to end for who makes room. */
static enum ost_err
newest_add(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct newest *newest = arg;
	struct session session = { .seen_ms = 0 };
	const struct user *user = newest->user;
	enum ost_err err;

	(void)expires_ms;
	if (!record_says(value, "user", newest->user_id) ||
		span_eq(key, newest->besides))
		return OST_OK;
	err = session_decode(newest->scratch, key, value, &session);
	if (err == OST_STORE && user == NULL)
		err = OST_OK;
	if (err == OST_OK &&
		(user == NULL ||
			(session.generation == user->generation &&
				!session_is_over(&session, newest->lifetime_ms,
					newest->idle_ms)))) {
		newest->found++;
		newest_keep(newest, key, session.seen_ms);
	}
	arena_reset(newest->scratch);
	return err;
}

static enum ost_err
newest_find(struct store *grants, struct newest *newest)
{
	enum ost_err err;

	newest->scratch = arena_new(SCRATCH_MAX);
	if (newest->scratch == NULL)
		return OST_NOMEM;
	err = store_each(grants, SPAN(SESSION_PREFIX), newest_add, newest);
	arena_free(newest->scratch);
	newest->scratch = NULL;
	return err;
}

static bool
is_old(const void *arg, struct span key, struct span value)
{
	const struct newest *newest = arg;

	if (!record_says(value, "user", newest->user_id) ||
		span_eq(key, newest->besides))
		return false;
	for (size_t i = 0; i < newest->n; i++)
		if (span_eq(newest_key(newest, i), key))
			return false;
	return true;
}

/* So that nobody fills the store, and the pages that list them, by signing in.
 * After the new one is there: of two that begin at the same time, the later
 * one sees both. */
enum ost_err
session_make_room(struct store *grants, struct span user_id, struct span begun)
{
	struct newest newest = {
		.user_id = user_id, .besides = begun, .max = SESSIONS_MAX - 1
	};
	size_t ended;
	enum ost_err err = newest_find(grants, &newest);

	if (err != OST_OK || newest.found <= newest.max)
		return err;
	return collect_delete(
		grants, SPAN(SESSION_PREFIX), is_old, &newest, &ended);
}

int
session_last_used_first(const void *a, const void *b)
{
	const struct session *left = a, *right = b;

	if (left->seen_ms != right->seen_ms)
		return left->seen_ms < right->seen_ms ? 1 : -1;
	return span_order(left->id, right->id);
}

enum ost_err
session_list(struct store *grants, struct arena *arena, const struct user *user,
	int64_t lifetime_ms, int64_t idle_ms, struct session **sessions,
	size_t *n)
{
	struct newest newest = { .user_id = user->id,
		.user = user,
		.lifetime_ms = lifetime_ms,
		.idle_ms = idle_ms,
		.max = user->is_disabled ? 0 : SESSIONS_MAX };
	struct session *list = arena_array(arena, SESSIONS_MAX, sizeof(*list));
	size_t kept = 0;
	enum ost_err err = list != NULL ? OST_OK : OST_NOMEM;

	if (err == OST_OK && newest.max > 0)
		err = newest_find(grants, &newest);
	for (size_t i = 0; err == OST_OK && i < newest.n; i++) {
		struct span key, value;

		err = arena_copy(arena, newest_key(&newest, i), &key);
		if (err == OST_OK)
			err = store_get(grants, key, arena, &value);
		if (err == OST_OK)
			err = session_decode(arena, key, value, &list[kept]);
		kept += err == OST_OK;
		if (err == OST_NOTFOUND) /* just now */
			err = OST_OK;
	}
	if (err != OST_OK)
		return err;
	qsort(list, kept, sizeof(*list), session_last_used_first);
	*sessions = list;
	*n = kept;
	return OST_OK;
}
