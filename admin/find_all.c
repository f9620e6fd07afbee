#include "collect.h"
#include "find.h"

#include <stdlib.h>

/* The records of one kind, decoded: `decode` fills the i-th of an array of
 * things and says whether it is wanted. */
struct kind {
	const char *prefix;
	size_t size; /* of a thing */
	enum ost_err (*decode)(struct arena *arena, struct span value,
		struct span user_id, void *thing, bool *is_wanted);
	int (*order)(const void *a, const void *b);
};

static enum exit_status
find_all(struct admin *admin, struct store *store, const struct kind *kind,
	struct span user_id, void **things, size_t *n)
{
	struct collection found;
	enum ost_err err =
		collect(store, span_of(kind->prefix), admin->arena, &found);
	char *array = NULL;

	*n = 0;
	if (err == OST_OK) {
		array = arena_array(admin->arena, found.n + 1, kind->size);
		err = array != NULL ? OST_OK : OST_NOMEM;
	}
	for (size_t i = 0; err == OST_OK && i < found.n; i++) {
		bool is_wanted = false;

		err = kind->decode(admin->arena, found.items[i].value, user_id,
			array + *n * kind->size, &is_wanted);
		if (is_wanted)
			++*n;
	}
	if (err != OST_OK)
		return report_fail(err, "records %s*", kind->prefix);
	qsort(array, *n, kind->size, kind->order);
	*things = array;
	return EXIT_DONE;
}

static bool
is_of(struct span wanted_id, struct span user_id)
{
	return span_is_absent(wanted_id) || span_eq(wanted_id, user_id);
}

static int
time_order(int64_t a, int64_t b, struct span a_id, struct span b_id)
{
	return a != b ? (a > b) - (a < b) : span_order(a_id, b_id);
}

static enum ost_err
decode_user(struct arena *arena, struct span value, struct span user_id,
	void *thing, bool *is_wanted)
{
	(void)user_id;
	*is_wanted = true;
	return user_decode(arena, value, thing);
}

static int
user_order(const void *a, const void *b)
{
	const struct user *left = a, *right = b;

	return span_order(left->name, right->name);
}

enum exit_status
find_users(struct admin *admin, struct user **users, size_t *n)
{
	static const struct kind kind = { "user:", sizeof(**users), decode_user,
		user_order };
	void *found = NULL;
	enum exit_status status = find_all(
		admin, admin->context.accounts, &kind, SPAN_ABSENT, &found, n);

	*users = found;
	return status;
}

static enum ost_err
decode_app(struct arena *arena, struct span value, struct span user_id,
	void *thing, bool *is_wanted)
{
	struct app *app = thing;
	enum ost_err err = app_decode(arena, value, app);

	*is_wanted = err == OST_OK && is_of(user_id, app->owner_id);
	return err;
}

static int
app_order(const void *a, const void *b)
{
	const struct app *left = a, *right = b;

	return time_order(left->created_ms, right->created_ms, left->client_id,
		right->client_id);
}

enum exit_status
find_apps(
	struct admin *admin, struct span user_id, struct app **apps, size_t *n)
{
	static const struct kind kind = { "app:", sizeof(**apps), decode_app,
		app_order };
	void *found = NULL;
	enum exit_status status = find_all(
		admin, admin->context.accounts, &kind, user_id, &found, n);

	*apps = found;
	return status;
}

static enum ost_err
decode_key(struct arena *arena, struct span value, struct span user_id,
	void *thing, bool *is_wanted)
{
	struct key *key = thing;
	enum ost_err err = key_decode(arena, value, key);

	*is_wanted = err == OST_OK && is_of(user_id, key->user_id);
	return err;
}

static int
key_order(const void *a, const void *b)
{
	const struct key *left = a, *right = b;

	return time_order(
		left->created_ms, right->created_ms, left->id, right->id);
}

enum exit_status
find_keys(
	struct admin *admin, struct span user_id, struct key **keys, size_t *n)
{
	static const struct kind kind = { "key:", sizeof(**keys), decode_key,
		key_order };
	void *found = NULL;
	enum exit_status status = find_all(
		admin, admin->context.accounts, &kind, user_id, &found, n);

	*keys = found;
	for (size_t i = 0; status == EXIT_DONE && i < *n; i++) {
		enum ost_err err = key_settle(
			admin->context.accounts, admin->arena, &(*keys)[i]);

		if (err != OST_OK)
			status = report_fail(err, "records key:*");
	}
	return status;
}

static enum ost_err
decode_grant(struct arena *arena, struct span value, struct span user_id,
	void *thing, bool *is_wanted)
{
	struct grant *grant = thing;
	enum ost_err err = grant_decode(arena, value, grant);

	*is_wanted = err == OST_OK && is_of(user_id, grant->user_id);
	return err;
}

static int
grant_order(const void *a, const void *b)
{
	const struct grant *left = a, *right = b;

	return time_order(
		left->created_ms, right->created_ms, left->id, right->id);
}

enum exit_status
find_grants(struct admin *admin, struct span user_id, struct grant **grants,
	size_t *n)
{
	static const struct kind kind = { "grant:", sizeof(**grants),
		decode_grant, grant_order };
	void *found = NULL;
	enum exit_status status = find_all(
		admin, admin->context.grants, &kind, user_id, &found, n);

	*grants = found;
	return status;
}
