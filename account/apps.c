/* /account/apps: the applications that the visitor has registered. */
#include "apps.h"
#include "activity.h"
#include "clock.h"
#include "pages.h"

#define PAGE_SIZE 50

enum ost_err
apps_own(struct visit *visit, struct span client_id, struct app *app)
{
	enum ost_err err = app_by_id(
		visit->context->accounts, visit->arena, client_id, app);

	if (err == OST_OK && span_eq(app->owner_id, visit->visitor.user.id))
		return OST_OK;
	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	portal_not_found(visit);
	return OST_DENIED;
}

enum ost_err
apps_own_here(struct visit *visit, struct app *app)
{
	return apps_own(visit,
		visit->form != NULL ? portal_field(visit, "id")
				    : portal_query(visit, "id"),
		app);
}

void
apps_note(struct visit *visit, enum event_kind kind, const struct app *app)
{
	event_note(visit->context, visit->arena, visit->visitor.user.id, kind,
		visit->request->address, app->name);
}

void
apps_values(struct values *values, const struct app *app)
{
	values_set(values, "client_id", app->client_id);
	values_set(values, "app_name", app->name);
	values_flag(values, "is_public", app->is_public);
	values_flag(values, "is_disabled", app->is_disabled);
}

/* A list parted by blanks as lines. */
static struct span
as_lines(struct visit *visit, struct span list)
{
	struct span item, lines = SPAN("");
	struct buf buf;

	buf_init(&buf, visit->arena);
	while (span_next(&list, ' ', &item)) {
		buf_add(&buf, item);
		buf_char(&buf, '\n');
	}
	if (buf_span(&buf, &lines) != OST_OK)
		visit->response->headers.is_failed = true;
	return lines;
}

static enum ost_err
add_row(struct visit *visit, struct values *values, const struct app *app)
{
	struct values *row = values_row(values, "apps");
	int64_t used_ms = 0;
	enum ost_err err = activity_last(visit->context->activity, visit->arena,
		app->client_id, &used_ms);

	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	apps_values(row, app);
	values_set(row, "description", app->description);
	values_set(row, "website", app->website);
	values_set(row, "prefixes", as_lines(visit, app->prefixes));
	values_set(row, "redirect_uris", as_lines(visit, app->redirect_uris));
	values_time(row, "created", app->created_ms);
	values_time(row, "used", used_ms);
	if (app->secret.old_until_ms > clock_wall_ms())
		values_time(row, "old_until", app->secret.old_until_ms);
	return OST_OK;
}

/* The number of ?page=, from 0; the first one for whatever is none. */
static size_t
page_wanted(const struct visit *visit)
{
	uint64_t page;

	if (span_to_u64(portal_query(visit, "page"), 1, 100000, &page) !=
		OST_OK)
		return 0;
	return (size_t)page - 1;
}

enum ost_err
apps_get(struct visit *visit)
{
	size_t n, page = page_wanted(visit), first = page * PAGE_SIZE;
	struct values *values;
	struct app *apps;
	enum ost_err err = portal_values(visit, "at_apps", &values);

	if (err == OST_OK)
		err = registration_list(visit->context->accounts, visit->arena,
			visit->visitor.user.id, &apps, &n);
	for (size_t i = first; err == OST_OK && i < n && i < first + PAGE_SIZE;
		i++)
		err = add_row(visit, values, &apps[i]);
	if (err != OST_OK)
		return err;
	values_flag(values, "may_register",
		visit->context->config->has_app_registration);
	if (page > 0)
		values_number(values, "page_before", (int64_t)page);
	if (first + PAGE_SIZE < n)
		values_number(values, "page_after", (int64_t)page + 2);
	portal_show(visit, "account_apps", "apps", values);
	return OST_OK;
}
