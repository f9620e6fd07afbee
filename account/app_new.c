/* /account/apps/new: registering an application, with a check of its callbacks
 * before anything is done. */
#include "apps.h"
#include "pages.h"

/* Unless users may register: answers that they may not. */
static bool
is_closed(struct visit *visit)
{
	if (visit->context->config->has_app_registration)
		return false;
	portal_error(
		visit, 403, "apps.closed", "apps.closed_text", "forbidden");
	return true;
}

enum ost_err
app_new_get(struct visit *visit)
{
	static const struct app none;
	struct values *values;
	enum ost_err err;

	if (is_closed(visit))
		return OST_OK;
	err = portal_values(visit, "at_apps", &values);
	if (err != OST_OK)
		return err;
	app_form_show(values, &none);
	err = app_form_show_callbacks(visit, values, &none);
	if (err == OST_OK)
		portal_show(visit, "account_app_new", "app_new", values);
	return err;
}

/* Which of the two it is must be chosen: nothing is guessed. */
static void
read_kind(struct visit *visit, struct values *values, bool is_strict,
	struct app *app)
{
	struct span kind = portal_field(visit, "kind");

	app->is_public = span_eq(kind, SPAN("public"));
	values_flag(values, "kind_public", app->is_public);
	values_flag(values, "kind_web", span_eq(kind, SPAN("web")));
	if (is_strict && !app->is_public && !span_eq(kind, SPAN("web")))
		portal_wrong(visit, values, "error_kind", "apps.kind_missing");
}

static enum ost_err
register_it(struct visit *visit, struct values *values, struct app *app)
{
	struct span secret = SPAN_ABSENT;
	enum ost_err err = portal_once(visit);

	if (err != OST_OK)
		return err;
	app->owner_id = visit->visitor.user.id;
	err = registration_add(
		visit->context->accounts, visit->arena, app, &secret);
	if (err == OST_LIMITED) {
		portal_wrong(visit, values, "error_many", "apps.too_many");
		portal_show(visit, "account_app_new", "app_new", values);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	apps_note(visit, EVENT_APP_CREATED, app);
	return app_secret_show(visit, app, secret, true, 0);
}

enum ost_err
app_new_post(struct visit *visit)
{
	bool is_check = span_eq(portal_field(visit, "action"), SPAN("check"));
	struct app app = { .description = SPAN_ABSENT };
	struct values *values;
	enum ost_err err;

	if (is_closed(visit))
		return OST_OK;
	err = portal_values(visit, "at_apps", &values);
	if (err != OST_OK)
		return err;
	read_kind(visit, values, !is_check, &app);
	if (is_check) {
		static const char *const names[] = { "name", "description",
			"website", NULL };

		portal_keep(visit, values, names);
	} else {
		app_form_texts(visit, values, &app);
	}
	err = app_form_callbacks(visit, values, !is_check, &app);
	if (err != OST_OK)
		return err;
	if (!is_check && !values_have(values, "has_error"))
		return register_it(visit, values, &app);
	values_flag(values, "is_checked", true);
	portal_show(visit, "account_app_check", "app_new", values);
	return OST_OK;
}
