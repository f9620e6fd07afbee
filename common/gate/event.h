#ifndef OSTIARY_EVENT_H
#define OSTIARY_EVENT_H
#include "context.h"
/*
 * What happened to a user's account, for the user to see: the last EVENT_MAX of
 * them, in the activity store, "events:USERID". Nothing depends on them.
 */
#define EVENT_MAX	 64
#define EVENT_DETAIL_MAX 200 /* bytes */
/* Instead of a user's id, for a name that nobody has: what fails for it costs
 * the same. */
#define EVENT_NOBODY SPAN("-")

enum event_kind {
	EVENT_SIGNED_UP, /* the account was made, by its user */
	EVENT_INVITED,	 /* likewise, with an invitation */
	EVENT_SIGNED_IN,
	EVENT_SIGNIN_FAILED, /* a wrong password or code; counted by address and
			      * hour */
	EVENT_ONE_STEP_REFUSED, /* a password, right or wrong, where two steps
				 * are needed; counted in the same way */
	EVENT_SIGNED_OUT,
	EVENT_SESSION_ENDED,
	EVENT_SESSIONS_ENDED, /* all, or all others */
	EVENT_PASSWORD_CHANGED,
	EVENT_PASSWORD_RESET,
	EVENT_TWO_STEP_ON,
	EVENT_TWO_STEP_OFF,
	EVENT_RECOVERY_USED,
	EVENT_KEY_CREATED,
	EVENT_KEY_ROTATED,
	EVENT_KEY_REVOKED,
	EVENT_KEY_KILLED, /* by whoever held it */
	EVENT_APP_CREATED,
	EVENT_APP_CHANGED,
	EVENT_APP_ROTATED,
	EVENT_APP_DELETED,
	EVENT_APP_ALLOWED,
	EVENT_APP_WITHDRAWN,
	EVENT_TOKEN_REVOKED_HTTP, /* it came in clear, and was destroyed */
	EVENT_ACCOUNT_CHANGED,
	EVENT_KINDS
};
/* A stable word, as "signed_in". */
const char *event_word(enum event_kind kind);

struct event {
	enum event_kind kind;
	int64_t at_ms;	     /* of several: the last */
	int64_t count;	     /* of what is counted, else 1 */
	struct span address; /* absent: not over the network */
	struct span detail;  /* the name of a key or app; or absent */
};

/*
 * Notes it for that user. detail is never a secret; it is cut to
 * EVENT_DETAIL_MAX bytes. No event is lost to another process that notes one at
 * the same time. What fails is logged, and nothing else: it turns nobody away.
 */
void event_note(const struct context *context, struct arena *arena,
	struct span user_id, enum event_kind kind, struct span address,
	struct span detail);
/* The same with the name of that application, or its id when it is gone. */
void event_note_app(const struct context *context, struct arena *arena,
	struct span user_id, enum event_kind kind, struct span address,
	struct span client_id);
/* The newest first: an array of *n in the arena; none is no error. */
OST_CHECK enum ost_err event_list(const struct context *context,
	struct arena *arena, struct span user_id, struct event **events,
	size_t *n);
/* Of a user who is deleted. What fails is logged. */
void event_forget(const struct context *context, struct arena *arena,
	struct span user_id);
#endif
