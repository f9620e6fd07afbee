/* /account/keys/rotate and /account/keys/revoke: one key of the visitor's. */
#include "clock.h"
#include "event.h"
#include "keys.h"
#include "pages.h"

static const struct choice overlaps[] = {
	{ "0", "overlap_0", 0 },
	{ "1", "overlap_1", 1 },
	{ "7", "overlap_7", 7 },
	{ "30", "overlap_30", 30 },
	{ NULL, NULL, 0 },
};

/*
 * The visitor's own key of that id that works. OST_DENIED: answered; somebody
 * else's is not there.
 */
static enum ost_err
find_key(struct visit *visit, struct span id, struct key *key)
{
	enum ost_err err =
		key_by_id(visit->context->accounts, visit->arena, id, key);

	if (err == OST_OK && !span_eq(key->user_id, visit->visitor.user.id))
		err = OST_NOTFOUND;
	if (err == OST_NOTFOUND) {
		portal_not_found(visit);
		return OST_DENIED;
	}
	if (err != OST_OK || key_is_live(key, clock_wall_ms()))
		return err;
	portal_done(visit, "/account/keys", "key_dead");
	return OST_DENIED;
}

/* The page about a key, as values are. */
static enum ost_err
show_page(struct visit *visit, const char *page, struct values *values,
	const struct key *key)
{
	enum ost_err err = key_show(visit, values, key);

	if (err == OST_OK)
		portal_show(visit, page, page, values);
	return err;
}

/* Proves the password and uses the form up. OST_DENIED: answered. */
static enum ost_err
prove(struct visit *visit, const char *page, struct values *values,
	const struct key *key)
{
	const char *error = NULL;
	enum ost_err err = portal_password(visit, &error);

	if (err == OST_OK)
		return portal_once(visit);
	if (err != OST_DENIED || error == NULL)
		return err;
	portal_wrong(visit, values, "error_password", error);
	err = show_page(visit, page, values, key);
	return err == OST_OK ? OST_DENIED : err;
}

/* Somebody else changed the key in this moment. */
static enum ost_err
overtaken(struct visit *visit)
{
	portal_done(visit, "/account/keys", "key_overtaken");
	return OST_OK;
}

enum ost_err
key_rotate_get(struct visit *visit)
{
	struct values *values;
	struct key key;
	enum ost_err err = find_key(visit, portal_query(visit, "id"), &key);

	if (err == OST_OK)
		err = portal_values(visit, "at_keys", &values);
	if (err != OST_OK)
		return err;
	choice_show(values, overlaps, SPAN("7"));
	return show_page(visit, "key_rotate", values, &key);
}

/* Until when the old secret works: no longer than the key. 0: not any more. */
static int64_t
overlap_end(const struct key *key, int64_t days)
{
	int64_t until_ms = clock_wall_ms() + days * DAY_MS;

	if (days == 0)
		return 0;
	return key->expires_ms != 0 && key->expires_ms < until_ms
		       ? key->expires_ms
		       : until_ms;
}

static enum ost_err
rotate(struct visit *visit, struct values *values, struct key *key,
	int64_t old_until_ms)
{
	struct span secret, hash;
	enum ost_err err = secret_new(visit->arena, SECRET_KEY_PREFIX, &secret);

	if (err == OST_OK)
		err = secret_hash(visit->arena, secret, &hash);
	if (err == OST_OK)
		err = key_rotate(visit->context->accounts, visit->arena, key,
			hash, old_until_ms);
	if (err == OST_CONFLICT)
		return overtaken(visit);
	if (err != OST_OK)
		return err;
	event_note(visit->context, visit->arena, visit->visitor.user.id,
		EVENT_KEY_ROTATED, visit->request->address, key->name);
	values_flag(values, "is_rotated", true);
	return key_tell(visit, values, key, secret, "key_rotated");
}

enum ost_err
key_rotate_post(struct visit *visit)
{
	struct span chosen = portal_field(visit, "overlap");
	const struct choice *choice = choice_find(overlaps, chosen);
	struct values *values;
	struct key key;
	enum ost_err err = find_key(visit, portal_field(visit, "id"), &key);

	if (err == OST_OK)
		err = portal_values(visit, "at_keys", &values);
	if (err != OST_OK)
		return err;
	choice_show(values, overlaps, choice != NULL ? chosen : SPAN("7"));
	if (choice == NULL) {
		portal_wrong(
			visit, values, "error_overlap", "keys.overlap_unknown");
		return show_page(visit, "key_rotate", values, &key);
	}
	err = prove(visit, "key_rotate", values, &key);
	return err == OST_OK ? rotate(visit, values, &key,
				       overlap_end(&key, choice->days))
			     : err;
}

enum ost_err
key_revoke_get(struct visit *visit)
{
	struct values *values;
	struct key key;
	enum ost_err err = find_key(visit, portal_query(visit, "id"), &key);

	if (err == OST_OK)
		err = portal_values(visit, "at_keys", &values);
	return err == OST_OK ? show_page(visit, "key_revoke", values, &key)
			     : err;
}

enum ost_err
key_revoke_post(struct visit *visit)
{
	struct values *values;
	struct key key;
	enum ost_err err = find_key(visit, portal_field(visit, "id"), &key);

	if (err == OST_OK)
		err = portal_values(visit, "at_keys", &values);
	if (err == OST_OK)
		err = prove(visit, "key_revoke", values, &key);
	if (err != OST_OK)
		return err;
	err = key_revoke(visit->context->accounts, visit->arena, &key);
	if (err == OST_CONFLICT)
		return overtaken(visit);
	if (err != OST_OK)
		return err;
	event_note(visit->context, visit->arena, visit->visitor.user.id,
		EVENT_KEY_REVOKED, visit->request->address, key.name);
	portal_done(visit, "/account/keys", "key_revoked");
	return OST_OK;
}
