#ifndef OSTIARY_INSPECT_H
#define OSTIARY_INSPECT_H
#include "find.h"
/* What can be said of a token, of whatever kind, by who holds the state. */

enum inspect_kind {
	INSPECT_FOREIGN, /* none of ours: nothing in it can be believed */
	INSPECT_ACCESS,	 /* of a user, or of an application for itself */
	INSPECT_LOGIN,
	INSPECT_REFRESH,
	INSPECT_CODE,
	INSPECT_DEVICE, /* a device code, not what the user types */
	INSPECT_ID,	/* an ID token of OpenID Connect */
};

struct inspection {
	enum inspect_kind kind;
	const char *reason; /* why it is dead; NULL: it is alive */
	struct user user;   /* as far as they were found */
	struct app app;
	struct key key;	       /* that bought a login token; else no id */
	const char *state;     /* of a device code; else NULL */
	bool may_be_user_code; /* of a foreign one: it has that form */
	bool is_of_app;	       /* it speaks for its application, for no user */
	struct span user_id, client_id, scope, grant_id;
	struct span source; /* what bought a login token */
	struct span jti;    /* of a signed token */
	int64_t issued_ms;  /* 0: not known */
	int64_t expires_ms; /* when it dies unless it is used */
	int64_t ends_ms;    /* of a refresh token: when in any case; else 0 */
	int64_t used_ms;    /* when a refresh token was used up; 0: not yet */
};

/* OST_STORE and so on: it could not be found out. */
OST_CHECK enum ost_err inspect(
	struct admin *admin, struct span text, struct inspection *found);
void inspect_show(struct output *out, const struct inspection *found);
#endif
