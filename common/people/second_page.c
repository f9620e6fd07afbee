#include "second_page.h"
#include "clock.h"
#include "csrf.h"
#include "event.h"
#include "grant.h"
#include "page.h"
#include "second_step.h"
#include "totp.h"

#define PURPOSE "second-step"

/* What the form stands for. */
struct step {
	struct user user;
	struct span cookie, target, app_name;
	uint64_t attempt;   /* from 1 */
	int64_t lifetime_s; /* what is left of it */
	struct span nonce;
};

/* No part but the last can hold a '|'. */
static enum ost_err
bound_to(struct arena *arena, const struct step *step, struct span *text)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_add(&buf, step->user.id);
	buf_char(&buf, '|');
	buf_i64(&buf, step->user.generation);
	buf_char(&buf, '|');
	buf_u64(&buf, step->attempt);
	buf_char(&buf, '|');
	buf_add(&buf, step->target);
	return buf_span(&buf, text);
}

static enum ost_err
show(const struct context *c, const struct request *request,
	struct response *response, const struct step *step, const char *error,
	int status)
{
	struct span bound, token;
	struct values *values;
	enum ost_err err = bound_to(request->arena, step, &bound);

	if (err == OST_OK)
		err = csrf_make(c->ring, request->arena, PURPOSE, step->cookie,
			bound, step->lifetime_s, &token);
	if (err != OST_OK)
		return err;
	values = page_values(response);
	values_set(values, "action", request->path);
	values_set(values, "request", step->target);
	values_set(values, "csrf", token);
	values_set(values, "account", step->user.id);
	values_number(values, "attempt", (int64_t)step->attempt);
	values_set(values, "user_name", step->user.name);
	values_set(values, "app_name", step->app_name);
	values_set(values, "error", span_of(error));
	page_answer(response, status,
		error ? "second_step_failed" : "second_step", "second_step",
		values);
	return OST_OK;
}

enum ost_err
second_page(const struct context *c, const struct request *request,
	struct response *response, const struct user *user, struct span cookie,
	struct span target, struct span app_name)
{
	const struct step step = { .user = *user,
		.cookie = cookie,
		.target = target,
		.app_name = app_name,
		.attempt = 1,
		.lifetime_s = SECOND_PAGE_LIFETIME_S };

	return show(c, request, response, &step, NULL, 200);
}

bool
second_page_is_posted(const struct form *form)
{
	return form_has(form, "second_step");
}

/* A token begins with the time at which it expires: the next one is not good
 * for longer. */
static enum ost_err
time_left(struct span token, int64_t *left_s)
{
	struct span expires;
	uint64_t expires_s;

	if (!span_cut(&token, '.', &expires) ||
		span_to_u64(expires, 1, INT64_MAX, &expires_s) != OST_OK ||
		(int64_t)expires_s <= clock_wall_s())
		return OST_DENIED;
	*left_s = (int64_t)expires_s - clock_wall_s();
	return OST_OK;
}

/* OST_DENIED, OST_NOTFOUND, OST_BADINPUT: it is not a form that this browser
 * was given, or the user has changed. */
static enum ost_err
read_form(const struct context *c, const struct request *request,
	const struct form *form, struct step *step)
{
	struct arena *arena = request->arena;
	struct span token, id, attempt, bound;
	enum ost_err err =
		request_cookie(request, SIGNIN_COOKIE, &step->cookie);

	if (err == OST_OK)
		err = form_get(form, "csrf", &token);
	if (err == OST_OK)
		err = form_get(form, "second_step", &id);
	if (err == OST_OK)
		err = form_get(form, "attempt", &attempt);
	if (err == OST_OK)
		err = span_to_u64(
			attempt, 1, SECOND_PAGE_TRIES, &step->attempt);
	if (err == OST_OK)
		err = user_by_id(c->accounts, arena, id, &step->user);
	if (err == OST_OK)
		err = bound_to(arena, step, &bound);
	if (err == OST_OK)
		err = csrf_check(c->ring, arena, PURPOSE, step->cookie, bound,
			token, &step->nonce);
	if (err == OST_OK)
		err = time_left(token, &step->lifetime_s);
	return err;
}

/* Of a recovery code only the field of its own is different. */
static struct span
typed_code(const struct form *form)
{
	struct span typed;

	if (form_get(form, "code", &typed) == OST_OK ||
		form_get(form, "recovery", &typed) == OST_OK)
		return span_trim(typed);
	return SPAN("");
}

static enum ost_err
refuse_code(const struct context *c, const struct request *request,
	struct response *response, struct step *step)
{
	event_note(c, request->arena, step->user.id, EVENT_SIGNIN_FAILED,
		request->address, SPAN_ABSENT);
	if (step->attempt >= SECOND_PAGE_TRIES)
		return signin_page(c, request, response, step->target,
			step->app_name, SPAN(""), "second_step.again", 403);
	step->attempt++;
	return show(c, request, response, step, "second_step.wrong", 403);
}

/* The form is used up by now, whatever becomes of the code. */
static enum ost_err
try_code(const struct context *c, const struct request *request,
	struct response *response, struct step *step, struct span typed)
{
	char digits[TOTP_DIGITS];
	bool is_otp = totp_read(typed, digits);
	int64_t retry_after_s = 0;
	struct user user;
	enum ost_err err = second_step_check(
		c, request, &step->user, typed, &user, &retry_after_s);

	response->subject = step->user.name;
	if (err == OST_LIMITED) {
		err = show(c, request, response, step, "second_step.too_many",
			429);
		response_header_u64(
			response, "Retry-After", (uint64_t)retry_after_s);
		response->reason = "too_many_failures";
		return err;
	}
	if (err == OST_DENIED)
		return refuse_code(c, request, response, step);
	if (err == OST_OK)
		err = signin_finish(c, request, response, &user,
			is_otp ? SESSION_OTP : SESSION_RECOVERY, step->target);
	if (err == OST_OK && !is_otp)
		event_note(c, request->arena, user.id, EVENT_RECOVERY_USED,
			request->address, SPAN_ABSENT);
	return err;
}

enum ost_err
second_page_submit(const struct context *c, const struct request *request,
	struct response *response, const struct form *form, struct span target,
	struct span app_name)
{
	struct step step = { .target = target, .app_name = app_name };
	struct span typed = typed_code(form);
	enum ost_err err = read_form(c, request, form, &step);

	/* Nothing was tried. */
	if (err == OST_OK && typed.n == 0)
		return show(c, request, response, &step, "second_step.missing",
			400);
	if (err == OST_OK)
		err = once_use(c->grants, request->arena, step.nonce,
			clock_wall_ms() + SECOND_PAGE_LIFETIME_S * 1000);
	if (err == OST_DENIED || err == OST_NOTFOUND || err == OST_BADINPUT ||
		err == OST_CONFLICT)
		return form_refuse_signin(request, response, target);
	return err == OST_OK ? try_code(c, request, response, &step, typed)
			     : err;
}
