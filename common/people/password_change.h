#ifndef OSTIARY_PASSWORD_CHANGE_H
#define OSTIARY_PASSWORD_CHANGE_H
#include "context.h"
#include "user.h"
/* New passwords; whether one may be so: password_rule.h. */

/* *phc is its hash, at the configured cost, under a permit (permit.h).
 * OST_BUSY, OST_STORE, OST_CRYPTO, OST_NOMEM. */
OST_CHECK enum ost_err password_change_hash(const struct context *context,
	struct arena *arena, struct span password, struct span *phc);
/*
 * Gives the user that password and the next generation: sessions and login
 * tokens of the former one open nothing any more. user is the user as it is
 * now when OST_OK; OST_CONFLICT: somebody else changed it meanwhile, and so on.
 */
OST_CHECK enum ost_err password_change(const struct context *context,
	struct arena *arena, struct user *user, struct span password);
#endif
