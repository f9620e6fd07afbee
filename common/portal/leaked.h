#ifndef OSTIARY_LEAKED_H
#define OSTIARY_LEAKED_H
#include "context.h"
#include "request.h"
/* Ending a secret that came into other hands, for whoever holds it: having it
 * is all the authority that it takes. */

struct leaked {
	bool is_wellformed;  /* it has the form of a secret or token of ours */
	bool is_ours;	     /* and is or was one */
	bool was_live;	     /* it is dead now, and was not before */
	struct span kind;    /* "key", "app_secret", "token", "refresh_token" */
	struct span user_id; /* whose it was; absent when unknown */
	struct span detail;  /* name of the key or app; or absent */
};

/*
 * Ends what text is, durably: an API key; of one in the overlap of a rotation
 * only the old secret; an application's secret, which it is without until
 * another is made (client_id says which application, for no index leads from a
 * secret to it); an access or login token; a refresh token with its grant.
 * OST_STORE, OST_BUSY, OST_CRYPTO, OST_NOMEM: it may be alive still.
 */
OST_CHECK enum ost_err leaked_end(const struct context *context,
	struct arena *arena, struct span text, struct span client_id,
	struct leaked *leaked);
/* Whether it is an application's secret, for which client_id is needed. */
bool leaked_needs_client(struct span text);
#endif
