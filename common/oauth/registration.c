#include "registration.h"
#include "collect.h"
#include "plain.h"
#include "remembered.h"
#include "user.h"
#include "withdraw.h"

#include <stdlib.h>

#define TRIES 5 /* when somebody else changes the user's record */

bool
app_description_is_valid(struct span text)
{
	return text_is_plain(text, APP_DESCRIPTION_MAX);
}

bool
app_website_is_valid(struct span url)
{
	struct span rest = url;
	size_t host = 0;

	if (!text_is_plain(url, URI_SIZE_MAX))
		return false;
	for (size_t i = 0; i < url.n; i++)
		if (span_has(SPAN(" \"<>\\^`{|}"), url.p[i]))
			return false;
	if (span_starts(url, SPAN("https://")))
		rest = span_skip(url, 8);
	else if (span_starts(url, SPAN("http://")))
		rest = span_skip(url, 7);
	else
		return false;
	while (host < rest.n && !span_has(SPAN("/?#"), rest.p[host]))
		if (rest.p[host++] == '@')
			return false;
	return host > 0 && rest.p[0] != ':';
}

bool
app_has_callbacks(const struct app *app)
{
	return app->prefixes.n > 0 || app->redirect_uris.n > 0 ||
	       app->is_public || app->own_scope.n > 0 || app->may_introspect;
}

enum ost_err
callback_check(struct arena *arena, bool is_public, struct callback *callback)
{
	enum ost_err err = OST_OK;

	callback->stored = SPAN_ABSENT;
	if (callback->is_prefix) {
		err = redirect_prefix_check(arena, callback->typed,
			&callback->rule, &callback->stored);
		return err == OST_BADINPUT ? OST_OK : err;
	}
	callback->rule = redirect_uri_check(is_public, callback->typed);
	if (callback->rule == URI_OK)
		callback->stored = callback->typed;
	return err;
}

static enum ost_err
new_secret(struct arena *arena, struct span *text, struct span *hash)
{
	enum ost_err err = secret_new(arena, SECRET_APP_PREFIX, text);

	return err == OST_OK ? secret_hash(arena, *text, hash) : err;
}

/* The user's record is read before the applications and written with the new
 * one, so that two who register for one user cannot both have seen the same
 * ones. */
static enum ost_err
add_once(struct store *accounts, struct arena *arena, struct app *app,
	bool *is_overtaken)
{
	struct store_item item;
	struct app *others;
	struct user user;
	size_t n;
	enum ost_err err = user_by_id(accounts, arena, app->owner_id, &user);

	*is_overtaken = false;
	if (err == OST_OK)
		err = registration_list(
			accounts, arena, app->owner_id, &others, &n);
	if (err == OST_OK && n >= APPS_OWN_MAX)
		err = OST_LIMITED;
	if (err != OST_OK)
		return err;
	user.apps_made++;
	err = user_item(arena, &user, &item);
	if (err != OST_OK)
		return err;
	err = app_create_with(accounts, arena, app, &item);
	*is_overtaken = err == OST_CONFLICT;
	return err;
}

enum ost_err
registration_add(struct store *accounts, struct arena *arena, struct app *app,
	struct span *secret)
{
	struct span text = SPAN_ABSENT;
	enum ost_err err = OST_OK;

	app->secret =
		(struct secret){ .hash = SPAN_ABSENT, .old_hash = SPAN_ABSENT };
	if (!app->is_public)
		err = new_secret(arena, &text, &app->secret.hash);
	for (int i = 0; err == OST_OK && i < TRIES; i++) {
		bool is_overtaken;

		app->client_id = SPAN_ABSENT;
		err = add_once(accounts, arena, app, &is_overtaken);
		if (err == OST_OK)
			*secret = text;
		if (!is_overtaken)
			return err;
		err = OST_OK;
	}
	return err == OST_OK ? OST_BUSY : err;
}

enum ost_err
registration_rotate(struct store *accounts, struct arena *arena,
	struct app *app, int64_t old_until_ms, struct span *secret)
{
	struct span text, hash;
	enum ost_err err = new_secret(arena, &text, &hash);

	if (err != OST_OK)
		return err;
	secret_replace(&app->secret, hash, old_until_ms);
	err = app_save(accounts, arena, app);
	if (err == OST_OK)
		*secret = text;
	return err;
}

/* The application comes last, so that a deletion that was cut short can be
 * done again; but it is disabled first, so that no grant is made meanwhile. */
enum ost_err
registration_end(const struct context *c, struct arena *arena, struct app *app)
{
	struct withdrawn ended;
	enum ost_err err;

	app->is_disabled = true;
	err = app_save(c->accounts, arena, app);
	if (err == OST_OK)
		err = withdraw(c, SPAN_ABSENT, app->client_id, &ended);
	return err == OST_OK ? app_delete(c->accounts, arena, app) : err;
}

static bool
is_owned(const void *arg, struct span key, struct span value)
{
	const struct span *owner_id = arg;

	(void)key;
	return record_says(value, "owner", *owner_id);
}

static int
newest_first(const void *a, const void *b)
{
	const struct app *left = a, *right = b;

	if (left->created_ms != right->created_ms)
		return left->created_ms < right->created_ms ? 1 : -1;
	return span_order(right->client_id, left->client_id);
}

enum ost_err
registration_list(struct store *accounts, struct arena *arena,
	struct span owner_id, struct app **apps, size_t *n)
{
	struct collection found;
	struct app *list;
	enum ost_err err = collect_where(
		accounts, SPAN("app:"), is_owned, &owner_id, arena, &found);

	if (err != OST_OK)
		return err;
	list = arena_array(arena, found.n + 1, sizeof(*list));
	if (list == NULL)
		return OST_NOMEM;
	for (size_t i = 0; err == OST_OK && i < found.n; i++)
		err = app_decode(arena, found.items[i].value, &list[i]);
	if (err != OST_OK)
		return err;
	qsort(list, found.n, sizeof(*list), newest_first);
	*apps = list;
	*n = found.n;
	return OST_OK;
}

/* Who has allowed it something: each once. */
struct people {
	struct arena *arena;
	struct span client_id;
	struct span *ids;
	size_t n;
};

static enum ost_err
add_person(struct people *people, struct span user_id)
{
	if (people->n == APP_PEOPLE_MAX)
		return OST_OK;
	for (size_t i = 0; i < people->n; i++)
		if (span_eq(people->ids[i], user_id))
			return OST_OK;
	return arena_copy(people->arena, user_id, &people->ids[people->n++]);
}

static enum ost_err
look_at_grant(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct people *people = arg;
	struct span line;

	(void)key;
	(void)expires_ms;
	if (!record_says(value, "client_id", people->client_id))
		return OST_OK;
	while (span_next(&value, '\n', &line))
		if (span_starts(line, SPAN("user=")))
			return add_person(people, span_skip(line, 5));
	return OST_OK;
}

static enum ost_err
look_at_consent(
	void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct people *people = arg;
	struct span user_id, client_id;

	(void)value;
	(void)expires_ms;
	if (!remembered_split(key, &user_id, &client_id) ||
		!span_eq(client_id, people->client_id))
		return OST_OK;
	return add_person(people, user_id);
}

enum ost_err
registration_people(const struct context *c, struct arena *arena,
	struct span client_id, size_t *n)
{
	struct people people = { .arena = arena, .client_id = client_id };
	enum ost_err err;

	people.ids = arena_array(arena, APP_PEOPLE_MAX, sizeof(*people.ids));
	if (people.ids == NULL)
		return OST_NOMEM;
	err = store_each(c->grants, SPAN("grant:"), look_at_grant, &people);
	if (err == OST_OK)
		err = store_each(c->grants, SPAN(REMEMBERED_PREFIX),
			look_at_consent, &people);
	if (err == OST_OK)
		*n = people.n;
	return err;
}
