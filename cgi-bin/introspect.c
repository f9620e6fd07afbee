/*
 * introspect - what a token is worth (RFC 7662)
 *
 *	POST /oauth/introspect
 *	     token, token_type_hint (ignored), and a confidential client as at
 *	     the token endpoint; in the body
 *
 *	200  a live token: {"active":true, "scope", "client_id", "username",
 *	     "token_type":"Bearer", "exp", "iat", "sub", "aud", "iss", "jti"};
 *	     a refresh token without token_type, iat and jti, a login token
 *	     without scope and client_id, an application's own one without
 *	     username.
 *	     Any other: {"active":false}, and nothing else: unknown, expired,
 *	     revoked, used, or not for this client to ask about
 *	400  invalid_request
 *	401  invalid_client, with a Basic challenge; also a public client, which
 *	     could be anybody
 *	403  not over https; a live token that came so is revoked first
 *	429  too many failures
 *	503  a store did not answer: nothing is said about the token
 *
 * A client learns about its own tokens; one that may introspect about all,
 * login tokens too. To be asked about is no use of a token: nothing is noted.
 *
 * Reads: accounts, grants, keyring. Writes: rates.
 */
#include "backchannel.h"
#include "present.h"
#include "serve.h"

static bool
may_know(const struct present *present, const struct app *app)
{
	return present->is_live &&
	       (app->may_introspect ||
		       (present->client_id.n > 0 &&
			       span_eq(present->client_id, app->client_id)));
}

static void
write_signed(struct json_writer *w, const struct token *token)
{
	if (token->kind != TOKEN_LOGIN) {
		json_string(w, "scope", token->scope);
		json_string(w, "client_id", token->client_id);
	}
	json_string(w, "token_type", SPAN("Bearer"));
	json_i64(w, "exp", token->expires_s);
	json_i64(w, "iat", token->issued_s);
	json_string(w, "sub", token->subject);
	json_string(w, "jti", token->jti);
}

static void
write_refresh(struct json_writer *w, const struct present *present)
{
	const struct grant *grant = &present->grant;

	json_string(w, "scope", grant->scope);
	json_string(w, "client_id", grant->client_id);
	json_i64(w, "exp", present->expires_ms / 1000);
	json_string(w, "sub", grant->user_id);
}

static void
tell(const struct context *ctx, struct response *res,
	const struct present *present, bool is_active)
{
	struct json_writer w;

	response_begin(res, 200,
		is_active ? "introspected" : "introspected_inactive",
		"application/json");
	response_no_store(res);
	json_begin(&w, &res->body);
	json_open(&w, NULL, '{');
	json_bool(&w, "active", is_active);
	if (is_active) {
		if (present->kind == PRESENT_REFRESH)
			write_refresh(&w, present);
		else
			write_signed(&w, &present->token);
		if (present->user.name.n > 0)
			json_string(&w, "username", present->user.name);
		json_string(&w, "aud", ctx->config->issuer);
		json_string(&w, "iss", ctx->config->issuer);
	}
	json_close(&w);
	buf_char(&res->body, '\n');
}

static enum ost_err
introspect(const struct context *ctx, const struct request *req,
	struct response *res)
{
	struct present present;
	struct form *form;
	struct span text;
	struct app app;
	enum ost_err err = backchannel_open(ctx, req, res, &form, &app);

	if (err != OST_OK || res->status != 0)
		return err;
	if (app.is_public) {
		client_refuse(ctx, res, OAUTH_INVALID_CLIENT,
			"A public application may not ask");
		return OST_OK;
	}
	if (form_get(form, "token", &text) != OST_OK) {
		client_refuse(
			ctx, res, OAUTH_INVALID_REQUEST, "token is missing");
		return OST_OK;
	}
	err = present_find(ctx, req->arena, text, &present);
	if (err == OST_OK)
		tell(ctx, res, &present, may_know(&present, &app));
	return err;
}

static const struct endpoint endpoint = {
	.name = "introspect",
	.methods = METHOD_POST,
	.body_max = 16384,
	.is_oauth = true,
	.handle = introspect,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
