/* /account/reset: a new password for who has lost it, by mail. */
#include "event.h"
#include "log.h"
#include "mailed.h"
#include "pages.h"
#include "signup.h"

static enum ost_err
show_dead(struct visit *visit)
{
	return mailed_dead(visit, "is_reset");
}

static enum ost_err
finish_values(
	struct visit *visit, const struct user *user, struct values **values)
{
	enum ost_err err = portal_values(visit, "at_reset", values);

	if (err != OST_OK)
		return err;
	values_set(*values, "ticket", mailed_ticket(visit));
	values_set(*values, "owner", user->name);
	return OST_OK;
}

static enum ost_err
show_start(struct visit *visit)
{
	static const char *const typed[] = { "who", NULL };
	struct values *values;
	enum ost_err err = portal_values(visit, "at_reset", &values);

	if (err != OST_OK)
		return err;
	portal_keep(visit, values, typed);
	portal_show(visit, "reset", "reset", values);
	return OST_OK;
}

static enum ost_err
say_off(struct visit *visit)
{
	portal_error(visit, 404, "reset.off", "reset.off.text", "not_found");
	return OST_OK;
}

enum ost_err
reset_get(struct visit *visit)
{
	struct span text = mailed_ticket(visit);
	struct values *values;
	struct ticket ticket;
	struct user user;
	enum ost_err err;

	if (!reset_is_possible(visit->context->config))
		return say_off(visit);
	if (text.n == 0)
		return show_start(visit);
	err = reset_look(visit->context, visit->arena, text, &ticket, &user);
	if (err == OST_NOTFOUND)
		return show_dead(visit);
	if (err == OST_OK)
		err = finish_values(visit, &user, &values);
	if (err == OST_OK)
		portal_show(visit, "reset", "reset_finish", values);
	return err;
}

static enum ost_err
start(struct visit *visit)
{
	struct response *response = visit->response;
	int64_t wait_s = 0;
	enum ost_err err = reset_start(visit->context, visit->request,
		portal_field(visit, "who"),
		language_tag(response->look.language), &wait_s);

	return mailed_answer(visit, err, wait_s, "reset_sent", "reset",
		"error_who", "reset.bad_who");
}

/* The password is set: sessions of before open nothing any more. */
static void
end_sessions(struct visit *visit, const struct user *user)
{
	size_t ended;
	enum ost_err err = session_end_others(visit->context->grants,
		visit->arena, user->id, SPAN_ABSENT, &ended);

	if (err != OST_OK)
		log_message("warning",
			"sessions of an older password were not deleted; they "
			"open nothing: %s",
			ost_err_name(err));
	visit->response->subject = user->name;
	event_note(visit->context, visit->arena, user->id, EVENT_PASSWORD_RESET,
		visit->request->address, SPAN_ABSENT);
}

static enum ost_err
finish(struct visit *visit, struct span text)
{
	struct signup_problem problem;
	struct span password;
	struct values *values;
	struct ticket ticket;
	struct user user;
	enum ost_err err =
		reset_look(visit->context, visit->arena, text, &ticket, &user);

	if (err == OST_NOTFOUND)
		return show_dead(visit);
	if (err == OST_OK)
		err = finish_values(visit, &user, &values);
	if (err != OST_OK)
		return err;
	new_password(visit, values, &password);
	if (values_have(values, "has_error")) {
		portal_show(visit, "reset", "reset_finish", values);
		return OST_OK;
	}
	err = reset_finish(
		visit->context, visit->arena, text, password, &problem, &user);
	if (err == OST_NOTFOUND)
		return show_dead(visit);
	if (err != OST_OK)
		return err == OST_CONFLICT ? OST_BUSY : err;
	end_sessions(visit, &user);
	page_answer(visit->response, 200, "password_reset", "reset_done",
		page_values(visit->response));
	return OST_OK;
}

enum ost_err
reset_post(struct visit *visit)
{
	struct span text = mailed_ticket(visit);

	if (!reset_is_possible(visit->context->config))
		return say_off(visit);
	return text.n > 0 ? finish(visit, text) : start(visit);
}
