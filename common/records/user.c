#include "user.h"
#include "clock.h"
#include "config.h"
#include "plain.h"
#include "record.h"

bool
user_name_is_valid(struct span name)
{
	if (name.n == 0 || name.n > USER_NAME_MAX ||
		!char_is_alnum(name.p[0]) || !char_is_alnum(name.p[name.n - 1]))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!char_is_alnum(name.p[i]) &&
			!span_has(SPAN("._@+-"), name.p[i]))
			return false;
	return true;
}

bool
user_display_name_is_valid(struct span name)
{
	return name.n > 0 && text_is_plain(name, 4 * USER_DISPLAY_NAME_MAX) &&
	       text_length(name) <= USER_DISPLAY_NAME_MAX &&
	       span_trim(name).n == name.n;
}

bool
user_role_is_valid(struct span role)
{
	if (role.n == 0 || role.n > 64)
		return false;
	for (size_t i = 0; i < role.n; i++)
		if (!char_is_alnum(role.p[i]) && role.p[i] != '_' &&
			role.p[i] != '-')
			return false;
	return true;
}

bool
user_language_is_valid(struct span language)
{
	if (language.n == 0 || language.n > 35 || !char_is_alpha(language.p[0]))
		return false;
	for (size_t i = 0; i < language.n; i++)
		if (!char_is_alnum(language.p[i]) && language.p[i] != '-')
			return false;
	return true;
}

/* Byte for byte: another spelling is another address. */
bool
user_has_proven_email(const struct user *user)
{
	return user->email.n > 0 && span_eq(user->email_proven, user->email);
}

bool
user_has_two_steps(const struct user *user)
{
	return !span_is_absent(user->totp_secret);
}

bool
user_must_have_two_steps(const struct config *config, const struct user *user)
{
	struct span rest = user->roles, role;

	while (span_next(&rest, ' ', &role))
		if (role.n > 0 && list_has(config->two_step_roles, role))
			return true;
	return false;
}

void
user_clear_two_steps(struct user *user)
{
	user->totp_secret = user->recovery = SPAN_ABSENT;
	user->totp_step = 0;
}

enum ost_err
user_canonical(struct arena *arena, struct span name, struct span *canonical)
{
	char *lower = arena_alloc(arena, name.n + 1);

	if (lower == NULL)
		return OST_NOMEM;
	for (size_t i = 0; i < name.n; i++)
		lower[i] = char_lower(name.p[i]);
	*canonical = (struct span){ lower, name.n };
	return OST_OK;
}

enum ost_err
user_decode(struct arena *arena, struct span value, struct user *user)
{
	struct record *record;
	enum ost_err err = record_parse(arena, value, &record);

	if (err != OST_OK)
		return err;
	*user = (struct user){
		.id = record_get(record, "id"),
		.name = record_get(record, "name"),
		.display_name = record_get(record, "display_name"),
		.email = record_get(record, "email"),
		.email_proven = record_get(record, "email_proven"),
		.roles = record_get(record, "roles"),
		.password = record_get(record, "password"),
		.generation = record_get_i64(record, "generation"),
		.is_disabled = record_get_i64(record, "disabled") != 0,
		.epoch = record_get_i64(record, "epoch"),
		.created_ms = record_get_i64(record, "created"),
		.keys_made = record_get_i64(record, "keys_made"),
		.apps_made = record_get_i64(record, "apps_made"),
		.totp_secret = record_get(record, "totp_secret"),
		.totp_step = record_get_i64(record, "totp_step"),
		.recovery = record_get(record, "recovery"),
		.language = record_get(record, "language"),
		.raw = value,
	};
	/* Who gets another address and then this one again has not proven it
	 * again. */
	if (!user_has_proven_email(user))
		user->email_proven = SPAN_ABSENT;
	return user->id.n > 0 && user->name.n > 0 ? OST_OK : OST_STORE;
}

static enum ost_err
encode(struct arena *arena, const struct user *user, struct span *value)
{
	struct buf buf;

	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "id", user->id);
	record_add(&buf, "name", user->name);
	record_add(&buf, "display_name", user->display_name);
	record_add(&buf, "email", user->email);
	record_add(&buf, "roles", user->roles);
	record_add(&buf, "password", user->password);
	record_add_i64(&buf, "generation", user->generation);
	record_add_i64(&buf, "disabled", user->is_disabled);
	record_add_i64(&buf, "epoch", user->epoch);
	record_add_i64(&buf, "created", user->created_ms);
	/* Only where there is something to say: other records stay as they
	 * were. */
	if (user_has_proven_email(user))
		record_add(&buf, "email_proven", user->email_proven);
	record_add(&buf, "totp_secret", user->totp_secret);
	if (user->totp_step != 0)
		record_add_i64(&buf, "totp_step", user->totp_step);
	record_add(&buf, "recovery", user->recovery);
	record_add(&buf, "language", user->language);
	if (user->keys_made != 0)
		record_add_i64(&buf, "keys_made", user->keys_made);
	if (user->apps_made != 0)
		record_add_i64(&buf, "apps_made", user->apps_made);
	return buf_span(&buf, value);
}

static enum ost_err
name_key(struct arena *arena, struct span name, struct span *key)
{
	struct span canonical;
	enum ost_err err = user_canonical(arena, name, &canonical);

	return err == OST_OK ? record_key(arena, "username:", canonical, key)
			     : err;
}

enum ost_err
user_by_id(struct store *accounts, struct arena *arena, struct span id,
	struct user *user)
{
	struct span key, value;
	enum ost_err err = record_key(arena, "user:", id, &key);

	if (err == OST_OK)
		err = store_get(accounts, key, arena, &value);
	return err == OST_OK ? user_decode(arena, value, user) : err;
}

enum ost_err
user_by_name(struct store *accounts, struct arena *arena, struct span name,
	struct user *user)
{
	struct span key, id;
	enum ost_err err;

	/* A name that nobody can have costs no look-up, and no key of the
	 * store can be made of it. */
	if (!user_name_is_valid(name))
		return OST_NOTFOUND;
	err = name_key(arena, name, &key);
	if (err == OST_OK)
		err = store_get(accounts, key, arena, &id);
	return err == OST_OK ? user_by_id(accounts, arena, id, user) : err;
}

enum ost_err
user_create(struct store *accounts, struct arena *arena, struct user *user)
{
	struct store_item items[2] = {
		{ .action = STORE_PUT, .expect = STORE_ABSENT },
		{ .action = STORE_PUT, .expect = STORE_ABSENT },
	};
	enum ost_err err = OST_OK;

	if (!user_name_is_valid(user->name))
		return OST_BADINPUT;
	if (user->display_name.n == 0)
		user->display_name = user->name;
	if (user->created_ms == 0)
		user->created_ms = clock_wall_ms();
	if (user->id.n == 0)
		err = record_new_id(arena, 'u', &user->id);
	if (err == OST_OK)
		err = record_key(arena, "user:", user->id, &items[0].key);
	if (err == OST_OK)
		err = encode(arena, user, &items[0].value);
	if (err == OST_OK)
		err = name_key(arena, user->name, &items[1].key);
	if (err != OST_OK)
		return err;
	items[1].value = user->id;
	err = store_batch(accounts, items, 2);
	if (err == OST_OK)
		user->raw = items[0].value;
	return err;
}

enum ost_err
user_save(struct store *accounts, struct arena *arena, const struct user *user)
{
	struct user saved = *user;

	return user_update(accounts, arena, &saved);
}

enum ost_err
user_update(struct store *accounts, struct arena *arena, struct user *user)
{
	struct span key, value;
	enum ost_err err = record_key(arena, "user:", user->id, &key);

	if (err == OST_OK)
		err = encode(arena, user, &value);
	if (err == OST_OK)
		err = store_swap(accounts, key, user->raw, value, 0);
	if (err == OST_OK)
		user->raw = value;
	return err;
}

enum ost_err
user_item(struct arena *arena, const struct user *user, struct store_item *item)
{
	enum ost_err err;

	*item = (struct store_item){ .action = STORE_PUT,
		.expect = STORE_EQUALS,
		.expected = user->raw };
	err = record_key(arena, "user:", user->id, &item->key);
	return err == OST_OK ? encode(arena, user, &item->value) : err;
}

enum ost_err
user_delete(
	struct store *accounts, struct arena *arena, const struct user *user)
{
	struct store_item items[2] = {
		{ .action = STORE_DELETE },
		{ .action = STORE_DELETE,
			.expect = STORE_EQUALS,
			.expected = user->id },
	};
	enum ost_err err = record_key(arena, "user:", user->id, &items[0].key);

	if (err == OST_OK)
		err = name_key(arena, user->name, &items[1].key);
	return err == OST_OK ? store_batch(accounts, items, 2) : err;
}
