#include "key_issue.h"
#include "clock.h"
#include "plain.h"
#include "user.h"

#include <stdlib.h>

#define TRIES 5 /* when somebody else changes the user's record */

enum key_name_fault
key_name_check(struct span name)
{
	if (name.n == 0)
		return KEY_NAME_EMPTY;
	if (!text_is_plain(name, name.n) || !span_eq(span_trim(name), name))
		return KEY_NAME_NOT_PLAIN;
	if (text_length(name) > KEY_NAME_LENGTH_MAX)
		return KEY_NAME_TOO_LONG;
	return KEY_NAME_OK;
}

/* also: what is written in the same batch, or NULL. */
static enum ost_err
issue_with(struct store *accounts, struct arena *arena, struct span user_id,
	struct span name, int64_t expires_ms, const struct key *made_by,
	const struct store_item *also, struct span *secret, struct key *key)
{
	struct key made = {
		.user_id = user_id,
		.name = name,
		.expires_ms = expires_ms,
		.made_by = made_by != NULL ? made_by->id : SPAN_ABSENT,
	};
	struct span text;
	enum ost_err err;

	if (key_name_check(name) != KEY_NAME_OK)
		return OST_BADINPUT;
	err = secret_new(arena, SECRET_KEY_PREFIX, &text);
	if (err == OST_OK)
		err = secret_hash(arena, text, &made.secret.hash);
	if (err == OST_OK)
		err = key_create_with(accounts, arena, &made, also);
	if (err == OST_OK) {
		*secret = text;
		*key = made;
	}
	return err;
}

enum ost_err
key_issue(struct store *accounts, struct arena *arena, struct span user_id,
	struct span name, int64_t expires_ms, struct span *secret,
	struct key *key)
{
	return issue_with(accounts, arena, user_id, name, expires_ms, NULL,
		NULL, secret, key);
}

/* A user's keys among all: none of the others is decoded, so that they take
 * no memory. */
struct gathering {
	struct arena *arena;
	struct span user_id;
	struct key *keys;
	size_t n, size;
};

static bool
is_of(struct span record, struct span user_id)
{
	struct span line;

	while (span_next(&record, '\n', &line))
		if (span_starts(line, SPAN("user=")))
			return span_eq(span_skip(line, 5), user_id);
	return false;
}

static enum ost_err
grow(struct gathering *all)
{
	size_t size = all->size == 0 ? 16 : 2 * all->size;
	struct key *keys = arena_array(all->arena, size, sizeof(*keys));

	if (keys == NULL)
		return OST_NOMEM;
	for (size_t i = 0; i < all->n; i++)
		keys[i] = all->keys[i];
	all->keys = keys;
	all->size = size;
	return OST_OK;
}

static enum ost_err
gather(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct gathering *all = arg;
	struct span copy;
	enum ost_err err = OST_OK;

	(void)key;
	(void)expires_ms;
	if (!is_of(value, all->user_id))
		return OST_OK;
	if (all->n == all->size)
		err = grow(all);
	if (err == OST_OK)
		err = arena_copy(all->arena, value, &copy);
	if (err == OST_OK)
		err = key_decode(all->arena, copy, &all->keys[all->n]);
	if (err == OST_OK)
		all->n++;
	return err;
}

static int
by_age(const void *a, const void *b)
{
	const struct key *left = a, *right = b;

	return (left->created_ms > right->created_ms) -
	       (left->created_ms < right->created_ms);
}

enum ost_err
keys_of_user(struct store *accounts, struct arena *arena, struct span user_id,
	struct key **keys, size_t *n)
{
	struct gathering all = { .arena = arena, .user_id = user_id };
	enum ost_err err = store_each(accounts, SPAN("key:"), gather, &all);

	for (size_t i = 0; err == OST_OK && i < all.n; i++)
		err = key_settle(accounts, arena, &all.keys[i]);
	if (err != OST_OK)
		return err;
	if (all.n > 1)
		qsort(all.keys, all.n, sizeof(*all.keys), by_age);
	*keys = all.keys;
	*n = all.n;
	return OST_OK;
}

static enum ost_err
check_others(const struct key *keys, size_t n, struct span name,
	const struct key **oldest_dead)
{
	int64_t now_ms = clock_wall_ms();
	size_t live = 0, dead = 0;

	*oldest_dead = NULL;
	for (size_t i = 0; i < n; i++) {
		if (!key_is_live(&keys[i], now_ms)) {
			if (dead++ == 0)
				*oldest_dead = &keys[i];
			continue;
		}
		live++;
		if (span_eq(keys[i].name, name))
			return OST_CONFLICT;
	}
	if (dead <= KEYS_DEAD_MAX)
		*oldest_dead = NULL;
	return live >= KEYS_LIVE_MAX ? OST_LIMITED : OST_OK;
}

/* The user's record is read before his keys and written with the new one, so
 * that two who make keys for him cannot both have seen the same ones. */
static enum ost_err
issue_once(struct store *accounts, struct arena *arena, struct span user_id,
	struct span name, int64_t expires_ms, const struct key *made_by,
	struct span *secret, struct key *key, bool *is_overtaken)
{
	const struct key *oldest_dead;
	struct store_item item;
	struct user user;
	struct key *keys;
	size_t n;
	enum ost_err err = user_by_id(accounts, arena, user_id, &user);

	*is_overtaken = false;
	if (err == OST_OK)
		err = keys_of_user(accounts, arena, user_id, &keys, &n);
	if (err == OST_OK)
		err = check_others(keys, n, name, &oldest_dead);
	if (err != OST_OK)
		return err;
	user.keys_made++;
	err = user_item(arena, &user, &item);
	if (err == OST_OK) {
		err = issue_with(accounts, arena, user_id, name, expires_ms,
			made_by, &item, secret, key);
		*is_overtaken = err == OST_CONFLICT;
	}
	if (err == OST_OK && oldest_dead != NULL)
		err = key_delete(accounts, arena, oldest_dead);
	return err;
}

enum ost_err
key_issue_own(struct store *accounts, struct arena *arena, struct span user_id,
	struct span name, int64_t expires_ms, const struct key *made_by,
	struct span *secret, struct key *key)
{
	if (key_name_check(name) != KEY_NAME_OK)
		return OST_BADINPUT;
	if (made_by != NULL && !key_is_live(made_by, clock_wall_ms()))
		return OST_DENIED;
	if (made_by != NULL && made_by->expires_ms != 0 &&
		(expires_ms == 0 || expires_ms > made_by->expires_ms))
		expires_ms = made_by->expires_ms;
	for (int i = 0; i < TRIES; i++) {
		bool is_overtaken;
		enum ost_err err = issue_once(accounts, arena, user_id, name,
			expires_ms, made_by, secret, key, &is_overtaken);

		if (!is_overtaken)
			return err;
	}
	return OST_BUSY;
}
