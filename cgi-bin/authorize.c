/*
 * authorize - sign in, and allow an application to act for you
 *
 *	GET  /oauth/authorize, /oauth/authenticate
 *	     client_id, redirect_uri, response_type=code, scope, state;
 *	     code_challenge, code_challenge_method=S256 (RFC 7636); nonce,
 *	     prompt, max_age, login_hint, id_token_hint (OpenID Connect Core
 *	     section 3.1.2.1)
 *	POST the forms of its pages: sign-in, consent; or an authorization
 *	     request as above
 *	POST /oauth/signout
 *
 *	200  the sign-in page, the one for the second step, the consent page
 *	303  to the redirect URI with code, or error and error_description;
 *	     state and iss behind (RFC 6749 section 4.1.2, RFC 9207); or to
 *	     this page after sign-in, or for a posted request; or to
 *	     /account/two-step for who must have two steps and has none. With
 *	     prompt=none nothing but this, once the redirect URI is known to
 *	     be good
 *	400  a page that says which rule failed: unknown application, redirect
 *	     URI not absolute, not https, not registered ... never a redirect
 *	403  the sign-in page again after a wrong password, or that of the
 *	     second step after a wrong code; a form that is not ours or was
 *	     used already; not over https
 *	429  too many failed sign-ins
 *	503  a store did not answer (after consent, and with prompt=none, the
 *	     application is told: 303 with temporarily_unavailable)
 *
 * Reads: accounts, keyring. Writes: grants (codes, sessions, consents that are
 * remembered); rates; activity.
 */
#include "clock.h"
#include "consent.h"
#include "enroll.h"
#include "serve.h"
#include "user.h"

/* Whether this is whom the application asks for, signed in as it wants. */
static bool
may_answer(const struct authorization *asked, const struct visitor *visitor)
{
	return !asking_wants_another(&asked->asking, visitor->user.id) &&
	       !asking_wants_signin(
		       &asked->asking, visitor->auth_time_s, clock_wall_s());
}

/* prompt=none: no page, whatever happens (OpenID Connect Core section
 * 3.1.2.6). */
static enum ost_err
answer_silently(const struct context *ctx, const struct request *req,
	struct response *res, const struct authorization *asked,
	const struct visitor *visitor)
{
	enum ost_err err;

	if (asked->error != OAUTH_OK)
		return authorization_refuse(
			ctx, req, res, asked, asked->error, asked->asking.why);
	if (!visitor->is_signed_in || !may_answer(asked, visitor))
		return authorization_refuse(ctx, req, res, asked,
			OAUTH_LOGIN_REQUIRED, "The user has to sign in");
	err = consent_remembered(ctx, req, res, asked, visitor);
	if (err != OST_OK)
		return authorization_fail(ctx, req, res, asked, err);
	if (res->status != 0)
		return OST_OK;
	return authorization_refuse(ctx, req, res, asked,
		OAUTH_CONSENT_REQUIRED, "The user has to allow it");
}

/* The form stands for the request less what this sign-in settles, so that it
 * is not asked for again. */
static enum ost_err
ask_signin(const struct context *ctx, const struct request *req,
	struct response *res, const struct authorization *asked)
{
	struct span target = asked->target, hint = asked->asking.login_hint;
	enum ost_err err = OST_OK;

	if (asked->error == OAUTH_OK)
		err = asking_after_signin(
			req->arena, &asked->asking, asked->target, &target);
	if (err != OST_OK)
		return err;
	/* What can be no user name could be a text for the visitor. */
	return signin_page(ctx, req, res, target, asked->app.name,
		user_name_is_valid(hint) ? hint : SPAN(""), NULL, 200);
}

static enum ost_err
show(const struct context *ctx, const struct request *req, struct response *res)
{
	struct visitor visitor = { 0 };
	struct authorization asked;
	bool is_silent;
	enum ost_err err =
		authorization_read(ctx, req, res, req->query, &asked);

	if (err != OST_OK || res->status != 0)
		return err;
	is_silent = asked.asking.prompt & PROMPT_NONE;
	err = authorization_hint(ctx, req, &asked);
	if (err == OST_OK)
		err = visitor_find(ctx, req, res, &visitor);
	if (err != OST_OK)
		return is_silent
			       ? authorization_fail(ctx, req, res, &asked, err)
			       : err;
	if (visitor.is_signed_in)
		res->subject = visitor.user.name;
	if (is_silent)
		return answer_silently(ctx, req, res, &asked, &visitor);
	if (visitor.must_enroll)
		return enroll_redirect(req, res, &visitor);
	if (!visitor.is_signed_in)
		return ask_signin(ctx, req, res, &asked);
	if (asked.error != OAUTH_OK)
		return authorization_refuse(
			ctx, req, res, &asked, asked.error, asked.asking.why);
	/* Who signed in because of it, as somebody else. */
	if (asked.asking.has_signed_in &&
		asking_wants_another(&asked.asking, visitor.user.id))
		return authorization_refuse(ctx, req, res, &asked,
			OAUTH_LOGIN_REQUIRED, "Somebody else has signed in");
	if (!may_answer(&asked, &visitor))
		return ask_signin(ctx, req, res, &asked);
	err = consent_remembered(ctx, req, res, &asked, &visitor);
	if (err != OST_OK || res->status != 0)
		return err;
	return consent_page(ctx, req, res, &asked, &visitor);
}

/* A posted form brings the request that its page was made for; both are
 * bound together by the form's token. */
static enum ost_err
submit(const struct context *ctx, const struct request *req,
	struct response *res, const struct form *form)
{
	struct authorization asked;
	struct span target;
	enum ost_err err = form_get(form, "request", &target);

	if (err == OST_NOTFOUND && authorization_is_posted(form))
		return authorization_move(req, res, form);
	if (err != OST_OK) {
		error_page(req, res, 400, "error.form_incomplete",
			"error.start_again", "form_incomplete", SPAN_ABSENT);
		return OST_OK;
	}
	err = authorization_read(ctx, req, res, target, &asked);
	if (err != OST_OK || res->status != 0)
		return err;
	if (form_has(form, "decision"))
		return consent_submit(ctx, req, res, form, &asked);
	return signin_submit(ctx, req, res, form, target, asked.app.name);
}

static enum ost_err
authorize(const struct context *ctx, const struct request *req,
	struct response *res)
{
	bool is_signout = span_ends(req->path, SPAN("/signout"));
	struct form *form;
	enum ost_err err;

	if (req->method == METHOD_GET && !is_signout)
		return show(ctx, req, res);
	if (req->method == METHOD_GET) {
		error_page(req, res, 405, "error.signout_get",
			"error.signout_get.text", "method_not_allowed",
			SPAN_ABSENT);
		response_header(res, "Allow", SPAN("POST"));
		return OST_OK;
	}
	err = request_is_form(req) || !req->has_body
		      ? form_parse(req->arena, req->body, &form)
		      : OST_BADINPUT;
	if (err == OST_BADINPUT || err == OST_TOOBIG) {
		error_page(req, res, 400, "error.form_malformed",
			"error.start_again", "form_malformed", SPAN_ABSENT);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	return is_signout ? signout_submit(ctx, req, res, form)
			  : submit(ctx, req, res, form);
}

static const struct endpoint endpoint = {
	.name = "authorize",
	.methods = METHOD_GET | METHOD_POST,
	.body_max = 32768,
	.has_pages = true,
	.handle = authorize,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
