#include "consent.h"
#include "clock.h"
#include "code.h"
#include "csrf.h"
#include "page.h"

#define FORM_LIFETIME_S 3600

static enum ost_err
read_app(const struct context *c, const struct request *request,
	struct response *response, struct authorization *asked)
{
	struct span client_id = SPAN_ABSENT;
	enum ost_err err = form_get(asked->form, "client_id", &client_id);

	if (err == OST_OK)
		err = app_by_id(
			c->accounts, request->arena, client_id, &asked->app);
	if (err == OST_OK && !asked->app.is_disabled)
		return OST_OK;
	if (err != OST_OK && err != OST_NOTFOUND && err != OST_BADINPUT)
		return err;
	error_page(c, request, response, 400, "Unknown application",
		"No application with this client_id is registered here. "
		"Please tell those who run the application.",
		"unknown_application", client_id);
	return OST_OK;
}

static void
check_redirect(const struct context *c, const struct request *request,
	struct response *response, struct authorization *asked)
{
	enum ost_err err =
		form_get(asked->form, "redirect_uri", &asked->redirect_uri);
	enum uri_rule rule = URI_MISSING;

	if (err == OST_BADINPUT) {
		error_page(c, request, response, 400, "Wrong callback address",
			"The application sent more than one redirect_uri.",
			"redirect_uri_repeated", SPAN_ABSENT);
		return;
	}
	if (err == OST_OK)
		rule = oauth_redirect_check(&asked->app, asked->redirect_uri);
	if (rule == URI_OK)
		return;
	error_page(c, request, response, 400, "Wrong callback address",
		uri_rule_sentence(rule), uri_rule_name(rule),
		err == OST_OK ? asked->redirect_uri : SPAN_ABSENT);
}

enum ost_err
consent_read(const struct context *c, const struct request *request,
	struct response *response, struct span target,
	struct authorization *asked)
{
	enum ost_err err;

	*asked = (struct authorization){ .target = target };
	err = form_parse(request->arena, target, &asked->form);
	if (err == OST_BADINPUT || err == OST_TOOBIG) {
		error_page(c, request, response, 400, "Malformed request",
			"The application sent an address that cannot be read.",
			"request_malformed", SPAN_ABSENT);
		return OST_OK;
	}
	if (err == OST_OK)
		err = read_app(c, request, response, asked);
	if (err == OST_OK && response->status == 0)
		check_redirect(c, request, response, asked);
	return err;
}

static enum ost_err
redirect_back(const struct context *c, const struct request *request,
	struct response *response, const struct authorization *asked,
	struct span code, enum oauth_error error, const char *description,
	struct span state)
{
	struct span location;
	enum ost_err err = oauth_redirect_location(request->arena,
		asked->redirect_uri, code, error, description, state,
		c->config->issuer, &location);

	if (err == OST_OK)
		response_redirect(response, location,
			error == OAUTH_OK ? "code_given"
					  : oauth_error_name(error));
	return err;
}

/* One line for each thing that the application may do. */
static enum ost_err
rights_text(struct arena *arena, struct span scope, struct span *rights)
{
	struct span rest = scope, token;
	struct buf buf;

	buf_init(&buf, arena);
	buf_text(&buf,
		"See who you are: user name, display name, email, roles\n");
	buf_text(&buf, "Use this site's data and services in your name\n");
	while (span_next(&rest, ' ', &token)) {
		if (token.n == 0)
			continue;
		buf_text(&buf, "Permission: ");
		buf_add(&buf, token);
		buf_char(&buf, '\n');
	}
	return buf_span(&buf, rights);
}

static enum ost_err
owner_name(const struct context *c, struct arena *arena, const struct app *app,
	struct span *name)
{
	struct user owner;
	enum ost_err err =
		user_by_id(c->accounts, arena, app->owner_id, &owner);

	*name = SPAN("an account that no longer exists");
	if (err == OST_NOTFOUND)
		return OST_OK;
	if (err == OST_OK)
		*name = owner.name;
	return err;
}

enum ost_err
consent_page(const struct context *c, const struct request *request,
	struct response *response, const struct authorization *asked,
	const struct visitor *visitor)
{
	struct arena *arena = request->arena;
	struct span owner, rights, token, signout;
	struct span display_name = visitor->user.display_name;
	struct authorize_params params;
	enum oauth_error error = oauth_authorize_params(asked->form, &params);
	enum ost_err err;

	response->subject = visitor->user.name;
	if (span_eq(display_name, visitor->user.name))
		display_name = SPAN_ABSENT;
	if (error != OAUTH_OK)
		return redirect_back(c, request, response, asked, SPAN_ABSENT,
			error, "The authorization request is not valid",
			params.state);
	err = owner_name(c, arena, &asked->app, &owner);
	if (err == OST_OK)
		err = rights_text(arena, params.scope, &rights);
	if (err == OST_OK)
		err = csrf_make(c->ring, arena, "consent", visitor->cookie,
			asked->target, FORM_LIFETIME_S, &token);
	if (err == OST_OK)
		err = signout_token(c, arena, visitor, &signout);
	if (err != OST_OK)
		return err;
	const struct page_var vars[] = {
		{ "site_name", c->config->site_name },
		{ "app_name", asked->app.name },
		{ "app_description", asked->app.description },
		{ "app_website", asked->app.website },
		{ "app_owner", owner },
		{ "callback_host", oauth_uri_host(asked->redirect_uri) },
		{ "rights", rights },
		{ "user_name", visitor->user.name },
		{ "display_name", display_name },
		{ "action", request->path },
		{ "request", asked->target },
		{ "csrf", token },
		{ "signout_csrf", signout },
	};
	response_page(response, 200, "consent", "consent", vars,
		sizeof(vars) / sizeof(vars[0]));
	return OST_OK;
}

/* Fields that somebody added to the form must say what the request said. */
static bool
says_the_same(const struct form *form, const struct authorization *asked)
{
	static const char *const names[] = { "client_id", "redirect_uri",
		"response_type", "scope", "state" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct span posted = SPAN_ABSENT, stored = SPAN_ABSENT;

		if (!form_has(form, names[i]))
			continue;
		if (form_get(form, names[i], &posted) == OST_BADINPUT ||
			form_get(asked->form, names[i], &stored) ==
				OST_BADINPUT ||
			!span_eq(posted, stored))
			return false;
	}
	return true;
}

static void
refuse(const struct context *c, const struct request *request,
	struct response *response)
{
	error_page(c, request, response, 403, "This form is no longer valid",
		"You are signed out, the form was open for too long or was "
		"sent already. Please go back to the application and start "
		"again.",
		"form_invalid", SPAN_ABSENT);
}

static enum ost_err
decide(const struct context *c, const struct request *request,
	struct response *response, const struct authorization *asked,
	const struct visitor *visitor, bool is_allowed, struct span nonce)
{
	struct authorize_params params;
	enum oauth_error error = oauth_authorize_params(asked->form, &params);
	struct code code = { .client_id = asked->app.client_id,
		.user_id = visitor->user.id,
		.redirect_uri = asked->redirect_uri,
		.scope = params.scope,
		.user_epoch = visitor->user.epoch,
		.app_epoch = asked->app.epoch };
	struct span text = SPAN_ABSENT;
	const char *description = "The user did not allow it";
	enum ost_err err;

	if (error == OAUTH_OK && is_allowed) {
		err = code_create(c->grants, request->arena, &code,
			c->config->code_lifetime_s * 1000, nonce, &text);
	} else {
		err = once_use(c->grants, request->arena, nonce,
			clock_wall_ms() + 2 * FORM_LIFETIME_S * 1000);
		if (error == OAUTH_OK)
			error = OAUTH_ACCESS_DENIED;
		else
			description = "The authorization request is not valid";
	}
	if (err == OST_CONFLICT) {
		refuse(c, request, response);
		return OST_OK;
	}
	/* All was valid: our own failure is an answer to the application too
	 * (RFC 6749 section 4.1.2.1). */
	if (err != OST_OK) {
		error = err == OST_STORE || err == OST_BUSY
				? OAUTH_TEMPORARILY_UNAVAILABLE
				: OAUTH_SERVER_ERROR;
		description = "Please try again later";
		text = SPAN_ABSENT;
	}
	return redirect_back(c, request, response, asked, text, error,
		description, params.state);
}

enum ost_err
consent_submit(const struct context *c, const struct request *request,
	struct response *response, const struct form *form,
	const struct authorization *asked)
{
	struct span token, decision, nonce;
	struct visitor visitor;
	enum ost_err err = visitor_find(c, request, &visitor);

	if (err != OST_OK)
		return err;
	err = visitor.is_signed_in ? form_get(form, "csrf", &token)
				   : OST_DENIED;
	if (err == OST_OK)
		err = csrf_check(c->ring, request->arena, "consent",
			visitor.cookie, asked->target, token, &nonce);
	if (err == OST_DENIED || err == OST_NOTFOUND || err == OST_BADINPUT) {
		refuse(c, request, response);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	response->subject = visitor.user.name;
	if (form_get(form, "decision", &decision) != OST_OK ||
		(!span_eq(decision, SPAN("allow")) &&
			!span_eq(decision, SPAN("deny"))) ||
		!says_the_same(form, asked)) {
		error_page(c, request, response, 400, "This form was changed",
			"It does not say what the application asked for.",
			"form_changed", SPAN_ABSENT);
		return OST_OK;
	}
	return decide(c, request, response, asked, &visitor,
		span_eq(decision, SPAN("allow")), nonce);
}
