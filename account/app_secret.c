/* /account/apps/rotate, and the page that shows a secret once. */
#include "apps.h"
#include "clock.h"
#include "pages.h"

#define DAY_MS (86400 * (int64_t)1000)

enum ost_err
app_secret_show(struct visit *visit, const struct app *app, struct span secret,
	bool is_new, int64_t old_until_ms)
{
	struct values *values;
	enum ost_err err = portal_values(visit, "at_apps", &values);

	if (err != OST_OK)
		return err;
	apps_values(values, app);
	values_set(values, "client_secret", secret);
	values_flag(values, "is_new", is_new);
	values_flag(values, "is_rotated", !is_new);
	values_time(values, "old_until", old_until_ms);
	err = app_connect_lines(visit, values, app, secret);
	if (err == OST_OK)
		portal_show(visit, is_new ? "app_created" : "app_rotated",
			"app_secret", values);
	return err;
}

/* A public application has no secret that could be replaced. OST_DENIED:
 * answered. */
static enum ost_err
own_with_secret(struct visit *visit, struct app *app)
{
	enum ost_err err = apps_own_here(visit, app);

	if (err != OST_OK || !app->is_public)
		return err;
	portal_error(visit, 404, "error.not_found", "apps.public_rotate",
		"not_found");
	return OST_DENIED;
}

enum ost_err
app_rotate_get(struct visit *visit)
{
	struct values *values;
	struct app app;
	enum ost_err err = own_with_secret(visit, &app);

	if (err == OST_OK)
		err = portal_values(visit, "at_apps", &values);
	if (err != OST_OK)
		return err;
	apps_values(values, &app);
	portal_show(visit, "account_app_rotate", "app_rotate", values);
	return OST_OK;
}

/* Sets which one of the choices was made; false: none. */
static bool
read_overlap(struct visit *visit, struct values *values, int64_t *old_until_ms)
{
	static const struct {
		const char *days, *name;
		int64_t n;
	} choices[] = {
		{ "0", "overlap_0", 0 },
		{ "1", "overlap_1", 1 },
		{ "7", "overlap_7", 7 },
		{ "30", "overlap_30", 30 },
	};
	struct span days = portal_field(visit, "overlap");

	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		if (!span_eq(days, span_of(choices[i].days)))
			continue;
		values_flag(values, choices[i].name, true);
		*old_until_ms =
			choices[i].n == 0
				? 0
				: clock_wall_ms() + choices[i].n * DAY_MS;
		return true;
	}
	return false;
}

static enum ost_err
rotate(struct visit *visit, struct app *app, int64_t old_until_ms)
{
	struct span secret;
	enum ost_err err = portal_once(visit);

	if (err == OST_OK)
		err = registration_rotate(visit->context->accounts,
			visit->arena, app, old_until_ms, &secret);
	if (err == OST_CONFLICT)
		err = OST_BUSY;
	if (err != OST_OK)
		return err;
	apps_note(visit, EVENT_APP_ROTATED, app);
	return app_secret_show(visit, app, secret, false, old_until_ms);
}

enum ost_err
app_rotate_post(struct visit *visit)
{
	int64_t old_until_ms = 0;
	struct values *values;
	const char *error;
	struct app app;
	enum ost_err err = own_with_secret(visit, &app);

	if (err == OST_OK)
		err = portal_values(visit, "at_apps", &values);
	if (err != OST_OK)
		return err;
	apps_values(values, &app);
	if (!read_overlap(visit, values, &old_until_ms)) {
		portal_wrong(
			visit, values, "error_overlap", "apps.overlap_wrong");
	} else {
		err = portal_password(visit, &error);
		if (err == OST_OK)
			return rotate(visit, &app, old_until_ms);
		if (err != OST_DENIED)
			return err;
		portal_wrong(visit, values, "error_password", error);
	}
	portal_show(visit, "account_app_rotate", "app_rotate", values);
	return OST_OK;
}
