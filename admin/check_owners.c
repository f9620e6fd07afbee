#include "access.h"
#include "check.h"
#include "record.h"

const struct collected *
check_find(const struct check *check, unsigned int store, const char *prefix,
	struct span id, enum ost_err *err)
{
	struct span key;

	*err = record_key(check->arena, prefix, id, &key);
	if (*err != OST_OK)
		return NULL;
	return collection_find(&check->stores[store].found, key);
}

static enum ost_err
expect_there(struct check *check, unsigned int store, bool is_error,
	struct span key, const char *prefix, struct span id, const char *what)
{
	enum ost_err err;

	if (check_find(check, DUMP_ACCOUNTS, prefix, id, &err) == NULL &&
		err == OST_OK)
		(void)check_add(check, store, is_error, key,
			"its %s %.*s is not there", what, SPAN_ARG(id));
	return err;
}

/* What is not there makes it dead, whatever it says: no error. */
static enum ost_err
expect_both(struct check *check, const struct collected *record,
	struct span user_id, struct span client_id)
{
	enum ost_err err = OST_OK;

	if (user_id.n > 0)
		err = expect_there(check, DUMP_GRANTS, false, record->key,
			"user:", user_id, "user");
	if (err == OST_OK)
		err = expect_there(check, DUMP_GRANTS, false, record->key,
			"app:", client_id, "application");
	return err;
}

/* A grant may have been ended before its refresh tokens are forgotten, but one
 * that is there must be theirs. */
static enum ost_err
check_grant_of(struct check *check, const struct collected *record)
{
	const struct collected *target;
	struct refresh refresh;
	struct grant grant;
	enum ost_err err =
		refresh_decode(check->arena, record->value, &refresh);

	if (err != OST_OK)
		return err;
	target = check_find(
		check, DUMP_GRANTS, "grant:", refresh.grant_id, &err);
	if (err != OST_OK || target == NULL)
		return err;
	err = grant_decode(check->arena, target->value, &grant);
	if (err == OST_OK && (grant.ends_ms == 0 || !span_eq(grant.client_id,
							    refresh.client_id)))
		(void)check_add(check, DUMP_GRANTS, true, record->key,
			"its grant %.*s has no such refresh token",
			SPAN_ARG(refresh.grant_id));
	/* That cannot be read was said of the grant. */
	return err == OST_STORE ? OST_OK : err;
}

static enum ost_err
check_access(struct check *check, const struct collected *item)
{
	struct remembered consent;
	struct record *record;
	enum ost_err err;

	if (span_starts(item->key, SPAN("refresh:")))
		return check_grant_of(check, item);
	if (span_starts(item->key, SPAN("consent:"))) {
		err = consent_decode(
			check->arena, item->key, item->value, &consent);
		return err == OST_OK ? expect_both(check, item, consent.user_id,
					       consent.client_id)
				     : err;
	}
	if (!span_starts(item->key, SPAN("grant:")) &&
		!span_starts(item->key, SPAN("device:")))
		return OST_OK;
	err = record_parse(check->arena, item->value, &record);
	return err == OST_OK
		       ? expect_both(check, item, record_get(record, "user"),
				 record_get(record, "client_id"))
		       : err;
}

/* A key that was made with another ends with it: no error either, but it is
 * dead whatever it says. */
static enum ost_err
check_key(struct check *check, struct span key, const struct key *api_key)
{
	enum ost_err err = expect_there(check, DUMP_ACCOUNTS, true, key,
		"user:", api_key->user_id, "user");

	if (err != OST_OK || api_key->made_by.n == 0)
		return err;
	return expect_there(check, DUMP_ACCOUNTS, false, key,
		"key:", api_key->made_by, "maker, the key");
}

enum ost_err
check_owners(
	struct check *check, unsigned int store, const struct collected *record)
{
	struct span key = record->key;
	struct app app;
	struct key api_key;
	enum ost_err err = OST_OK;

	if (store == DUMP_ACCOUNTS && span_starts(key, SPAN("app:"))) {
		err = app_decode(check->arena, record->value, &app);
		if (err == OST_OK)
			err = expect_there(check, store, true, key,
				"user:", app.owner_id, "owner");
	} else if (store == DUMP_ACCOUNTS && span_starts(key, SPAN("key:"))) {
		err = key_decode(check->arena, record->value, &api_key);
		if (err == OST_OK)
			err = check_key(check, key, &api_key);
	} else if (store == DUMP_GRANTS) {
		err = check_access(check, record);
	}
	return err;
}
