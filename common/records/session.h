#ifndef OSTIARY_SESSION_H
#define OSTIARY_SESSION_H
#include "session_record.h"
#include "user.h"
/* Who is signed in at the pages. */
#define SESSION_COOKIE	  "__Host-ostiary"
#define SESSION_AGENT_MAX 200
#define SESSIONS_MAX	  100 /* of one user */

/* Where a session begins. */
struct session_origin {
	struct span address;
	struct span agent; /* the header; kept up to SESSION_AGENT_MAX bytes,
			    * with '?' for what is not printable ASCII */
	enum session_steps steps;
};

/* A new session with a new id; *cookie is its secret value. When the user has
 * SESSIONS_MAX already, the one that was used longest ago ends. */
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
/* Those of one user that still let that user in, the one that was used last
 * first: nobody who is disabled, none of before a new password. At most
 * SESSIONS_MAX. */
OST_CHECK enum ost_err session_list(struct store *grants, struct arena *arena,
	const struct user *user, int64_t lifetime_ms, int64_t idle_ms,
	struct session **sessions, size_t *n);
/* How many that would be without a limit; user NULL: how many session_all()
 * lists. However many there are, it takes the same memory. */
OST_CHECK enum ost_err session_count(struct store *grants,
	const struct user *user, int64_t lifetime_ms, int64_t idle_ms,
	size_t *n);
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
