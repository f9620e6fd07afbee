/* /account/security: another password, and whether there are two steps. */
#include "event.h"
#include "guess.h"
#include "log.h"
#include "pages.h"
#include "password_change.h"
#include "password_rule.h"
#include "recovery.h"

struct typed {
	struct span current, wanted, again;
};

/* As it was typed, blanks and all. */
static struct span
secret_field(const struct visit *visit, const char *name)
{
	struct span value;

	return form_get(visit->form, name, &value) == OST_OK ? value : SPAN("");
}

static enum ost_err
begin(struct visit *visit, struct values **values)
{
	const struct user *user = &visit->visitor.user;
	enum ost_err err = portal_values(visit, "at_security", values);

	if (err != OST_OK)
		return err;
	values_flag(*values, "is_two_step", user_has_two_steps(user));
	values_number(
		*values, "codes_left", (int64_t)recovery_count(user->recovery));
	return OST_OK;
}

enum ost_err
security_get(struct visit *visit)
{
	struct values *values;
	enum ost_err err = begin(visit, &values);

	if (err == OST_OK)
		portal_show(visit, "security", "security", values);
	return err;
}

static void
check(struct visit *visit, struct values *values, const struct typed *typed)
{
	const char *fault = password_fault_key(typed->wanted);

	if (typed->current.n == 0)
		portal_wrong(
			visit, values, "error_current", "password.missing");
	if (typed->wanted.n == 0)
		fault = "password.missing_new";
	else if (fault == NULL && span_eq(typed->wanted, typed->current))
		fault = "password.same";
	if (fault != NULL)
		portal_wrong(visit, values, "error_new", fault);
	else if (!span_eq(typed->wanted, typed->again))
		portal_wrong(
			visit, values, "error_again", "password.not_again");
}

/* The form once more, because of the present password: OST_OK when that is
 * answered. */
static enum ost_err
refuse(struct visit *visit, struct values *values, enum ost_err err,
	int64_t retry_after_s)
{
	if (err == OST_LIMITED) {
		portal_wrong(visit, values, "error_current", "signin.too_many");
		page_answer(visit->response, 429, "too_many_failures",
			"security", values);
		response_header_u64(visit->response, "Retry-After",
			(uint64_t)retry_after_s);
		return OST_OK;
	}
	if (err != OST_DENIED && err != OST_NOTFOUND && err != OST_BADINPUT)
		return err;
	portal_wrong(visit, values, "error_current", "password.wrong");
	portal_show(visit, "security", "security", values);
	return OST_OK;
}

/* What the former password opened is over by its generation already; nothing
 * that fails here makes the new one undone. */
static void
begin_anew(struct visit *visit, const struct user *user)
{
	const struct context *c = visit->context;
	size_t ended;
	enum ost_err err;

	event_note(c, visit->arena, user->id, EVENT_PASSWORD_CHANGED,
		visit->request->address, SPAN_ABSENT);
	err = session_end_others(
		c->grants, visit->arena, user->id, SPAN_ABSENT, &ended);
	if (err == OST_OK)
		err = signin_begin_session(c, visit->request, visit->response,
			user, visit->visitor.session.steps, NULL);
	if (err != OST_OK)
		log_message("warning",
			"no new session after a new password: %s",
			ost_err_name(err));
	portal_done(visit, "/account/security", "password_changed");
}

enum ost_err
security_post(struct visit *visit)
{
	const struct typed typed = { secret_field(visit, "current_password"),
		secret_field(visit, "new_password"),
		secret_field(visit, "again") };
	struct values *values;
	struct user user;
	int64_t retry_after_s = 0;
	enum ost_err err = begin(visit, &values);

	if (err != OST_OK)
		return err;
	check(visit, values, &typed);
	if (values_have(values, "has_error")) {
		portal_show(visit, "security", "security", values);
		return OST_OK;
	}
	err = guess_password(visit->context, visit->request, GUESS_FIRST_STEP,
		visit->visitor.user.name, typed.current, &user, &retry_after_s);
	if (err != OST_OK)
		return refuse(visit, values, err, retry_after_s);
	err = portal_once(visit);
	if (err == OST_OK)
		err = password_change(
			visit->context, visit->arena, &user, typed.wanted);
	if (err == OST_CONFLICT) {
		portal_wrong(visit, values, "error_form",
			"account.changed_meanwhile");
		portal_show(visit, "security", "security", values);
		return OST_OK;
	}
	if (err == OST_OK)
		begin_anew(visit, &user);
	return err;
}
