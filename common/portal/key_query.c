#include "key_query.h"
#include "clock.h"
#include "iso_time.h"
#include "json.h"

#define LIST_DEFAULT  50
#define LIST_MAX      100
#define BODY_MAX      8192
#define EXPIRES_MAX_S (INT64_C(100) * 366 * 86400)

static const struct {
	const char *name;
	enum key_order order;
} orders[] = {
	{ "createdAt", KEY_ORDER_CREATED },
	{ "createdAtTimestamp", KEY_ORDER_CREATED },
	{ "keyName", KEY_ORDER_NAME },
	{ "keyId", KEY_ORDER_ID },
	{ "lastUsedAt", KEY_ORDER_USED },
	{ "lastUsedAtTimestamp", KEY_ORDER_USED },
	{ "deletedAt", KEY_ORDER_DELETED },
	{ "deletedAtTimestamp", KEY_ORDER_DELETED },
};

static enum ost_err
read_order(struct span text, struct key_query *query)
{
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		if (span_eq(text, span_of(orders[i].name))) {
			query->order = orders[i].order;
			return OST_OK;
		}
	return OST_BADINPUT;
}

/* One of two words, in any case; *yes: the second. */
static enum ost_err
read_choice(struct span text, const char *no, const char *yes, bool *is_yes)
{
	*is_yes = span_eq_nocase(text, span_of(yes));
	return *is_yes || span_eq_nocase(text, span_of(no)) ? OST_OK
							    : OST_BADINPUT;
}

static enum ost_err
read_limit(struct span text, struct key_query *query)
{
	return span_to_u64(text, 1, LIST_MAX, &query->limit);
}

static enum ost_err
read_offset(struct span text, struct key_query *query)
{
	return span_to_u64(text, 0, INT32_MAX, &query->offset);
}

static enum ost_err
read_direction(struct span text, struct key_query *query)
{
	return read_choice(text, "asc", "desc", &query->is_descending);
}

static enum ost_err
read_deleted(struct span text, struct key_query *query)
{
	return read_choice(text, "false", "true", &query->has_deleted);
}

static enum ost_err
read_seek(struct span text, struct key_query *query)
{
	query->seek = text;
	return OST_OK;
}

static enum ost_err
read_search(struct span text, struct key_query *query)
{
	query->search = text;
	return OST_OK;
}

static const struct {
	const char *name;
	enum ost_err (*read)(struct span text, struct key_query *query);
} parameters[] = {
	{ "limit", read_limit },
	{ "offset", read_offset },
	{ "sortBy", read_order },
	{ "sortOrder", read_direction },
	{ "seek", read_seek },
	{ "nameSearch", read_search },
	{ "includeDeleted", read_deleted },
};

enum ost_err
key_query_parse(struct arena *arena, struct span text, struct key_query *query,
	const char **name)
{
	struct key_query read = { .limit = LIST_DEFAULT };
	struct form *form;
	struct span value;
	enum ost_err err = form_parse(arena, text, &form);

	*name = NULL;
	for (size_t i = 0;
		err == OST_OK && i < sizeof(parameters) / sizeof(parameters[0]);
		i++) {
		*name = parameters[i].name;
		err = form_get(form, *name, &value);
		if (err == OST_OK)
			err = parameters[i].read(value, &read);
		else if (err == OST_NOTFOUND)
			err = OST_OK;
	}
	if (err == OST_OK)
		*query = read;
	return err == OST_TOOBIG ? OST_BADINPUT : err;
}

/* By a time, a name, and in the end by the id, so that no two are alike. */
static int
compare_times(int64_t left, int64_t right)
{
	return (left > right) - (left < right);
}

static int
compare_spans(struct span left, struct span right, bool is_folded)
{
	for (size_t i = 0; i < left.n && i < right.n; i++) {
		unsigned char a = (unsigned char)left.p[i],
			      b = (unsigned char)right.p[i];

		if (is_folded) {
			a = (unsigned char)char_lower((char)a);
			b = (unsigned char)char_lower((char)b);
		}
		if (a != b)
			return a < b ? -1 : 1;
	}
	return (left.n > right.n) - (left.n < right.n);
}

static int
compare(enum key_order order, const struct key_shown *left,
	const struct key_shown *right)
{
	int found = 0;

	switch (order) {
	case KEY_ORDER_CREATED:
		found = compare_times(
			left->key.created_ms, right->key.created_ms);
		break;
	case KEY_ORDER_NAME:
		found = compare_spans(left->key.name, right->key.name, true);
		break;
	case KEY_ORDER_USED:
		found = compare_times(left->used_ms, right->used_ms);
		break;
	case KEY_ORDER_DELETED:
		found = compare_times(
			left->key.revoked_ms, right->key.revoked_ms);
		break;
	case KEY_ORDER_ID:
		break;
	}
	return found != 0 ? found
			  : compare_spans(left->key.id, right->key.id, false);
}

/* Of at most some hundred keys: by insertion, for qsort() has no argument. */
static void
sort(const struct key_query *query, struct key_shown *keys, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct key_shown moved = keys[i];
		size_t at = i;

		for (; at > 0; at--) {
			int order =
				compare(query->order, &keys[at - 1], &moved);

			if (query->is_descending ? order >= 0 : order <= 0)
				break;
			keys[at] = keys[at - 1];
		}
		keys[at] = moved;
	}
}

static bool
has_part(struct span text, struct span part)
{
	for (size_t i = 0; i + part.n <= text.n; i++)
		if (span_eq_nocase((struct span){ text.p + i, part.n }, part))
			return true;
	return false;
}

enum ost_err
key_query_apply(
	const struct key_query *query, struct key_shown *keys, size_t *n)
{
	bool is_before = !span_is_absent(query->seek);
	uint64_t skipped = 0;
	size_t kept = 0;

	sort(query, keys, *n);
	for (size_t i = 0; i < *n; i++) {
		const struct key *key = &keys[i].key;

		if (is_before) {
			is_before = !span_eq(key->id, query->seek);
			continue;
		}
		if ((key->is_revoked && !query->has_deleted) ||
			!has_part(key->name, query->search))
			continue;
		if (skipped++ >= query->offset && kept < query->limit)
			keys[kept++] = keys[i];
	}
	*n = kept;
	return is_before ? OST_BADINPUT : OST_OK;
}

static enum ost_err
read_expires(const struct json *root, int64_t *expires_ms)
{
	struct span text;
	int64_t seconds;
	enum ost_err err = json_get_i64(root, "expires", &seconds);

	*expires_ms = 0;
	if (err == OST_NOTFOUND)
		return OST_OK;
	if (err == OST_OK) {
		if (seconds < 1 || seconds > EXPIRES_MAX_S)
			return OST_BADINPUT;
		*expires_ms = clock_wall_ms() + seconds * 1000;
		return OST_OK;
	}
	err = json_get_string(root, "expires", &text);
	if (err == OST_OK)
		err = iso_time_parse(text, expires_ms);
	return err == OST_OK && *expires_ms <= clock_wall_ms() ? OST_BADINPUT
							       : err;
}

enum ost_err
key_asked_for(struct arena *arena, struct span body, struct span *key_name,
	int64_t *expires_ms, const char **why)
{
	struct span name = SPAN("");
	struct json *root = NULL;
	enum ost_err err = json_parse(body, BODY_MAX, &root);

	*why = "The body is not a JSON object";
	if (err == OST_OK && !json_is_object(root))
		err = OST_BADINPUT;
	if (err == OST_OK) {
		*why = "keyName is not a string";
		err = json_get_string(root, "keyName", &name);
		if (err == OST_NOTFOUND)
			err = OST_OK;
	}
	if (err == OST_OK)
		err = arena_copy(arena, name, key_name);
	if (err == OST_OK) {
		*why = "expires is neither seconds nor a date to come";
		err = read_expires(root, expires_ms);
	}
	json_free(root);
	return err;
}
