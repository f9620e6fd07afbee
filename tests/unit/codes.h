#ifndef OSTIARY_TESTS_CODES_H
#define OSTIARY_TESTS_CODES_H
#include "code.h"
#include "records.h"
#include "world.h"
/* What the tests of codes and of what they give share, in the world of
 * world.h. */
#define MINUTE_MS (60 * SECOND_MS)
#define REUSED	  "The code was used before; what it gave is revoked"

extern const struct code codes_plain;	/* scope "read write" */
extern const struct code codes_offline; /* "read offline_access", told so */

/* The form of an exchange of such a code, which is the world's user's and
 * app's and lasts a minute. It lives until world_close(). */
const char *codes_asked(struct code code);
/* The form and more behind it. */
const char *codes_with(const char *form, const char *more);
/* What the exchange gives; it must. */
struct issue codes_given(const char *form);
/* It is OAUTH_INVALID_GRANT, with that sentence. */
void assert_code_refused(const char *form, const char *why);
#endif
