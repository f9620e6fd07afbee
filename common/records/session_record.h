#ifndef OSTIARY_SESSION_RECORD_H
#define OSTIARY_SESSION_RECORD_H
#include "store.h"
/* How a session stands in the grants store: "session:HASH" of the cookie's
 * value. */
#define SESSION_PREFIX	"session:"
#define SESSION_ID_SIZE 16

/* What was shown when it began. */
enum session_steps {
	SESSION_PASSWORD,
	SESSION_RECOVERY, /* a recovery code too; or of before this was noted,
			   * when it may have been either */
	SESSION_OTP,	  /* a code of the authenticator too */
};

struct session {
	/* The first 16 characters of its hash: names it in a form and to the
	 * operator. Whoever knows them cannot make the cookie of them. */
	struct span id;
	struct span user_id;
	int64_t generation; /* the user's when it began: a new password ends
			     * it */
	struct span address, agent; /* where it began; absent when unknown */
	int64_t created_ms, seen_ms;
	int64_t proved_ms; /* when the password was last shown in it */
	enum session_steps steps;
	struct span key, raw; /* its record, as read */
};

/* The key of its record. OST_CRYPTO, OST_NOMEM. */
OST_CHECK enum ost_err session_key(
	struct arena *arena, struct span cookie, struct span *key);
OST_CHECK enum ost_err session_encode(
	struct arena *arena, const struct session *session, struct span *value);
/* Of a record as read; id, key and raw point at what it is given. OST_STORE:
 * damage. */
OST_CHECK enum ost_err session_decode(struct arena *arena, struct span key,
	struct span value, struct session *session);
/* How its user signed in, in the words of RFC 8176, parted by blanks: "pwd",
 * "pwd otp mfa", or "pwd mfa", for that has no word for a recovery code. */
struct span session_amr(const struct session *session);
/* Too old, or unused for too long. */
bool session_is_over(
	const struct session *session, int64_t lifetime_ms, int64_t idle_ms);
#endif
