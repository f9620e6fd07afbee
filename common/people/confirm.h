#ifndef OSTIARY_CONFIRM_H
#define OSTIARY_CONFIRM_H
#include "context.h"
#include "request.h"
#include "ticket.h"
#include "user.h"
/*
 * Showing that the address of one's account is one's own, by a mailed link,
 * without pages. A link proves the one address that it was mailed to, for the
 * one account that asked for it; whoever follows it must be signed in there, or
 * else somebody could have a stranger confirm his address.
 */

/* Whether the user could be mailed such a link, and has a use for one. */
bool confirm_is_possible(const struct config *config, const struct user *user);
/*
 * Mails a link to /account/confirm?ticket=T to the user's address. language:
 * that of the page, or absent; of a user who has chosen one, that. OST_DENIED:
 * not possible. OST_LIMITED: *wait_s, from 1, says how long. OST_BUSY: too many
 * mails wait. OST_STORE.
 */
OST_CHECK enum ost_err confirm_start(const struct context *context,
	const struct request *request, const struct user *user,
	struct span language, int64_t *wait_s);
/* Whether the link is that user's, and mailed to the address that he has; uses
 * nothing up. OST_NOTFOUND: it is not, or not good any more. */
OST_CHECK enum ost_err confirm_look(const struct context *context,
	struct arena *arena, struct span text, const struct user *user,
	struct ticket *ticket);
/* Notes that the address was proven, and uses the link up. OST_NOTFOUND as
 * above; OST_CONFLICT: the user was changed all the time. */
OST_CHECK enum ost_err confirm_finish(const struct context *context,
	struct arena *arena, struct span text, struct span user_id);
#endif
