#ifndef OSTIARY_ACCESS_H
#define OSTIARY_ACCESS_H
#include "find.h"
#include "refresh.h"
#include "remembered.h"
/* Consents that are remembered, in the grants store. */

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
#endif
