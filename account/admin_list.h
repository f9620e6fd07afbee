#ifndef OSTIARY_ADMIN_LIST_H
#define OSTIARY_ADMIN_LIST_H
#include "portal.h"
/* The operator's lists of records of the accounts store: searched by ?q=,
 * newest first, ADMIN_PAGE on a page by ?page=. */
#define ADMIN_PAGE  50
#define ADMIN_TEXTS 3

/* What a list has to know of one record; the spans live as long as scratch. */
struct admin_seen {
	struct span id, owner_id; /* owner_id absent: it has none */
	int64_t created_ms;
	struct span texts[ADMIN_TEXTS]; /* that are searched, besides the id */
};

struct admin_kind {
	const char *prefix;
	const char *path; /* of the page */
	enum ost_err (*look)(struct arena *scratch, struct span value,
		struct admin_seen *seen);
};
extern const struct admin_kind admin_users, admin_apps, admin_keys;

struct admin_list {
	const struct admin_kind *kind;
	struct span query, query_uri; /* as typed, and for an address */
	struct span *ids;	      /* those of this page */
	size_t n, total;
	size_t page, pages; /* from 1 */
};

/*
 * The page that the address asks for; the last one when it asks for a later
 * one. Found is what has the query in its id, its texts or in a text of its
 * owner, in any case of the letters A to Z. OST_STORE, OST_NOMEM.
 */
OST_CHECK enum ost_err admin_list(struct visit *visit,
	const struct admin_kind *kind, struct admin_list *list);
/* The newest ADMIN_PAGE of one owner; query and page do not count. */
OST_CHECK enum ost_err admin_list_of(struct visit *visit,
	const struct admin_kind *kind, struct span owner_id,
	struct admin_list *list);
/* What part_admin_search.html and part_admin_pager.html show. */
void admin_list_values(const struct admin_list *list, struct values *values);
#endif
