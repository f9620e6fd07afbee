#include "admin_list.h"
#include "admin.h"
#include "app.h"
#include "codec.h"
#include "collect.h"
#include "key.h"

#include <stdlib.h>

#define SCRATCH_MAX ((size_t)1024 * 1024) /* of one record */

static enum ost_err
look_at_user(struct arena *scratch, struct span value, struct admin_seen *seen)
{
	struct user user;
	enum ost_err err = user_decode(scratch, value, &user);

	if (err == OST_OK)
		*seen = (struct admin_seen){ .id = user.id,
			.created_ms = user.created_ms,
			.texts = { user.name, user.display_name, user.email } };
	return err;
}

static enum ost_err
look_at_app(struct arena *scratch, struct span value, struct admin_seen *seen)
{
	struct app app;
	enum ost_err err = app_decode(scratch, value, &app);

	if (err == OST_OK)
		*seen = (struct admin_seen){ .id = app.client_id,
			.owner_id = app.owner_id,
			.created_ms = app.created_ms,
			.texts = { app.name } };
	return err;
}

static enum ost_err
look_at_key(struct arena *scratch, struct span value, struct admin_seen *seen)
{
	struct key key;
	enum ost_err err = key_decode(scratch, value, &key);

	if (err == OST_OK)
		*seen = (struct admin_seen){ .id = key.id,
			.owner_id = key.user_id,
			.created_ms = key.created_ms,
			.texts = { key.name } };
	return err;
}

const struct admin_kind admin_users = { "user:", "/account/admin/users",
	look_at_user };
const struct admin_kind admin_apps = { "app:", "/account/admin/apps",
	look_at_app };
const struct admin_kind admin_keys = { "key:", "/account/admin/keys",
	look_at_key };

/* What is looked for, and where it goes: keys are ids, expires_ms is when the
 * record was made. */
struct search {
	const struct admin_kind *kind;
	struct arena *scratch;
	struct span query;		 /* empty: all */
	struct span owner_id;		 /* absent: everybody's */
	const struct collection *owners; /* whose all is found; or NULL */
	struct collection found;
};

static bool
has_nocase(struct span text, struct span part)
{
	for (size_t i = 0; text.n >= part.n && i <= text.n - part.n; i++)
		if (span_eq_nocase((struct span){ text.p + i, part.n }, part))
			return true;
	return false;
}

static bool
is_found(const struct search *search, const struct admin_seen *seen)
{
	if (!span_is_absent(search->owner_id) &&
		!span_eq(search->owner_id, seen->owner_id))
		return false;
	if (search->query.n == 0 || has_nocase(seen->id, search->query))
		return true;
	for (size_t i = 0; i < ADMIN_TEXTS; i++)
		if (has_nocase(seen->texts[i], search->query))
			return true;
	return search->owners != NULL && !span_is_absent(seen->owner_id) &&
	       collection_find(search->owners, seen->owner_id) != NULL;
}

static enum ost_err
look(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct search *search = arg;
	struct admin_seen seen;
	enum ost_err err = search->kind->look(search->scratch, value, &seen);

	(void)key;
	(void)expires_ms;
	if (err == OST_OK && is_found(search, &seen))
		err = collection_add(
			&search->found, seen.id, SPAN(""), seen.created_ms);
	arena_reset(search->scratch);
	return err;
}

static int
newest_first(const void *a, const void *b)
{
	const struct collected *left = a, *right = b;

	if (left->expires_ms != right->expires_ms)
		return left->expires_ms < right->expires_ms ? 1 : -1;
	return span_order(left->key, right->key);
}

static enum ost_err
find_all(struct visit *visit, struct search *search)
{
	enum ost_err err;

	search->found = (struct collection){ .arena = visit->arena };
	search->scratch = arena_new(SCRATCH_MAX);
	if (search->scratch == NULL)
		return OST_NOMEM;
	err = store_each(visit->context->accounts,
		span_of(search->kind->prefix), look, search);
	arena_free(search->scratch);
	return err;
}

/* Takes the wanted page of what was found. */
static enum ost_err
cut(struct visit *visit, struct search *search, uint64_t page,
	struct admin_list *list)
{
	struct collection *found = &search->found;
	struct buf buf;
	size_t first;

	if (found->n > 0)
		qsort(found->items, found->n, sizeof(*found->items),
			newest_first);
	list->kind = search->kind;
	list->query = search->query;
	list->total = found->n;
	list->pages = found->n == 0 ? 1 : (found->n - 1) / ADMIN_PAGE + 1;
	list->page = page > list->pages ? list->pages : (size_t)page;
	first = (list->page - 1) * ADMIN_PAGE;
	list->n = found->n - first < ADMIN_PAGE ? found->n - first : ADMIN_PAGE;
	list->ids = arena_array(visit->arena, list->n + 1, sizeof(*list->ids));
	buf_init(&buf, visit->arena);
	percent_encode(&buf, search->query);
	if (list->ids == NULL || buf_span(&buf, &list->query_uri) != OST_OK)
		return OST_NOMEM;
	for (size_t i = 0; i < list->n; i++)
		list->ids[i] = found->items[first + i].key;
	return OST_OK;
}

enum ost_err
admin_list(struct visit *visit, const struct admin_kind *kind,
	struct admin_list *list)
{
	struct search search = { .kind = kind,
		.query = portal_query(visit, "q"),
		.owner_id = SPAN_ABSENT };
	struct search owners = { .kind = &admin_users,
		.query = search.query,
		.owner_id = SPAN_ABSENT };
	enum ost_err err = OST_OK;
	uint64_t page;

	if (span_to_u64(portal_query(visit, "page"), 1, UINT32_MAX, &page) !=
		OST_OK)
		page = 1;
	if (kind != &admin_users && search.query.n > 0) {
		err = find_all(visit, &owners);
		collection_sort(&owners.found);
		search.owners = &owners.found;
	}
	if (err == OST_OK)
		err = find_all(visit, &search);
	return err == OST_OK ? cut(visit, &search, page, list) : err;
}

enum ost_err
admin_list_of(struct visit *visit, const struct admin_kind *kind,
	struct span owner_id, struct admin_list *list)
{
	struct search search = {
		.kind = kind, .query = SPAN(""), .owner_id = owner_id
	};
	enum ost_err err = find_all(visit, &search);

	return err == OST_OK ? cut(visit, &search, 1, list) : err;
}

void
admin_list_values(const struct admin_list *list, struct values *values)
{
	values_set(values, "list_path", span_of(list->kind->path));
	values_set(values, "q", list->query);
	values_number(values, "total", (int64_t)list->total);
	values_number(values, "pages", (int64_t)list->pages);
	admin_pager(values, list->page, list->page < list->pages);
	values_set(values, "q_uri", list->query_uri);
}
