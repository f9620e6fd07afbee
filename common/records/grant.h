#ifndef OSTIARY_GRANT_H
#define OSTIARY_GRANT_H
#include "store.h"
/*
 * What a user allowed an application, in the grants store: "grant:ID" (its
 * tokens live no longer than it), "jti:ID" (a revoked token), "once:ID"
 * (something that may be used only once).
 */
struct grant {
	struct span id;
	struct span user_id, client_id;
	struct span scope;
	int64_t user_epoch, app_epoch; /* of user.h and app.h, at the consent */
	int64_t auth_time_s; /* when the user had signed in; 0: unknown */
	struct span amr;     /* and how: session_amr(); absent: unknown */
	int64_t created_ms;
	int64_t expires_ms; /* moves with each refresh, up to ends_ms */
	int64_t ends_ms;    /* 0: there are no refresh tokens */
	struct span raw;    /* the record as read */
	/* The first refresh token of a grant that was just made, else absent:
	 * refresh.h. Shown once, never stored. */
	struct span refresh_token;
};

/* Uses up something that may be used once, as a form's nonce. OST_CONFLICT:
 * it was used already. */
OST_CHECK enum ost_err once_use(struct store *grants, struct arena *arena,
	struct span once, int64_t expires_ms);

/* OST_NOTFOUND: ended. */
OST_CHECK enum ost_err grant_find(struct store *grants, struct arena *arena,
	struct span id, struct grant *grant);
/* Ends it, and so every token of it. No error when it has ended already. */
OST_CHECK enum ost_err grant_end(
	struct store *grants, struct arena *arena, struct span id);
OST_CHECK enum ost_err grant_encode(
	struct arena *arena, const struct grant *grant, struct span *value);
OST_CHECK enum ost_err grant_decode(
	struct arena *arena, struct span value, struct grant *grant);

/* One token dies now; remembered until it would have expired. */
OST_CHECK enum ost_err jti_revoke(struct store *grants, struct arena *arena,
	struct span jti, int64_t expires_ms);
/* OST_OK: revoked; OST_NOTFOUND: not. */
OST_CHECK enum ost_err jti_find(
	struct store *grants, struct arena *arena, struct span jti);
#endif
