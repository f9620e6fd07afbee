#ifndef OSTIARY_KEY_QUERY_H
#define OSTIARY_KEY_QUERY_H
#include "form.h"
#include "key.h"
/* What the keys API is asked for: the order and the page of a list, a new
 * key. */

enum key_order {
	KEY_ORDER_CREATED,
	KEY_ORDER_NAME,
	KEY_ORDER_ID,
	KEY_ORDER_USED,
	KEY_ORDER_DELETED,
};

struct key_query {
	uint64_t limit, offset; /* limit 1 to 100, else 50 */
	enum key_order order;
	bool is_descending, has_deleted;
	struct span seek;   /* the id of the key before the first; or absent */
	struct span search; /* part of the name, in any case; or absent */
};

/* limit, offset, sortBy, sortOrder, seek, nameSearch, includeDeleted of a query
 * string; others mean nothing. OST_BADINPUT: one of them cannot be, *name says
 * which (NULL: the string as a whole), or stands there twice. OST_NOMEM. */
OST_CHECK enum ost_err key_query_parse(struct arena *arena, struct span text,
	struct key_query *query, const char **name);

/* A key with the time of its last use; 0: never. */
struct key_shown {
	struct key key;
	int64_t used_ms;
};
/*
 * Sorts keys and keeps, in place, those that the query wants: *n becomes how
 * many. OST_BADINPUT: `seek` is none of them.
 */
OST_CHECK enum ost_err key_query_apply(
	const struct key_query *query, struct key_shown *keys, size_t *n);

/* What a body of JSON asks for: {"keyName", "expires"?}. expires is seconds
 * from now, or a date or time of ISO 8601. OST_BADINPUT: *why is a sentence,
 * a literal. The name is not judged here. OST_TOOBIG, OST_NOMEM. */
OST_CHECK enum ost_err key_asked_for(struct arena *arena, struct span body,
	struct span *key_name, int64_t *expires_ms, const char **why);
#endif
