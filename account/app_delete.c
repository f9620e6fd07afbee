/* /account/apps/delete: says what a deletion ends before it is done. */
#include "apps.h"
#include "pages.h"

/* error NULL: the password was not asked for yet. */
static enum ost_err
show(struct visit *visit, const struct app *app, const char *error)
{
	size_t people = 0;
	struct values *values;
	enum ost_err err = portal_values(visit, "at_apps", &values);

	if (err == OST_OK)
		err = registration_people(
			visit->context, visit->arena, app->client_id, &people);
	if (err != OST_OK)
		return err;
	apps_values(values, app);
	values_number(values, "people", (int64_t)people);
	values_flag(values, "is_nobody", people == 0);
	values_flag(values, "is_one", people == 1);
	values_flag(values, "is_some", people > 1 && people < APP_PEOPLE_MAX);
	values_flag(values, "is_many", people == APP_PEOPLE_MAX);
	if (error != NULL)
		portal_wrong(visit, values, "error_password", error);
	portal_show(visit, "account_app_delete", "app_delete", values);
	return OST_OK;
}

enum ost_err
app_delete_get(struct visit *visit)
{
	struct app app;
	enum ost_err err = apps_own_here(visit, &app);

	return err == OST_OK ? show(visit, &app, NULL) : err;
}

enum ost_err
app_delete_post(struct visit *visit)
{
	const char *error;
	struct app app;
	enum ost_err err = apps_own_here(visit, &app);

	if (err == OST_OK)
		err = portal_password(visit, &error);
	else
		return err;
	if (err == OST_DENIED)
		return show(visit, &app, error);
	if (err == OST_OK)
		err = portal_once(visit);
	if (err == OST_OK)
		err = registration_end(visit->context, visit->arena, &app);
	if (err == OST_CONFLICT)
		err = OST_BUSY;
	if (err != OST_OK)
		return err;
	apps_note(visit, EVENT_APP_DELETED, &app);
	portal_done(visit, "/account/apps", "app_deleted");
	return OST_OK;
}
