#include "exchange.h"
#include "clock.h"
#include "limit.h"
#include "pkce.h"

/* Somebody has the code who should not: what it gave ends (RFC 6749 section
 * 4.1.2). */
static enum ost_err
end_grant_of(const struct context *c, struct arena *arena, struct issue *x)
{
	enum ost_err err = grant_end(c->grants, arena, x->code.used_by);

	if (err != OST_OK)
		return err;
	x->reason = "code_reused";
	return issue_deny(x, OAUTH_INVALID_GRANT,
		"The code was used before; what it gave is revoked");
}

/* A challenge needs its verifier, and a verifier its challenge (RFC 9700
 * sections 2.1.1 and 4.8.2). */
static enum ost_err
check_verifier(struct arena *arena, const struct form *form, struct issue *x)
{
	bool has_challenge = x->code.challenge.n > 0;
	struct span verifier = SPAN_ABSENT;
	enum ost_err err = form_get(form, "code_verifier", &verifier);

	if (err == OST_OK && !has_challenge)
		return issue_deny(x, OAUTH_INVALID_GRANT,
			"The code was not asked for with a code_challenge");
	if (!has_challenge && x->app.is_public)
		return issue_deny(x, OAUTH_INVALID_GRANT,
			"An application without a secret needs a "
			"code_challenge");
	if (!has_challenge)
		return OST_OK;
	if (err != OST_OK)
		return issue_deny(
			x, OAUTH_INVALID_GRANT, "code_verifier is missing");
	err = pkce_check(arena, x->code.challenge, verifier);
	if (err == OST_DENIED)
		return issue_deny(x, OAUTH_INVALID_GRANT,
			"code_verifier is not that of the code_challenge");
	return err;
}

static enum ost_err
check_request(struct arena *arena, const struct form *form, struct issue *x)
{
	struct span redirect_uri = SPAN_ABSENT;

	if (clock_wall_ms() >= x->code.expires_ms)
		return issue_deny(
			x, OAUTH_INVALID_GRANT, "The code has expired");
	if (form_get(form, "redirect_uri", &redirect_uri) != OST_OK ||
		!span_eq(redirect_uri, x->code.redirect_uri))
		return issue_deny(x, OAUTH_INVALID_GRANT,
			"redirect_uri is not that of the code");
	return check_verifier(arena, form, x);
}

static enum ost_err
check_code(const struct context *c, struct arena *arena,
	const struct form *form, struct span text, struct issue *x)
{
	enum ost_err err = code_find(c->grants, arena, text, &x->code);

	if (err == OST_NOTFOUND || (err == OST_OK && !span_eq(x->code.client_id,
							     x->app.client_id)))
		return issue_deny(
			x, OAUTH_INVALID_GRANT, "The code is not valid");
	if (err == OST_OK && x->code.used_by.n > 0)
		err = end_grant_of(c, arena, x);
	if (err == OST_OK)
		err = check_request(arena, form, x);
	if (err == OST_OK)
		err = issue_find_user(c, arena, x->code.user_id,
			x->code.user_epoch, x->code.app_epoch, x);
	return err == OST_OK ? issue_narrow(form, x->code.scope, x) : err;
}

/* Exactly one of several gets the grant; the others see a used code. */
static enum ost_err
redeem(const struct context *c, struct arena *arena, struct span text,
	struct issue *x)
{
	struct grant_terms terms = issue_terms(
		c->config, &x->app, x->code.scope, x->code.is_offline);
	enum ost_err err;

	x->grant = (struct grant){
		.user_id = x->code.user_id,
		.client_id = x->code.client_id,
		.scope = span_is_absent(x->code.scope) ? SPAN("")
						       : x->code.scope,
		.user_epoch = x->code.user_epoch,
		.app_epoch = x->code.app_epoch,
		.auth_time_s = x->code.auth_time_s,
		.amr = x->code.amr,
	};
	err = code_redeem(c->grants, arena, text, &x->code, &terms, &x->grant);
	x->refresh_token = x->grant.refresh_token;
	if (err == OST_EXPIRED)
		return issue_deny(
			x, OAUTH_INVALID_GRANT, "The code has expired");
	if (err != OST_CONFLICT)
		return err;
	err = code_find(c->grants, arena, text, &x->code);
	if (err == OST_OK && x->code.used_by.n > 0)
		return end_grant_of(c, arena, x);
	/* It was destroyed meanwhile. */
	return err == OST_OK || err == OST_NOTFOUND
		       ? issue_deny(x, OAUTH_INVALID_GRANT,
				 "The code is not valid")
		       : err;
}

enum ost_err
exchange_code(const struct context *c, const struct request *request,
	const struct form *form, struct issue *x)
{
	struct span text;
	enum ost_err err;

	if (form_get(form, "code", &text) != OST_OK)
		return issue_deny(x, OAUTH_INVALID_REQUEST, "code is missing");
	err = check_code(c, request->arena, form, text, x);
	if (err == OST_OK)
		err = limit_pair(c, request->arena, x->code.user_id,
			x->code.client_id, &x->retry_after_s);
	return err == OST_OK ? redeem(c, request->arena, text, x) : err;
}
