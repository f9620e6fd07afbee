#include "inspect.h"
#include "clock.h"
#include "code.h"
#include "device.h"
#include "gate.h"
#include "json.h"
#include "refresh.h"
#include "user_code.h"

/* Of what is dead too: who looks at it wants to know whose it was. */
static enum ost_err
name_parties(struct admin *admin, struct inspection *found)
{
	struct store *accounts = admin->context.accounts;
	struct span key_id = span_skip(found->source, 2), rest;
	enum ost_err err = OST_NOTFOUND;

	if (found->user.name.n == 0 && found->user_id.n > 0)
		err = user_by_id(
			accounts, admin->arena, found->user_id, &found->user);
	if ((err == OST_OK || err == OST_NOTFOUND) &&
		found->app.client_id.n == 0 && found->client_id.n > 0)
		err = app_by_id(
			accounts, admin->arena, found->client_id, &found->app);
	if ((err == OST_OK || err == OST_NOTFOUND) &&
		span_starts(found->source, SPAN("k:"))) {
		rest = key_id;
		if (!span_cut(&rest, ':', &key_id))
			key_id = rest;
		found->key.id = key_id;
		err = key_by_id(accounts, admin->arena, key_id, &found->key);
	}
	return err == OST_NOTFOUND ? OST_OK : err;
}

static enum ost_err
inspect_signed(struct admin *admin, struct span text, struct inspection *found)
{
	const struct context *context = &admin->context;
	enum token_state state = TOKEN_LIVE;
	struct token token;
	enum ost_err verified, err;

	verified = token_verify(admin->arena, context->ring,
		admin->config->issuer, text, &token);
	if (verified == OST_DENIED)
		return OST_NOTFOUND;
	if (verified != OST_OK && verified != OST_EXPIRED)
		return verified;
	/* Also of an expired one: it names user and application. */
	err = gate_token_state(context, admin->arena, &token, &state,
		&found->user, &found->app);
	if (err != OST_OK)
		return err;
	found->kind =
		token.kind == TOKEN_LOGIN ? INSPECT_LOGIN : INSPECT_ACCESS;
	found->is_of_app = token_is_client(&token);
	found->user_id = found->is_of_app ? SPAN_ABSENT : token.subject;
	found->client_id = token.client_id;
	found->scope = token.scope;
	found->grant_id = token.grant_id;
	if (found->kind == INSPECT_LOGIN)
		found->source = token.source;
	found->jti = token.jti;
	found->issued_ms = token.issued_s * 1000;
	found->expires_ms = token.expires_s * 1000;
	if (verified == OST_EXPIRED)
		found->reason = "expired";
	else if (state != TOKEN_LIVE)
		found->reason = token_state_name(state);
	return name_parties(admin, found);
}

/* OST_NOTFOUND becomes the state that it means here. */
static enum ost_err
gone(enum ost_err err, enum token_state meaning, enum token_state *state)
{
	if (err != OST_NOTFOUND)
		return err;
	*state = meaning;
	return OST_OK;
}

#define ANY_EPOCH (-1)

static bool
is_of_epoch(int64_t epoch, int64_t present)
{
	return epoch == ANY_EPOCH || epoch == present;
}

/* Of application and user, if there is one yet: what was given before one of
 * them was shut out is dead for good. */
static enum ost_err
find_parties(struct admin *admin, int64_t user_epoch, int64_t app_epoch,
	struct inspection *found)
{
	struct store *accounts = admin->context.accounts;
	enum token_state state = TOKEN_LIVE;
	enum ost_err err = app_by_id(
		accounts, admin->arena, found->client_id, &found->app);

	if (err == OST_OK && (found->app.is_disabled ||
				     !is_of_epoch(app_epoch, found->app.epoch)))
		state = TOKEN_APP_DISABLED;
	err = gone(err, TOKEN_APP_GONE, &state);
	if (err == OST_OK && found->user_id.n > 0) {
		err = user_by_id(
			accounts, admin->arena, found->user_id, &found->user);
		if (err == OST_OK &&
			(found->user.is_disabled ||
				!is_of_epoch(user_epoch, found->user.epoch)))
			state = TOKEN_USER_DISABLED;
		err = gone(err, TOKEN_USER_GONE, &state);
	}
	if (state != TOKEN_LIVE && found->reason == NULL)
		found->reason = token_state_name(state);
	return err;
}

static enum ost_err
inspect_refresh(struct admin *admin, struct span text, struct inspection *found)
{
	struct store *grants = admin->context.grants;
	struct refresh refresh;
	struct grant grant;
	enum ost_err err = refresh_find(grants, admin->arena, text, &refresh);

	if (err != OST_OK)
		return err;
	found->kind = INSPECT_REFRESH;
	found->client_id = refresh.client_id;
	found->grant_id = refresh.grant_id;
	found->used_ms = refresh.used_ms;
	err = grant_find(grants, admin->arena, refresh.grant_id, &grant);
	if (err == OST_NOTFOUND) {
		found->reason = token_state_name(TOKEN_GRANT_ENDED);
		err = app_by_id(admin->context.accounts, admin->arena,
			found->client_id, &found->app);
		return err == OST_NOTFOUND ? OST_OK : err;
	}
	if (err != OST_OK)
		return err;
	found->user_id = grant.user_id;
	found->scope = grant.scope;
	found->issued_ms = grant.created_ms;
	found->expires_ms = grant.expires_ms;
	found->ends_ms = grant.ends_ms;
	if (grant.expires_ms <= clock_wall_ms())
		found->reason = "expired";
	else if (refresh.used_ms != 0)
		found->reason = "used";
	return find_parties(admin, grant.user_epoch, grant.app_epoch, found);
}

static enum ost_err
inspect_code(struct admin *admin, struct span text, struct inspection *found)
{
	struct code code;
	enum ost_err err =
		code_find(admin->context.grants, admin->arena, text, &code);

	if (err != OST_OK)
		return err;
	found->kind = INSPECT_CODE;
	found->user_id = code.user_id;
	found->client_id = code.client_id;
	found->scope = code.scope;
	found->grant_id = code.used_by;
	found->expires_ms = code.expires_ms;
	if (code.used_by.n > 0)
		found->reason = "used";
	else if (code.expires_ms <= clock_wall_ms())
		found->reason = "expired";
	return find_parties(admin, code.user_epoch, code.app_epoch, found);
}

static const char *
device_state(const struct device *device)
{
	if (device->used_by.n > 0)
		return "used";
	if (device->is_denied)
		return "denied";
	if (device->expires_ms <= clock_wall_ms())
		return "expired";
	return device->user_id.n > 0 ? "allowed" : "pending";
}

static enum ost_err
inspect_device(struct admin *admin, struct span text, struct inspection *found)
{
	struct device device;
	bool is_decided;
	enum ost_err err =
		device_find(admin->context.grants, admin->arena, text, &device);

	if (err != OST_OK)
		return err;
	is_decided = device.user_id.n > 0;
	found->kind = INSPECT_DEVICE;
	found->state = device_state(&device);
	found->user_id = device.user_id;
	found->client_id = device.client_id;
	found->scope = device.scope;
	found->grant_id = device.used_by;
	found->expires_ms = device.expires_ms;
	if (device.used_by.n > 0 || device.is_denied ||
		device.expires_ms <= clock_wall_ms())
		found->reason = found->state;
	return find_parties(admin, is_decided ? device.user_epoch : ANY_EPOCH,
		is_decided ? device.app_epoch : ANY_EPOCH, found);
}

static enum ost_err
read_id_claims(struct admin *admin, const struct json *claims,
	struct inspection *found)
{
	struct span issuer, user_id, client_id;
	int64_t issued_s, expires_s;
	enum ost_err err = json_get_string(claims, "iss", &issuer);

	if (err == OST_OK && !span_eq(issuer, admin->config->issuer))
		return OST_NOTFOUND;
	if (err == OST_OK)
		err = json_get_string(claims, "sub", &user_id);
	if (err == OST_OK)
		err = json_get_string(claims, "aud", &client_id);
	if (err == OST_OK)
		err = json_get_i64(claims, "iat", &issued_s);
	if (err == OST_OK)
		err = json_get_i64(claims, "exp", &expires_s);
	if (err == OST_OK)
		err = arena_copy(admin->arena, user_id, &found->user_id);
	if (err == OST_OK)
		err = arena_copy(admin->arena, client_id, &found->client_id);
	if (err != OST_OK)
		return err == OST_NOMEM ? err : OST_NOTFOUND;
	found->kind = INSPECT_ID;
	found->issued_ms = issued_s * 1000;
	found->expires_ms = expires_s * 1000;
	if (expires_s <= clock_wall_s())
		found->reason = "expired";
	return OST_OK;
}

static enum ost_err
inspect_id(struct admin *admin, struct span text, struct inspection *found)
{
	enum token_kind kind;
	struct json *claims;
	struct span payload;
	enum ost_err err = keyring_verify(admin->context.ring, admin->arena,
		1 << TOKEN_ID_RS256 | 1 << TOKEN_ID_ES256, text, &kind,
		&payload);

	if (err == OST_OK)
		err = json_parse(payload, TOKEN_SIZE_MAX, &claims);
	if (err == OST_DENIED || err == OST_BADINPUT || err == OST_TOOBIG)
		return OST_NOTFOUND;
	if (err != OST_OK)
		return err;
	err = read_id_claims(admin, claims, found);
	json_free(claims);
	return err == OST_OK ? find_parties(admin, ANY_EPOCH, ANY_EPOCH, found)
			     : err;
}

enum ost_err
inspect(struct admin *admin, struct span text, struct inspection *found)
{
	struct span user_code;
	enum ost_err err;

	*found = (struct inspection){ .kind = INSPECT_FOREIGN };
	err = inspect_refresh(admin, text, found);
	if (err == OST_NOTFOUND)
		err = inspect_code(admin, text, found);
	if (err == OST_NOTFOUND)
		err = inspect_device(admin, text, found);
	if (err == OST_NOTFOUND)
		err = inspect_signed(admin, text, found);
	if (err == OST_NOTFOUND)
		err = inspect_id(admin, text, found);
	if (err != OST_NOTFOUND)
		return err;
	found->reason = "invalid";
	err = user_code_read(admin->arena, text, &user_code);
	found->may_be_user_code = err == OST_OK;
	return err == OST_NOMEM ? err : OST_OK;
}
