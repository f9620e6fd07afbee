#ifndef OSTIARY_KEYRING_H
#define OSTIARY_KEYRING_H
#include "crypto.h"
#include "store.h"
/*
 * The signing keys: one record "ring" in the keyring store. Each key has 256
 * random bits and a state: next (made in advance, so that every process knows
 * it before it signs), current (signs), old (only verifies, until every token
 * that it signed has expired).
 */
enum key_state { KEY_NEXT, KEY_CURRENT, KEY_OLD };

/* The kinds of what is signed. Each has its own JWS header, so that one can
 * never stand for another (RFC 8725 section 3.11). */
enum token_kind {
	TOKEN_ACCESS, /* typ at+jwt, for applications */
	TOKEN_LOGIN,  /* typ ostiary-login+jwt */
	TOKEN_KINDS
};

#define KEYRING_MAX 8
#define KID_SIZE    8

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

/* In memory of its own, which keyring_free() wipes. */
struct keyring {
	struct arena *arena;
	struct span raw; /* the record it was read from */
	size_t n;
	struct signing_key keys[KEYRING_MAX];
};

struct keyring *keyring_new(void);	 /* NULL: no memory */
void keyring_free(struct keyring *ring); /* NULL is allowed */
/* Reads the record; cheap when it is unchanged since the last call.
 * OST_NOTFOUND: not initialised. scratch holds nothing afterwards that
 * matters. */
OST_CHECK enum ost_err keyring_load(
	struct keyring *ring, struct store *store, struct arena *scratch);
/* Of the bytes of a record. OST_STORE: it cannot be one (one key is current, at
 * most one is next), and the ring is empty. */
OST_CHECK enum ost_err keyring_decode(struct keyring *ring, struct span raw);
/* Makes the first keys when there are none; OST_CONFLICT when there are. */
OST_CHECK enum ost_err keyring_create(
	struct store *store, struct arena *scratch);
/* next becomes current, current becomes old, a new next is made, and old keys
 * retired for longer than keep_ms go. Nobody is logged out. The ring must
 * have been loaded; it is loaded anew. */
OST_CHECK enum ost_err keyring_rotate(struct keyring *ring, struct store *store,
	struct arena *scratch, int64_t keep_ms);
/* Writes keys that `ostiary load` reads. */
OST_CHECK enum ost_err keyring_save(
	const struct keyring *ring, struct store *store, struct arena *scratch);
/* The one that signs; never NULL in a loaded ring. */
const struct signing_key *keyring_current(const struct keyring *ring);
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
