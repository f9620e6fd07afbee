#include "app.h"
#include "dump.h"
#include "grant.h"
#include "key.h"
#include "load.h"
#include "oauth.h"
#include "user.h"

#define HASH_DIGITS 64

/* What stands behind the prefix of a key. */
static struct span
id_of(struct span key)
{
	struct span prefix;

	return span_cut(&key, ':', &prefix) ? key : SPAN("");
}

static enum exit_status
add_index(struct load *load, const char *prefix, struct span name,
	struct span id, int64_t expires_ms)
{
	struct store_item item = {
		.action = STORE_PUT, .value = id, .expires_ms = expires_ms
	};
	enum ost_err err = record_key(load->arena, prefix, name, &item.key);

	return err == OST_OK ? load_add(load, DUMP_ACCOUNTS, &item)
			     : report_fail(err, "load");
}

static bool
id_is_good(struct span id, struct span key)
{
	for (size_t i = 0; i < id.n; i++)
		if (!char_is_alnum(id.p[i]))
			return false;
	return span_eq(id, id_of(key));
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

static enum exit_status
check_user(struct load *load, const struct store_item *item)
{
	struct span canonical;
	struct user user;
	enum ost_err err = user_decode(load->arena, item->value, &user);

	if (err == OST_OK)
		err = user_canonical(load->arena, user.name, &canonical);
	if (err == OST_NOMEM)
		return report_fail(err, "load");
	if (err != OST_OK || !id_is_good(user.id, item->key) ||
		!user_name_is_valid(user.name) || user.display_name.n == 0 ||
		!roles_are_good(user.roles) ||
		(!span_is_absent(user.password) &&
			!span_starts(user.password, SPAN("$scrypt$"))))
		return load_fault(load, "this user cannot be");
	return add_index(load, "username:", canonical, user.id, 0);
}

static bool
callbacks_are_good(struct arena *arena, const struct app *app)
{
	struct span rest = app->prefixes, url, stored;

	while (span_next(&rest, ' ', &url)) {
		enum uri_rule rule;

		if (url.n == 0)
			continue;
		if (oauth_prefix_check(arena, url, &rule, &stored) != OST_OK ||
			rule != URI_OK || !span_eq(url, stored))
			return false;
	}
	rest = app->redirect_uris;
	while (span_next(&rest, ' ', &url))
		if (url.n > 0 && oauth_uri_check(url) != URI_OK)
			return false;
	return true;
}

static bool
hash_is_good(struct span hash)
{
	for (size_t i = 0; i < hash.n; i++)
		if (!char_is_digit(hash.p[i]) &&
			(hash.p[i] < 'a' || hash.p[i] > 'f'))
			return false;
	return hash.n == HASH_DIGITS;
}

static bool
secret_is_good(const struct secret *secret)
{
	return hash_is_good(secret->hash) &&
	       (span_is_absent(secret->old_hash) ||
		       hash_is_good(secret->old_hash));
}

static enum exit_status
check_app(struct load *load, const struct store_item *item)
{
	struct app app;
	enum ost_err err = app_decode(load->arena, item->value, &app);

	if (err == OST_NOMEM)
		return report_fail(err, "load");
	if (err != OST_OK || !id_is_good(app.client_id, item->key) ||
		app.name.n == 0 || !secret_is_good(&app.secret))
		return load_fault(load, "this application cannot be");
	if (!callbacks_are_good(load->arena, &app))
		return load_fault(load, "a callback of this application is "
					"not allowed");
	return EXIT_DONE;
}

static enum exit_status
check_key(struct load *load, const struct store_item *item)
{
	struct key key;
	enum exit_status status;
	enum ost_err err = key_decode(load->arena, item->value, &key);

	if (err == OST_NOMEM)
		return report_fail(err, "load");
	if (err != OST_OK || !id_is_good(key.id, item->key) ||
		!secret_is_good(&key.secret))
		return load_fault(load, "this API key cannot be");
	status = add_index(load, "keyhash:", key.secret.hash, key.id, 0);
	if (status != EXIT_DONE || span_is_absent(key.secret.old_hash))
		return status;
	return add_index(load, "keyhash:", key.secret.old_hash, key.id,
		key.secret.old_until_ms);
}

static enum exit_status
check_grant(struct load *load, const struct store_item *item)
{
	struct grant grant;
	enum ost_err err = grant_decode(load->arena, item->value, &grant);

	if (err == OST_NOMEM)
		return report_fail(err, "load");
	if (err != OST_OK || !id_is_good(grant.id, item->key) ||
		grant.user_id.n == 0 || grant.client_id.n == 0)
		return load_fault(load, "this grant cannot be");
	return EXIT_DONE;
}

/* Records of another prefix have no more of a form than record.h says. */
static const struct {
	unsigned int store;
	const char *prefix;
	enum exit_status (*check)(
		struct load *load, const struct store_item *item);
} checks[] = {
	{ DUMP_ACCOUNTS, "user:", check_user },
	{ DUMP_ACCOUNTS, "app:", check_app },
	{ DUMP_ACCOUNTS, "key:", check_key },
	{ DUMP_GRANTS, "grant:", check_grant },
};

enum exit_status
load_check(struct load *load, unsigned int store, const struct store_item *item)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (checks[i].store == store &&
			span_starts(item->key, span_of(checks[i].prefix)))
			return checks[i].check(load, item);
	return EXIT_DONE;
}
