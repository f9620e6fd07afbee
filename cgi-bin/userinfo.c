/*
 * userinfo - who signed in (OpenID Connect Core section 5.3)
 *
 *	GET  /oauth/userinfo
 *	POST likewise, or with the token as access_token of a form
 *	     (RFC 6750 section 2.2)
 *	Authorization: Bearer TOKEN | OAuth TOKEN
 *
 *	200  {"sub"} and, by the scope of the token: name, preferred_username
 *	     (profile); email, email_verified (email); roles (roles); no-store
 *	400  the token in the query, or in two places
 *	401  no token of an application (Basic is none), or a dead one
 *	403  a token without scope openid; not over https, and then the token
 *	     is revoked first
 *	429  over the user's limit
 *	503  a store did not answer
 *
 * Errors are the API's; 400, 401 and 403 bear a Bearer challenge (RFC 6750
 * section 3). Any origin may ask.
 *
 * Reads: keyring, accounts, grants. Writes: rates; activity; grants to revoke
 * a token.
 */
#include "claims.h"
#include "credentials.h"
#include "form.h"
#include "gate.h"
#include "refuse.h"
#include "serve.h"

/* As if the token of the form had been sent in the header, for the gate knows
 * only that. The body of a GET means nothing (RFC 6750 section 2.2).
 * OST_BADINPUT: two tokens, or a form that is none. */
static enum ost_err
token_to_header(struct request *req)
{
	struct span token;
	struct form *form;
	struct buf buf;
	enum ost_err err;

	if (req->method != METHOD_POST || !req->has_body ||
		!request_is_form(req))
		return OST_OK;
	err = form_parse(req->arena, req->body, &form);
	if (err == OST_OK)
		err = form_get(form, "access_token", &token);
	if (err == OST_NOTFOUND)
		return OST_OK;
	if (err == OST_OK && !span_is_absent(req->authorization))
		err = OST_BADINPUT;
	if (err != OST_OK)
		return err == OST_TOOBIG ? OST_BADINPUT : err;
	buf_init(&buf, req->arena);
	buf_text(&buf, "Bearer ");
	buf_add(&buf, token);
	return buf_span(&buf, &req->authorization);
}

/* A password or key is none of an application's tokens: it is not even looked
 * at. */
static bool
is_basic(const struct request *req)
{
	struct credentials given;

	return credentials_parse(req->arena, req->authorization, &given) ==
		       OST_OK &&
	       given.scheme == SCHEME_BASIC;
}

static const char *
bearer_error(enum api_code code)
{
	switch (code) {
	case CODE_BAD_REQUEST:
		return "invalid_request";
	case CODE_INSUFFICIENT_SCOPE:
		return "insufficient_scope";
	case CODE_CREDENTIALS_MISSING:
		return NULL;
	default:
		return "invalid_token";
	}
}

static void
refuse(const struct context *ctx, struct response *res,
	const struct refusal *refusal)
{
	int status = api_status(refusal->code);

	response_error(res, FORMAT_JSON, refusal->code, refusal->message);
	if (status >= 400 && status <= 403)
		refuse_bearer(
			ctx, res, bearer_error(refusal->code), refusal->scope);
}

static enum ost_err
identify(const struct context *ctx, struct request *req, struct response *res,
	struct caller *caller, struct refusal *refusal)
{
	enum ost_err err = token_to_header(req);

	*refusal = (struct refusal){ .code = CODE_BAD_REQUEST };
	if (err == OST_BADINPUT)
		return OST_DENIED;
	refusal->code = CODE_CREDENTIALS_MISSING;
	if (err == OST_OK && is_basic(req))
		return OST_DENIED;
	if (err == OST_OK)
		err = gate_identify(ctx, req, res, 0, caller, refusal);
	if (err != OST_OK)
		return err;
	refusal->code = CODE_CREDENTIALS_MISSING;
	if (!refusal->was_token)
		return OST_DENIED;
	refusal->code = CODE_INSUFFICIENT_SCOPE;
	refusal->scope = SPAN("openid");
	return caller->means == MEANS_TOKEN && caller->has_app &&
			       list_has(caller->scope, SPAN("openid"))
		       ? OST_OK
		       : OST_DENIED;
}

static enum ost_err
userinfo(const struct context *ctx, const struct request *req,
	struct response *res)
{
	struct request with_token = *req;
	struct refusal refusal;
	struct caller caller;
	struct json_writer w;
	enum ost_err err = identify(ctx, &with_token, res, &caller, &refusal);

	if (err == OST_DENIED) {
		refuse(ctx, res, &refusal);
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
	response_begin(res, 200, "ok", "application/json");
	json_begin(&w, &res->body);
	json_open(&w, NULL, '{');
	claims_write(&w, &caller.user, caller.scope);
	json_close(&w);
	buf_char(&res->body, '\n');
	response_no_store(res);
	response_header(res, "X-Content-Type-Options", SPAN("nosniff"));
	return OST_OK;
}

static const struct endpoint endpoint = {
	.name = "userinfo",
	.methods = METHOD_GET | METHOD_POST,
	.body_max = 16384,
	.is_limited = true,
	.is_open = true,
	.handle = userinfo,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
