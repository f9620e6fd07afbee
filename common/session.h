#ifndef OSTIARY_SESSION_H
#define OSTIARY_SESSION_H
#include "store.h"
#include "user.h"
/* Who is signed in at the pages, in the grants store: "session:HASH" of the
 * cookie's value. */
#define SESSION_COOKIE	  "__Host-ostiary"
#define SESSION_ID_SIZE	  16
#define SESSION_AGENT_MAX 200

struct session {
	/* The first 16 characters of its hash: names it in a form and to the
	 * operator. Whoever knows them cannot make the cookie of them. */
	struct span id;
	struct span user_id;
	int64_t generation; /* the user's when it began: a new password ends
			     * it */
	struct span address, agent; /* where it began; absent when unknown */
	int64_t created_ms, seen_ms;
	int64_t proved_ms;    /* when the password was last shown in it */
	bool is_two_step;     /* a second step was passed too */
	struct span key, raw; /* its record, as read */
};

/* Where a session begins. */
struct session_origin {
	struct span address;
	struct span agent; /* the header; kept up to SESSION_AGENT_MAX bytes,
			    * with '?' for what is not printable ASCII */
	bool is_two_step;
};

/* A new session with a new id; *cookie is its secret value. */
OST_CHECK enum ost_err session_create(struct store *grants, struct arena *arena,
	const struct user *user, const struct session_origin *origin,
	int64_t lifetime_ms, struct span *cookie);
/*
 * The session of that cookie value, if it is neither too old (lifetime_ms)
 * nor unused for idle_ms; notes its use, with a write at most every tenth of
 * idle_ms. OST_NOTFOUND else.
 */
OST_CHECK enum ost_err session_find(struct store *grants, struct arena *arena,
	struct span cookie, int64_t lifetime_ms, int64_t idle_ms,
	struct session *session);
/* Notes that the password was shown again at now_ms. OST_NOTFOUND: it has
 * ended. */
OST_CHECK enum ost_err session_prove(struct store *grants, struct arena *arena,
	struct span cookie, int64_t lifetime_ms, int64_t now_ms);
/* No error when there is none. Ended is ended at once, for all processes. */
OST_CHECK enum ost_err session_end(
	struct store *grants, struct arena *arena, struct span cookie);

/*
 * Those that are not over by lifetime_ms and idle_ms, the one that was used
 * last first; of one user unless user_id is absent, and of whatever
 * generation. An array of *n in the arena. One look at all sessions.
 */
OST_CHECK enum ost_err session_all(struct store *grants, struct arena *arena,
	struct span user_id, int64_t lifetime_ms, int64_t idle_ms,
	struct session **sessions, size_t *n);
/* The same, but only those that still let that user in: nobody who is
 * disabled, none of before a new password. */
OST_CHECK enum ost_err session_list(struct store *grants, struct arena *arena,
	const struct user *user, int64_t lifetime_ms, int64_t idle_ms,
	struct session **sessions, size_t *n);
/* Ends that user's session of that id. OST_NOTFOUND: there is none, or it is
 * somebody else's. */
OST_CHECK enum ost_err session_end_id(struct store *grants, struct arena *arena,
	struct span user_id, struct span id);
/* Ends all of the user's sessions but that of keep_cookie (absent: none is
 * kept); *ended says how many there were. */
OST_CHECK enum ost_err session_end_others(struct store *grants,
	struct arena *arena, struct span user_id, struct span keep_cookie,
	size_t *ended);
#endif
