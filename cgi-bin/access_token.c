/*
 * access_token - what an application was given becomes an access token
 *
 *	POST /oauth/access_token, /oauth/token
 *	     client_id and client_secret (or Basic; a public application has
 *	     no secret) and grant_type, in a form body, or in the query of the
 *	     POST as the source has it:
 *	     authorization_code  code, redirect_uri, code_verifier
 *	     refresh_token       refresh_token
 *	     client_credentials  (confidential applications, for themselves)
 *	     urn:ietf:params:oauth:grant-type:device_code  device_code
 *	     each but the last with scope, to ask for a part of what it may have
 *	OPTIONS, a preflight of any origin
 *
 *	200  {"access_token", "token_type":"bearer", "expires_in", "scope"},
 *	     "refresh_token" and "id_token" where they are due; no-store (RFC
 *	     6749 section 5.1)
 *	400  {"error", "error_description"} (RFC 6749 section 5.2, RFC 8628
 *	     section 3.5: authorization_pending, slow_down, access_denied,
 *	     expired_token)
 *	401  invalid_client, with a Basic challenge
 *	403  not over https; a code or token that came so is destroyed first
 *	429  too many failures; or too many redemptions by one user and one
 *	     application, 600 in 15 minutes together with the codes; or more
 *	     tokens of an application for itself than limit_app: with
 *	     Retry-After, and nothing is used up
 *	503  a store did not answer: no token was given
 *
 * The second use of a code, a device's too, and of a refresh token after
 * refresh_grace, ends the grant that the first one gave.
 *
 * Reads: accounts, keyring. Writes: grants; rates.
 */
#include "client.h"
#include "client_grant.h"
#include "device_grant.h"
#include "exchange.h"
#include "renew.h"
#include "serve.h"

static const struct {
	const char *type;
	issue_grant *redeem;
} grants[] = {
	{ "authorization_code", exchange_code },
	{ "refresh_token", renew },
	{ "client_credentials", client_grant },
	{ DEVICE_GRANT_TYPE, device_grant },
};

static issue_grant *
find_grant(struct span type)
{
	for (size_t i = 0; i < sizeof(grants) / sizeof(grants[0]); i++)
		if (span_eq(type, span_of(grants[i].type)))
			return grants[i].redeem;
	return NULL;
}

static enum ost_err
redeem(const struct context *ctx, const struct request *req,
	const struct form *form, struct issue *issue)
{
	issue_grant *grant;
	struct span type;

	if (form_get(form, "grant_type", &type) != OST_OK)
		return issue_deny(
			issue, OAUTH_INVALID_REQUEST, "grant_type is missing");
	grant = find_grant(type);
	if (grant == NULL)
		return issue_deny(issue, OAUTH_UNSUPPORTED_GRANT_TYPE,
			"This grant_type is not supported");
	return grant(ctx, req, form, issue);
}

static enum ost_err
authenticate(const struct context *ctx, const struct request *req,
	struct response *res, struct form **form, struct issue *issue)
{
	enum oauth_error error;
	int64_t retry_after_s = 0;
	enum ost_err err = client_form(ctx, req, form, &error);

	if (err == OST_OK && error == OAUTH_OK)
		err = client_authenticate(
			ctx, req, *form, &issue->app, &error, &retry_after_s);
	if (err == OST_LIMITED)
		client_refuse_failures(res, retry_after_s);
	if (err != OST_OK || error == OAUTH_OK)
		return err;
	return issue_deny(issue, error,
		error == OAUTH_INVALID_CLIENT ? "Client authentication failed"
					      : "The request is malformed");
}

static enum ost_err
access_token(const struct context *ctx, const struct request *req,
	struct response *res)
{
	struct issue issue = { 0 };
	struct form *form;
	enum ost_err err = authenticate(ctx, req, res, &form, &issue);

	if (err == OST_LIMITED)
		return OST_OK;
	if (err == OST_OK) {
		res->subject = issue.app.client_id;
		err = redeem(ctx, req, form, &issue);
	}
	if (err == OST_OK)
		return issue_answer(ctx, req, res, &issue);
	if (err == OST_LIMITED) {
		client_refuse_limited(res, issue.retry_after_s, "rate_limited",
			"Too many requests");
		return OST_OK;
	}
	if (err != OST_DENIED)
		return err;
	client_refuse(ctx, res, issue.error, issue.why);
	if (issue.reason != NULL)
		res->reason = issue.reason;
	return OST_OK;
}

static const struct endpoint endpoint = {
	.name = "access_token",
	.methods = METHOD_POST,
	.body_max = 16384,
	.is_oauth = true,
	.is_open = true,
	.handle = access_token,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
