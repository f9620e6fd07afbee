/* /account/keys: the visitor's own API keys, and making one. */
#include "keys.h"
#include "activity.h"
#include "clock.h"
#include "iso_time.h"
#include "key_issue.h"
#include "pages.h"
#include "show.h"

#define DATE_SIZE 10 /* 2026-11-22 */

static const struct choice expiries[] = {
	{ "30", "expiry_30", 30 },
	{ "90", "expiry_90", 90 },
	{ "365", "expiry_365", 365 },
	{ "never", "expiry_never", 0 },
	{ "date", "expiry_date", 0 },
	{ NULL, NULL, 0 },
};

const struct choice *
choice_find(const struct choice *choices, struct span value)
{
	for (; choices->value != NULL; choices++)
		if (span_eq(span_of(choices->value), value))
			return choices;
	return NULL;
}

void
choice_show(
	struct values *values, const struct choice *choices, struct span chosen)
{
	for (; choices->value != NULL; choices++)
		values_flag(values, choices->flag,
			span_eq(span_of(choices->value), chosen));
}

static void
show_state(struct values *values, const struct key *key, int64_t now_ms)
{
	const char *state = "keys.works", *tone = "ok";

	if (key->is_revoked) {
		state = "keys.revoked";
		tone = "bad";
	} else if (!key_is_live(key, now_ms)) {
		state = "keys.expired";
		tone = "off";
	} else if (key->secret.old_until_ms > now_ms) {
		state = "keys.in_overlap";
		tone = "warn";
	}
	values_set(values, "state", span_of(state));
	values_set(values, "tone", span_of(tone));
	values_flag(values, "is_live", key_is_live(key, now_ms));
}

enum ost_err
key_show(struct visit *visit, struct values *values, const struct key *key)
{
	int64_t now_ms = clock_wall_ms(), used_ms = 0, old_until_ms = 0;
	enum ost_err err = activity_last(
		visit->context->activity, visit->arena, key->id, &used_ms);

	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	if (key_is_live(key, now_ms) && key->secret.old_until_ms > now_ms)
		old_until_ms = key->secret.old_until_ms;
	values_set(values, "name", key->name);
	values_set(values, "id", key->id);
	show_state(values, key, now_ms);
	show_time(visit, values, "created", "created_stamp", key->created_ms);
	show_time(visit, values, "used", "used_stamp", used_ms);
	show_time(visit, values, "expires", "expires_stamp", key->expires_ms);
	show_time(visit, values, "old_until", "old_until_stamp", old_until_ms);
	show_time(visit, values, "revoked", "revoked_stamp", key->revoked_ms);
	return OST_OK;
}

enum ost_err
key_tell(struct visit *visit, struct values *values, const struct key *key,
	struct span secret, const char *reason)
{
	enum ost_err err = key_show(visit, values, key);

	values_set(values, "secret", secret);
	values_set(values, "issuer", visit->context->config->issuer);
	if (err == OST_OK)
		portal_show(visit, reason, "key_secret", values);
	return err;
}

/* Adds the list, the newest first, and answers. */
static enum ost_err
show_keys(struct visit *visit, struct values *values)
{
	struct slice slice;
	struct key *keys;
	size_t n;
	enum ost_err err = keys_of_user(visit->context->accounts, visit->arena,
		visit->visitor.user.id, &keys, &n);

	if (err != OST_OK)
		return err;
	slice = show_slice(visit, values, n);
	for (size_t i = slice.first; err == OST_OK && i < slice.end; i++)
		err = key_show(
			visit, values_row(values, "keys"), &keys[n - 1 - i]);
	if (err == OST_OK)
		portal_show(visit, "keys", "keys", values);
	return err;
}

enum ost_err
keys_get(struct visit *visit)
{
	struct values *values;
	enum ost_err err = portal_values(visit, "at_keys", &values);

	if (err != OST_OK)
		return err;
	values_set(values, "new_name", SPAN_ABSENT);
	values_set(values, "expires_on", SPAN_ABSENT);
	choice_show(values, expiries, SPAN("90"));
	return show_keys(visit, values);
}

static const char *
name_error(struct span name)
{
	switch (key_name_check(name)) {
	case KEY_NAME_OK:
		return NULL;
	case KEY_NAME_EMPTY:
		return "keys.name_missing";
	case KEY_NAME_TOO_LONG:
		return "keys.name_too_long";
	case KEY_NAME_NOT_PLAIN:
		break;
	}
	return "keys.name_not_plain";
}

/* Until the end of that day. The key of the text that says what is wrong with
 * it, or NULL. */
static const char *
date_error(struct span date, int64_t *expires_ms)
{
	int64_t midnight_ms;

	if (date.n == 0)
		return "keys.date_missing";
	if (date.n != DATE_SIZE || iso_time_parse(date, &midnight_ms) != OST_OK)
		return "keys.date_malformed";
	*expires_ms = midnight_ms + DAY_MS - 1000;
	return *expires_ms > clock_wall_ms() ? NULL : "keys.date_past";
}

/* Notes each field that is wrong. */
static void
check_fields(struct visit *visit, struct values *values, struct span name,
	int64_t *expires_ms)
{
	struct span chosen = portal_field(visit, "expiry");
	struct span date = portal_field(visit, "expires_on");
	const struct choice *choice = choice_find(expiries, chosen);
	const char *error = name_error(name);

	if (error != NULL)
		portal_wrong(visit, values, "error_new_name", error);
	choice_show(values, expiries, choice != NULL ? chosen : SPAN("90"));
	*expires_ms = 0;
	error = NULL;
	if (choice == NULL)
		portal_wrong(
			visit, values, "error_expiry", "keys.expiry_unknown");
	else if (span_eq(chosen, SPAN("date")))
		error = date_error(date, expires_ms);
	else if (date.n > 0)
		error = "keys.date_not_chosen";
	else if (choice->days > 0)
		*expires_ms = clock_wall_ms() + choice->days * DAY_MS;
	if (error != NULL)
		portal_wrong(visit, values, "error_expires_on", error);
}

static enum ost_err
make_key(struct visit *visit, struct values *values, struct span name,
	int64_t expires_ms)
{
	struct span secret;
	struct key key;
	enum ost_err err = key_issue_own(visit->context->accounts, visit->arena,
		visit->visitor.user.id, name, expires_ms, NULL, &secret, &key);

	if (err == OST_CONFLICT || err == OST_LIMITED) {
		portal_wrong(visit, values, "error_new_name",
			err == OST_CONFLICT ? "keys.name_taken"
					    : "keys.too_many");
		return show_keys(visit, values);
	}
	if (err != OST_OK)
		return err;
	event_note(visit->context, visit->arena, visit->visitor.user.id,
		EVENT_KEY_CREATED, visit->request->address, key.name);
	return key_tell(visit, values, &key, secret, "key_created");
}

enum ost_err
keys_post(struct visit *visit)
{
	static const char *const kept[] = { "new_name", "expires_on", NULL };
	struct span name = portal_field(visit, "new_name");
	const char *error = NULL;
	struct values *values;
	int64_t expires_ms;
	enum ost_err err = portal_values(visit, "at_keys", &values);

	if (err != OST_OK)
		return err;
	portal_keep(visit, values, kept);
	check_fields(visit, values, name, &expires_ms);
	if (values_have(values, "has_error"))
		return show_keys(visit, values);
	err = portal_password(visit, &error);
	if (err == OST_DENIED && error != NULL) {
		portal_wrong(visit, values, "error_password", error);
		return show_keys(visit, values);
	}
	if (err == OST_OK)
		err = portal_once(visit);
	return err == OST_OK ? make_key(visit, values, name, expires_ms) : err;
}
