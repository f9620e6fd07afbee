#include "inspect.h"
#include "clock.h"
#include "code.h"
#include "gate.h"
#include "json.h"
#include "refresh.h"

static const struct {
	const char *name;
	const char *sentence; /* NULL: the fields say it all */
} kinds[] = {
	[INSPECT_FOREIGN] = { "foreign",
		"no token of this instance: its signature is bad, or its key, "
		"issuer or claims are not ours; or it was forgotten since" },
	[INSPECT_ACCESS] = { "access", NULL },
	[INSPECT_LOGIN] = { "login", NULL },
	[INSPECT_REFRESH] = { "refresh",
		"a refresh token: only its application can use it, once, and "
		"only for new tokens" },
	[INSPECT_CODE] = { "code",
		"an authorization code: only its application can use it, once, "
		"for the tokens of a new grant" },
	[INSPECT_ID] = { "id",
		"an ID token: it tells its application who signed in, and "
		"opens no API" },
};

const char *
inspect_kind_name(enum inspect_kind kind)
{
	return kinds[kind].name;
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
	return OST_OK;
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

/* Of user and application: what was given before one of them was shut out is
 * dead for good. */
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
	if (err == OST_OK) {
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
	found->expires_ms = grant.ends_ms;
	if (grant.ends_ms <= clock_wall_ms())
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
	enum ost_err err;

	*found = (struct inspection){ .kind = INSPECT_FOREIGN };
	err = inspect_refresh(admin, text, found);
	if (err == OST_NOTFOUND)
		err = inspect_code(admin, text, found);
	if (err == OST_NOTFOUND)
		err = inspect_signed(admin, text, found);
	if (err == OST_NOTFOUND)
		err = inspect_id(admin, text, found);
	if (err != OST_NOTFOUND)
		return err;
	found->reason = "invalid";
	return OST_OK;
}

static void
show_foreign(struct output *out, const struct inspection *found)
{
	const struct field fields[] = {
		{ .name = "alive", .kind = FIELD_BOOL, .number = 0 },
		{ .name = "reason", .text = span_of(found->reason) },
	};

	output_object(out, fields, 2);
}

static void
show_known(struct output *out, const struct inspection *found)
{
	bool is_login = found->kind == INSPECT_LOGIN;
	bool is_signed = found->jti.n > 0;
	const struct field fields[] = {
		{ "alive", "alive", .kind = FIELD_BOOL,
			.number = found->reason == NULL },
		{ "reason", found->reason != NULL ? "why not" : NULL,
			.text = span_of(found->reason) },
		{ "kind", "kind",
			.text = span_of(inspect_kind_name(found->kind)) },
		{ "speaks_for", "speaks for",
			.text = found->is_of_app ? SPAN("application")
						 : SPAN("user") },
		{ "user_id", found->is_of_app ? NULL : "user id",
			.text = found->user_id },
		{ "userName", found->is_of_app ? NULL : "user",
			.text = found->user.name },
		{ "client_id", is_login ? NULL : "client id",
			.text = found->client_id },
		{ "app", is_login ? NULL : "application",
			.text = found->app.name },
		{ "scope", is_login ? NULL : "scope", .text = found->scope },
		{ "grant_id", found->grant_id.n > 0 ? "grant id" : NULL,
			.text = found->grant_id },
		{ "source", is_login ? "bought by" : NULL,
			.text = found->source },
		{ "jti", is_signed ? "token id" : NULL, .text = found->jti },
		{ "issued", found->issued_ms != 0 ? "issued" : NULL,
			.kind = FIELD_TIME, .number = found->issued_ms },
		{ "expires", found->expires_ms != 0 ? "expires" : NULL,
			.kind = FIELD_TIME, .number = found->expires_ms },
		{ "used", found->used_ms != 0 ? "used" : NULL,
			.kind = FIELD_TIME, .number = found->used_ms },
	};

	output_object(out, fields, sizeof(fields) / sizeof(fields[0]));
}

void
inspect_show(struct output *out, const struct inspection *found)
{
	if (kinds[found->kind].sentence != NULL)
		output_say(out, "%s", kinds[found->kind].sentence);
	if (found->kind == INSPECT_FOREIGN)
		show_foreign(out, found);
	else
		show_known(out, found);
}
