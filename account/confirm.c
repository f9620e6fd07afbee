/* /account/confirm: that the address of one's account is one's own, from a
 * mailed link. Settings sends it. */
#include "confirm.h"
#include "event.h"
#include "mailed.h"
#include "pages.h"

static enum ost_err
show(struct visit *visit, const struct ticket *ticket, const char *error)
{
	struct values *values;
	enum ost_err err = portal_values(visit, "at_settings", &values);

	if (err != OST_OK)
		return err;
	values_set(values, "ticket", mailed_ticket(visit));
	values_set(values, "email", ticket->email);
	if (error != NULL)
		portal_wrong(visit, values, "error_form", error);
	portal_show(visit, "confirm", "confirm", values);
	return OST_OK;
}

enum ost_err
confirm_get(struct visit *visit)
{
	struct ticket ticket;
	enum ost_err err = confirm_look(visit->context, visit->arena,
		mailed_ticket(visit), &visit->visitor.user, &ticket);

	if (err == OST_NOTFOUND)
		return mailed_dead(visit, "is_confirm");
	return err == OST_OK ? show(visit, &ticket, NULL) : err;
}

enum ost_err
confirm_post(struct visit *visit)
{
	const struct user *user = &visit->visitor.user;
	struct span text = mailed_ticket(visit);
	struct ticket ticket;
	enum ost_err err =
		confirm_look(visit->context, visit->arena, text, user, &ticket);

	if (err == OST_OK)
		err = portal_once(visit);
	if (err == OST_OK)
		err = confirm_finish(
			visit->context, visit->arena, text, user->id);
	if (err == OST_NOTFOUND)
		return mailed_dead(visit, "is_confirm");
	if (err == OST_CONFLICT)
		return show(visit, &ticket, "account.changed_meanwhile");
	if (err != OST_OK)
		return err;
	event_note(visit->context, visit->arena, user->id,
		EVENT_ACCOUNT_CHANGED, visit->request->address, SPAN_ABSENT);
	portal_done(visit, "/account/settings", "email_confirmed");
	return OST_OK;
}
