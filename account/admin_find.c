/* The records that the operator's pages show, one by one. */
#include "activity.h"
#include "admin.h"
#include "clock.h"

#define ID_MAX 64

void
admin_not_found(struct visit *visit)
{
	portal_not_found(visit);
}

/* Whether it can be the id of a record: the store takes no others as a key. */
static bool
is_id(struct span id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!char_is_alnum(id.p[i]) && id.p[i] != '_' && id.p[i] != '-')
			return false;
	return id.n > 0 && id.n <= ID_MAX;
}

static enum ost_err
answered(struct visit *visit, enum ost_err err)
{
	if (err != OST_NOTFOUND)
		return err;
	admin_not_found(visit);
	return OST_DENIED;
}

enum ost_err
admin_user(struct visit *visit, struct span id, struct user *user)
{
	return answered(visit, is_id(id) ? user_by_id(visit->context->accounts,
						   visit->arena, id, user)
					 : OST_NOTFOUND);
}

enum ost_err
admin_app(struct visit *visit, struct span id, struct app *app)
{
	return answered(visit, is_id(id) ? app_by_id(visit->context->accounts,
						   visit->arena, id, app)
					 : OST_NOTFOUND);
}

enum ost_err
admin_key(struct visit *visit, struct span id, struct key *key)
{
	return answered(visit, is_id(id) ? key_by_id(visit->context->accounts,
						   visit->arena, id, key)
					 : OST_NOTFOUND);
}

enum ost_err
admin_owner(struct visit *visit, struct span user_id, struct values *values)
{
	struct user user = { .name = SPAN_ABSENT };
	enum ost_err err = user_by_id(
		visit->context->accounts, visit->arena, user_id, &user);

	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	values_set(values, "owner_id", user_id);
	values_set(values, "owner", err == OST_OK ? user.name : SPAN_ABSENT);
	return OST_OK;
}

enum ost_err
admin_used(struct visit *visit, struct span id, struct values *values)
{
	int64_t used_ms = 0;
	enum ost_err err = activity_last(
		visit->context->activity, visit->arena, id, &used_ms);

	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	values_time(values, "used", used_ms);
	return OST_OK;
}

enum ost_err
admin_key_row(struct visit *visit, const struct key *key, struct values *values,
	const char *list)
{
	struct values *row = values_row(values, list);
	bool is_live = key_is_live(key, clock_wall_ms());
	enum ost_err err = admin_owner(visit, key->user_id, row);

	if (err == OST_OK)
		err = admin_used(visit, key->id, row);
	values_set(row, "id", key->id);
	values_set(row, "name", key->name);
	values_set(row, "state",
		key->is_revoked ? SPAN("admin.state.revoked")
		: is_live	? SPAN("admin.state.active")
				: SPAN("admin.state.expired"));
	values_set(row, "tone",
		key->is_revoked ? SPAN("bad")
		: is_live	? SPAN("ok")
				: SPAN("off"));
	values_flag(row, "is_live", is_live);
	values_time(row, "expires", key->expires_ms);
	values_time(row, "created", key->created_ms);
	return err;
}

enum ost_err
admin_app_row(struct visit *visit, const struct app *app, struct values *values,
	const char *list)
{
	struct values *row = values_row(values, list);
	enum ost_err err = admin_owner(visit, app->owner_id, row);

	if (err == OST_OK)
		err = admin_used(visit, app->client_id, row);
	values_set(row, "id", app->client_id);
	values_set(row, "name", app->name);
	values_set(row, "kind",
		app->is_public ? SPAN("admin.kind.public")
			       : SPAN("admin.kind.confidential"));
	values_set(row, "state",
		app->is_disabled ? SPAN("admin.state.disabled")
				 : SPAN("admin.state.active"));
	values_set(row, "tone", app->is_disabled ? SPAN("bad") : SPAN("ok"));
	values_time(row, "created", app->created_ms);
	return err;
}

void
admin_pager(struct values *values, size_t page, bool has_more)
{
	values_number(values, "page", (int64_t)page);
	values_flag(values, "is_paged", page > 1 || has_more);
	values_set(values, "previous", SPAN_ABSENT);
	values_set(values, "next", SPAN_ABSENT);
	if (page > 1)
		values_number(values, "previous", (int64_t)page - 1);
	if (has_more)
		values_number(values, "next", (int64_t)page + 1);
}
