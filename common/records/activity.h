#ifndef OSTIARY_ACTIVITY_H
#define OSTIARY_ACTIVITY_H
#include "store.h"
/* The activity store: what is good to know and may be lost in a power cut. */

/* Remembers that a key or app was used now; writes at most once an hour each.
 * A failure is logged and otherwise ignored: it must not turn a caller away.
 */
void activity_touch(
	struct store *activity, struct arena *arena, struct span id);
/* Wall time of the last use that was written. OST_NOTFOUND. */
OST_CHECK enum ost_err activity_last(struct store *activity,
	struct arena *arena, struct span id, int64_t *used_ms);
/* Names what an application does for a user, for the two above. */
OST_CHECK enum ost_err activity_pair(struct arena *arena, struct span user_id,
	struct span client_id, struct span *id);
/* Remembers for 30 days that this address signed in to this account. */
void activity_signed_in(struct store *activity, struct arena *arena,
	struct span user_id, struct span address);
/* Whether it did. When the store does not answer: no. */
bool activity_knows(struct store *activity, struct arena *arena,
	struct span user_id, struct span address);
#endif
