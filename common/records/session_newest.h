#ifndef OSTIARY_SESSION_NEWEST_H
#define OSTIARY_SESSION_NEWEST_H
#include "session.h"
/* Those sessions of a user that were used last, in a room that does not grow
 * with their number; session_list() of session.h is here. */

/* Ends all of that user's but the one of the key `begun` and the SESSIONS_MAX
 * - 1 others that were used last; what cannot be read, first. One look at all
 * sessions. */
OST_CHECK enum ost_err session_make_room(
	struct store *grants, struct span user_id, struct span begun);
/* For qsort(). */
int session_last_used_first(const void *a, const void *b);
#endif
