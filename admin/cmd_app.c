/* ostiary app add, set, list, show, rotate, disable, enable, delete. */
#include "app_options.h"
#include "input.h"
#include "note.h"
#include "operate.h"
#include "registration.h"
#include "secrets.h"
#include "show.h"

#define ROTATE_ADVICE                                                          \
	"; the new secret is lost: make another with `ostiary app rotate`"

static enum exit_status
read_app(struct admin *admin, struct app *app)
{
	struct span owner = argument_get(&admin->arguments, "owner");
	struct user user;
	enum exit_status status =
		app_options_name(admin->arguments.operands[0], app);

	app->is_public = argument_has(&admin->arguments, "public");
	if (status == EXIT_DONE)
		status = app_options_read(admin, app);
	if (status == EXIT_DONE)
		status = find_user(admin, owner, &user);
	if (status == EXIT_DONE)
		app->owner_id = user.id;
	return status;
}

static void
say_new(struct admin *admin, const struct app *app, struct span secret)
{
	bool has_secret = !app->is_public;
	const struct field fields[] = {
		{ "client_id", "client id", .text = app->client_id },
		{ has_secret ? "client_secret" : NULL,
			has_secret ? "client secret" : NULL, .text = secret },
		{ "callback_prefix", "callback prefixes", .kind = FIELD_WORDS,
			.text = app->prefixes },
		{ "redirect_uris", "redirect URIs", .kind = FIELD_WORDS,
			.text = app->redirect_uris },
	};

	output_object(&admin->out, fields, 4);
	if (has_secret)
		secrets_say_once(admin, ROTATE_ADVICE);
	else
		output_say(&admin->out,
			"It is public and has no secret: it must use PKCE.");
}

static enum exit_status
app_add(struct admin *admin)
{
	struct app app = { .description = SPAN_ABSENT,
		.website = SPAN_ABSENT,
		.secret = { .hash = SPAN_ABSENT, .old_hash = SPAN_ABSENT } };
	struct span secret = SPAN_ABSENT;
	enum exit_status status = read_app(admin, &app);
	enum ost_err err;

	if (status == EXIT_DONE && !app.is_public)
		status = secrets_make(
			admin, SECRET_APP_PREFIX, &secret, &app.secret.hash);
	if (status != EXIT_DONE)
		return status;
	err = app_create(admin->context.accounts, admin->arena, &app);
	if (err != OST_OK)
		return report_fail(err, "application %.*s", SPAN_ARG(app.name));
	note_operator(admin, app.owner_id, EVENT_APP_CREATED, app.name);
	say_new(admin, &app, secret);
	return EXIT_DONE;
}

static enum exit_status
app_set(struct admin *admin)
{
	const struct arguments *arguments = &admin->arguments;
	struct app app;
	enum exit_status status;
	enum ost_err err;

	if (arguments->given_n == 0)
		return report_usage("app set: nothing to set; see `ostiary app "
				    "set --help`");
	status = find_app(admin, arguments->operands[0], &app);
	if (status == EXIT_DONE && argument_has(arguments, "name"))
		status =
			app_options_name(argument_get(arguments, "name"), &app);
	if (status == EXIT_DONE)
		status = app_options_read(admin, &app);
	if (status != EXIT_DONE)
		return status;
	err = app_save(admin->context.accounts, admin->arena, &app);
	if (err != OST_OK)
		return report_fail(
			err, "application %.*s", SPAN_ARG(app.client_id));
	note_operator(admin, app.owner_id, EVENT_APP_CHANGED, app.name);
	return show_object(admin, &shown_app, &app);
}

static enum exit_status
app_list(struct admin *admin)
{
	struct app *apps = NULL;
	size_t n;
	enum exit_status status = find_apps(admin, SPAN_ABSENT, &apps, &n);

	return status == EXIT_DONE ? show_all(admin, &shown_app, NULL, apps, n)
				   : status;
}

static enum exit_status
app_show(struct admin *admin)
{
	struct app app;
	enum exit_status status =
		find_app(admin, admin->arguments.operands[0], &app);

	if (status != EXIT_DONE)
		return status;
	return show_object(admin, &shown_app, &app);
}

static enum exit_status
app_rotate(struct admin *admin)
{
	struct span secret, hash;
	int64_t old_until_ms;
	struct app app;
	enum exit_status status = secrets_overlap(admin, &old_until_ms);
	enum ost_err err;

	if (status == EXIT_DONE)
		status = find_app(admin, admin->arguments.operands[0], &app);
	if (status == EXIT_DONE && app.is_public)
		return report_refuse("public",
			"application %.*s is public: it has no secret that "
			"could be replaced",
			SPAN_ARG(app.client_id));
	if (status == EXIT_DONE)
		status = secrets_make(admin, SECRET_APP_PREFIX, &secret, &hash);
	if (status != EXIT_DONE)
		return status;
	secret_replace(&app.secret, hash, old_until_ms);
	err = app_save(admin->context.accounts, admin->arena, &app);
	if (err != OST_OK)
		return report_fail(
			err, "application %.*s", SPAN_ARG(app.client_id));
	note_operator(admin, app.owner_id, EVENT_APP_ROTATED, app.name);
	const struct field fields[] = {
		{ "client_id", "client id", .text = app.client_id },
		{ "client_secret", "client secret", .text = secret },
		{ "old_until", old_until_ms != 0 ? "old secret ends" : NULL,
			.kind = FIELD_TIME, .number = old_until_ms },
	};
	output_object(&admin->out, fields, 3);
	secrets_say_once(admin, ROTATE_ADVICE);
	return EXIT_DONE;
}

static void
say_state(struct admin *admin, const struct app *app, const char *state)
{
	const struct field fields[] = {
		{ .name = "client_id", .text = app->client_id },
		{ .name = "name", .text = app->name },
		{ .name = "state", .text = span_of(state) },
	};

	output_say(&admin->out, "application %.*s (%.*s): %s",
		SPAN_ARG(app->client_id), SPAN_ARG(app->name), state);
	output_object(&admin->out, fields, 3);
}

static enum exit_status
set_disabled(struct admin *admin, bool is_disabled)
{
	struct app app;
	enum exit_status status =
		find_app(admin, admin->arguments.operands[0], &app);
	bool is_changed;
	enum ost_err err;

	if (status != EXIT_DONE)
		return status;
	err = operate_app_state(admin->context.accounts, admin->arena, &app,
		is_disabled, &is_changed);
	if (err != OST_OK)
		return report_fail(
			err, "application %.*s", SPAN_ARG(app.client_id));
	note_operator(admin, app.owner_id, EVENT_APP_CHANGED, app.name);
	say_state(admin, &app, is_disabled ? "disabled" : "active");
	return EXIT_DONE;
}

static enum exit_status
app_disable(struct admin *admin)
{
	return set_disabled(admin, true);
}

static enum exit_status
app_enable(struct admin *admin)
{
	return set_disabled(admin, false);
}

static enum exit_status
app_remove(struct admin *admin)
{
	struct app app;
	enum exit_status status =
		find_app(admin, admin->arguments.operands[0], &app);
	enum ost_err err;

	if (status != EXIT_DONE)
		return status;
	if (!argument_has(&admin->arguments, "yes") &&
		!input_confirms("Delete %.*s (%.*s)?", SPAN_ARG(app.client_id),
			SPAN_ARG(app.name)))
		return report_refuse("not_confirmed", "nothing was deleted");
	err = registration_end(&admin->context, admin->arena, &app);
	if (err != OST_OK)
		return report_fail(
			err, "application %.*s", SPAN_ARG(app.client_id));
	note_operator(admin, app.owner_id, EVENT_APP_DELETED, app.name);
	say_state(admin, &app, "deleted");
	return EXIT_DONE;
}

static const struct option add_options[] = {
	{ .name = "owner",
		.value = "USER",
		.help = "who is responsible for it; must be given",
		.is_required = true },
	APP_OPTIONS,
	{ .name = "public",
		.help = "it cannot keep a secret, as on a phone: it has none" },
	{ .name = NULL },
};

static const struct option set_options[] = {
	{ .name = "name", .value = "NAME", .help = "what it is called" },
	APP_OPTIONS,
	{ .name = NULL },
};

static const struct option rotate_options[] = {
	{ .name = "overlap",
		.value = "7d",
		.help = "how long the old secret stays good; else it ends" },
	{ .name = NULL },
};

static const struct option delete_options[] = {
	{ .name = "yes", .help = "do not ask" },
	{ .name = NULL },
};

const struct command app_commands[] = {
	{ "app add", "NAME", 1, 1, add_options, "Register an application",
		"It is called back below a --callback-prefix or exactly at a "
		"--redirect-uri: one of\nthem is needed, but not by a public "
		"application (which may also be one on a device\nwithout a "
		"browser), nor with --own-scope or --introspect. A public one "
		"may be\ncalled back at http://127.0.0.1/PATH, with any port, "
		"and at com.example.app:/PATH.",
		NEEDS_STATE, app_add },
	{ "app set", "CLIENT_ID", 1, 1, set_options,
		"Change what is known of an application",
		"What is not named stays. A list takes the place of the one "
		"before; an empty value\ntakes away. Tokens that are out keep "
		"what they were given.",
		NEEDS_STATE, app_set },
	{ "app list", "", 0, 0, NULL, "List all applications", NULL,
		NEEDS_STATE, app_list },
	{ "app show", "CLIENT_ID", 1, 1, NULL, "Show an application", NULL,
		NEEDS_STATE, app_show },
	{ "app rotate", "CLIENT_ID", 1, 1, rotate_options,
		"Give an application a new secret", NULL, NEEDS_STATE,
		app_rotate },
	{ "app disable", "CLIENT_ID", 1, 1, NULL, "Shut an application out",
		"Its tokens are not accepted until `app enable`.", NEEDS_STATE,
		app_disable },
	{ "app enable", "CLIENT_ID", 1, 1, NULL,
		"Let a disabled application in again", NULL, NEEDS_STATE,
		app_enable },
	{ "app delete", "CLIENT_ID", 1, 1, delete_options,
		"Delete an application", "Its tokens die with it.", NEEDS_STATE,
		app_remove },
	{ .name = NULL },
};
