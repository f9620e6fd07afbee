/*
 * authorize - sign in, and allow an application to act for you
 *
 *	GET  /oauth/authorize, /oauth/authenticate
 *	     client_id, redirect_uri, response_type=code, scope, state
 *	POST the forms of its pages: sign-in, consent
 *	POST /oauth/signout
 *
 *	200  the sign-in or the consent page
 *	303  to the redirect URI with code, or error and error_description;
 *	     state and iss behind (RFC 6749 section 4.1.2, RFC 9207); or to
 *	     this page after sign-in
 *	400  a page that says which rule failed: unknown application, redirect
 *	     URI not absolute, not https, not registered ... never a redirect
 *	403  the sign-in page again after a wrong password; a form that is not
 *	     ours or was used already; not over https
 *	429  too many failed sign-ins
 *	503  a store did not answer (after consent the application is told:
 *	     303 with temporarily_unavailable)
 *
 * Reads: accounts, keyring. Writes: grants (codes, sessions); rates;
 * activity.
 */
#include "consent.h"
#include "serve.h"
#include "signin.h"

static enum ost_err
show(const struct context *ctx, const struct request *req, struct response *res)
{
	struct authorization asked;
	struct visitor visitor;
	enum ost_err err = consent_read(ctx, req, res, req->query, &asked);

	if (err != OST_OK || res->status != 0)
		return err;
	err = visitor_find(ctx, req, &visitor);
	if (err != OST_OK)
		return err;
	if (!visitor.is_signed_in)
		return signin_page(ctx, req, res, req->query, asked.app.name,
			SPAN(""), NULL, 200);
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

	if (err != OST_OK) {
		error_page(ctx, req, res, 400, "This form is not complete",
			"Please go back to the application and start again.",
			"form_incomplete", SPAN_ABSENT);
		return OST_OK;
	}
	err = consent_read(ctx, req, res, target, &asked);
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
		error_page(ctx, req, res, 405, "Signing out takes a button",
			"Use the sign-out button of a page of this site.",
			"method_not_allowed", SPAN_ABSENT);
		response_header(res, "Allow", SPAN("POST"));
		return OST_OK;
	}
	err = request_is_form(req) || !req->has_body
		      ? form_parse(req->arena, req->body, &form)
		      : OST_BADINPUT;
	if (err == OST_BADINPUT || err == OST_TOOBIG) {
		error_page(ctx, req, res, 400, "This form cannot be read",
			"Please go back to the application and start again.",
			"form_malformed", SPAN_ABSENT);
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
	.handle = authorize,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
