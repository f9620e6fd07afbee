/* ostiary user add, list, show, set. */
#include "input.h"
#include "note.h"
#include "password.h"
#include "recovery.h"
#include "roles.h"
#include "show.h"
#include "text.h"

#define DISPLAY_NAME_MAX 200
#define EMAIL_MAX	 254 /* RFC 5321 section 4.5.3.1.3 */

static bool
email_is_possible(struct span email)
{
	struct span domain = email, local;

	if (!text_is_plain(email, EMAIL_MAX) || span_has(email, ' '))
		return false;
	return span_cut(&domain, '@', &local) && local.n > 0 && domain.n > 0 &&
	       !span_has(domain, '@');
}

static enum exit_status
set_names(struct admin *admin, struct user *user)
{
	struct span email = argument_get(&admin->arguments, "email");
	struct span name = argument_get(&admin->arguments, "display-name");

	if (email.n > 0 && !email_is_possible(email))
		return report_refuse("bad_email", "%.*s is no email address",
			SPAN_ARG(email));
	if (!text_is_plain(name, DISPLAY_NAME_MAX))
		return report_refuse("bad_display_name",
			"a display name has at most %d bytes",
			DISPLAY_NAME_MAX);
	if (!span_is_absent(email))
		user->email = email.n > 0 ? email : SPAN_ABSENT;
	/* Nobody is without one. */
	if (!span_is_absent(name))
		user->display_name = name.n > 0 ? name : user->name;
	return EXIT_DONE;
}

/* The operator's word for the address, after set_names(). */
static enum exit_status
set_proof(struct admin *admin, struct user *user)
{
	bool is_proven = argument_has(&admin->arguments, "email-verified");
	bool is_not = argument_has(&admin->arguments, "no-email-verified");

	if (is_proven && is_not)
		return report_usage("--email-verified and --no-email-verified "
				    "contradict each other");
	if (is_proven && user->email.n == 0)
		return report_refuse("no_email",
			"%.*s has no email address that could be verified",
			SPAN_ARG(user->name));
	if (is_proven)
		user->email_proven = user->email;
	if (is_not)
		user->email_proven = SPAN_ABSENT;
	return EXIT_DONE;
}

static enum exit_status
name_is_free(struct admin *admin, struct span name)
{
	struct user other;
	enum ost_err err;

	if (!user_name_is_valid(name))
		return report_refuse("bad_name",
			"%.*s cannot be a user name: 1 to %d of A-Z a-z 0-9 . "
			"_ "
			"@ + -, first and last a letter or digit",
			SPAN_ARG(name), USER_NAME_MAX);
	err = user_by_name(admin->context.accounts, admin->arena, name, &other);
	if (err == OST_OK)
		return report_refuse("exists", "there is a user %.*s already",
			SPAN_ARG(other.name));
	return err == OST_NOTFOUND
		       ? EXIT_DONE
		       : report_fail(err, "user %.*s", SPAN_ARG(name));
}

static enum exit_status
user_add(struct admin *admin)
{
	struct user user = { .name = admin->arguments.operands[0] };
	struct span password;
	struct buf hash;
	enum exit_status status = name_is_free(admin, user.name);
	enum ost_err err;

	user.roles = SPAN("");
	if (status == EXIT_DONE)
		status = set_names(admin, &user);
	if (status == EXIT_DONE)
		status = set_proof(admin, &user);
	if (status == EXIT_DONE)
		status = roles_given(admin, user.roles, &user.roles);
	if (status == EXIT_DONE)
		status = input_password(admin, user.name, &password);
	if (status != EXIT_DONE)
		return status;
	user.generation = 1;
	buf_init(&hash, admin->arena);
	err = password_hash(&hash, password, &admin->config->password_cost);
	if (err == OST_OK)
		err = buf_span(&hash, &user.password);
	if (err == OST_OK)
		err = user_create(admin->context.accounts, admin->arena, &user);
	if (err == OST_CONFLICT)
		return report_refuse("exists", "there is a user %.*s already",
			SPAN_ARG(user.name));
	if (err != OST_OK)
		return report_fail(err, "user %.*s", SPAN_ARG(user.name));
	const struct field fields[] = {
		{ .name = "id", .text = user.id },
		{ .name = "userName", .text = user.name },
	};
	output_say(&admin->out, "user %.*s added, id %.*s", SPAN_ARG(user.name),
		SPAN_ARG(user.id));
	output_object(&admin->out, fields, 2);
	return EXIT_DONE;
}

static enum exit_status
user_list(struct admin *admin)
{
	struct user *users = NULL;
	size_t n;
	enum exit_status status = find_users(admin, &users, &n);

	return status == EXIT_DONE
		       ? show_all(admin, &shown_user, NULL, users, n)
		       : status;
}

/* The user itself, his second step, and how many grants there are. */
static enum exit_status
show_person(struct admin *admin, const struct user *user, size_t grants_n)
{
	struct field fields[SHOW_COLUMNS_MAX + 3];
	size_t n = shown_user.columns;
	enum exit_status status = shown_user.fill(admin, user, fields);

	fields[n++] = (struct field){ .name = "twoStep",
		.heading = "two-step sign-in",
		.kind = FIELD_BOOL,
		.number = user_has_two_steps(user) };
	fields[n++] = (struct field){ .name = "recoveryCodes",
		.heading = "recovery codes",
		.kind = FIELD_COUNT,
		.number = (int64_t)recovery_count(user->recovery) };
	fields[n++] = (struct field){ .name = "grants",
		.heading = "grants",
		.kind = FIELD_COUNT,
		.number = (int64_t)grants_n };
	if (status == EXIT_DONE)
		output_fields(&admin->out, fields, n);
	return status;
}

static enum exit_status
show_all_of(struct admin *admin, const struct user *user)
{
	struct grant *grants = NULL;
	struct key *keys = NULL;
	struct app *apps = NULL;
	size_t keys_n, apps_n, grants_n;
	enum exit_status status = find_keys(admin, user->id, &keys, &keys_n);

	if (status == EXIT_DONE)
		status = find_apps(admin, user->id, &apps, &apps_n);
	if (status == EXIT_DONE)
		status = find_grants(admin, user->id, &grants, &grants_n);
	if (status == EXIT_DONE)
		status = show_person(admin, user, grants_n);
	if (status != EXIT_DONE)
		return status;
	output_say(&admin->out, "%s", "");
	status = show_all(admin, &shown_key, "keys", keys, keys_n);
	if (status != EXIT_DONE)
		return status;
	output_say(&admin->out, "%s", "");
	return show_all(admin, &shown_app, "apps", apps, apps_n);
}

static enum exit_status
user_show(struct admin *admin)
{
	struct output *out = &admin->out;
	struct user user;
	enum exit_status status =
		find_user(admin, admin->arguments.operands[0], &user);

	if (status != EXIT_DONE)
		return status;
	if (out->is_json)
		json_open(&out->json, NULL, '{');
	status = show_all_of(admin, &user);
	if (out->is_json)
		json_close(&out->json);
	return status;
}

static enum exit_status
user_set(struct admin *admin)
{
	struct user user;
	enum exit_status status;
	enum ost_err err;

	if (admin->arguments.given_n == 0)
		return report_usage(
			"user set: nothing to set; see `ostiary user set "
			"--help`");
	status = find_user(admin, admin->arguments.operands[0], &user);
	if (status == EXIT_DONE)
		status = set_names(admin, &user);
	if (status == EXIT_DONE)
		status = set_proof(admin, &user);
	if (status == EXIT_DONE)
		status = roles_given(admin, user.roles, &user.roles);
	if (status != EXIT_DONE)
		return status;
	if (argument_has(&admin->arguments, "no-two-step"))
		user_clear_two_steps(&user);
	err = user_save(admin->context.accounts, admin->arena, &user);
	if (err != OST_OK)
		return report_fail(err, "user %.*s", SPAN_ARG(user.name));
	note_operator(admin, user.id, EVENT_ACCOUNT_CHANGED, SPAN_ABSENT);
	return show_object(admin, &shown_user, &user);
}

static const struct option add_options[] = {
	{ .name = "email", .value = "E", .help = "the email address" },
	{ .name = "email-verified",
		.help = "the address is known to be right" },
	{ .name = "display-name",
		.value = "N",
		.help = "the name that people see; else the user name" },
	{ .name = "role",
		.value = "R",
		.help = "a role of the policy",
		.is_repeatable = true },
	{ .name = "password-stdin",
		.help = "the password is the first line of standard input" },
	{ .name = NULL },
};

static const struct option set_options[] = {
	{ .name = "email", .value = "E", .help = "empty: none" },
	{ .name = "email-verified",
		.help = "the address is known to be right" },
	{ .name = "no-email-verified",
		.help = "the address is not known to be right" },
	{ .name = "display-name", .value = "N", .help = "empty: the name" },
	{ .name = "role",
		.value = "R",
		.help = "add this role",
		.is_repeatable = true },
	{ .name = "remove-role",
		.value = "R",
		.help = "take this role away",
		.is_repeatable = true },
	{ .name = "no-two-step",
		.help = "take the second step of signing in away" },
	{ .name = NULL },
};

const struct command user_commands[] = {
	{ .name = "user add",
		.operands = "NAME",
		.operands_min = 1,
		.operands_max = 1,
		.options = add_options,
		.summary = "Add a user",
		.help = "Asks for the password at the terminal unless "
			"--password-stdin is given.\n"
			"A password has 8 characters or more, 1024 bytes at "
			"most, and does not\nbegin with osk_.",
		.needs = NEEDS_STATE,
		.run = user_add },
	{ .name = "user list",
		.operands = "",
		.summary = "List all users",
		.needs = NEEDS_STATE,
		.run = user_list },
	{ .name = "user show",
		.operands = "USER",
		.operands_min = 1,
		.operands_max = 1,
		.summary = "Show a user, with keys and applications",
		.needs = NEEDS_STATE,
		.run = user_show },
	{ .name = "user set",
		.operands = "USER",
		.operands_min = 1,
		.operands_max = 1,
		.options = set_options,
		.summary = "Change what is known of a user",
		.help = "Another address is not verified until "
			"--email-verified says so, or the user\nfollows a link "
			"that was mailed to it.\n\n"
			"--no-two-step is for who has lost authenticator and "
			"recovery codes: the\npassword alone is enough then. "
			"Make sure who asks for it.",
		.needs = NEEDS_STATE,
		.run = user_set },
	{ .name = NULL },
};
