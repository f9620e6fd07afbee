#include "signup.h"
#include "log.h"
#include "password_change.h"
#include "password_rule.h"
#include "plain.h"
#include "signup_mail.h"

#define TRIES_MAX 4 /* of a change that others disturb */

static enum ost_err
blame(struct signup_problem *problem, enum ost_err err, enum signup_field field,
	const char *why)
{
	*problem = (struct signup_problem){ .field = field, .why = why };
	return err;
}

void
signup_forget(const struct context *c, struct arena *arena,
	const struct ticket *ticket)
{
	enum ost_err err = ticket_use(c->grants, arena, ticket);

	if (err != OST_OK && err != OST_CONFLICT)
		log_message("warning",
			"a used link was not deleted; it opens nothing: %s",
			ost_err_name(err));
}

/* Who was invited at a page gets his roles from who invited him: OST_NOTFOUND
 * when that is no operator any more, or was disabled since. */
static enum ost_err
check_inviter(const struct context *c, struct arena *arena,
	const struct ticket *ticket)
{
	struct user inviter;
	enum ost_err err;

	if (ticket->by.n == 0)
		return OST_OK;
	err = user_by_id(c->accounts, arena, ticket->by, &inviter);
	if (err != OST_OK)
		return err;
	return !inviter.is_disabled && inviter.epoch == ticket->by_epoch &&
			       list_has(inviter.roles, SPAN("admin"))
		       ? OST_OK
		       : OST_NOTFOUND;
}

enum ost_err
signup_look(const struct context *c, struct arena *arena, struct span text,
	struct ticket *ticket)
{
	struct ticket found;
	struct user user;
	enum ost_err err;

	if (c->config->signup == SIGNUP_OFF)
		return OST_NOTFOUND;
	err = ticket_find(c->grants, arena, text, &found);
	if (err != OST_OK)
		return err;
	if ((found.kind != TICKET_INVITE && found.kind != TICKET_SIGNUP) ||
		(found.kind == TICKET_SIGNUP &&
			c->config->signup != SIGNUP_OPEN))
		return OST_NOTFOUND;
	err = check_inviter(c, arena, &found);
	if (err != OST_OK)
		return err;
	err = user_by_id(c->accounts, arena, found.user_id, &user);
	if (err == OST_OK)
		return OST_NOTFOUND;
	if (err != OST_NOTFOUND)
		return err;
	*ticket = found;
	return OST_OK;
}

enum ost_err
reset_look(const struct context *c, struct arena *arena, struct span text,
	struct ticket *ticket, struct user *user)
{
	struct ticket found;
	struct user owner;
	enum ost_err err = ticket_find(c->grants, arena, text, &found);

	if (err == OST_OK && found.kind != TICKET_RESET)
		err = OST_NOTFOUND;
	if (err == OST_OK)
		err = user_by_id(c->accounts, arena, found.user_id, &owner);
	if (err != OST_OK)
		return err;
	if (owner.is_disabled || owner.generation != found.generation)
		return OST_NOTFOUND;
	/* Who has the mail of an address that the account had before. */
	if (found.email.n > 0 && !span_eq(found.email, owner.email))
		return OST_NOTFOUND;
	*ticket = found;
	*user = owner;
	return OST_OK;
}

/* Who has no account yet may ask for a reset by his address: nobody else shall
 * be found by it. */
static bool
is_others_address(struct span name, struct span email)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '@')
			return !span_eq_nocase(name, email);
	return false;
}

static enum ost_err
check_form(const struct signup_form *form, const struct ticket *ticket,
	struct signup_problem *problem)
{
	const char *fault = password_fault(form->password);

	if (!user_name_is_valid(form->name))
		return blame(problem, OST_BADINPUT, SIGNUP_NAME,
			"a user name has 1 to 64 of A-Z a-z 0-9 . _ @ + -, "
			"first and last a letter or digit");
	if (is_others_address(form->name, ticket->email))
		return blame(problem, OST_BADINPUT, SIGNUP_NAME_ADDRESS,
			"a user name with an @ is the address of the link");
	if (!text_is_plain(form->display_name, SIGNUP_DISPLAY_NAME_MAX))
		return blame(problem, OST_BADINPUT, SIGNUP_DISPLAY_NAME,
			"a display name has at most 200 bytes");
	if (fault != NULL)
		return blame(problem, OST_BADINPUT, SIGNUP_PASSWORD, fault);
	return OST_OK;
}

/* That name and address are free, as far as one can know before. */
static enum ost_err
check_free(const struct context *c, struct arena *arena,
	const struct ticket *ticket, struct span name,
	struct signup_problem *problem)
{
	struct signup_search search = { .who = ticket->email };
	struct user other;
	enum ost_err err = user_by_name(c->accounts, arena, name, &other);

	if (err == OST_OK)
		return blame(problem, OST_CONFLICT, SIGNUP_NAME,
			"somebody has this name already");
	if (err != OST_NOTFOUND)
		return err;
	/* Who invites may give somebody a second account. */
	if (ticket->kind == TICKET_INVITE)
		return OST_OK;
	err = signup_search(c, arena, &search);
	if (err == OST_OK && search.is_found)
		return blame(problem, OST_CONFLICT, SIGNUP_EMAIL,
			"there is an account of this address already");
	return err;
}

/* user_create() of an id that is taken is a ticket that was used; else the
 * name was taken meanwhile. */
static enum ost_err
create(const struct context *c, struct arena *arena,
	const struct ticket *ticket, struct user *user,
	struct signup_problem *problem)
{
	struct user other;
	enum ost_err err = user_create(c->accounts, arena, user);

	if (err != OST_CONFLICT)
		return err;
	err = user_by_id(c->accounts, arena, ticket->user_id, &other);
	if (err == OST_NOTFOUND)
		return blame(problem, OST_CONFLICT, SIGNUP_NAME,
			"somebody has this name already");
	return err == OST_OK ? OST_NOTFOUND : err;
}

enum ost_err
signup_finish(const struct context *c, struct arena *arena, struct span text,
	const struct signup_form *form, struct signup_problem *problem,
	struct user *user)
{
	struct user made = { .name = form->name,
		.display_name = form->display_name,
		.generation = 1 };
	struct ticket ticket;
	enum ost_err err = signup_look(c, arena, text, &ticket);

	if (err == OST_OK)
		err = check_form(form, &ticket, problem);
	if (err == OST_OK)
		err = check_free(c, arena, &ticket, form->name, problem);
	if (err == OST_OK)
		err = password_change_hash(
			c, arena, form->password, &made.password);
	/* It may have been withdrawn while that took its time. */
	if (err == OST_OK)
		err = signup_look(c, arena, text, &ticket);
	if (err != OST_OK)
		return err;
	made.id = ticket.user_id;
	made.email = ticket.email;
	made.email_proven = ticket_proves(&ticket);
	made.roles = ticket.roles.n > 0 ? ticket.roles : SPAN("");
	err = create(c, arena, &ticket, &made, problem);
	if (err != OST_OK)
		return err;
	signup_forget(c, arena, &ticket);
	*user = made;
	return OST_OK;
}

enum ost_err
reset_finish(const struct context *c, struct arena *arena, struct span text,
	struct span password, struct signup_problem *problem, struct user *user)
{
	const char *fault = password_fault(password);
	struct ticket ticket;
	struct user owner;
	struct span phc;
	enum ost_err err = reset_look(c, arena, text, &ticket, &owner);

	if (err == OST_OK && fault != NULL)
		return blame(problem, OST_BADINPUT, SIGNUP_PASSWORD, fault);
	if (err == OST_OK)
		err = password_change_hash(c, arena, password, &phc);
	if (err != OST_OK)
		return err;
	err = OST_CONFLICT;
	for (int i = 0; i < TRIES_MAX && err == OST_CONFLICT; i++) {
		err = reset_look(c, arena, text, &ticket, &owner);
		if (err != OST_OK)
			return err;
		owner.password = phc;
		if (ticket.email.n > 0)
			owner.email_proven = ticket_proves(&ticket);
		owner.generation++;
		err = user_save(c->accounts, arena, &owner);
	}
	if (err != OST_OK)
		return err;
	signup_forget(c, arena, &ticket);
	*user = owner;
	return OST_OK;
}
