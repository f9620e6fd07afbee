/* ostiary app add, list, show, rotate, disable, enable, delete. */
#include "input.h"
#include "redirect.h"
#include "secrets.h"
#include "show.h"
#include "text.h"

#define NAME_MAX_BYTES	100
#define DESCRIPTION_MAX 1000
#define CALLBACKS_MAX	32
#define ROTATE_ADVICE                                                          \
	"; the new secret is lost: make another with `ostiary app rotate`"

static enum exit_status
refuse_url(const char *option, struct span url, enum uri_rule rule)
{
	return report_refuse(uri_rule_name(rule), "--%s %.*s: %s", option,
		SPAN_ARG(url), uri_rule_sentence(rule));
}

/* Checks a value of the option; what is stored of it replaces *url. */
static enum exit_status
check_url(struct admin *admin, const char *option, bool is_prefix,
	struct span *url)
{
	enum uri_rule rule = URI_OK;
	struct span stored = *url;
	enum ost_err err = OST_OK;

	if (is_prefix)
		err = redirect_prefix_check(admin->arena, *url, &rule, &stored);
	else
		rule = redirect_uri_check(*url);
	if (rule != URI_OK)
		return refuse_url(option, *url, rule);
	if (err != OST_OK)
		return report_fail(err, "--%s", option);
	*url = stored;
	return EXIT_DONE;
}

/* All values of the option, checked, parted by one blank. */
static enum exit_status
read_urls(struct admin *admin, const char *option, bool is_prefix,
	struct span *list)
{
	struct span url;
	struct buf buf;
	size_t i = 0, n = 0;

	buf_init(&buf, admin->arena);
	while (argument_next(&admin->arguments, option, &i, &url)) {
		enum exit_status status =
			check_url(admin, option, is_prefix, &url);

		if (status != EXIT_DONE)
			return status;
		if (list_has((struct span){ buf.p, buf.n }, url))
			continue;
		if (++n > CALLBACKS_MAX)
			return report_refuse("too_many", "more than %d of --%s",
				CALLBACKS_MAX, option);
		if (buf.n > 0)
			buf_char(&buf, ' ');
		buf_add(&buf, url);
	}
	return buf_span(&buf, list) == OST_OK
		       ? EXIT_DONE
		       : report_fail(OST_NOMEM, "--%s", option);
}

static bool
website_is_possible(struct span url)
{
	return url.n <= URI_SIZE_MAX && !span_has(url, ' ') &&
	       (span_starts(url, SPAN("https://")) ||
		       span_starts(url, SPAN("http://")));
}

static enum exit_status
read_texts(struct admin *admin, struct app *app)
{
	const struct arguments *arguments = &admin->arguments;

	app->name = span_trim(arguments->operands[0]);
	if (app->name.n == 0 || !text_is_plain(app->name, NAME_MAX_BYTES))
		return report_refuse("bad_name",
			"an application's name has 1 to %d bytes",
			NAME_MAX_BYTES);
	app->description = argument_get(arguments, "description");
	if (!text_is_plain(app->description, DESCRIPTION_MAX))
		return report_refuse("bad_description",
			"a description has at most %d bytes", DESCRIPTION_MAX);
	app->website = argument_get(arguments, "website");
	if (!span_is_absent(app->website) && !website_is_possible(app->website))
		return report_refuse("bad_website",
			"%.*s is no http or https address",
			SPAN_ARG(app->website));
	return EXIT_DONE;
}

static enum exit_status
read_app(struct admin *admin, struct app *app)
{
	struct span owner = argument_get(&admin->arguments, "owner");
	struct user user;
	enum exit_status status;

	if (!argument_has(&admin->arguments, "callback-prefix") &&
		!argument_has(&admin->arguments, "redirect-uri"))
		return report_usage(
			"app add: --callback-prefix URL or --redirect-uri "
			"URL is missing; see `ostiary app add --help`");
	if (argument_has(&admin->arguments, "public"))
		return report_refuse("no_pkce",
			"public clients need PKCE, which this "
			"version does not have yet");
	status = read_texts(admin, app);
	if (status == EXIT_DONE)
		status = read_urls(
			admin, "callback-prefix", true, &app->prefixes);
	if (status == EXIT_DONE)
		status = read_urls(
			admin, "redirect-uri", false, &app->redirect_uris);
	if (status == EXIT_DONE)
		status = find_user(admin, owner, &user);
	if (status == EXIT_DONE)
		app->owner_id = user.id;
	return status;
}

static enum exit_status
app_add(struct admin *admin)
{
	struct app app = { .is_public = false };
	struct span secret;
	enum exit_status status = read_app(admin, &app);
	enum ost_err err;

	if (status == EXIT_DONE)
		status = secrets_make(
			admin, SECRET_APP_PREFIX, &secret, &app.secret.hash);
	if (status != EXIT_DONE)
		return status;
	err = app_create(admin->context.accounts, admin->arena, &app);
	if (err != OST_OK)
		return report_fail(err, "application %.*s", SPAN_ARG(app.name));
	const struct field fields[] = {
		{ "client_id", "client id", .text = app.client_id },
		{ "client_secret", "client secret", .text = secret },
		{ "callback_prefix", "callback prefixes", .kind = FIELD_WORDS,
			.text = app.prefixes },
		{ "redirect_uris", "redirect URIs", .kind = FIELD_WORDS,
			.text = app.redirect_uris },
	};
	output_object(&admin->out, fields, 4);
	secrets_say_once(admin, ROTATE_ADVICE);
	return EXIT_DONE;
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
	if (status == EXIT_DONE)
		status = secrets_make(admin, SECRET_APP_PREFIX, &secret, &hash);
	if (status != EXIT_DONE)
		return status;
	secret_replace(&app.secret, hash, old_until_ms);
	err = app_save(admin->context.accounts, admin->arena, &app);
	if (err != OST_OK)
		return report_fail(
			err, "application %.*s", SPAN_ARG(app.client_id));
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
	enum ost_err err = OST_OK;

	if (status != EXIT_DONE)
		return status;
	if (app.is_disabled != is_disabled) {
		app.is_disabled = is_disabled;
		/* What is dead now stays dead when it comes back. */
		if (is_disabled)
			app.epoch++;
		err = app_save(admin->context.accounts, admin->arena, &app);
	}
	if (err != OST_OK)
		return report_fail(
			err, "application %.*s", SPAN_ARG(app.client_id));
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
	err = app_delete(admin->context.accounts, admin->arena, &app);
	if (err != OST_OK)
		return report_fail(
			err, "application %.*s", SPAN_ARG(app.client_id));
	say_state(admin, &app, "deleted");
	return EXIT_DONE;
}

static const struct option add_options[] = {
	{ .name = "owner",
		.value = "USER",
		.help = "who is responsible for it; must be given",
		.is_required = true },
	{ .name = "callback-prefix",
		.value = "URL",
		.help = "it may be called back below this",
		.is_repeatable = true },
	{ .name = "redirect-uri",
		.value = "URL",
		.help = "or exactly there; one of the two is needed",
		.is_repeatable = true },
	{ .name = "public",
		.help = "it cannot keep a secret (not possible yet)" },
	{ .name = "description",
		.value = "T",
		.help = "what people are told about it" },
	{ .name = "website", .value = "URL", .help = "where people find it" },
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
	{ "app add", "NAME", 1, 1, add_options, "Register an application", NULL,
		NEEDS_STATE, app_add },
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
