#include "record_check.h"
#include "access_check.h"
#include "app.h"
#include "base32.h"
#include "dump.h"
#include "key.h"
#include "recovery.h"
#include "redirect.h"
#include "scope.h"
#include "text.h"
#include "totp.h"
#include "user.h"

static enum ost_err
add_index(struct arena *arena, const char *prefix, struct span name,
	struct span id, int64_t expires_ms, struct checked *checked)
{
	struct store_item *item = &checked->indexes[checked->indexes_n];
	enum ost_err err;

	*item = (struct store_item){
		.action = STORE_PUT, .value = id, .expires_ms = expires_ms
	};
	err = record_key(arena, prefix, name, &item->key);
	if (err == OST_OK)
		checked->indexes_n++;
	return err;
}

static enum ost_err
fault(struct checked *checked, const char *what)
{
	checked->fault = what;
	return OST_OK;
}

static bool
id_is_good(struct span id, struct span key)
{
	return check_id_is_good(id) && span_eq(id, check_id_of(key));
}

static bool
roles_are_good(struct span roles)
{
	struct span role;

	while (span_next(&roles, ' ', &role))
		if (role.n > 0 && !user_role_is_valid(role))
			return false;
	return true;
}

/* An empty secret is one that a dump left out. */
static bool
second_step_is_good(struct arena *arena, const struct user *user)
{
	struct span secret = SPAN("");

	if (user->totp_secret.n > 0 &&
		(base32_decode(arena, user->totp_secret, &secret) != OST_OK ||
			secret.n != TOTP_SECRET_SIZE))
		return false;
	return user->totp_step >= 0 && recovery_is_valid(user->recovery);
}

static enum ost_err
check_user(struct arena *arena, struct span key, struct span value,
	struct checked *checked)
{
	struct span canonical;
	struct user user;
	enum ost_err err = user_decode(arena, value, &user);

	if (err == OST_OK)
		err = user_canonical(arena, user.name, &canonical);
	if (err == OST_NOMEM)
		return err;
	if (err != OST_OK || !id_is_good(user.id, key) ||
		!user_name_is_valid(user.name) || user.display_name.n == 0 ||
		!roles_are_good(user.roles) || user.epoch < 0 ||
		!second_step_is_good(arena, &user) ||
		(!span_is_absent(user.language) &&
			!user_language_is_valid(user.language)) ||
		(!span_is_absent(user.password) &&
			!span_starts(user.password, SPAN("$scrypt$"))))
		return fault(checked, "this user cannot be");
	return add_index(arena, "username:", canonical, user.id, 0, checked);
}

static bool
callbacks_are_good(struct arena *arena, const struct app *app)
{
	struct span rest = app->prefixes, url, stored;

	while (span_next(&rest, ' ', &url)) {
		enum uri_rule rule;

		if (url.n == 0)
			continue;
		if (redirect_prefix_check(arena, url, &rule, &stored) !=
				OST_OK ||
			rule != URI_OK || !span_eq(url, stored))
			return false;
	}
	rest = app->redirect_uris;
	while (span_next(&rest, ' ', &url))
		if (url.n > 0 &&
			redirect_uri_check(app->is_public, url) != URI_OK)
			return false;
	return true;
}

static bool
secret_is_good(const struct secret *secret)
{
	return check_hash_is_good(secret->hash) &&
	       (span_is_absent(secret->old_hash) ||
		       check_hash_is_good(secret->old_hash));
}

/* A public application needs no secret. One that it has, or scopes that need
 * one, are left of when it was confidential: nothing asks for them. A
 * confidential one has none when a finder has ended it, until it is rotated. */
static bool
means_are_good(const struct app *app)
{
	if (app->is_public && app->may_introspect)
		return false;
	if (app->own_scope.n > 0 && !scope_is_valid(app->own_scope))
		return false;
	return (span_is_absent(app->secret.hash) &&
		       (span_is_absent(app->secret.old_hash) ||
			       check_hash_is_good(app->secret.old_hash))) ||
	       secret_is_good(&app->secret);
}

static enum ost_err
check_app(struct arena *arena, struct span key, struct span value,
	struct checked *checked)
{
	struct app app;
	enum ost_err err = app_decode(arena, value, &app);

	if (err == OST_NOMEM)
		return err;
	if (err != OST_OK || !id_is_good(app.client_id, key) ||
		app.name.n == 0 || !text_is_plain(app.name, app.name.n) ||
		!text_is_plain(app.description, app.description.n) ||
		app.epoch < 0 || !means_are_good(&app))
		return fault(checked, "this application cannot be");
	if (!callbacks_are_good(arena, &app))
		return fault(checked, "a callback of this application is "
				      "not allowed");
	return OST_OK;
}

static enum ost_err
check_key(struct arena *arena, struct span name, struct span value,
	struct checked *checked)
{
	struct key key;
	enum ost_err err = key_decode(arena, value, &key);

	if (err == OST_NOMEM)
		return err;
	if (err != OST_OK || !id_is_good(key.id, name) ||
		(key.made_by.n > 0 && (!check_id_is_good(key.made_by) ||
					      span_eq(key.made_by, key.id))) ||
		!secret_is_good(&key.secret))
		return fault(checked, "this API key cannot be");
	err = add_index(arena, "keyhash:", key.secret.hash, key.id, 0, checked);
	if (err != OST_OK || span_is_absent(key.secret.old_hash))
		return err;
	return add_index(arena, "keyhash:", key.secret.old_hash, key.id,
		key.secret.old_until_ms, checked);
}

static enum ost_err
check_other(struct arena *arena, struct span value, struct checked *checked)
{
	struct record *record;
	enum ost_err err = record_parse(arena, value, &record);

	return err == OST_STORE ? fault(checked, "this record cannot be read")
				: err;
}

/* Records of another prefix have no more of a form than record.h says. */
static const struct {
	unsigned int store;
	const char *prefix;
	enum ost_err (*check)(struct arena *arena, struct span key,
		struct span value, struct checked *checked);
} checks[] = {
	{ DUMP_ACCOUNTS, "user:", check_user },
	{ DUMP_ACCOUNTS, "app:", check_app },
	{ DUMP_ACCOUNTS, "key:", check_key },
	{ DUMP_GRANTS, "grant:", check_grant },
	{ DUMP_GRANTS, "code:", check_code },
	{ DUMP_GRANTS, "refresh:", check_refresh },
	{ DUMP_GRANTS, "consent:", check_consent },
	{ DUMP_GRANTS, "device:", check_device },
	{ DUMP_GRANTS, "usercode:", check_usercode },
	{ DUMP_GRANTS, "ticket:", check_ticket },
};

enum ost_err
record_check(struct arena *arena, unsigned int store, struct span key,
	struct span value, struct checked *checked)
{
	*checked = (struct checked){ .fault = NULL };
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (checks[i].store == store &&
			span_starts(key, span_of(checks[i].prefix)))
			return checks[i].check(arena, key, value, checked);
	return check_other(arena, value, checked);
}
