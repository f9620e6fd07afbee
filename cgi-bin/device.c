/*
 * device - allow a device that shows a code (RFC 8628 section 3.3)
 *
 *	GET  /device, /oauth/device
 *	     user_code: what the form is filled in with
 *	POST the forms of its pages: sign-in, code, decision
 *
 *	200  the sign-in page, the one for the second step; the form for the
 *	     code; what is asked by whom, with two buttons; the page that
 *	     sends people back to their device
 *	303  to this page after sign-in; to /account/two-step for who must
 *	     have two steps and has none
 *	400  the form for the code again: malformed, unknown, expired, used
 *	403  the sign-in page again after a wrong password, or that of the
 *	     second step after a wrong code; a form that is not ours; not over
 *	     https
 *	429  too many failed sign-ins, or too many wrong codes
 *	503  a store did not answer: nothing was decided
 *
 * A link with the code in it saves typing and nothing else: the code is shown
 * again, to be compared, and a button has to be pressed (section 5.4).
 *
 * Reads: accounts, keyring. Writes: grants (the decision, sessions); rates;
 * activity.
 */
#include "device_page.h"
#include "enroll.h"
#include "serve.h"

static enum ost_err
show(const struct context *ctx, const struct request *req, struct response *res)
{
	struct visitor visitor;
	enum ost_err err = visitor_find(ctx, req, res, &visitor);

	if (err != OST_OK)
		return err;
	if (visitor.must_enroll)
		return enroll_redirect(req, res, &visitor);
	if (!visitor.is_signed_in)
		return signin_page(ctx, req, res, req->query, SPAN_ABSENT,
			SPAN(""), NULL, 200);
	res->subject = visitor.user.name;
	return device_page(ctx, req, res, &visitor);
}

static enum ost_err
submit(const struct context *ctx, const struct request *req,
	struct response *res, const struct form *form)
{
	struct span target = SPAN("");
	struct visitor visitor;
	enum ost_err err;

	/* The sign-in form has the query of the page, which may be empty. */
	if (!form_has(form, "decision") && !form_has(form, "user_code")) {
		if (form_get(form, "request", &target) != OST_OK)
			target = SPAN("");
		return signin_submit(ctx, req, res, form, target, SPAN_ABSENT);
	}
	err = visitor_find(ctx, req, res, &visitor);
	if (err != OST_OK)
		return err;
	if (visitor.is_signed_in)
		res->subject = visitor.user.name;
	return form_has(form, "decision")
		       ? device_answer(ctx, req, res, form, &visitor)
		       : device_ask(ctx, req, res, form, &visitor);
}

static enum ost_err
device(const struct context *ctx, const struct request *req,
	struct response *res)
{
	struct form *form;
	enum ost_err err;

	if (req->method == METHOD_GET)
		return show(ctx, req, res);
	err = request_is_form(req) || !req->has_body
		      ? form_parse(req->arena, req->body, &form)
		      : OST_BADINPUT;
	if (err == OST_BADINPUT || err == OST_TOOBIG) {
		error_page(req, res, 400, "error.form_malformed",
			"error.start_again", "form_malformed", SPAN_ABSENT);
		return OST_OK;
	}
	return err == OST_OK ? submit(ctx, req, res, form) : err;
}

static const struct endpoint endpoint = {
	.name = "device",
	.methods = METHOD_GET | METHOD_POST,
	.body_max = 16384,
	.has_pages = true,
	.handle = device,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
