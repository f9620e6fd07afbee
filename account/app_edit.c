/* /account/apps/edit and /account/apps/callbacks: what an application says of
 * itself, and where it may be called back. */
#include "apps.h"
#include "pages.h"

enum ost_err
app_edit_get(struct visit *visit)
{
	struct values *values;
	struct app app;
	enum ost_err err = apps_own_here(visit, &app);

	if (err == OST_OK)
		err = portal_values(visit, "at_apps", &values);
	if (err != OST_OK)
		return err;
	apps_values(values, &app);
	app_form_show(values, &app);
	portal_show(visit, "account_app_edit", "app_edit", values);
	return OST_OK;
}

/* Somebody else changed it between our read and our write: nothing is lost by
 * asking to try again. */
static enum ost_err
save(struct visit *visit, const struct app *app)
{
	enum ost_err err = portal_once(visit);

	if (err == OST_OK)
		err = app_save(visit->context->accounts, visit->arena, app);
	if (err == OST_CONFLICT)
		err = OST_BUSY;
	if (err != OST_OK)
		return err;
	apps_note(visit, EVENT_APP_CHANGED, app);
	portal_done(visit, "/account/apps", "app_changed");
	return OST_OK;
}

enum ost_err
app_edit_post(struct visit *visit)
{
	struct values *values;
	struct app app;
	enum ost_err err = apps_own_here(visit, &app);

	if (err == OST_OK)
		err = portal_values(visit, "at_apps", &values);
	if (err != OST_OK)
		return err;
	apps_values(values, &app);
	app_form_texts(visit, values, &app);
	if (!values_have(values, "has_error"))
		return save(visit, &app);
	portal_show(visit, "account_app_edit", "app_edit", values);
	return OST_OK;
}

enum ost_err
app_callbacks_get(struct visit *visit)
{
	struct values *values;
	struct app app;
	enum ost_err err = apps_own_here(visit, &app);

	if (err == OST_OK)
		err = portal_values(visit, "at_apps", &values);
	if (err != OST_OK)
		return err;
	apps_values(values, &app);
	err = app_form_show_callbacks(visit, values, &app);
	if (err == OST_OK)
		portal_show(visit, "account_app_callbacks", "app_callbacks",
			values);
	return err;
}

enum ost_err
app_callbacks_post(struct visit *visit)
{
	bool is_check = span_eq(portal_field(visit, "action"), SPAN("check"));
	struct values *values;
	const char *error;
	struct app app;
	enum ost_err err = apps_own_here(visit, &app);

	if (err == OST_OK)
		err = portal_values(visit, "at_apps", &values);
	if (err != OST_OK)
		return err;
	apps_values(values, &app);
	err = app_form_callbacks(visit, values, !is_check, &app);
	if (err != OST_OK)
		return err;
	if (!is_check && !values_have(values, "has_error")) {
		err = portal_password(visit, &error);
		if (err == OST_OK)
			return save(visit, &app);
		if (err != OST_DENIED)
			return err;
		portal_wrong(visit, values, "error_password", error);
	}
	values_flag(values, "is_checked", true);
	portal_show(visit, "account_app_callbacks", "app_callbacks", values);
	return OST_OK;
}
