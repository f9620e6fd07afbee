#ifndef OSTIARY_SECOND_STEP_H
#define OSTIARY_SECOND_STEP_H
#include "context.h"
#include "recovery.h"
#include "request.h"
#include "user.h"
/*
 * The second step of signing in: a code of the user's authenticator
 * (totp.h), or one of the recovery codes (recovery.h).
 *
 * Who has it, or must have it by his role, cannot use the password alone:
 * neither as HTTP Basic nor at /login, and login tokens that it bought are dead
 * (guess.h, gate.c). When it begins the generation of the user grows too, so
 * that these stay dead when it ends, and that sessions end: of who was signed
 * in by the password alone nobody knows who he was. The page where it begins
 * makes a new session for its visitor. API keys and OAuth tokens stay.
 */

/*
 * Failed codes of one user over all addresses in a day of UTC. Three codes are
 * good at a time, so that who guesses, and knows the password, gets in by 50 *
 * 3 / 10^6 = 0.015 % a day. The price: he can keep the user from signing in
 * until midnight, by a code; who has a session or a key goes on.
 */
#define SECOND_STEP_DAY_MAX 50
#define SECOND_STEP_DAY_S   86400

/*
 * Whether typed is the second step of user, whose password was right before.
 * OST_OK: the code is used up, durably, and *changed is the user as it is now.
 * OST_DENIED: wrong, used before (also by somebody else at this very moment),
 * or the user has no second step, is disabled or has a new password meanwhile.
 * OST_LIMITED: too many failures of this account, *retry_after_s is set; they
 * are counted as those of passwords are, under "totp:ID", and by the day, under
 * "totp-day:ID:GENERATION". Reserved before the code is looked at, and given
 * back when it was right. Else (OST_STORE, OST_CRYPTO, OST_NOMEM) it could not
 * be found out: nobody is let in.
 */
OST_CHECK enum ost_err second_step_check(const struct context *context,
	const struct request *request, const struct user *user,
	struct span typed, struct user *changed, int64_t *retry_after_s);
/*
 * Begins, or goes over to another authenticator: typed must be a code of secret
 * (TOTP_SECRET_SIZE bytes, of totp_new_secret()) at now_ms. New recovery codes,
 * to be shown once; the former end. OST_DENIED: a wrong code, nothing has
 * changed; OST_BADINPUT: no secret of that size; OST_CONFLICT: somebody else
 * changed the user meanwhile. user is the user as it is now when OST_OK.
 */
OST_CHECK enum ost_err second_step_enable(struct store *accounts,
	struct arena *arena, struct user *user, struct span secret,
	struct span typed, int64_t now_ms,
	struct span codes[static RECOVERY_CODES]);
/* Ends: secret and recovery codes are gone, the password alone is enough
 * again. OST_CONFLICT. */
OST_CHECK enum ost_err second_step_disable(
	struct store *accounts, struct arena *arena, struct user *user);
/* New recovery codes; the former end. OST_DENIED: the user has no second step;
 * OST_CONFLICT. */
OST_CHECK enum ost_err second_step_new_codes(struct store *accounts,
	struct arena *arena, struct user *user,
	struct span codes[static RECOVERY_CODES]);
#endif
