#ifndef OSTIARY_PKCE_H
#define OSTIARY_PKCE_H
#include "arena.h"
/* Proof Key for Code Exchange (RFC 7636), S256 only: a plain challenge would
 * protect nobody whose request was read (RFC 9700 section 2.1.1). */

/* 43 characters of base64url: what S256 makes of any verifier. */
bool pkce_challenge_is_valid(struct span challenge);
/* 43 to 128 unreserved characters (RFC 7636 section 4.1). */
bool pkce_verifier_is_valid(struct span verifier);
/* OST_OK: the verifier is valid and belongs to the challenge. OST_DENIED: not;
 * also without a challenge. OST_CRYPTO, OST_NOMEM. */
OST_CHECK enum ost_err pkce_check(
	struct arena *arena, struct span challenge, struct span verifier);
#endif
