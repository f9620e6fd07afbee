#ifndef OSTIARY_SIGNING_KEY_H
#define OSTIARY_SIGNING_KEY_H
#include "buf.h"
#include "crypto.h"
/* One key of the keyring: its secret for HS256 and for MACs of our own, and
 * the headers of all that is signed under its name. */
enum key_state { KEY_NEXT, KEY_CURRENT, KEY_OLD };

/* The kinds of what is signed. Each has its own JWS header, so that one can
 * never stand for another (RFC 8725 section 3.11). */
enum token_kind {
	TOKEN_ACCESS,	    /* HS256, typ at+jwt, for applications */
	TOKEN_LOGIN,	    /* HS256, typ ostiary-login+jwt */
	TOKEN_ACCESS_ES256, /* ES256, typ at+jwt */
	TOKEN_ID_RS256,	    /* RS256, typ JWT: an ID token */
	TOKEN_ID_ES256,	    /* ES256, typ JWT */
	TOKEN_KINDS
};

#define KID_SIZE 8
/* Behind the kid: the name of that key's public keys. */
#define KID_EC	'e'
#define KID_RSA 'r'

struct signing_key {
	char kid[KID_SIZE];
	unsigned char secret[CRYPTO_HASH_SIZE];
	enum key_state state;
	int64_t created_ms;
	int64_t retired_ms; /* when it became old; 0 before */
	/* base64url of {"alg":"HS256","kid":"...","typ":"..."}: headers are
	 * compared with this byte for byte, never parsed. */
	struct span header[TOKEN_KINDS];
};

/* A new one, without headers: it is to be written first. */
void signing_key_make(struct signing_key *key, enum key_state state);
/* As a field of the ring's record, and back; headers live in the arena.
 * OST_STORE: it is none. */
void signing_key_encode(const struct signing_key *key, struct buf *buf);
OST_CHECK enum ost_err signing_key_decode(
	struct arena *arena, struct span text, struct signing_key *key);
struct span signing_key_kid(const struct signing_key *key);
/* HMAC-SHA256 over data by that key, for a JWS signing input. */
OST_CHECK enum ost_err signing_key_mac(const struct signing_key *key,
	struct span data, unsigned char mac[static CRYPTO_HASH_SIZE]);
/* The same for another purpose (a word), with a key derived for it, so that
 * no form value is ever a valid token or the other way round. */
OST_CHECK enum ost_err signing_key_mac_for(const struct signing_key *key,
	const char *purpose, struct span data,
	unsigned char mac[static CRYPTO_HASH_SIZE]);
const char *key_state_name(enum key_state state);
#endif
