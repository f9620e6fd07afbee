#ifndef OSTIARY_PASSWORD_H
#define OSTIARY_PASSWORD_H
#include "buf.h"

#define PASSWORD_SIZE_MAX 1024 /* bytes; a longer one is never hashed */

struct password_cost {
	unsigned int ln; /* log2 of scrypt's N, 10..17 */
	unsigned int r;	 /* 1..32 */
	unsigned int p;	 /* 1..16 */
};

/* "ln=15,r=8,p=3", in this order, all three. OST_BADINPUT. */
OST_CHECK enum ost_err password_cost_parse(
	struct span text, struct password_cost *cost);
/*
 * Adds "$scrypt$ln=15,r=8,p=3$SALT$HASH" (RFC 7914; salt 16 and hash 32 bytes
 * in base64 without padding) to buf. OST_TOOBIG for a password over
 * PASSWORD_SIZE_MAX, OST_BADINPUT for one with a NUL in it or a cost outside
 * the bounds above, OST_CRYPTO when scrypt could not be run (no memory, say):
 * nothing is added then.
 */
OST_CHECK enum ost_err password_hash(struct buf *buf, struct span password,
	const struct password_cost *cost);
/*
 * Whether password gives that string. Its parameters are checked against the
 * bounds above before anything is computed. OST_OK: it does; OST_DENIED: it
 * does not (at once, unhashed, one over PASSWORD_SIZE_MAX or with a NUL);
 * OST_BADINPUT: phc is no such string; OST_CRYPTO, OST_NOMEM: could not be
 * found out.
 */
OST_CHECK enum ost_err password_verify(struct span password, struct span phc);
/* Whether phc was made at another cost (or is no such string) and should be
 * made anew. */
bool password_is_outdated(struct span phc, const struct password_cost *cost);
/* scrypt itself (RFC 7914), n bytes to key; the bounds above are not asked, so
 * that the vectors of the RFC can be. OST_CRYPTO; it is logged. */
OST_CHECK enum ost_err password_scrypt(struct span password, struct span salt,
	const struct password_cost *cost, unsigned char *key, size_t n);
#endif
