#ifndef OSTIARY_KEYRING_H
#define OSTIARY_KEYRING_H
#include "jws.h"
#include "pair.h"
#include "signing_key.h"
#include "store.h"
/*
 * The signing keys: one record "ring" in the keyring store, and for each key
 * the key pairs of pair.h. A key has a state: next (made in advance, so that
 * every process knows it, and everybody else its public keys, before it
 * signs), current (signs), old (only verifies, until every token that it
 * signed has expired).
 */
#define KEYRING_MAX 8

/* In memory of its own, which keyring_free() wipes. */
struct keyring {
	struct arena *arena;
	struct span raw;     /* the record it was read from */
	struct store *store; /* borrowed: that of the last keyring_load() */
	size_t n;
	struct signing_key keys[KEYRING_MAX];
	struct pair pairs[KEYRING_MAX]; /* of keys[]; empty until needed */
};

struct keyring *keyring_new(void);	 /* NULL: no memory */
void keyring_free(struct keyring *ring); /* NULL is allowed */
/* Reads the record; cheap when it is unchanged since the last call.
 * OST_NOTFOUND: not initialised. scratch holds nothing afterwards that
 * matters. The store must outlive what is done with the ring. */
OST_CHECK enum ost_err keyring_load(
	struct keyring *ring, struct store *store, struct arena *scratch);
/* Of the bytes of a record. OST_STORE: it cannot be one (one key is current, at
 * most one is next), and the ring is empty. */
OST_CHECK enum ost_err keyring_decode(struct keyring *ring, struct span raw);
/* The one that signs; never NULL in a loaded ring. */
const struct signing_key *keyring_current(const struct keyring *ring);
/* The pairs of keys[i], which live as long as that; scratch as above.
 * OST_STORE (logged, with what to do): they are not there or no pairs. */
OST_CHECK enum ost_err keyring_pair(struct keyring *ring, size_t i,
	struct arena *scratch, const struct pair **pair);

/* Signs with the current key: *text is the whole JWS, in the arena.
 * OST_STORE as keyring_pair(); OST_CRYPTO, OST_NOMEM. */
OST_CHECK enum ost_err keyring_sign(struct keyring *ring, struct arena *arena,
	enum token_kind kind, struct span payload, struct span *text);
/* Whether text was signed by a key of the ring as one of the kinds (bits
 * 1 << TOKEN_...). OST_DENIED: it was not; the rest as keyring_sign(). */
OST_CHECK enum ost_err keyring_verify(struct keyring *ring, struct arena *arena,
	unsigned int kinds, struct span text, enum token_kind *kind,
	struct span *payload);
#endif
