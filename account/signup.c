/* /account/signup: asking for an account, and making it from a mailed link. */
#include "signup.h"
#include "event.h"
#include "limit.h"
#include "mailed.h"
#include "open_form.h"
#include "pages.h"
#include "plain.h"

/* Behind one link names can be tried, and each says whether it is taken. */
static const struct limit_rule tries = { 30, 3600 };

/* Without a link: the form, or that it takes an invitation. */
static enum ost_err
show_start(struct visit *visit)
{
	static const char *const typed[] = { "email", NULL };
	struct values *values;
	enum ost_err err;

	if (!signup_is_open(visit->context->config)) {
		page_answer(visit->response, 200, "signup", "signup_invited",
			page_values(visit->response));
		return OST_OK;
	}
	err = portal_values(visit, "at_signup", &values);
	if (err != OST_OK)
		return err;
	portal_keep(visit, values, typed);
	portal_show(visit, "signup", "signup", values);
	return OST_OK;
}

static enum ost_err
show_dead(struct visit *visit)
{
	return mailed_dead(visit, signup_is_open(visit->context->config)
					  ? "is_signup"
					  : "is_invitation");
}

static enum ost_err
finish_values(struct visit *visit, const struct ticket *ticket,
	struct values **values)
{
	static const char *const typed[] = { "name", "display_name", NULL };
	enum ost_err err = portal_values(visit, "at_signup", values);

	if (err != OST_OK)
		return err;
	portal_keep(visit, *values, typed);
	values_set(*values, "ticket", mailed_ticket(visit));
	values_set(*values, "email", ticket->email);
	return OST_OK;
}

static enum ost_err
say_off(struct visit *visit)
{
	portal_error(visit, 404, "signup.off", "signup.off.text", "not_found");
	return OST_OK;
}

enum ost_err
signup_get(struct visit *visit)
{
	struct span text = mailed_ticket(visit);
	struct values *values;
	struct ticket ticket;
	enum ost_err err;

	if (visit->context->config->signup == SIGNUP_OFF)
		return say_off(visit);
	if (text.n == 0)
		return show_start(visit);
	err = signup_look(visit->context, visit->arena, text, &ticket);
	if (err == OST_NOTFOUND)
		return show_dead(visit);
	if (err == OST_OK)
		err = finish_values(visit, &ticket, &values);
	if (err == OST_OK)
		portal_show(visit, "signup", "signup_finish", values);
	return err;
}

static enum ost_err
start(struct visit *visit)
{
	struct response *response = visit->response;
	int64_t wait_s = 0;
	enum ost_err err;

	if (!signup_is_open(visit->context->config))
		return show_start(visit);
	err = signup_start(visit->context, visit->request,
		portal_field(visit, "email"),
		language_tag(response->look.language), &wait_s);
	return mailed_answer(visit, err, wait_s, "signup_sent", "signup",
		"error_email", "signup.bad_email");
}

/* All that can be told without looking at others' accounts. */
static void
read_form(struct visit *visit, struct values *values, struct signup_form *form)
{
	form->name = portal_field(visit, "name");
	form->display_name = portal_field(visit, "display_name");
	if (!user_name_is_valid(form->name))
		portal_wrong(visit, values, "error_name", "signup.bad_name");
	if (!text_is_plain(form->display_name, SIGNUP_DISPLAY_NAME_MAX))
		portal_wrong(visit, values, "error_display_name",
			"signup.bad_display_name");
	new_password(visit, values, &form->password);
}

static void
note_problem(struct visit *visit, struct values *values,
	const struct signup_problem *problem, enum ost_err err)
{
	switch (problem->field) {
	case SIGNUP_NAME:
		portal_wrong(visit, values, "error_name",
			err == OST_CONFLICT ? "signup.name_taken"
					    : "signup.bad_name");
		break;
	case SIGNUP_NAME_ADDRESS:
		portal_wrong(visit, values, "error_name",
			"signup.name_other_address");
		break;
	case SIGNUP_DISPLAY_NAME:
		portal_wrong(visit, values, "error_display_name",
			"signup.bad_display_name");
		break;
	case SIGNUP_EMAIL:
		portal_wrong(
			visit, values, "error_email", "signup.email_taken");
		break;
	case SIGNUP_PASSWORD:
		portal_wrong(
			visit, values, "error_new_password", "password.unfit");
		break;
	}
}

/* OST_LIMITED: the form says so. */
static enum ost_err
count_try(
	struct visit *visit, const struct ticket *ticket, struct values *values)
{
	struct span key;
	struct buf buf;
	int64_t wait_s;
	enum ost_err err;

	buf_init(&buf, visit->arena);
	buf_text(&buf, "signup:");
	buf_add(&buf, ticket->user_id);
	err = buf_span(&buf, &key);
	if (err == OST_OK)
		err = limit_count(
			visit->context, RATE_ADDRESSES, key, &tries, &wait_s);
	if (err != OST_LIMITED)
		return err;
	portal_wrong(visit, values, "error_name", "mailed.limit");
	page_answer(
		visit->response, 429, "rate_limited", "signup_finish", values);
	response_header_u64(visit->response, "Retry-After", (uint64_t)wait_s);
	return err;
}

/* Who has the mail and has just chosen the password need not type it again. A
 * role that takes two steps asks for the second one there. */
static enum ost_err
welcome(struct visit *visit, const struct user *user, enum ticket_kind kind)
{
	enum ost_err err;

	event_note(visit->context, visit->arena, user->id,
		kind == TICKET_INVITE ? EVENT_INVITED : EVENT_SIGNED_UP,
		visit->request->address, SPAN_ABSENT);
	err = signin_begin_session(visit->context, visit->request,
		visit->response, user, SESSION_PASSWORD, NULL);
	if (err != OST_OK)
		return err;
	event_note(visit->context, visit->arena, user->id, EVENT_SIGNED_IN,
		visit->request->address, SPAN_ABSENT);
	open_form_end(visit->response);
	portal_done(visit, "/account", "welcome");
	return OST_OK;
}

static enum ost_err
finish(struct visit *visit, struct span text)
{
	struct signup_form form;
	struct signup_problem problem;
	struct values *values;
	struct ticket ticket;
	struct user user;
	enum ost_err err =
		signup_look(visit->context, visit->arena, text, &ticket);

	if (err == OST_NOTFOUND)
		return show_dead(visit);
	if (err == OST_OK)
		err = finish_values(visit, &ticket, &values);
	if (err != OST_OK)
		return err;
	read_form(visit, values, &form);
	if (!values_have(values, "has_error")) {
		err = count_try(visit, &ticket, values);
		if (err == OST_OK)
			err = signup_finish(visit->context, visit->arena, text,
				&form, &problem, &user);
		if (err == OST_OK)
			return welcome(visit, &user, ticket.kind);
		if (err == OST_NOTFOUND)
			return show_dead(visit);
		if (err != OST_BADINPUT && err != OST_CONFLICT)
			return err;
		note_problem(visit, values, &problem, err);
	}
	portal_show(visit, "signup", "signup_finish", values);
	return OST_OK;
}

enum ost_err
signup_post(struct visit *visit)
{
	struct span text = mailed_ticket(visit);

	if (visit->context->config->signup == SIGNUP_OFF)
		return say_off(visit);
	return text.n > 0 ? finish(visit, text) : start(visit);
}
