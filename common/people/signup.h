#ifndef OSTIARY_SIGNUP_H
#define OSTIARY_SIGNUP_H
#include "context.h"
#include "request.h"
#include "ticket.h"
#include "user.h"
/*
 * Signing up and setting a lost password anew, without pages.
 *
 * The two that start it never say whether there is such an account: for each
 * they count the same limits, by what was typed, look through all users, write
 * one ticket and one mail, and return the same. A mail that is for nobody is
 * spooled like the others and thrown away by who sends them.
 */
#define SIGNUP_DISPLAY_NAME_MAX 200 /* bytes */

/* Whether pages should offer them at all. */
bool signup_is_open(const struct config *config);
bool reset_is_possible(const struct config *config);

/*
 * Mails a link to /account/signup?ticket=T, or, where the address has an
 * account already, that it has one. language: that of the page, or absent; of
 * an account that has chosen one, that. OST_OK: "we have sent a mail".
 * OST_BADINPUT: that is no address. OST_LIMITED: *wait_s, from 1, says how
 * long. OST_DENIED: not open. OST_BUSY: too many mails wait. OST_STORE.
 */
OST_CHECK enum ost_err signup_start(const struct context *context,
	const struct request *request, struct span email, struct span language,
	int64_t *wait_s);
/*
 * Mails a link to /account/reset?ticket=T to the account of that address (of
 * several the one that was made first) or, else, name, unless it is disabled
 * or has no address. The same errors; OST_DENIED: there is no
 * mail_from.
 */
OST_CHECK enum ost_err reset_start(const struct context *context,
	const struct request *request, struct span who, struct span language,
	int64_t *wait_s);
/* The same mail to that user by the operator, whom no limit stops. OST_DENIED:
 * there is no mail_from, or the user is disabled or has no address. OST_BUSY,
 * OST_STORE. */
OST_CHECK enum ost_err reset_send(const struct context *context,
	struct arena *arena, const struct user *user);

/* What the pages behind the links show before anything is sent; nothing is
 * used up. OST_NOTFOUND: the link is not good any more. */
OST_CHECK enum ost_err signup_look(const struct context *context,
	struct arena *arena, struct span text, struct ticket *ticket);
OST_CHECK enum ost_err reset_look(const struct context *context,
	struct arena *arena, struct span text, struct ticket *ticket,
	struct user *user);

struct signup_form {
	struct span name;
	struct span display_name; /* absent or empty: the name */
	struct span password;
};

/* Which input is to blame for OST_BADINPUT or OST_CONFLICT. */
enum signup_field {
	SIGNUP_NAME,
	SIGNUP_NAME_ADDRESS, /* it is an address, and not the link's */
	SIGNUP_DISPLAY_NAME,
	SIGNUP_EMAIL, /* the address has got an account meanwhile */
	SIGNUP_PASSWORD,
};

struct signup_problem {
	enum signup_field field;
	const char *why; /* a literal sentence */
};

/*
 * Makes the user, with the address and the roles of the ticket, and uses it
 * up. OST_NOTFOUND: the link is not good any more. OST_BADINPUT, OST_CONFLICT
 * (the name, or the address, is taken): *problem says what; the ticket stays.
 * OST_BUSY: no permit to hash; OST_STORE, OST_CRYPTO. Two sign-up links of one
 * address that are finished in the same moment make two accounts: there is no
 * index of addresses, and both are of who has the mail.
 */
OST_CHECK enum ost_err signup_finish(const struct context *context,
	struct arena *arena, struct span text, const struct signup_form *form,
	struct signup_problem *problem, struct user *user);
/* Sets the password: sessions and login tokens end, and every other reset
 * ticket of the user is dead. Errors as above, but for OST_CONFLICT: the user
 * was changed all the time. */
OST_CHECK enum ost_err reset_finish(const struct context *context,
	struct arena *arena, struct span text, struct span password,
	struct signup_problem *problem, struct user *user);

/* "ISSUER/account/signup?ticket=T", and the same of reset. */
OST_CHECK enum ost_err signup_link(const struct config *config,
	struct arena *arena, enum ticket_kind kind, struct span text,
	struct span *link);
/* Queues the mail of an invitation. Errors of mail_queue(). */
OST_CHECK enum ost_err signup_mail_invitation(const struct context *context,
	struct arena *arena, const struct ticket *ticket, struct span link);
#endif
