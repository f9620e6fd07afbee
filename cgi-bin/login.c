/*
 * login - a short-lived bearer token for a password or an API key
 *
 *	GET or POST /login, /v1/login
 *	Authorization: Basic user:password | user:secret | key-id:secret
 *
 *	200  {"access_token", "expires_in", "token_type":"bearer"}, no-store
 *	401  {"error":401,"message":"Invalid access method or wrong
 *	     credentials"}; also for a bearer token, which cannot renew itself
 *	403  not over https; a token that came so is revoked first
 *	429  over the caller's limit, or too many failures
 *	503  a store did not answer, or too many sign-ins at a time
 *
 * Reads: accounts, keyring. Writes: rates; activity.
 */
#include "clock.h"
#include "gate.h"
#include "json.h"
#include "refuse.h"
#include "serve.h"
#include "token.h"

/* The source's own body, to the letter. */
static void
refuse_login(const struct context *ctx, const struct request *req,
	struct response *res, const struct refusal *refusal)
{
	refuse_caller(ctx, res, req->path, refusal);
	if (res->status != 401)
		return;
	buf_clear(&res->body);
	buf_text(&res->body,
		"{\"error\":401,\"message\":\"Invalid access method or wrong "
		"credentials\"}\n");
}

/* What the token dies with: the password that bought it, or the key. */
static enum ost_err
token_source(
	struct arena *arena, const struct caller *caller, struct span *source)
{
	struct buf buf;

	buf_init(&buf, arena);
	if (caller->means == MEANS_KEY) {
		buf_text(&buf, "k:");
		buf_add(&buf, caller->key_id);
		buf_char(&buf, ':');
		buf_add(&buf, caller->key_mark);
	} else {
		buf_text(&buf, "p:");
		buf_i64(&buf, caller->user.generation);
	}
	return buf_span(&buf, source);
}

static enum ost_err
give_token(const struct context *ctx, const struct request *req,
	struct response *res, const struct caller *caller)
{
	int64_t lifetime_s = ctx->config->login_token_lifetime_s;
	struct token token = { .kind = TOKEN_LOGIN,
		.subject = caller->user.id,
		.user_epoch = caller->user.epoch,
		.issued_s = clock_wall_s() };
	struct json_writer w;
	struct span text;
	enum ost_err err;

	token.expires_s = token.issued_s + lifetime_s;
	err = token_source(req->arena, caller, &token.source);
	if (err == OST_OK)
		err = token_issue(req->arena, ctx->ring, ctx->config->issuer,
			&token, &text);
	if (err != OST_OK)
		return err;
	response_begin(res, 200, "ok", "application/json");
	response_no_store(res);
	json_begin(&w, &res->body);
	json_open(&w, NULL, '{');
	json_string(&w, "access_token", text);
	json_i64(&w, "expires_in", lifetime_s);
	json_string(&w, "token_type", SPAN("bearer"));
	json_close(&w);
	buf_char(&res->body, '\n');
	return OST_OK;
}

static enum ost_err
login(const struct context *ctx, const struct request *req,
	struct response *res)
{
	struct refusal refusal;
	struct caller caller;
	enum ost_err err;

	err = gate_identify(ctx, req, res, GATE_PASSWORDS | GATE_NO_TOKENS,
		&caller, &refusal);
	if (err == OST_OK && caller.means <= MEANS_APP_TOKEN) {
		refusal.code = CODE_CREDENTIALS_MISSING;
		err = OST_DENIED;
	}
	if (err == OST_DENIED) {
		refuse_login(ctx, req, res, &refusal);
		return OST_OK;
	}
	if (err == OST_OK)
		err = gate_charge(ctx, req, res, &caller, NULL);
	if (err == OST_LIMITED) {
		refuse_code(ctx, res, req->path, CODE_RATE_LIMITED);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	return give_token(ctx, req, res, &caller);
}

static const struct endpoint endpoint = {
	.name = "login",
	.methods = METHOD_GET | METHOD_POST,
	.body_max = 8192,
	.is_limited = true,
	.handle = login,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
