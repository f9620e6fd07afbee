/* /account/admin/users, apps and keys: the operator's lists. */
#include "admin.h"
#include "admin_list.h"
#include "pages.h"
#include "signup.h"

static enum ost_err
user_row(struct visit *visit, struct span id, struct values *values)
{
	struct values *row;
	struct user user;
	enum ost_err err =
		user_by_id(visit->context->accounts, visit->arena, id, &user);

	if (err != OST_OK)
		return err;
	row = values_row(values, "rows");
	values_set(row, "id", user.id);
	values_set(row, "name", user.name);
	values_set(row, "display_name", user.display_name);
	values_set(row, "email", user.email);
	values_set(row, "roles", user.roles);
	values_set(row, "state",
		user.is_disabled ? SPAN("admin.state.disabled")
				 : SPAN("admin.state.active"));
	values_set(row, "tone", user.is_disabled ? SPAN("bad") : SPAN("ok"));
	values_flag(row, "has_two_steps", user_has_two_steps(&user));
	values_time(row, "created", user.created_ms);
	return OST_OK;
}

static enum ost_err
app_row(struct visit *visit, struct span id, struct values *values)
{
	struct app app;
	enum ost_err err =
		app_by_id(visit->context->accounts, visit->arena, id, &app);

	return err == OST_OK ? admin_app_row(visit, &app, values, "rows") : err;
}

static enum ost_err
key_row(struct visit *visit, struct span id, struct values *values)
{
	struct key key;
	enum ost_err err =
		key_by_id(visit->context->accounts, visit->arena, id, &key);

	return err == OST_OK ? admin_key_row(visit, &key, values, "rows") : err;
}

static enum ost_err
show(struct visit *visit, const struct admin_kind *kind, const char *page,
	const char *label,
	enum ost_err (*add_row)(
		struct visit *visit, struct span id, struct values *values))
{
	struct admin_list list;
	struct values *values;
	enum ost_err err = portal_values(visit, "at_admin", &values);

	if (err == OST_OK)
		err = admin_list(visit, kind, &list);
	if (err != OST_OK)
		return err;
	for (size_t i = 0; err == OST_OK && i < list.n; i++) {
		err = add_row(visit, list.ids[i], values);
		/* It has gone since it was found. */
		if (err == OST_NOTFOUND)
			err = OST_OK;
	}
	if (err != OST_OK)
		return err;
	admin_list_values(&list, values);
	values_set(values, "search_label", span_of(label));
	values_flag(values, "may_invite",
		visit->context->config->signup != SIGNUP_OFF);
	portal_show(visit, "account", page, values);
	return OST_OK;
}

enum ost_err
admin_users_get(struct visit *visit)
{
	return show(visit, &admin_users, "admin_users", "admin.search_users",
		user_row);
}

enum ost_err
admin_apps_get(struct visit *visit)
{
	return show(
		visit, &admin_apps, "admin_apps", "admin.search_apps", app_row);
}

enum ost_err
admin_keys_get(struct visit *visit)
{
	return show(
		visit, &admin_keys, "admin_keys", "admin.search_keys", key_row);
}
