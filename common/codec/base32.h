#ifndef OSTIARY_BASE32_H
#define OSTIARY_BASE32_H
#include "buf.h"
/* The text coding of RFC 4648 section 6, without padding, as codec.h has the
 * others: what authenticators take a secret in. */

/* Upper case only, canonical (zero pad bits). OST_BADINPUT, OST_NOMEM; *out is
 * untouched then. */
OST_CHECK enum ost_err base32_decode(
	struct arena *arena, struct span text, struct span *out);
void base32_encode(struct buf *buf, struct span bytes);
#endif
