/* ostiary key add, list, show, rotate, revoke. */
#include "clock.h"
#include "key_issue.h"
#include "note.h"
#include "secrets.h"
#include "show.h"

#define ROTATE_ADVICE                                                          \
	"; the new secret is lost: make another with `ostiary key rotate`"

static enum exit_status
read_expiry(struct admin *admin, int64_t *expires_ms)
{
	struct span expires = argument_get(&admin->arguments, "expires");
	int64_t seconds;

	*expires_ms = 0;
	if (span_is_absent(expires))
		return EXIT_DONE;
	if (duration_parse(expires, &seconds) != OST_OK)
		return report_usage(
			"--expires %.*s is no duration like 12h or 90d",
			SPAN_ARG(expires));
	*expires_ms = clock_wall_ms() + seconds * 1000;
	return EXIT_DONE;
}

static enum exit_status
read_key(struct admin *admin, struct key *key)
{
	struct user user;
	enum exit_status status;

	key->name = argument_get(&admin->arguments, "name");
	if (span_is_absent(key->name))
		return report_usage(
			"key add: --name NAME is missing; see `ostiary "
			"key add --help`");
	key->name = span_trim(key->name);
	if (key_name_check(key->name) != KEY_NAME_OK)
		return report_refuse("bad_name",
			"a key's name has 1 to %d characters",
			KEY_NAME_LENGTH_MAX);
	status = read_expiry(admin, &key->expires_ms);
	if (status == EXIT_DONE)
		status = find_user(admin, admin->arguments.operands[0], &user);
	if (status == EXIT_DONE)
		key->user_id = user.id;
	return status;
}

static enum exit_status
key_add(struct admin *admin)
{
	struct key key = { .is_revoked = false };
	struct span secret;
	enum exit_status status = read_key(admin, &key);
	enum ost_err err;

	if (status != EXIT_DONE)
		return status;
	err = key_issue(admin->context.accounts, admin->arena, key.user_id,
		key.name, key.expires_ms, &secret, &key);
	if (err != OST_OK)
		return report_fail(err, "key %.*s", SPAN_ARG(key.name));
	note_operator(admin, key.user_id, EVENT_KEY_CREATED, key.name);
	const struct field fields[] = {
		{ "key_id", "key id", .text = key.id },
		{ "key_secret", "key secret", .text = secret },
		{ "name", "name", .text = key.name },
		{ "expires", "expires", .kind = FIELD_TIME,
			.number = key.expires_ms },
	};
	output_object(&admin->out, fields, 4);
	secrets_say_once(admin, ROTATE_ADVICE);
	return EXIT_DONE;
}

static enum exit_status
key_list(struct admin *admin)
{
	const struct arguments *arguments = &admin->arguments;
	struct user user = { .id = SPAN_ABSENT };
	struct key *keys = NULL;
	size_t n;
	enum exit_status status = EXIT_DONE;

	if (arguments->operands_n > 0)
		status = find_user(admin, arguments->operands[0], &user);
	if (status == EXIT_DONE)
		status = find_keys(admin, user.id, &keys, &n);
	return status == EXIT_DONE ? show_all(admin, &shown_key, NULL, keys, n)
				   : status;
}

static enum exit_status
key_show(struct admin *admin)
{
	struct key key;
	enum exit_status status =
		find_key(admin, admin->arguments.operands[0], &key);

	if (status != EXIT_DONE)
		return status;
	return show_object(admin, &shown_key, &key);
}

static enum exit_status
find_live_key(struct admin *admin, struct key *key)
{
	enum exit_status status =
		find_key(admin, admin->arguments.operands[0], key);

	if (status != EXIT_DONE || key_is_live(key, clock_wall_ms()))
		return status;
	return report_refuse("dead_key",
		"key %.*s %s: make another with `ostiary "
		"key add`",
		SPAN_ARG(key->id),
		key->is_revoked ? "was revoked" : "has expired");
}

static enum exit_status
rotate(struct admin *admin)
{
	struct span secret, hash;
	int64_t old_until_ms;
	struct key key;
	enum exit_status status = secrets_overlap(admin, &old_until_ms);
	enum ost_err err;

	if (status == EXIT_DONE)
		status = find_live_key(admin, &key);
	if (status == EXIT_DONE)
		status = secrets_make(admin, SECRET_KEY_PREFIX, &secret, &hash);
	if (status != EXIT_DONE)
		return status;
	err = key_rotate(admin->context.accounts, admin->arena, &key, hash,
		old_until_ms);
	if (err != OST_OK)
		return report_fail(err, "key %.*s", SPAN_ARG(key.id));
	note_operator(admin, key.user_id, EVENT_KEY_ROTATED, key.name);
	const struct field fields[] = {
		{ "key_id", "key id", .text = key.id },
		{ "key_secret", "key secret", .text = secret },
		{ "name", "name", .text = key.name },
		{ "expires", "expires", .kind = FIELD_TIME,
			.number = key.expires_ms },
		{ "old_until", old_until_ms != 0 ? "old secret ends" : NULL,
			.kind = FIELD_TIME, .number = old_until_ms },
	};
	output_object(&admin->out, fields, 5);
	secrets_say_once(admin, ROTATE_ADVICE);
	return EXIT_DONE;
}

static enum exit_status
revoke(struct admin *admin)
{
	struct key key;
	bool was_live;
	enum exit_status status =
		find_key(admin, admin->arguments.operands[0], &key);
	enum ost_err err = OST_OK;

	if (status != EXIT_DONE)
		return status;
	was_live = !key.is_revoked;
	if (was_live)
		err = key_revoke(admin->context.accounts, admin->arena, &key);
	if (err != OST_OK)
		return report_fail(err, "key %.*s", SPAN_ARG(key.id));
	if (was_live)
		note_operator(admin, key.user_id, EVENT_KEY_REVOKED, key.name);
	const struct field fields[] = {
		{ .name = "key_id", .text = key.id },
		{ .name = "name", .text = key.name },
		{ .name = "state", .text = SPAN("revoked") },
	};
	output_say(&admin->out, "key %.*s (%.*s): revoked", SPAN_ARG(key.id),
		SPAN_ARG(key.name));
	output_object(&admin->out, fields, 3);
	return EXIT_DONE;
}

static const struct option add_options[] = {
	{ .name = "name",
		.value = "NAME",
		.help = "what the key is for; must be given",
		.is_required = true },
	{ .name = "expires",
		.value = "90d",
		.help = "when it ends; else never" },
	{ .name = NULL },
};

static const struct option rotate_options[] = {
	{ .name = "overlap",
		.value = "7d",
		.help = "how long the old secret stays good; else it ends" },
	{ .name = NULL },
};

const struct command key_commands[] = {
	{ "key add", "USER", 1, 1, add_options, "Make an API key for a user",
		NULL, NEEDS_STATE, key_add },
	{ "key list", "[USER]", 0, 1, NULL,
		"List all API keys, or those of a user", NULL, NEEDS_STATE,
		key_list },
	{ "key show", "KEY_ID", 1, 1, NULL, "Show an API key", NULL,
		NEEDS_STATE, key_show },
	{ "key rotate", "KEY_ID", 1, 1, rotate_options,
		"Give an API key a new secret", NULL, NEEDS_STATE, rotate },
	{ "key revoke", "KEY_ID", 1, 1, NULL, "End an API key for good", NULL,
		NEEDS_STATE, revoke },
	{ .name = NULL },
};
