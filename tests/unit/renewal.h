#ifndef OSTIARY_TESTS_RENEWAL_H
#define OSTIARY_TESTS_RENEWAL_H
#include "records.h"
#include "renew.h"
#include "world.h"
/* What the tests of refresh tokens share, in the world of world.h. */
#define GRACE_MS  (30 * SECOND_MS)
#define NOT_VALID "The refresh token is not valid"
#define ENDED	  "What the refresh token belongs to has ended"
#define REUSED	  "The refresh token was used before; what it gave is revoked"
#define USER_GONE "The user is not there any more, or was disabled meanwhile"

/* The grant of the test, as it was begun. */
extern struct grant renewal_grant;

/* Begins it: scope "read write offline_access". Its first refresh token. */
struct span renewal_begin(void);
/* With another scope. */
struct span renewal_begin_for(struct span scope);
const char *renewal_form(struct span token);
/* The refresh token that follows this one. */
struct span renewed(struct span token);
void assert_refused(struct span token, const char *why);
bool renewal_is_alive(void);
struct grant renewal_stored(void);
#endif
