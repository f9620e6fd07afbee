#include "app_options.h"
#include "registration.h"

/* They speak of a person, and an application by itself is none. */
#define SCOPES_OF_PEOPLE "openid profile email roles offline_access"

/* Checks a value of an option; what is stored of it replaces *value. */
typedef enum exit_status check_value(struct admin *admin, const struct app *app,
	const char *option, struct span *value);

/* What was given of a repeatable option, checked, parted by one blank; *list
 * is left alone when nothing was. */
static enum exit_status
read_list(struct admin *admin, const struct app *app, const char *option,
	check_value *check, struct span *list)
{
	struct span value;
	struct buf buf;
	size_t i = 0, n = 0;

	if (!argument_has(&admin->arguments, option))
		return EXIT_DONE;
	buf_init(&buf, admin->arena);
	buf_text(&buf, "");
	while (argument_next(&admin->arguments, option, &i, &value)) {
		enum exit_status status = EXIT_DONE;

		if (value.n == 0)
			continue;
		status = check(admin, app, option, &value);
		if (status != EXIT_DONE)
			return status;
		if (list_has((struct span){ buf.p, buf.n }, value))
			continue;
		if (++n > APP_CALLBACKS_MAX)
			return report_refuse("too_many", "more than %d of --%s",
				APP_CALLBACKS_MAX, option);
		if (buf.n > 0)
			buf_char(&buf, ' ');
		buf_add(&buf, value);
	}
	return buf_span(&buf, list) == OST_OK
		       ? EXIT_DONE
		       : report_fail(OST_NOMEM, "--%s", option);
}

/* What to do, when it is only that the application keeps a secret. */
static const char *
native_advice(struct admin *admin, const struct callback *callback)
{
	struct callback native = { .typed = callback->typed,
		.is_prefix = callback->is_prefix };

	return callback_check(admin->arena, true, &native) == OST_OK &&
			       native.rule == URI_OK
		       ? " Only one that was added with --public, and so has "
			 "no secret, may run on people's devices."
		       : "";
}

static enum exit_status
check_callback(struct admin *admin, const char *option, bool is_public,
	bool is_prefix, struct span *url)
{
	struct callback callback = { .typed = *url, .is_prefix = is_prefix };
	enum ost_err err = callback_check(admin->arena, is_public, &callback);

	if (err != OST_OK)
		return report_fail(err, "--%s", option);
	if (callback.rule != URI_OK)
		return report_refuse(uri_rule_name(callback.rule),
			"--%s %.*s: %s%s", option, SPAN_ARG(*url),
			uri_rule_sentence(callback.rule),
			is_public ? "" : native_advice(admin, &callback));
	*url = callback.stored;
	return EXIT_DONE;
}

static enum exit_status
check_prefix(struct admin *admin, const struct app *app, const char *option,
	struct span *url)
{
	return check_callback(admin, option, app->is_public, true, url);
}

static enum exit_status
check_redirect_uri(struct admin *admin, const struct app *app,
	const char *option, struct span *url)
{
	return check_callback(admin, option, app->is_public, false, url);
}

static enum exit_status
check_scope(struct admin *admin, const struct app *app, const char *option,
	struct span *scope)
{
	(void)app;
	if (!scope_token_is_valid(*scope))
		return report_refuse("bad_scope", "--%s %.*s is no scope",
			option, SPAN_ARG(*scope));
	if (list_has(SPAN(SCOPES_OF_PEOPLE), *scope))
		return report_refuse("bad_scope",
			"--%s %.*s: this scope is about a person, and no "
			"application can have it for itself",
			option, SPAN_ARG(*scope));
	if (!scope_is_known(&admin->config->scopes, *scope))
		return report_refuse("bad_scope",
			"--%s %.*s: the configuration has no scope.%.*s",
			option, SPAN_ARG(*scope), SPAN_ARG(*scope));
	return EXIT_DONE;
}

/* One of two words; *is_second is left alone when nothing was given. */
static enum exit_status
read_choice(struct admin *admin, const char *option, const char *first,
	const char *second, bool *is_second)
{
	struct span value = argument_get(&admin->arguments, option);

	if (span_is_absent(value))
		return EXIT_DONE;
	if (!span_eq(value, span_of(first)) && !span_eq(value, span_of(second)))
		return report_usage("--%s is %s or %s, not %.*s", option,
			second, first, SPAN_ARG(value));
	*is_second = span_eq(value, span_of(second));
	return EXIT_DONE;
}

enum exit_status
app_options_name(struct span name, struct app *app)
{
	app->name = span_trim(name);
	if (!app_name_is_valid(app->name))
		return report_refuse("bad_name",
			"an application's name has 1 to %d characters, and no "
			"control characters",
			APP_NAME_MAX);
	return EXIT_DONE;
}

static enum exit_status
read_texts(const struct arguments *arguments, struct app *app)
{
	if (argument_has(arguments, "description"))
		app->description = argument_get(arguments, "description");
	if (!app_description_is_valid(app->description))
		return report_refuse("bad_description",
			"a description has at most %d bytes",
			APP_DESCRIPTION_MAX);
	if (argument_has(arguments, "website"))
		app->website = argument_get(arguments, "website");
	if (app->description.n == 0)
		app->description = SPAN_ABSENT;
	if (app->website.n == 0)
		app->website = SPAN_ABSENT;
	if (!span_is_absent(app->website) &&
		!app_website_is_valid(app->website))
		return report_refuse("bad_website",
			"%.*s is no http or https address",
			SPAN_ARG(app->website));
	return EXIT_DONE;
}

/* What does not go together. */
static enum exit_status
check_whole(const struct admin *admin, const struct app *app)
{
	if (app->is_public && (app->own_scope.n > 0 || app->may_introspect))
		return report_refuse("public",
			"a public application has no secret to show who it "
			"is: --own-scope and --introspect are for others");
	if (app->own_scope.n > SCOPE_LIST_MAX)
		return report_refuse("bad_scope",
			"the scopes have over %d bytes", SCOPE_LIST_MAX);
	if (!app_has_callbacks(app))
		return report_usage(
			"%s: --callback-prefix URL or --redirect-uri URL is "
			"missing; see `ostiary %s --help`",
			admin->command->name, admin->command->name);
	return EXIT_DONE;
}

enum exit_status
app_options_read(struct admin *admin, struct app *app)
{
	enum exit_status status = read_texts(&admin->arguments, app);

	if (status == EXIT_DONE)
		status = read_list(admin, app, "callback-prefix", check_prefix,
			&app->prefixes);
	if (status == EXIT_DONE)
		status = read_list(admin, app, "redirect-uri",
			check_redirect_uri, &app->redirect_uris);
	if (status == EXIT_DONE)
		status = read_list(
			admin, app, "own-scope", check_scope, &app->own_scope);
	if (status == EXIT_DONE)
		status = read_choice(admin, "refresh-tokens", "no", "yes",
			&app->has_refresh);
	if (status == EXIT_DONE)
		status = read_choice(
			admin, "introspect", "no", "yes", &app->may_introspect);
	if (status == EXIT_DONE)
		status = read_choice(
			admin, "device-grant", "yes", "no", &app->no_device);
	if (status == EXIT_DONE)
		status = read_choice(admin, "id-token-alg", "RS256", "ES256",
			&app->has_es256_id);
	return status == EXIT_DONE ? check_whole(admin, app) : status;
}
