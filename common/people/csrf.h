#ifndef OSTIARY_CSRF_H
#define OSTIARY_CSRF_H
#include "keyring.h"
/*
 * Tokens for hidden form fields: "EXPIRES.NONCE.MAC", the MAC by a signing
 * key over a purpose, what it is bound to (the value of a cookie) and the
 * request that the form stands for. They need no state until they are used
 * up. RFC 6749 section 10.12.
 */
#define CSRF_NONCE_SIZE 22

OST_CHECK enum ost_err csrf_make(const struct keyring *ring,
	struct arena *arena, const char *purpose, struct span binding,
	struct span request, int64_t lifetime_s, struct span *text);
/* OST_OK: made by us for just these, not yet expired. OST_DENIED else.
 * *nonce may be NULL. */
OST_CHECK enum ost_err csrf_check(const struct keyring *ring,
	struct arena *arena, const char *purpose, struct span binding,
	struct span request, struct span text, struct span *nonce);
#endif
