#ifndef OSTIARY_GUESS_H
#define OSTIARY_GUESS_H
#include "context.h"
#include "request.h"
#include "response.h"
#include "user.h"
/*
 * Guessing of passwords and client secrets, DESIGN section 3: three counters
 * are reserved before anything is compared, and given back when it was right.
 */
struct guess {
	struct span key[3];
	uint32_t window_s[3];
	int64_t reset_s[3];
	unsigned int n;	       /* how many are held */
	int64_t retry_after_s; /* of OST_LIMITED */
};

/*
 * account is the canonical name that is tried ("user:bob", "app:ID"), known
 * or not. is_account_counted: over all addresses too. Not where the account
 * signed in lately, and not for secrets of 256 random bits: there that counter
 * would only be a way to lock somebody out. OST_LIMITED: nothing is held.
 * OST_STORE.
 */
OST_CHECK enum ost_err guess_reserve(const struct context *context,
	const struct request *request, struct span account,
	bool is_account_counted, struct guess *guess);
/* It was right, or could not be found out: gives the reservations back. */
void guess_return(const struct context *context, struct guess *guess);

/* What a password would be good for. */
enum guess_use {
	GUESS_CREDENTIAL, /* it alone opens: HTTP Basic, /login */
	GUESS_FIRST_STEP, /* a page that asks for the second step, if there is
			   * one, before anybody is let in */
};

/*
 * What is left of tries before more are refused, without reserving any: of the
 * address alone, and unless the account is absent of that account from this
 * address (`account`) and over all addresses. OST_STORE.
 */
struct guess_left {
	struct rate_result address, here, account;
};
OST_CHECK enum ost_err guess_peek(const struct context *context,
	const struct request *request, struct span account,
	struct guess_left *left);
/* The name under which the tries of a user's password are counted. */
OST_CHECK enum ost_err guess_account(
	struct arena *arena, struct span user_name, struct span *account);

/*
 * Whether that is the user's password. OST_OK: *user is the user. OST_DENIED:
 * unknown, disabled, without password, or wrong, all at the same cost; as
 * GUESS_CREDENTIAL also a user who has two steps or must have them: his
 * password is not compared, so nobody learns whether it was right. That an
 * address signed in is only noted of who needs no second step.
 * OST_LIMITED: too many failures, *retry_after_s is set. OST_BUSY, OST_STORE,
 * OST_CRYPTO: could not be found out.
 */
OST_CHECK enum ost_err guess_password(const struct context *context,
	const struct request *request, enum guess_use use, struct span name,
	struct span password, struct user *user, int64_t *retry_after_s);

/*
 * After a try that failed: response->subject, for the log, is the user who has
 * that name, or the key of that id. It stays when nobody has: what was typed
 * may be a password in the wrong field, and is shown nowhere.
 */
void guess_note_tried(const struct context *context,
	const struct request *request, struct span typed,
	struct response *response);
#endif
