/* /account/allowed: the applications that may act for the visitor, and how to
 * end that. */
#include "allowed.h"
#include "event.h"
#include "pages.h"
#include "rights.h"
#include "withdraw.h"

#define PAGE_SIZE 50

static enum ost_err
set_entry(struct visit *visit, struct values *row, const struct allowed *entry)
{
	struct span rights;
	enum ost_err err = rights_text(visit->arena,
		visit->response->look.language, &visit->context->config->scopes,
		entry->scope, entry->is_offline, &rights);

	if (err != OST_OK)
		return err;
	values_set(row, "client_id", entry->client_id);
	values_set(row, "app_name", entry->name);
	values_set(row, "rights", rights);
	values_time(row, "since", entry->since_ms);
	values_time(row, "used", entry->used_ms);
	values_flag(row, "is_gone", entry->is_gone);
	values_flag(row, "is_remembered", entry->is_remembered);
	values_flag(row, "is_offline", entry->is_offline);
	return OST_OK;
}

static enum ost_err
list_of(struct visit *visit, struct allowed **list, size_t *n)
{
	return allowed_list(
		visit->context, visit->arena, visit->visitor.user.id, list, n);
}

enum ost_err
allowed_get(struct visit *visit)
{
	struct values *values;
	struct allowed *list;
	uint64_t page = 1;
	size_t n, first;
	enum ost_err err = portal_values(visit, "at_allowed", &values);

	if (err == OST_OK)
		err = list_of(visit, &list, &n);
	if (err != OST_OK)
		return err;
	if (span_to_u64(portal_query(visit, "page"), 1, 100000, &page) !=
		OST_OK)
		page = 1;
	first = (size_t)(page - 1) * PAGE_SIZE;
	for (size_t i = first; err == OST_OK && i < n && i < first + PAGE_SIZE;
		i++)
		err = set_entry(visit, values_row(values, "apps"), &list[i]);
	if (err != OST_OK)
		return err;
	if (page > 1)
		values_number(values, "page_before", (int64_t)page - 1);
	if (first + PAGE_SIZE < n)
		values_number(values, "page_after", (int64_t)page + 1);
	portal_show(visit, "account_allowed", "allowed", values);
	return OST_OK;
}

/* OST_DENIED: nothing is allowed to such a one, and that is answered. */
static enum ost_err
find(struct visit *visit, struct span client_id, struct allowed *entry)
{
	enum ost_err err = allowed_find(visit->context, visit->arena,
		visit->visitor.user.id, client_id, entry);

	if (err != OST_NOTFOUND)
		return err;
	portal_not_found(visit);
	return OST_DENIED;
}

enum ost_err
allowed_withdraw_get(struct visit *visit)
{
	struct values *values;
	struct allowed entry;
	enum ost_err err = find(visit, portal_query(visit, "id"), &entry);

	if (err == OST_OK)
		err = portal_values(visit, "at_allowed", &values);
	if (err == OST_OK)
		err = set_entry(visit, values, &entry);
	if (err != OST_OK)
		return err;
	portal_show(visit, "account_withdraw", "allowed_withdraw", values);
	return OST_OK;
}

enum ost_err
allowed_withdraw_post(struct visit *visit)
{
	struct withdrawn ended;
	struct allowed entry;
	enum ost_err err = find(visit, portal_field(visit, "id"), &entry);

	if (err == OST_OK)
		err = portal_once(visit);
	if (err == OST_OK)
		err = withdraw(visit->context, visit->visitor.user.id,
			entry.client_id, &ended);
	if (err != OST_OK)
		return err;
	event_note(visit->context, visit->arena, visit->visitor.user.id,
		EVENT_APP_WITHDRAWN, visit->request->address, entry.name);
	portal_done(visit, "/account/allowed", "app_withdrawn");
	return OST_OK;
}
