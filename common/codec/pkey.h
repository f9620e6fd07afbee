#ifndef OSTIARY_PKEY_H
#define OSTIARY_PKEY_H
#include "arena.h"
/*
 * Key pairs and their signatures in the form that JWS has them (RFC 7518
 * sections 3.3 and 3.4). Beside crypto.c and password.c, pkey.c is the third
 * module that sees OpenSSL, and the only one that sees its keys.
 *
 * Two types, each with one algorithm: EC is P-256 for ES256 (ECDSA with
 * SHA-256), RSA is 2048 bits with the exponent 65537 for RS256 (PKCS#1 v1.5
 * with SHA-256). Nothing else can be made, decoded or imported.
 */
enum pkey_type { PKEY_EC, PKEY_RSA };

#define PKEY_EC_SIZE	 32 /* bytes of a coordinate, and of R and of S */
#define PKEY_RSA_SIZE	 256
#define PKEY_ENCODED_MAX 2048 /* bytes of the longest private key */

/* In OpenSSL's memory, which wipes it; ended by pkey_free(). */
struct pkey;

/* The public members of a JWK, as bytes in big-endian order: x and y of an EC
 * key, PKEY_EC_SIZE each; n and e of an RSA key, without leading zeros. */
struct pkey_public {
	struct span x, y, n, e;
};

/* A new pair; an RSA one takes some tenths of a second. Its entropy is
 * OpenSSL's, which takes it from the kernel. OST_CRYPTO, OST_NOMEM. */
OST_CHECK enum ost_err pkey_generate(enum pkey_type type, struct pkey **key);
void pkey_free(struct pkey *key); /* NULL is allowed */
enum pkey_type pkey_type(const struct pkey *key);

/* The private key in DER of PKCS#8 (RFC 5958), in the arena. OST_CRYPTO when it
 * has none, OST_NOMEM. */
OST_CHECK enum ost_err pkey_encode(
	const struct pkey *key, struct arena *arena, struct span *der);
/* Reads that. OST_BADINPUT: no whole private key of that type, or something
 * behind it. Whether its halves belong together is pkey_check()'s question. */
OST_CHECK enum ost_err pkey_decode(
	enum pkey_type type, struct span der, struct pkey **key);
/* Whether what the private half signs the public half verifies. OST_DENIED. */
OST_CHECK enum ost_err pkey_check(const struct pkey *key, struct arena *arena);

/* The members of its type, in the arena; the others are absent. */
OST_CHECK enum ost_err pkey_public(const struct pkey *key, struct arena *arena,
	struct pkey_public *members);
/* A public key alone. OST_BADINPUT: the point is not on the curve, a number
 * is too short, too long or has a leading zero, e is not 65537. */
OST_CHECK enum ost_err pkey_import(enum pkey_type type,
	const struct pkey_public *members, struct pkey **key);

/* ES256: R and S, 32 bytes each (never DER); RS256: 256 bytes. In the arena.
 * OST_CRYPTO, OST_NOMEM. */
OST_CHECK enum ost_err pkey_sign(const struct pkey *key, struct arena *arena,
	struct span data, struct span *signature);
/*
 * OST_DENIED: it is not that key's signature, or not of exactly those lengths,
 * or R or S is 0 or not below the order of the curve. As ECDSA is, (R, -S) is
 * as good as (R, S): never take a signature for the name of what it signs.
 */
OST_CHECK enum ost_err pkey_verify(
	const struct pkey *key, struct span data, struct span signature);
#endif
