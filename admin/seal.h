#ifndef OSTIARY_SEAL_H
#define OSTIARY_SEAL_H
#include "buf.h"
/*
 * Authenticated encryption (ChaCha20-Poly1305, RFC 8439) of something small,
 * to be kept outside of the state: a signing key in a dump. The key must be
 * random or derived for this alone; each call draws a new nonce.
 */
#define SEAL_KEY_SIZE 32

/* Adds nonce (12 bytes), ciphertext and tag (16 bytes) to buf. label is not
 * hidden, but must be the same when it is opened. OST_CRYPTO. */
OST_CHECK enum ost_err seal_close(const unsigned char key[static SEAL_KEY_SIZE],
	struct span label, struct span plain, struct buf *sealed);
/* The plain bytes, in the arena. OST_DENIED: another key, another label or
 * changed bytes; OST_CRYPTO, OST_NOMEM. */
OST_CHECK enum ost_err seal_open(const unsigned char key[static SEAL_KEY_SIZE],
	struct span label, struct span sealed, struct arena *arena,
	struct span *plain);
#endif
