#include "signin.h"
#include "csrf.h"
#include "event.h"
#include "guess.h"
#include "open_form.h"
#include "page.h"
#include "second_page.h"
#include "signup.h"

static void
show_error(const struct request *request, struct response *response, int status,
	const char *heading, const char *message, const char *rule,
	struct span detail, struct span again)
{
	const struct page_var vars[] = {
		{ "heading", span_of(heading) },
		{ "message", span_of(message) },
		{ "rule", span_of(rule) },
		{ "detail", detail },
		{ "again", again },
		{ "request_id", request->id },
	};

	page_answer_vars(response, status, rule, "error", vars,
		sizeof(vars) / sizeof(vars[0]));
}

void
error_page(const struct request *request, struct response *response, int status,
	const char *heading, const char *message, const char *rule,
	struct span detail)
{
	show_error(request, response, status, heading, message, rule, detail,
		SPAN_ABSENT);
}

void
form_refuse(const struct request *request, struct response *response)
{
	error_page(request, response, 403, "error.form_invalid",
		"error.form_invalid.text", "form_invalid", SPAN_ABSENT);
}

/* This page with target as its query. */
static enum ost_err
page_address(
	const struct request *request, struct span target, struct span *address)
{
	struct buf buf;

	buf_init(&buf, request->arena);
	buf_add(&buf, request->path);
	if (target.n > 0)
		buf_char(&buf, '?');
	buf_add(&buf, target);
	return buf_span(&buf, address);
}

enum ost_err
form_refuse_signin(const struct request *request, struct response *response,
	struct span target)
{
	struct span again;
	enum ost_err err = page_address(request, target, &again);

	if (err != OST_OK)
		return err;
	for (size_t i = 0; i < target.n; i++)
		if (target.p[i] <= ' ' || target.p[i] > '~')
			again = SPAN_ABSENT;
	show_error(request, response, 403, "error.form_invalid",
		"error.signin_invalid.text", "form_invalid", SPAN_ABSENT,
		again);
	return OST_OK;
}

/* Whether it still lets its user in. Of before he had two steps it does not:
 * who began it has shown the password alone. */
static bool
still_counts(const struct session *session, const struct user *user)
{
	return !user->is_disabled && user->generation == session->generation &&
	       (session->steps != SESSION_PASSWORD ||
		       !user_has_two_steps(user));
}

enum ost_err
visitor_find(const struct context *c, const struct request *request,
	struct response *response, struct visitor *visitor)
{
	struct visitor found = { 0 };
	struct session session;
	enum ost_err err =
		request_cookie(request, SESSION_COOKIE, &found.cookie);

	if (err == OST_OK)
		err = session_find(c->grants, request->arena, found.cookie,
			c->config->session_lifetime_s * 1000,
			c->config->session_idle_s * 1000, &session);
	if (err == OST_OK)
		err = user_by_id(c->accounts, request->arena, session.user_id,
			&found.user);
	if (err == OST_OK && still_counts(&session, &found.user)) {
		found.must_enroll =
			!user_has_two_steps(&found.user) &&
			user_must_have_two_steps(c->config, &found.user);
		found.is_signed_in = !found.must_enroll;
		found.session = session;
		response->look.language = messages_pick(response->look.messages,
			found.user.language, response->look.accept_language);
		found.auth_time_s = session.created_ms / 1000;
	}
	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	*visitor = found;
	return OST_OK;
}

enum ost_err
signin_page(const struct context *c, const struct request *request,
	struct response *response, struct span target, struct span app_name,
	struct span username, const char *error, int status)
{
	struct span token;
	enum ost_err err =
		open_form_token(c, request, response, "signin", target, &token);

	if (err != OST_OK)
		return err;
	const struct page_var vars[] = {
		{ "action", request->path },
		{ "request", target },
		{ "csrf", token },
		{ "username", username },
		{ "error", span_of(error) },
		{ "app_name", app_name },
		{ "can_reset", reset_is_possible(c->config) ? SPAN("yes")
							    : SPAN_ABSENT },
		{ "can_signup",
			signup_is_open(c->config) ? SPAN("yes") : SPAN_ABSENT },
	};
	page_answer_vars(response, status, error ? "signin_failed" : "signin",
		"signin", vars, sizeof(vars) / sizeof(vars[0]));
	return OST_OK;
}

/* Ends whatever session the browser had. */
static enum ost_err
end_former(const struct context *c, const struct request *request)
{
	struct span old;
	enum ost_err err = request_cookie(request, SESSION_COOKIE, &old);

	if (err == OST_OK)
		err = session_end(c->grants, request->arena, old);
	return err == OST_NOTFOUND ? OST_OK : err;
}

enum ost_err
signin_begin_session(const struct context *c, const struct request *request,
	struct response *response, const struct user *user,
	enum session_steps steps, struct span *cookie)
{
	struct session_origin origin = { .address = request->address,
		.steps = steps };
	struct span made;
	enum ost_err err = end_former(c, request);

	if (err != OST_OK)
		return err;
	/* Who sends none, or two, is let in all the same. */
	if (request_param(request, "HTTP_USER_AGENT", &origin.agent) != OST_OK)
		origin.agent = SPAN_ABSENT;
	err = session_create(c->grants, request->arena, user, &origin,
		c->config->session_lifetime_s * 1000, &made);
	if (err != OST_OK)
		return err;
	response_cookie(response, SESSION_COOKIE, made);
	response->subject = user->name;
	if (cookie != NULL)
		*cookie = made;
	return OST_OK;
}

enum ost_err
signin_finish(const struct context *c, const struct request *request,
	struct response *response, const struct user *user,
	enum session_steps steps, struct span target)
{
	struct span location;
	enum ost_err err = page_address(request, target, &location);

	if (err == OST_OK)
		err = signin_begin_session(
			c, request, response, user, steps, NULL);
	if (err != OST_OK)
		return err;
	event_note(c, request->arena, user->id, EVENT_SIGNED_IN,
		request->address, SPAN_ABSENT);
	response_redirect(response, location, "signed_in");
	open_form_end(response);
	return OST_OK;
}

enum ost_err
signin_submit(const struct context *c, const struct request *request,
	struct response *response, const struct form *form, struct span target,
	struct span app_name)
{
	struct span cookie, name = SPAN(""), password = SPAN("");
	int64_t retry_after_s = 0;
	struct user user;
	enum ost_err err;

	if (second_page_is_posted(form))
		return second_page_submit(
			c, request, response, form, target, app_name);
	err = open_form_check(c, request, form, "signin", target, NULL);
	if (err == OST_DENIED)
		return form_refuse_signin(request, response, target);
	if (err == OST_OK)
		err = request_cookie(request, SIGNIN_COOKIE, &cookie);
	if (err == OST_OK)
		err = form_get(form, "username", &name);
	if (err == OST_OK)
		err = form_get(form, "password", &password);
	if (err == OST_OK)
		err = guess_password(c, request, GUESS_FIRST_STEP, name,
			password, &user, &retry_after_s);
	if (err == OST_OK && user_has_two_steps(&user))
		return second_page(
			c, request, response, &user, cookie, target, app_name);
	if (err == OST_OK)
		return signin_finish(
			c, request, response, &user, SESSION_PASSWORD, target);
	guess_note_tried(c, request, name, response);
	if (err == OST_LIMITED) {
		err = signin_page(c, request, response, target, app_name, name,
			"signin.too_many", 429);
		response_header_u64(
			response, "Retry-After", (uint64_t)retry_after_s);
		response->reason = "too_many_failures";
		return err;
	}
	if (err != OST_DENIED && err != OST_NOTFOUND && err != OST_BADINPUT)
		return err;
	return signin_page(c, request, response, target, app_name, name,
		"signin.wrong", 403);
}

enum ost_err
signout_token(const struct context *c, struct arena *arena,
	const struct visitor *visitor, struct span *text)
{
	return csrf_make(c->ring, arena, "signout", visitor->cookie, SPAN(""),
		c->config->session_lifetime_s, text);
}

void
signout_answer(struct response *response)
{
	page_answer(response, 200, "signed_out", "signedout",
		page_values(response));
	response_cookie(response, SESSION_COOKIE, SPAN(""));
}

/* OST_DENIED: the form is not one of this visitor's. */
static enum ost_err
check_signout(const struct context *c, struct arena *arena,
	const struct form *form, const struct visitor *visitor)
{
	struct span token;

	if (visitor->cookie.n == 0 || form_get(form, "csrf", &token) != OST_OK)
		return OST_DENIED;
	return csrf_check(c->ring, arena, "signout", visitor->cookie, SPAN(""),
		token, NULL);
}

/* Another site can have this posted, and then no cookie comes along: without
 * the form's token none is taken away. */
enum ost_err
signout_submit(const struct context *c, const struct request *request,
	struct response *response, const struct form *form)
{
	struct visitor visitor;
	bool is_ours, is_known;
	enum ost_err err = visitor_find(c, request, response, &visitor);

	if (err != OST_OK)
		return err;
	err = check_signout(c, request->arena, form, &visitor);
	is_ours = err == OST_OK;
	is_known = visitor.is_signed_in || visitor.must_enroll;
	/* Whose session is over is signed out, however old the form is. */
	if (err == OST_DENIED && (is_known || visitor.cookie.n == 0)) {
		form_refuse(request, response);
		return OST_OK;
	}
	if (is_ours)
		err = session_end(c->grants, request->arena, visitor.cookie);
	if (err != OST_OK && err != OST_DENIED)
		return err;
	if (is_known)
		response->subject = visitor.user.name;
	if (is_known && is_ours)
		event_note(c, request->arena, visitor.user.id, EVENT_SIGNED_OUT,
			request->address, SPAN_ABSENT);
	if (is_ours)
		signout_answer(response);
	else
		page_answer(response, 200, "signed_out", "signedout",
			page_values(response));
	return OST_OK;
}
