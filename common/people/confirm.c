#include "confirm.h"
#include "mailbox.h"
#include "signup_mail.h"

#define TRIES_MAX 4 /* of a change that others disturb */

bool
confirm_is_possible(const struct config *config, const struct user *user)
{
	return reset_is_possible(config) && !user->is_disabled &&
	       !user_has_proven_email(user) &&
	       mail_address_is_valid(user->email);
}

enum ost_err
confirm_start(const struct context *c, const struct request *request,
	const struct user *user, struct span language, int64_t *wait_s)
{
	int64_t lifetime_s = c->config->ticket_lifetime_s;
	struct arena *arena = request->arena;
	struct ticket ticket = { .kind = TICKET_CONFIRM,
		.user_id = user->id,
		.email = user->email };
	struct span text, link;
	enum ost_err err;

	if (!confirm_is_possible(c->config, user))
		return OST_DENIED;
	err = signup_count(c, request, user->email, wait_s);
	if (err == OST_OK)
		err = ticket_create(
			c->grants, arena, &ticket, lifetime_s * 1000, &text);
	if (err == OST_OK)
		err = signup_link(
			c->config, arena, TICKET_CONFIRM, text, &link);
	return err == OST_OK ? signup_mail(c, arena, MAIL_CONFIRM,
				       user->language.n > 0 ? user->language
							    : language,
				       link, lifetime_s, user->email, false)
			     : err;
}

enum ost_err
confirm_look(const struct context *c, struct arena *arena, struct span text,
	const struct user *user, struct ticket *ticket)
{
	struct ticket found;
	enum ost_err err = ticket_find(c->grants, arena, text, &found);

	if (err != OST_OK)
		return err;
	if (found.kind != TICKET_CONFIRM || !span_eq(found.user_id, user->id) ||
		!span_eq(found.email, user->email) || user->is_disabled)
		return OST_NOTFOUND;
	*ticket = found;
	return OST_OK;
}

enum ost_err
confirm_finish(const struct context *c, struct arena *arena, struct span text,
	struct span user_id)
{
	struct ticket ticket;
	struct user user;
	enum ost_err err = OST_CONFLICT;

	for (int i = 0; i < TRIES_MAX && err == OST_CONFLICT; i++) {
		err = user_by_id(c->accounts, arena, user_id, &user);
		if (err == OST_OK)
			err = confirm_look(c, arena, text, &user, &ticket);
		if (err != OST_OK)
			return err;
		user.email_proven = ticket_proves(&ticket);
		err = user_update(c->accounts, arena, &user);
	}
	if (err == OST_OK)
		signup_forget(c, arena, &ticket);
	return err;
}
