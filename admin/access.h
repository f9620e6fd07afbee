#ifndef OSTIARY_ACCESS_H
#define OSTIARY_ACCESS_H
#include "find.h"
#include "refresh.h"
#include "remembered.h"
/* What lets applications in for users, in the grants store: grants, refresh
 * tokens that lead to them, and consents that are remembered. */

/* OST_STORE: it cannot be one, or not of that key. */
OST_CHECK enum ost_err consent_decode(struct arena *arena, struct span key,
	struct span value, struct remembered *consent);

struct consent {
	struct remembered remembered;
	int64_t expires_ms; /* when the store forgets it */
};
/* All that are remembered, of one user and to one application unless absent,
 * by user and application. */
enum exit_status find_consents(struct admin *admin, struct span user_id,
	struct span client_id, struct consent **consents, size_t *n);

/* What was ended, for who is told. */
struct ended {
	size_t grants, consents;
};
/*
 * Ends what lets in, of one user and to one application unless absent: the
 * remembered consents, the codes that are not used yet, and then the grants,
 * so that none is made meanwhile. Refresh tokens die with their grant.
 */
OST_CHECK enum ost_err access_end(struct admin *admin, struct span user_id,
	struct span client_id, struct ended *ended);
#endif
