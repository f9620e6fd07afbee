#ifndef OSTIARY_GRANT_H
#define OSTIARY_GRANT_H
#include "store.h"
/*
 * What a user allowed an application, in the grants store: "code:HASH" (an
 * authorization code, RFC 6749 section 4.1.2), "grant:ID" (what a redeemed
 * code became; its tokens live no longer than it), "jti:ID" (a revoked
 * token), "once:ID" (something that may be used only once).
 */
struct grant {
	struct span id;
	struct span user_id, client_id;
	struct span scope;
	int64_t created_ms, expires_ms;
};

struct code {
	struct span client_id, user_id;
	struct span redirect_uri; /* byte for byte as the request had it */
	struct span scope;
	struct span used_by; /* id of the grant that it became; else absent */
	int64_t expires_ms;  /* of its validity; the record lives longer */
	struct span raw;
};

/*
 * Makes a code, valid for lifetime_ms, and uses up `once` (the nonce of the
 * consent form) in the same batch. *text is shown to the application; only
 * its hash is stored. OST_CONFLICT: the form was used already.
 */
OST_CHECK enum ost_err code_create(struct store *grants, struct arena *arena,
	const struct code *code, int64_t lifetime_ms, struct span once,
	struct span *text);
/* Uses up a form's nonce alone (a denial). OST_CONFLICT as above. */
OST_CHECK enum ost_err once_use(struct store *grants, struct arena *arena,
	struct span once, int64_t expires_ms);
/* OST_NOTFOUND: never given out, or forgotten since. */
OST_CHECK enum ost_err code_find(struct store *grants, struct arena *arena,
	struct span text, struct code *code);
/*
 * Turns the code into the grant, in one batch: of several callers one gets
 * OST_OK, the others OST_CONFLICT; OST_EXPIRED when its time is over. The code
 * stays, marked as used, until the grant has expired. Sets grant->id.
 */
OST_CHECK enum ost_err code_redeem(struct store *grants, struct arena *arena,
	struct span text, const struct code *code, struct grant *grant);
/* Destroys an unused code: it travelled in clear. A used one stays, to be
 * recognised, and one that is not there is no error. */
OST_CHECK enum ost_err code_destroy(
	struct store *grants, struct arena *arena, struct span text);

/* OST_NOTFOUND: ended. */
OST_CHECK enum ost_err grant_find(struct store *grants, struct arena *arena,
	struct span id, struct grant *grant);
/* Ends it and so every token of it. No error when it has ended already. */
OST_CHECK enum ost_err grant_end(
	struct store *grants, struct arena *arena, struct span id);
OST_CHECK enum ost_err grant_decode(
	struct arena *arena, struct span value, struct grant *grant);

/* One token dies now; remembered until it would have expired. */
OST_CHECK enum ost_err jti_revoke(struct store *grants, struct arena *arena,
	struct span jti, int64_t expires_ms);
/* OST_OK: revoked; OST_NOTFOUND: not. */
OST_CHECK enum ost_err jti_find(
	struct store *grants, struct arena *arena, struct span jti);
#endif
