#ifndef OSTIARY_VERIFIED_H
#define OSTIARY_VERIFIED_H
#include "user.h"
/*
 * Passwords that this process has verified in the last minute, so that Basic
 * with a password does not cost a scrypt per request. Only successes, under
 * an HMAC with a key that never leaves the process and that covers the stored
 * hash and the user's generation: a new password is not in it, in no process.
 * Whether a password may be compared at all is asked before, each time.
 * The table is kept out of core dumps. Plain CGI has none.
 */
struct verified;

struct verified *verified_new(void); /* NULL: no memory; then none is used */
void verified_free(struct verified *verified); /* NULL is allowed */
/* verified may be NULL: false, and nothing added. */
bool verified_has(struct verified *verified, struct arena *arena,
	const struct user *user, struct span password);
void verified_add(struct verified *verified, struct arena *arena,
	const struct user *user, struct span password);
#endif
