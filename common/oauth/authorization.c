#include "authorization.h"
#include "code.h"
#include "codec.h"
#include "idtoken.h"
#include "limit.h"
#include "redirect.h"

/* Bytes of an address that every web server and browser takes. */
#define MOVED_MAX 7168

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
	error_page(request, response, 400, "error.unknown_application",
		"error.unknown_application.text", "unknown_application",
		client_id);
	return OST_OK;
}

static void
check_redirect(const struct request *request, struct response *response,
	struct authorization *asked)
{
	enum ost_err err =
		form_get(asked->form, "redirect_uri", &asked->redirect_uri);
	enum uri_rule rule = URI_MISSING;

	if (err == OST_BADINPUT) {
		error_page(request, response, 400, "error.redirect_uri",
			"redirect_uri_repeated", "redirect_uri_repeated",
			SPAN_ABSENT);
		return;
	}
	if (err == OST_OK)
		rule = redirect_check(&asked->app, asked->redirect_uri);
	if (rule == URI_OK)
		return;
	error_page(request, response, 400, "error.redirect_uri",
		uri_rule_name(rule), uri_rule_name(rule),
		err == OST_OK ? asked->redirect_uri : SPAN_ABSENT);
}

/* ui_locales (OpenID Connect Core section 3.1.2.1) goes before what the browser
 * asks for; the language that a user has chosen goes before both. */
static enum ost_err
choose_language(const struct request *request, struct response *response,
	const struct form *form)
{
	struct look *look = &response->look;
	struct span locales, wanted;
	struct buf buf;
	enum ost_err err = form_get(form, "ui_locales", &locales);

	if (err != OST_OK)
		return err == OST_NOTFOUND || err == OST_BADINPUT ? OST_OK
								  : err;
	buf_init(&buf, request->arena);
	for (size_t i = 0; i < locales.n; i++)
		buf_char(&buf, locales.p[i] == ' ' ? ',' : locales.p[i]);
	buf_char(&buf, ',');
	buf_add(&buf, look->accept_language);
	err = buf_span(&buf, &wanted);
	if (err != OST_OK)
		return err;
	look->accept_language = wanted;
	look->language = messages_pick(look->messages, SPAN_ABSENT, wanted);
	return OST_OK;
}

enum ost_err
authorization_read(const struct context *c, const struct request *request,
	struct response *response, struct span target,
	struct authorization *asked)
{
	enum ost_err err;

	*asked = (struct authorization){ .target = target };
	err = form_parse(request->arena, target, &asked->form);
	if (err == OST_BADINPUT || err == OST_TOOBIG) {
		error_page(request, response, 400, "error.request_malformed",
			"error.request_malformed.text", "request_malformed",
			SPAN_ABSENT);
		return OST_OK;
	}
	if (err == OST_OK)
		err = choose_language(request, response, asked->form);
	if (err == OST_OK)
		err = read_app(c, request, response, asked);
	if (err == OST_OK && response->status == 0)
		check_redirect(request, response, asked);
	if (err == OST_OK && response->status == 0)
		asked->error = asking_read(asked->form, asked->app.is_public,
			&c->config->scopes, &asked->asking);
	return err;
}

bool
authorization_is_posted(const struct form *form)
{
	/* What belongs into no address: a page of ours that lost a field, or
	 * an application that says too much. */
	static const char *const never[] = { "request", "csrf", "decision",
		"username", "password", "client_secret" };

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (form_has(form, never[i]))
			return false;
	return form_has(form, "client_id");
}

enum ost_err
authorization_move(const struct request *request, struct response *response,
	const struct form *form)
{
	struct span name, value, location;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, request->arena);
	buf_add(&buf, request->path);
	for (size_t i = 0; form_field(form, i, &name, &value); i++) {
		buf_char(&buf, i == 0 ? '?' : '&');
		percent_encode(&buf, name);
		buf_char(&buf, '=');
		percent_encode(&buf, value);
	}
	err = buf_span(&buf, &location);
	if (err != OST_OK)
		return err;
	if (location.n > MOVED_MAX)
		error_page(request, response, 400, "error.request_too_long",
			"error.request_too_long.text", "request_too_long",
			SPAN_ABSENT);
	else
		response_redirect(response, location, "request_moved");
	return OST_OK;
}

enum ost_err
authorization_hint(const struct context *c, const struct request *request,
	struct authorization *asked)
{
	struct span hint = asked->asking.id_token_hint;
	enum ost_err err;

	if (asked->error != OAUTH_OK || span_is_absent(hint))
		return OST_OK;
	err = idtoken_subject(c, request->arena, hint, asked->app.client_id,
		&asked->asking.hint_subject);
	if (err != OST_DENIED)
		return err;
	asked->error = OAUTH_INVALID_REQUEST;
	asked->asking.why =
		"id_token_hint is no ID token that this application got here";
	return OST_OK;
}

static enum ost_err
redirect_back(const struct context *c, const struct request *request,
	struct response *response, const struct authorization *asked,
	struct span code, enum oauth_error error, const char *why,
	const char *reason)
{
	struct span location;
	enum ost_err err = oauth_redirect_location(request->arena,
		asked->redirect_uri, code, error, why, asked->asking.state,
		c->config->issuer, &location);

	if (err == OST_OK)
		response_redirect(response, location, reason);
	return err;
}

enum ost_err
authorization_refuse(const struct context *c, const struct request *request,
	struct response *response, const struct authorization *asked,
	enum oauth_error error, const char *why)
{
	return redirect_back(c, request, response, asked, SPAN_ABSENT, error,
		why, oauth_error_name(error));
}

enum ost_err
authorization_fail(const struct context *c, const struct request *request,
	struct response *response, const struct authorization *asked,
	enum ost_err failure)
{
	return authorization_refuse(c, request, response, asked,
		failure == OST_STORE || failure == OST_BUSY
			? OAUTH_TEMPORARILY_UNAVAILABLE
			: OAUTH_SERVER_ERROR,
		"Please try again later");
}

enum ost_err
authorization_grant(const struct context *c, const struct request *request,
	struct response *response, const struct authorization *asked,
	const struct visitor *visitor, const struct allowance *allowance)
{
	const struct code code = { .client_id = asked->app.client_id,
		.user_id = visitor->user.id,
		.redirect_uri = asked->redirect_uri,
		.scope = asked->asking.scope,
		.challenge = asked->asking.challenge,
		.nonce = asked->asking.nonce,
		.is_offline = allowance->is_offline,
		.auth_time_s = visitor->auth_time_s,
		.amr = session_amr(&visitor->session),
		.user_epoch = visitor->user.epoch,
		.app_epoch = asked->app.epoch };
	struct span text;
	int64_t wait_s;
	enum ost_err err = limit_pair(
		c, request->arena, code.user_id, code.client_id, &wait_s);

	if (err == OST_LIMITED)
		return redirect_back(c, request, response, asked, SPAN_ABSENT,
			OAUTH_TEMPORARILY_UNAVAILABLE, "Too many requests",
			"rate_limited");
	if (err == OST_OK)
		err = code_create(c->grants, request->arena, &code,
			c->config->code_lifetime_s * 1000, allowance->once,
			allowance->also, &text);

	if (err == OST_CONFLICT)
		return err;
	if (err != OST_OK)
		return authorization_fail(c, request, response, asked, err);
	return redirect_back(c, request, response, asked, text, OAUTH_OK, NULL,
		allowance->reason);
}
