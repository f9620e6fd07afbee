/* /account/two-step/...: new recovery codes, and turning it off. Both take the
 * password and a code: who finds a browser open can do neither. */
#include "enroll.h"
#include "event.h"
#include "totp.h"
#include "two_step.h"

/* What is wrong with the password and the code; NULL: nothing. */
struct faults {
	const char *password, *code;
	int64_t retry_after_s; /* too many wrong codes */
};

enum ost_err
two_step_show_codes(struct visit *visit,
	const struct span codes[static RECOVERY_CODES], struct span back)
{
	struct values *values;
	enum ost_err err = portal_values(visit, "at_security", &values);

	if (err != OST_OK)
		return err;
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		values_set(values_row(values, "codes"), "code", codes[i]);
	values_set(values, "return",
		span_is_absent(back) ? SPAN(ENROLL_PATH) : back);
	portal_show(visit, "recovery_codes", "two_step_codes", values);
	return OST_OK;
}

static enum ost_err
show(struct visit *visit, const char *page, const struct faults *faults)
{
	struct values *values;
	enum ost_err err = portal_values(visit, "at_security", &values);

	if (err != OST_OK)
		return err;
	if (faults != NULL && faults->password != NULL)
		portal_wrong(visit, values, "error_password", faults->password);
	if (faults != NULL && faults->code != NULL)
		portal_wrong(visit, values, "error_code", faults->code);
	if (faults == NULL || faults->retry_after_s == 0) {
		portal_show(visit, page, page, values);
		return OST_OK;
	}
	page_answer(visit->response, 429, "too_many_failures", page, values);
	response_header_u64(visit->response, "Retry-After",
		(uint64_t)faults->retry_after_s);
	return OST_OK;
}

/* Uses the code up. OST_DENIED: faults says what is wrong, or the form was
 * used before, and that is answered. */
static enum ost_err
prove(struct visit *visit, struct user *user, struct faults *faults)
{
	struct span typed = portal_field(visit, "code");
	char digits[TOTP_DIGITS];
	enum ost_err err;

	if (typed.n == 0)
		faults->code = "two_step.code_missing";
	err = portal_password(visit, &faults->password);
	if (err == OST_OK && faults->code != NULL)
		err = OST_DENIED;
	if (err == OST_OK)
		err = portal_once(visit);
	if (err != OST_OK)
		return err;
	err = second_step_check(visit->context, visit->request,
		&visit->visitor.user, typed, user, &faults->retry_after_s);
	if (err == OST_DENIED)
		faults->code = "second_step.wrong";
	if (err == OST_LIMITED)
		faults->code = "second_step.too_many";
	if (err == OST_OK && !totp_read(typed, digits))
		event_note(visit->context, visit->arena, user->id,
			EVENT_RECOVERY_USED, visit->request->address,
			SPAN_ABSENT);
	return err == OST_LIMITED ? OST_DENIED : err;
}

/* Whether it is on at all; else answers. */
static bool
is_on(struct visit *visit)
{
	if (user_has_two_steps(&visit->visitor.user))
		return true;
	portal_go(visit, SPAN(ENROLL_PATH));
	return false;
}

enum ost_err
two_step_codes_get(struct visit *visit)
{
	return is_on(visit) ? show(visit, "two_step_new", NULL) : OST_OK;
}

enum ost_err
two_step_codes_post(struct visit *visit)
{
	struct span codes[RECOVERY_CODES];
	struct faults faults = { 0 };
	struct user user;
	enum ost_err err;

	if (!is_on(visit))
		return OST_OK;
	err = prove(visit, &user, &faults);
	if (err == OST_DENIED && visit->response->status == 0)
		return show(visit, "two_step_new", &faults);
	if (err == OST_OK)
		err = second_step_new_codes(
			visit->context->accounts, visit->arena, &user, codes);
	if (err == OST_CONFLICT) {
		faults.code = "two_step.changed";
		return show(visit, "two_step_new", &faults);
	}
	return err == OST_OK ? two_step_show_codes(visit, codes, SPAN_ABSENT)
			     : err;
}

/* Whether the user may do without it, and has it; else answers. */
static bool
may_end(struct visit *visit)
{
	if (!is_on(visit))
		return false;
	if (!user_must_have_two_steps(
		    visit->context->config, &visit->visitor.user))
		return true;
	portal_error(visit, 403, "two_step.required", "two_step.required_text",
		"two_step_required");
	return false;
}

enum ost_err
two_step_off_get(struct visit *visit)
{
	return may_end(visit) ? show(visit, "two_step_off", NULL) : OST_OK;
}

enum ost_err
two_step_off_post(struct visit *visit)
{
	struct faults faults = { 0 };
	struct user user;
	enum ost_err err;

	if (!may_end(visit))
		return OST_OK;
	err = prove(visit, &user, &faults);
	if (err == OST_DENIED && visit->response->status == 0)
		return show(visit, "two_step_off", &faults);
	if (err == OST_OK)
		err = second_step_disable(
			visit->context->accounts, visit->arena, &user);
	if (err == OST_CONFLICT) {
		faults.code = "two_step.changed";
		return show(visit, "two_step_off", &faults);
	}
	if (err != OST_OK)
		return err;
	event_note(visit->context, visit->arena, user.id, EVENT_TWO_STEP_OFF,
		visit->request->address, SPAN_ABSENT);
	portal_done(visit, ENROLL_PATH, "two_step_off");
	return OST_OK;
}
