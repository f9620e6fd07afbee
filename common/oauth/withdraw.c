#include "withdraw.h"
#include "collect.h"
#include "record.h"
#include "remembered.h"

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

/* A code or device that is used stays, to be recognised: by now it is a
 * grant. */
static bool
is_theirs_unused(const void *arg, struct span key, struct span value)
{
	return is_theirs(arg, key, value) && !record_has(value, "used_by");
}

/* One that is used meanwhile may go with its mark: its grant ends below. */
static enum ost_err
end_all_unused(struct store *grants, const char *prefix,
	const struct theirs *theirs, size_t *ended)
{
	return collect_delete(
		grants, span_of(prefix), is_theirs_unused, theirs, ended);
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
withdraw(const struct context *c, struct span user_id, struct span client_id,
	struct withdrawn *withdrawn)
{
	const struct theirs theirs = { user_id, client_id };
	size_t devices = 0, codes = 0, tickets;
	enum ost_err err;

	*withdrawn = (struct withdrawn){ 0 };
	err = end_all(
		c->grants, REMEMBERED_PREFIX, &theirs, &withdrawn->consents);
	if (err == OST_OK)
		err = end_all_unused(c->grants, "device:", &theirs, &devices);
	if (err == OST_OK)
		err = end_all_unused(c->grants, "code:", &theirs, &codes);
	if (err == OST_OK && span_is_absent(client_id))
		err = end_all_unused(c->grants, "ticket:", &theirs, &tickets);
	if (err == OST_OK)
		err = end_all(c->grants, "grant:", &theirs, &withdrawn->grants);
	withdrawn->pending = devices + codes;
	return err;
}
