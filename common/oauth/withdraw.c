#include "withdraw.h"
#include "collect.h"
#include "record.h"
#include "remembered.h"

/* What changes under our hands so often is in trouble. */
#define TRIES_MAX 100

struct theirs {
	struct span user_id, client_id; /* absent: anybody's */
};

static bool
is_of(struct span wanted, struct span id)
{
	return span_is_absent(wanted) || span_eq(wanted, id);
}

static bool
says(struct span value, const char *name, struct span wanted)
{
	return span_is_absent(wanted) || record_says(value, name, wanted);
}

static bool
is_theirs(const void *arg, struct span key, struct span value)
{
	const struct theirs *theirs = arg;
	struct span user_id, client_id;

	if (remembered_split(key, &user_id, &client_id))
		return is_of(theirs->user_id, user_id) &&
		       is_of(theirs->client_id, client_id);
	return says(value, "user", theirs->user_id) &&
	       says(value, "client_id", theirs->client_id);
}

/*
 * A code or device that is used stays, to be recognised: by now it is a grant.
 * One that was only decided meanwhile is looked at again, for it would become
 * a grant behind our back.
 */
static enum ost_err
end_unused(struct store *grants, struct arena *arena,
	const struct theirs *theirs, struct span key, struct span value)
{
	struct store_item item = { .action = STORE_DELETE,
		.expect = STORE_EQUALS,
		.key = key,
		.expected = value };
	enum ost_err err = OST_CONFLICT;

	for (int i = 0; i < TRIES_MAX && err == OST_CONFLICT; i++) {
		struct record *record;

		err = record_parse(arena, item.expected, &record);
		if (err != OST_OK)
			return err;
		if (!is_theirs(theirs, key, item.expected) ||
			record_get(record, "used_by").n > 0)
			return OST_OK;
		err = store_batch(grants, &item, 1);
		if (err != OST_CONFLICT)
			return err;
		err = store_get(grants, key, arena, &item.expected);
		if (err != OST_OK)
			return err == OST_NOTFOUND ? OST_OK : err;
		err = OST_CONFLICT;
	}
	return OST_STORE;
}

/* Of a kind that may be used meanwhile. */
static enum ost_err
end_all_unused(struct store *grants, struct arena *arena, const char *prefix,
	const struct theirs *theirs)
{
	struct collection found;
	enum ost_err err = collect_where(
		grants, span_of(prefix), is_theirs, theirs, arena, &found);

	for (size_t i = 0; err == OST_OK && i < found.n; i++)
		err = end_unused(grants, arena, theirs, found.items[i].key,
			found.items[i].value);
	return err;
}

/* A grant that was refreshed meanwhile, or a consent that was given once more,
 * ends too. */
static enum ost_err
end_all(struct store *grants, const char *prefix, const struct theirs *theirs,
	size_t *ended)
{
	return collect_delete(
		grants, span_of(prefix), is_theirs, theirs, ended);
}

enum ost_err
withdraw(const struct context *c, struct arena *arena, struct span user_id,
	struct span client_id, struct withdrawn *withdrawn)
{
	const struct theirs theirs = { user_id, client_id };
	enum ost_err err;

	*withdrawn = (struct withdrawn){ 0 };
	err = end_all(
		c->grants, REMEMBERED_PREFIX, &theirs, &withdrawn->consents);
	if (err == OST_OK)
		err = end_all_unused(c->grants, arena, "device:", &theirs);
	if (err == OST_OK)
		err = end_all_unused(c->grants, arena, "code:", &theirs);
	if (err == OST_OK && span_is_absent(client_id))
		err = end_all_unused(c->grants, arena, "ticket:", &theirs);
	if (err == OST_OK)
		err = end_all(c->grants, "grant:", &theirs, &withdrawn->grants);
	return err;
}
