#ifndef OSTIARY_PAIR_H
#define OSTIARY_PAIR_H
#include "pkey.h"
/*
 * The key pairs that go with one signing key: "pair:KID" in the keyring store
 * holds the private keys of an EC and of an RSA pair. Written once, with the
 * signing key, and never changed, for what is published of it is kept by
 * others.
 */
struct pair {
	struct pkey *ec, *rsa; /* both, or neither */
};

/* Makes both pairs and their record, in the arena. OST_CRYPTO, OST_NOMEM. */
OST_CHECK enum ost_err pair_make(struct arena *arena, struct span *record);
/* OST_STORE: the record cannot be one. The caller ends it with
 * pair_release(). */
OST_CHECK enum ost_err pair_decode(
	struct arena *arena, struct span record, struct pair *pair);
/* Whether the halves of each belong together. OST_DENIED. */
OST_CHECK enum ost_err pair_check(const struct pair *pair, struct arena *arena);
void pair_release(struct pair *pair); /* also of an empty one */
/* "pair:KID", in the arena. OST_NOMEM. */
OST_CHECK enum ost_err pair_name(
	struct arena *arena, struct span kid, struct span *name);
#endif
