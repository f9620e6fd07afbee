/* ostiary user passwd, disable, enable, delete. */
#include "find.h"
#include "input.h"
#include "note.h"
#include "operate.h"
#include "password.h"
#include "withdraw.h"

static void
say_state(struct admin *admin, const struct user *user, const char *state,
	const char *sentence)
{
	const struct field fields[] = {
		{ .name = "id", .text = user->id },
		{ .name = "userName", .text = user->name },
		{ .name = "state", .text = span_of(state) },
	};

	output_say(
		&admin->out, "user %.*s: %s", SPAN_ARG(user->name), sentence);
	output_object(&admin->out, fields, 3);
}

static enum exit_status
user_passwd(struct admin *admin)
{
	struct span password;
	struct buf hash;
	struct user user;
	enum exit_status status =
		find_user(admin, admin->arguments.operands[0], &user);
	enum ost_err err;

	if (status == EXIT_DONE)
		status = input_password(admin, user.name, &password);
	if (status != EXIT_DONE)
		return status;
	buf_init(&hash, admin->arena);
	err = password_hash(&hash, password, &admin->config->password_cost);
	if (err == OST_OK)
		err = buf_span(&hash, &user.password);
	/* What the old password bought is bound to its generation. */
	user.generation++;
	if (err == OST_OK)
		err = user_save(admin->context.accounts, admin->arena, &user);
	if (err != OST_OK)
		return report_fail(err, "user %.*s", SPAN_ARG(user.name));
	note_operator(admin, user.id, EVENT_PASSWORD_CHANGED, SPAN_ABSENT);
	say_state(admin, &user, user.is_disabled ? "disabled" : "active",
		"new password set; sessions and login tokens have ended");
	return EXIT_DONE;
}

static enum exit_status
set_disabled(struct admin *admin, bool is_disabled)
{
	bool is_changed;
	struct user user;
	enum exit_status status =
		find_user(admin, admin->arguments.operands[0], &user);
	enum ost_err err;

	if (status != EXIT_DONE)
		return status;
	err = operate_user_state(admin->context.accounts, admin->arena, &user,
		is_disabled, &is_changed);
	if (err != OST_OK)
		return report_fail(err, "user %.*s", SPAN_ARG(user.name));
	if (is_changed)
		note_operator(admin, user.id, EVENT_ACCOUNT_CHANGED,
			is_disabled ? SPAN("disabled") : SPAN("enabled"));
	say_state(admin, &user, is_disabled ? "disabled" : "active",
		is_disabled ? "disabled" : "enabled");
	return EXIT_DONE;
}

static enum exit_status
user_disable(struct admin *admin)
{
	return set_disabled(admin, true);
}

static enum exit_status
user_enable(struct admin *admin)
{
	return set_disabled(admin, false);
}

/* What goes with a user. */
struct belongings {
	struct key *keys;
	struct app *apps;
	size_t keys_n, apps_n;
};

static enum exit_status
find_belongings(
	struct admin *admin, const struct user *user, struct belongings *found)
{
	enum exit_status status;

	*found = (struct belongings){ 0 };
	status = find_keys(admin, user->id, &found->keys, &found->keys_n);
	if (status == EXIT_DONE)
		status = find_apps(
			admin, user->id, &found->apps, &found->apps_n);
	return status;
}

static enum exit_status
refuse_owner(struct admin *admin, const struct user *user,
	const struct belongings *found)
{
	struct span names = SPAN("applications");
	struct buf buf;

	buf_init(&buf, admin->arena);
	for (size_t i = 0; i < found->apps_n; i++)
		buf_printf(&buf, "%s%.*s (%.*s)", i > 0 ? ", " : "",
			SPAN_ARG(found->apps[i].client_id),
			SPAN_ARG(found->apps[i].name));
	if (buf_span(&buf, &names) != OST_OK)
		names = SPAN("applications");
	return report_refuse("owns_apps",
		"%.*s owns %.*s; --with-apps deletes them too",
		SPAN_ARG(user->name), SPAN_ARG(names));
}

/*
 * The user comes last, so that a deletion that was cut short can be done
 * again; but he is disabled first, so that nothing of his opens a door
 * meanwhile.
 */
static enum ost_err
delete_all(
	struct admin *admin, struct user *user, const struct belongings *found)
{
	struct store *accounts = admin->context.accounts;
	struct arena *arena = admin->arena;
	struct withdrawn ended;
	enum ost_err err;

	user->is_disabled = true;
	err = user_save(accounts, arena, user);
	for (size_t i = 0; err == OST_OK && i < found->apps_n; i++) {
		err = app_delete(accounts, arena, &found->apps[i]);
		if (err == OST_OK)
			err = withdraw(&admin->context, SPAN_ABSENT,
				found->apps[i].client_id, &ended);
	}
	for (size_t i = 0; err == OST_OK && i < found->keys_n; i++)
		err = key_delete(accounts, arena, &found->keys[i]);
	if (err == OST_OK)
		err = withdraw(&admin->context, user->id, SPAN_ABSENT, &ended);
	if (err == OST_OK)
		err = user_delete(accounts, arena, user);
	if (err == OST_OK)
		event_forget(&admin->context, arena, user->id);
	return err;
}

static enum exit_status
user_remove(struct admin *admin)
{
	const struct arguments *arguments = &admin->arguments;
	struct belongings found;
	struct user user;
	enum exit_status status =
		find_user(admin, arguments->operands[0], &user);
	enum ost_err err;

	if (status == EXIT_DONE)
		status = find_belongings(admin, &user, &found);
	if (status != EXIT_DONE)
		return status;
	if (found.apps_n > 0 && !argument_has(arguments, "with-apps"))
		return refuse_owner(admin, &user, &found);
	if (!argument_has(arguments, "yes") &&
		!input_confirms("Delete %.*s, %zu keys and %zu applications?",
			SPAN_ARG(user.name), found.keys_n, found.apps_n))
		return report_refuse("not_confirmed", "nothing was deleted");
	err = delete_all(admin, &user, &found);
	if (err != OST_OK)
		return report_fail(err, "user %.*s", SPAN_ARG(user.name));
	say_state(admin, &user, "deleted", "deleted");
	return EXIT_DONE;
}

static const struct option passwd_options[] = {
	{ .name = "password-stdin",
		.help = "the password is the first line of standard input" },
	{ .name = NULL },
};

static const struct option delete_options[] = {
	{ .name = "with-apps",
		.help = "with the applications that the user owns" },
	{ .name = "yes", .help = "do not ask" },
	{ .name = NULL },
};

const struct command user_state_commands[] = {
	{ .name = "user passwd",
		.operands = "USER",
		.operands_min = 1,
		.operands_max = 1,
		.options = passwd_options,
		.summary = "Give a user a new password",
		.help = "The user's sessions and login tokens end; API keys "
			"stay.",
		.needs = NEEDS_STATE,
		.run = user_passwd },
	{ .name = "user disable",
		.operands = "USER",
		.operands_min = 1,
		.operands_max = 1,
		.summary = "Shut a user out",
		.help = "Nothing of the user is accepted until `user enable`.",
		.needs = NEEDS_STATE,
		.run = user_disable },
	{ .name = "user enable",
		.operands = "USER",
		.operands_min = 1,
		.operands_max = 1,
		.summary = "Let a disabled user in again",
		.needs = NEEDS_STATE,
		.run = user_enable },
	{ .name = "user delete",
		.operands = "USER",
		.operands_min = 1,
		.operands_max = 1,
		.options = delete_options,
		.summary = "Delete a user, with keys and grants",
		.help = "Asks first when standard input is a terminal. The id "
			"is never given to\nanybody else.",
		.needs = NEEDS_STATE,
		.run = user_remove },
	{ .name = NULL },
};
