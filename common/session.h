#ifndef OSTIARY_SESSION_H
#define OSTIARY_SESSION_H
#include "store.h"
#include "user.h"
/* Who is signed in at the pages, in the grants store: "session:HASH" of the
 * cookie's value. */
#define SESSION_COOKIE "__Host-ostiary"

struct session {
	struct span user_id;
	int64_t generation; /* the user's when it began: a new password ends
			     * it */
	int64_t created_ms, seen_ms;
	struct span raw;
};

/* A new session with a new id; *cookie is its secret value. */
OST_CHECK enum ost_err session_create(struct store *grants, struct arena *arena,
	const struct user *user, int64_t lifetime_ms, struct span *cookie);
/*
 * The session of that cookie value, if it is neither too old (lifetime_ms)
 * nor unused for idle_ms; notes its use, with a write at most every tenth of
 * idle_ms. OST_NOTFOUND else.
 */
OST_CHECK enum ost_err session_find(struct store *grants, struct arena *arena,
	struct span cookie, int64_t lifetime_ms, int64_t idle_ms,
	struct session *session);
/* No error when there is none. */
OST_CHECK enum ost_err session_end(
	struct store *grants, struct arena *arena, struct span cookie);
#endif
