#ifndef OSTIARY_JWS_H
#define OSTIARY_JWS_H
#include "pkey.h"
/*
 * JWS compact serialization (RFC 7515 section 7.1) with HS256, ES256 or RS256
 * (RFC 7518). The key decides the algorithm, never the text: its header is
 * compared with the one that the caller expects, byte for byte, and not read.
 */
struct jws_key {
	const struct pkey *pkey; /* ES256 or RS256 by its type; NULL: HS256 */
	struct span secret;	 /* of HS256 */
};

/* header.PAYLOAD.SIGNATURE in the arena; header stands in base64url already.
 * OST_CRYPTO, OST_NOMEM. */
OST_CHECK enum ost_err jws_sign(struct arena *arena, struct span header,
	const struct jws_key *key, struct span payload, struct span *text);
/* text must be exactly header.PAYLOAD.SIGNATURE; *payload is decoded only
 * after the signature holds. OST_DENIED else; OST_CRYPTO, OST_NOMEM. */
OST_CHECK enum ost_err jws_verify(struct arena *arena, struct span header,
	const struct jws_key *key, struct span text, struct span *payload);
#endif
