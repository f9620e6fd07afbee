#include "access_check.h"
#include "access.h"
#include "clock.h"
#include "record.h"
#include "scope.h"
#include "ticket.h"
#include "user.h"
#include "user_code.h"

#define HASH_DIGITS 64
/* How far the clock of the dump may be ahead. */
#define CLOCK_LEEWAY_MS (60 * 60 * 1000)

struct span
check_id_of(struct span key)
{
	struct span prefix;

	return span_cut(&key, ':', &prefix) ? key : SPAN("");
}

bool
check_id_is_good(struct span id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!char_is_alnum(id.p[i]))
			return false;
	return id.n > 0;
}

bool
check_hash_is_good(struct span hash)
{
	for (size_t i = 0; i < hash.n; i++)
		if (!char_is_digit(hash.p[i]) &&
			(hash.p[i] < 'a' || hash.p[i] > 'f'))
			return false;
	return hash.n == HASH_DIGITS;
}

static bool
scope_is_good(struct span scope)
{
	return scope.n == 0 || scope_is_valid(scope);
}

static bool
epochs_are_good(struct record *record)
{
	return record_get_i64(record, "user_epoch") >= 0 &&
	       record_get_i64(record, "app_epoch") >= 0;
}

/* Words as session_amr() has them. */
static bool
amr_is_good(struct span amr)
{
	struct span method;

	while (span_next(&amr, ' ', &method))
		if (!check_id_is_good(method))
			return false;
	return true;
}

/* As user_code_new() makes it. */
static bool
user_code_is_good(struct arena *arena, struct span code)
{
	struct span read;

	return user_code_read(arena, code, &read) == OST_OK &&
	       span_eq(read, code);
}

/* The end of each check: err is that of decoding. */
static enum ost_err
decide(enum ost_err err, bool is_good, struct checked *checked,
	const char *fault)
{
	if (err == OST_NOMEM)
		return err;
	if (err != OST_OK || !is_good)
		checked->fault = fault;
	return OST_OK;
}

enum ost_err
check_grant(struct arena *arena, struct span key, struct span value,
	struct checked *checked)
{
	struct grant grant;
	enum ost_err err = grant_decode(arena, value, &grant);

	return decide(err,
		err == OST_OK && check_id_is_good(grant.id) &&
			span_eq(grant.id, check_id_of(key)) &&
			check_id_is_good(grant.user_id) &&
			check_id_is_good(grant.client_id) &&
			scope_is_good(grant.scope) && grant.ends_ms >= 0 &&
			grant.user_epoch >= 0 && grant.app_epoch >= 0 &&
			amr_is_good(grant.amr),
		checked, "this grant cannot be");
}

enum ost_err
check_code(struct arena *arena, struct span key, struct span value,
	struct checked *checked)
{
	struct record *record;
	enum ost_err err = record_parse(arena, value, &record);

	return decide(err,
		err == OST_OK && check_hash_is_good(check_id_of(key)) &&
			check_id_is_good(record_get(record, "client_id")) &&
			check_id_is_good(record_get(record, "user")) &&
			scope_is_good(record_get(record, "scope")) &&
			epochs_are_good(record) &&
			amr_is_good(record_get(record, "amr")) &&
			record_get_i64(record, "expires") > 0,
		checked, "this code cannot be");
}

/* One that was used says when, and by which key its successor is made. */
enum ost_err
check_refresh(struct arena *arena, struct span key, struct span value,
	struct checked *checked)
{
	struct refresh refresh;
	enum ost_err err = refresh_decode(arena, value, &refresh);

	return decide(err,
		err == OST_OK && check_hash_is_good(check_id_of(key)) &&
			check_id_is_good(refresh.grant_id) &&
			check_id_is_good(refresh.client_id) &&
			refresh.used_ms >= 0 && refresh.expires_ms >= 0 &&
			(refresh.used_ms != 0) == (refresh.kid.n == KID_SIZE) &&
			(refresh.used_ms == 0 || check_id_is_good(refresh.kid)),
		checked, "this refresh token cannot be");
}

enum ost_err
check_consent(struct arena *arena, struct span key, struct span value,
	struct checked *checked)
{
	struct remembered consent;
	enum ost_err err = consent_decode(arena, key, value, &consent);

	return decide(err,
		err == OST_OK && check_id_is_good(consent.user_id) &&
			check_id_is_good(consent.client_id) &&
			scope_is_good(consent.scope) &&
			consent.user_epoch >= 0 &&
			consent.user_generation >= 0 &&
			consent.app_epoch >= 0 && consent.created_ms >= 0 &&
			consent.created_ms <= clock_wall_ms() + CLOCK_LEEWAY_MS,
		checked, "this consent cannot be");
}

enum ost_err
check_device(struct arena *arena, struct span key, struct span value,
	struct checked *checked)
{
	struct record *record;
	struct span user = SPAN_ABSENT, hash = check_id_of(key);
	enum ost_err err = record_parse(arena, value, &record);

	if (err == OST_OK)
		user = record_get(record, "user");
	return decide(err,
		err == OST_OK && check_hash_is_good(hash) &&
			span_eq(record_get(record, "hash"), hash) &&
			check_id_is_good(record_get(record, "client_id")) &&
			(user.n == 0 || check_id_is_good(user)) &&
			scope_is_good(record_get(record, "scope")) &&
			user_code_is_good(
				arena, record_get(record, "user_code")) &&
			epochs_are_good(record) &&
			amr_is_good(record_get(record, "amr")) &&
			record_get_i64(record, "expires") > 0,
		checked, "this device code cannot be");
}

enum ost_err
check_usercode(struct arena *arena, struct span key, struct span value,
	struct checked *checked)
{
	struct record *record;
	enum ost_err err = record_parse(arena, value, &record);

	return decide(err,
		err == OST_OK && user_code_is_good(arena, check_id_of(key)) &&
			check_hash_is_good(record_get(record, "device")),
		checked, "this user code cannot be");
}

enum ost_err
check_ticket(struct arena *arena, struct span key, struct span value,
	struct checked *checked)
{
	struct ticket ticket = { .roles = SPAN_ABSENT };
	struct span rest, role;
	enum ost_err err = ticket_decode(arena, key, value, &ticket);
	bool is_good = err == OST_OK && check_hash_is_good(ticket.hash) &&
		       check_id_is_good(ticket.user_id);

	rest = ticket.roles;
	while (is_good && span_next(&rest, ' ', &role))
		is_good = role.n == 0 || user_role_is_valid(role);
	return decide(err, is_good, checked, "this link cannot be");
}
