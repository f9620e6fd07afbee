/*
 * access_token - an authorization code becomes an access token
 *
 *	POST /oauth/access_token, /oauth/token
 *	     grant_type=authorization_code, code, redirect_uri, client_id and
 *	     client_secret (or Basic); in a form body, or in the query of the
 *	     POST as the source has it
 *
 *	200  {"access_token", "token_type":"bearer", "expires_in", "scope"},
 *	     no-store (RFC 6749 section 5.1)
 *	400  {"error", "error_description"} (RFC 6749 section 5.2)
 *	401  invalid_client, with a Basic challenge
 *	403  not over https; a code that came so is destroyed first
 *	429  too many failures
 *	503  a store did not answer: no token was given
 *
 * A code's second use ends the grant that the first one gave.
 *
 * Reads: accounts, keyring. Writes: grants; rates.
 */
#include "client.h"
#include "exchange.h"
#include "json.h"
#include "serve.h"
#include "token.h"

static enum ost_err
give_token(const struct context *ctx, const struct request *req,
	struct response *res, const struct exchange *x)
{
	struct token token = {
		.kind = TOKEN_ACCESS,
		.is_es256 = ctx->config->is_access_token_es256,
		.subject = x->user.id,
		.user_epoch = x->user.epoch,
		.app_epoch = x->app.epoch,
		.client_id = x->app.client_id,
		.scope = x->grant.scope,
		.grant_id = x->grant.id,
		.issued_s = x->grant.created_ms / 1000,
		.expires_s = x->grant.expires_ms / 1000,
	};
	struct json_writer w;
	struct span text;
	enum ost_err err = token_issue(
		req->arena, ctx->ring, ctx->config->issuer, &token, &text);

	if (err != OST_OK)
		return err;
	response_begin(res, 200, "token_given", "application/json");
	response_no_store(res);
	json_begin(&w, &res->body);
	json_open(&w, NULL, '{');
	json_string(&w, "access_token", text);
	json_string(&w, "token_type", SPAN("bearer"));
	json_i64(&w, "expires_in", token.expires_s - token.issued_s);
	json_string(&w, "scope", token.scope);
	json_close(&w);
	buf_char(&res->body, '\n');
	return OST_OK;
}

static enum ost_err
exchange(const struct context *ctx, const struct request *req,
	struct response *res, const struct form *form, struct exchange *x)
{
	struct span grant_type, text;
	enum ost_err err;

	if (form_get(form, "grant_type", &grant_type) != OST_OK) {
		client_refuse(ctx, res, OAUTH_INVALID_REQUEST,
			"grant_type is missing");
		return OST_OK;
	}
	if (!span_eq(grant_type, SPAN("authorization_code"))) {
		client_refuse(ctx, res, OAUTH_UNSUPPORTED_GRANT_TYPE,
			"Only authorization_code is supported");
		return OST_OK;
	}
	if (form_get(form, "code", &text) != OST_OK) {
		client_refuse(
			ctx, res, OAUTH_INVALID_REQUEST, "code is missing");
		return OST_OK;
	}
	err = exchange_code(ctx, req->arena, form, text, x);
	if (err == OST_OK)
		return give_token(ctx, req, res, x);
	if (err != OST_DENIED)
		return err;
	client_refuse(ctx, res, OAUTH_INVALID_GRANT, x->why);
	return OST_OK;
}

static enum ost_err
access_token(const struct context *ctx, const struct request *req,
	struct response *res)
{
	struct exchange x = { 0 };
	enum oauth_error error;
	int64_t retry_after_s = 0;
	struct form *form;
	enum ost_err err = client_form(ctx, req, &form, &error);

	if (err == OST_OK && error == OAUTH_OK)
		err = client_authenticate(
			ctx, req, form, &x.app, &error, &retry_after_s);
	if (err == OST_LIMITED) {
		client_refuse_failures(res, retry_after_s);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	if (error != OAUTH_OK) {
		client_refuse(ctx, res, error,
			error == OAUTH_INVALID_CLIENT
				? "Client authentication failed"
				: "The request is malformed");
		return OST_OK;
	}
	res->subject = x.app.client_id;
	return exchange(ctx, req, res, form, &x);
}

static const struct endpoint endpoint = {
	.name = "access_token",
	.methods = METHOD_POST,
	.body_max = 16384,
	.handle = access_token,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
