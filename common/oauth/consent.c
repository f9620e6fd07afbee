#include "consent.h"
#include "clock.h"
#include "csrf.h"
#include "event.h"
#include "grant.h"
#include "page.h"
#include "redirect.h"
#include "remembered.h"
#include "rights.h"

#define FORM_LIFETIME_S 3600
/* What the token of the form is for; the other one is of a page that said that
 * it goes on without the user. */
#define PURPOSE		"consent"
#define PURPOSE_OFFLINE "consent-offline"
/* Somebody else changes what is remembered once; more often only a form that
 * was used already fails. */
#define TRIES_MAX 2

/* "180 days": in the largest unit that gives a whole number. */
static enum ost_err
lifetime_text(
	const struct response *response, int64_t seconds, struct span *text)
{
	static const struct {
		int64_t seconds;
		const char *one, *many; /* keys of texts */
	} units[] = {
		{ 86400, "unit.day", "unit.days" },
		{ 3600, "unit.hour", "unit.hours" },
		{ 60, "unit.minute", "unit.minutes" },
		{ 1, "unit.second", "unit.seconds" },
	};
	struct buf buf;
	size_t i = 0;

	while (seconds % units[i].seconds != 0)
		i++;
	buf_init(&buf, response->arena);
	buf_i64(&buf, seconds / units[i].seconds);
	buf_char(&buf, ' ');
	buf_add(&buf, page_text(response, seconds == units[i].seconds
						  ? units[i].one
						  : units[i].many));
	return buf_span(&buf, text);
}

enum ost_err
consent_page(const struct context *c, const struct request *request,
	struct response *response, const struct authorization *asked,
	const struct visitor *visitor)
{
	struct arena *arena = request->arena;
	struct span owner, rights, token, signout, remember = SPAN_ABSENT;
	struct span display_name = visitor->user.display_name;
	struct span target = redirect_target_text(asked->redirect_uri);
	bool is_native = redirect_is_native(asked->redirect_uri);
	bool is_offline = app_is_offline(&asked->app, asked->asking.scope);
	enum ost_err err =
		app_owner_name(c->accounts, arena, &asked->app, &owner);

	if (span_eq(display_name, visitor->user.name))
		display_name = SPAN_ABSENT;
	if (err == OST_OK)
		err = rights_text(arena, response->look.language,
			&c->config->scopes, asked->asking.scope, is_offline,
			&rights);
	if (err == OST_OK && !asked->app.is_public)
		err = lifetime_text(
			response, c->config->consent_lifetime_s, &remember);
	if (err == OST_OK)
		err = csrf_make(c->ring, arena,
			is_offline ? PURPOSE_OFFLINE : PURPOSE, visitor->cookie,
			asked->target, FORM_LIFETIME_S, &token);
	if (err == OST_OK)
		err = signout_token(c, arena, visitor, &signout);
	if (err != OST_OK)
		return err;
	const struct page_var vars[] = {
		{ "app_name", asked->app.name },
		{ "app_description", asked->app.description },
		{ "app_website", asked->app.website },
		{ "app_owner", owner },
		{ "callback_host", is_native ? SPAN_ABSENT : target },
		{ "callback_device", is_native ? target : SPAN_ABSENT },
		{ "rights", rights },
		{ "user_name", visitor->user.name },
		{ "display_name", display_name },
		{ "remember", remember },
		{ "action", request->path },
		{ "request", asked->target },
		{ "csrf", token },
		{ "signout_csrf", signout },
	};
	page_answer_vars(response, 200, "consent", "consent", vars,
		sizeof(vars) / sizeof(vars[0]));
	return OST_OK;
}

/* Whether a browser only wants to have the answer at hand: then no person has
 * gone there yet. The last two are of Safari and of older Firefox. */
static bool
is_in_advance(const struct request *request)
{
	static const char *const names[] = { "HTTP_SEC_PURPOSE", "HTTP_PURPOSE",
		"HTTP_X_PURPOSE", "HTTP_X_MOZ" };
	struct span unused;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (request_param(request, names[i], &unused) != OST_NOTFOUND)
			return true;
	return false;
}

enum ost_err
consent_remembered(const struct context *c, const struct request *request,
	struct response *response, const struct authorization *asked,
	const struct visitor *visitor)
{
	struct remembered remembered;
	struct store_item unchanged;
	const struct allowance allowance = { .also = &unchanged,
		.is_offline = app_is_offline(&asked->app, asked->asking.scope),
		.reason = "code_given_remembered" };
	enum ost_err err;

	if (asked->app.is_public || asked->asking.prompt & PROMPT_CONSENT ||
		request->is_head || is_in_advance(request))
		return OST_OK;
	err = remembered_find(c->grants, request->arena, visitor->user.id,
		asked->app.client_id, &remembered);
	if (err == OST_NOTFOUND)
		return OST_OK;
	if (err == OST_OK &&
		!remembered_covers(&remembered, &visitor->user, &asked->app,
			asked->asking.scope,
			redirect_target_text(asked->redirect_uri),
			c->config->consent_lifetime_s * 1000, clock_wall_ms()))
		return OST_OK;
	if (err == OST_OK)
		err = remembered_unchanged(
			request->arena, &remembered, &unchanged);
	if (err == OST_OK)
		err = authorization_grant(
			c, request, response, asked, visitor, &allowance);
	/* Withdrawn just now. */
	return err == OST_CONFLICT ? OST_OK : err;
}

/* Fields that somebody added to the form must say what the request said. */
static bool
says_the_same(const struct form *form, const struct authorization *asked)
{
	static const char *const names[] = { "client_id", "redirect_uri",
		"response_type", "scope", "state", "code_challenge",
		"code_challenge_method", "nonce", "prompt", "max_age",
		"id_token_hint" };

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

/* OST_CONFLICT: the form was used already, or what is remembered was changed
 * meanwhile. */
static enum ost_err
allow_once(const struct context *c, const struct request *request,
	struct response *response, const struct authorization *asked,
	const struct visitor *visitor, bool is_remembered, struct span nonce,
	bool is_offline)
{
	struct store_item item;
	const struct remembered_page page = { .scope = asked->asking.scope,
		.callback = redirect_target_text(asked->redirect_uri),
		.is_offline = is_offline };
	struct allowance allowance = {
		.once = nonce, .is_offline = is_offline, .reason = "code_given"
	};
	enum ost_err err;

	if (is_remembered) {
		err = remembered_item(c->grants, request->arena, &visitor->user,
			&asked->app, &page,
			c->config->consent_lifetime_s * 1000, &item);
		if (err != OST_OK)
			return authorization_fail(
				c, request, response, asked, err);
		allowance.also = &item;
		allowance.reason = "code_given_and_remembered";
	}
	err = authorization_grant(
		c, request, response, asked, visitor, &allowance);
	/* Else the application was told why not. */
	if (err == OST_OK &&
		span_eq(span_of(response->reason), span_of(allowance.reason)))
		event_note(c, request->arena, visitor->user.id,
			EVENT_APP_ALLOWED, request->address, asked->app.name);
	return err;
}

/* was_told: the page said that it goes on without the user. */
static enum ost_err
allow(const struct context *c, const struct request *request,
	struct response *response, const struct form *form,
	const struct authorization *asked, const struct visitor *visitor,
	struct span nonce, bool was_told)
{
	struct span remember = SPAN_ABSENT;
	bool is_remembered = form_get(form, "remember", &remember) == OST_OK &&
			     span_eq(remember, SPAN("yes")) &&
			     !asked->app.is_public;
	bool is_offline =
		was_told && app_is_offline(&asked->app, asked->asking.scope);
	enum ost_err err = OST_CONFLICT;

	for (int i = 0; i < TRIES_MAX && err == OST_CONFLICT; i++)
		err = allow_once(c, request, response, asked, visitor,
			is_remembered, nonce, is_offline);
	return err;
}

/* Whoever says no wants to be asked the next time. */
static enum ost_err
deny(const struct context *c, const struct request *request,
	struct response *response, const struct authorization *asked,
	const struct visitor *visitor, struct span nonce)
{
	enum ost_err err = once_use(c->grants, request->arena, nonce,
		clock_wall_ms() + 2 * FORM_LIFETIME_S * 1000);

	if (err == OST_OK)
		err = remembered_forget(c->grants, request->arena,
			visitor->user.id, asked->app.client_id);
	if (err == OST_CONFLICT)
		return err;
	if (err != OST_OK)
		return authorization_fail(c, request, response, asked, err);
	return authorization_refuse(c, request, response, asked,
		OAUTH_ACCESS_DENIED, "The user did not allow it");
}

/* OST_DENIED: it is not the form of that page for this visitor, or too old. */
static enum ost_err
check_form(const struct context *c, const struct request *request,
	const struct form *form, const struct authorization *asked,
	const struct visitor *visitor, struct span *nonce, bool *was_told)
{
	struct span token;
	enum ost_err err;

	if (!visitor->is_signed_in || form_get(form, "csrf", &token) != OST_OK)
		return OST_DENIED;
	err = csrf_check(c->ring, request->arena, PURPOSE_OFFLINE,
		visitor->cookie, asked->target, token, nonce);
	*was_told = err == OST_OK;
	if (err == OST_DENIED)
		err = csrf_check(c->ring, request->arena, PURPOSE,
			visitor->cookie, asked->target, token, nonce);
	return err;
}

enum ost_err
consent_submit(const struct context *c, const struct request *request,
	struct response *response, const struct form *form,
	const struct authorization *asked)
{
	struct span decision, nonce;
	struct visitor visitor;
	bool was_told;
	enum ost_err err = visitor_find(c, request, response, &visitor);

	if (err != OST_OK)
		return err;
	err = check_form(c, request, form, asked, &visitor, &nonce, &was_told);
	if (err == OST_DENIED) {
		form_refuse(request, response);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	response->subject = visitor.user.name;
	if (form_get(form, "decision", &decision) != OST_OK ||
		(!span_eq(decision, SPAN("allow")) &&
			!span_eq(decision, SPAN("deny"))) ||
		!says_the_same(form, asked)) {
		error_page(request, response, 400, "error.form_changed",
			"error.form_changed.text", "form_changed", SPAN_ABSENT);
		return OST_OK;
	}
	/* The page was shown for a good request: its rules changed since. */
	if (asked->error != OAUTH_OK)
		return authorization_refuse(c, request, response, asked,
			asked->error, asked->asking.why);
	err = span_eq(decision, SPAN("allow"))
		      ? allow(c, request, response, form, asked, &visitor,
				nonce, was_told)
		      : deny(c, request, response, asked, &visitor, nonce);
	if (err == OST_CONFLICT) {
		form_refuse(request, response);
		return OST_OK;
	}
	return err;
}
