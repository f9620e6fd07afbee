#include "remembered.h"
#include "clock.h"
#include "record.h"
#include "scope.h"

/* No user's: of a record of before there were any. */
#define EPOCH_UNKNOWN INT64_MAX

static enum ost_err
remembered_key(struct arena *arena, struct span user_id, struct span client_id,
	struct span *key)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_text(&buf, REMEMBERED_PREFIX);
	buf_add(&buf, user_id);
	buf_char(&buf, ':');
	buf_add(&buf, client_id);
	return buf_span(&buf, key);
}

bool
remembered_split(struct span key, struct span *user_id, struct span *client_id)
{
	struct span rest = span_skip(key, sizeof(REMEMBERED_PREFIX) - 1);

	if (!span_starts(key, SPAN(REMEMBERED_PREFIX)) ||
		!span_cut(&rest, ':', user_id))
		return false;
	*client_id = rest;
	return user_id->n > 0 && rest.n > 0 && !span_has(rest, ':');
}

static enum ost_err
encode(struct arena *arena, const struct remembered *remembered,
	struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "scope", remembered->scope);
	record_add(&buf, "callbacks", remembered->callbacks);
	record_add_i64(&buf, "offline", remembered->is_offline);
	record_add_i64(&buf, "user_epoch", remembered->user_epoch);
	record_add_i64(&buf, "generation", remembered->user_generation);
	record_add_i64(&buf, "app_epoch", remembered->app_epoch);
	record_add_i64(&buf, "created", remembered->created_ms);
	return buf_span(&buf, value);
}

static int64_t
epoch_of(const struct record *record, const char *name)
{
	return span_is_absent(record_get(record, name))
		       ? EPOCH_UNKNOWN
		       : record_get_i64(record, name);
}

enum ost_err
remembered_decode(
	struct arena *arena, struct span value, struct remembered *remembered)
{
	struct record *record;
	enum ost_err err = record_parse(arena, value, &record);

	if (err != OST_OK)
		return err;
	*remembered = (struct remembered){
		.scope = record_get(record, "scope"),
		.callbacks = record_get(record, "callbacks"),
		.is_offline = record_get_i64(record, "offline") == 1,
		.user_epoch = epoch_of(record, "user_epoch"),
		.user_generation = epoch_of(record, "generation"),
		.app_epoch = record_get_i64(record, "app_epoch"),
		.created_ms = record_get_i64(record, "created"),
		.raw = value,
	};
	return span_is_absent(remembered->scope) ? OST_STORE : OST_OK;
}

enum ost_err
remembered_find(struct store *grants, struct arena *arena, struct span user_id,
	struct span client_id, struct remembered *remembered)
{
	struct span key, value;
	enum ost_err err = remembered_key(arena, user_id, client_id, &key);

	if (err == OST_OK)
		err = store_get(grants, key, arena, &value);
	if (err == OST_OK)
		err = remembered_decode(arena, value, remembered);
	if (err == OST_OK) {
		remembered->user_id = user_id;
		remembered->client_id = client_id;
	}
	return err;
}

/* The store forgets it by itself; this is for a lifetime that was shortened in
 * the configuration, and for a clock that was set back. */
static bool
is_good(const struct remembered *remembered, const struct user *user,
	const struct app *app, int64_t lifetime_ms, int64_t now_ms)
{
	return !app->is_public && remembered->app_epoch == app->epoch &&
	       remembered->user_epoch == user->epoch &&
	       remembered->user_generation == user->generation &&
	       remembered->created_ms <= now_ms &&
	       now_ms - remembered->created_ms < lifetime_ms;
}

bool
remembered_covers(const struct remembered *remembered, const struct user *user,
	const struct app *app, struct span scope, struct span callback,
	int64_t lifetime_ms, int64_t now_ms)
{
	return is_good(remembered, user, app, lifetime_ms, now_ms) &&
	       scope_is_within(scope, remembered->scope) && callback.n > 0 &&
	       scope_is_within(callback, remembered->callbacks) &&
	       (remembered->is_offline || !app_is_offline(app, scope));
}

static bool
is_same(struct span a, struct span b)
{
	return scope_is_within(a, b) && scope_is_within(b, a);
}

/* made, with what was remembered before; alone when that is too much, or when
 * it would say of a callback what was said of another one. */
static enum ost_err
add_old(struct arena *arena, const struct remembered *old,
	struct remembered *made)
{
	struct span scope, callbacks;
	enum ost_err err = scope_union(arena, old->scope, made->scope, &scope);

	if (err == OST_OK)
		err = scope_union(
			arena, old->callbacks, made->callbacks, &callbacks);
	if (err != OST_OK || scope.n > SCOPE_LIST_MAX ||
		callbacks.n > SCOPE_LIST_MAX)
		return err;
	if (!is_same(old->callbacks, made->callbacks) &&
		(!is_same(old->scope, made->scope) ||
			old->is_offline != made->is_offline))
		return OST_OK;
	made->scope = scope;
	made->callbacks = callbacks;
	made->is_offline = made->is_offline || old->is_offline;
	made->created_ms = old->created_ms;
	return OST_OK;
}

enum ost_err
remembered_item(struct store *grants, struct arena *arena,
	const struct user *user, const struct app *app,
	const struct remembered_page *page, int64_t lifetime_ms,
	struct store_item *item)
{
	int64_t now_ms = clock_wall_ms();
	struct remembered old, made = {
		.scope = page->scope,
		.callbacks = page->callback,
		.is_offline = page->is_offline,
		.user_epoch = user->epoch,
		.user_generation = user->generation,
		.app_epoch = app->epoch,
		.created_ms = now_ms,
	};
	enum ost_err err =
		remembered_find(grants, arena, user->id, app->client_id, &old);

	*item = (struct store_item){ .action = STORE_PUT };
	if (err == OST_OK) {
		item->expect = STORE_EQUALS;
		item->expected = old.raw;
		if (is_good(&old, user, app, lifetime_ms, now_ms) &&
			(!scope_is_within(old.scope, page->scope) ||
				!scope_is_within(
					old.callbacks, page->callback)))
			err = add_old(arena, &old, &made);
	} else if (err == OST_NOTFOUND) {
		item->expect = STORE_ABSENT;
		err = OST_OK;
	}
	if (err == OST_OK)
		err = remembered_key(
			arena, user->id, app->client_id, &item->key);
	if (err == OST_OK)
		err = encode(arena, &made, &item->value);
	item->expires_ms = made.created_ms + lifetime_ms;
	return err;
}

enum ost_err
remembered_unchanged(struct arena *arena, const struct remembered *remembered,
	struct store_item *item)
{
	*item = (struct store_item){ .action = STORE_CHECK,
		.expect = STORE_EQUALS,
		.expected = remembered->raw };
	return remembered_key(
		arena, remembered->user_id, remembered->client_id, &item->key);
}

enum ost_err
remembered_forget(struct store *grants, struct arena *arena,
	struct span user_id, struct span client_id)
{
	struct store_item item = { .action = STORE_DELETE };
	enum ost_err err = remembered_key(arena, user_id, client_id, &item.key);

	return err == OST_OK ? store_batch(grants, &item, 1) : err;
}
