#include "mailed.h"
#include "password_rule.h"

struct span
mailed_ticket(const struct visit *visit)
{
	return visit->form != NULL ? portal_field(visit, "ticket")
				   : portal_query(visit, "ticket");
}

enum ost_err
mailed_dead(struct visit *visit, const char *how)
{
	struct values *values = page_values(visit->response);

	values_flag(values, how, true);
	page_answer(visit->response, 404, "link_dead", "link_dead", values);
	return OST_OK;
}

/* The form, with what was typed. */
static enum ost_err
ask_again(struct visit *visit, int status, const char *form,
	const char *error_field, const char *key)
{
	static const char *const typed[] = { "email", "who", NULL };
	struct values *values;
	enum ost_err err = portal_values(visit, "at_mailed", &values);

	if (err != OST_OK)
		return err;
	portal_keep(visit, values, typed);
	portal_wrong(visit, values, error_field, key);
	page_answer(visit->response, status,
		status == 429 ? "rate_limited" : "form_wrong", form, values);
	return OST_OK;
}

enum ost_err
mailed_answer(struct visit *visit, enum ost_err err, int64_t wait_s,
	const char *sent, const char *form, const char *error_field,
	const char *wrong)
{
	if (err == OST_BADINPUT)
		return ask_again(visit, 400, form, error_field, wrong);
	if (err == OST_LIMITED) {
		err = ask_again(visit, 429, form, error_field, "mailed.limit");
		response_header_u64(
			visit->response, "Retry-After", (uint64_t)wait_s);
		return err;
	}
	if (err == OST_OK)
		page_answer(visit->response, 200, "mail_sent", sent,
			page_values(visit->response));
	return err;
}

void
new_password(struct visit *visit, struct values *values, struct span *password)
{
	struct span again;

	if (form_get(visit->form, "new_password", password) != OST_OK)
		*password = SPAN("");
	if (form_get(visit->form, "again", &again) != OST_OK)
		again = SPAN("");
	if (password_fault(*password) != NULL)
		portal_wrong(
			visit, values, "error_new_password", "password.unfit");
	else if (!span_eq(*password, again))
		portal_wrong(visit, values, "error_again", "password.differs");
}
