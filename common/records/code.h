#ifndef OSTIARY_CODE_H
#define OSTIARY_CODE_H
#include "refresh.h"
/* Authorization codes (RFC 6749 section 4.1.2), in the grants store:
 * "code:HASH". */
struct code {
	struct span client_id, user_id;
	struct span redirect_uri; /* byte for byte as the request had it */
	struct span scope;
	struct span used_by;   /* id of the grant that it became; else absent */
	struct span challenge; /* PKCE S256 (RFC 7636); absent: none */
	struct span nonce;     /* OpenID Connect; absent: none */
	bool is_offline;       /* the user was told that it goes on alone */
	int64_t auth_time_s;   /* when the user signed in */
	struct span amr;       /* and how: session_amr(); absent: unknown */
	int64_t user_epoch, app_epoch; /* of user.h and app.h */
	int64_t expires_ms; /* of its validity; the record lives longer */
	struct span raw;
};

/*
 * Makes a code, valid for lifetime_ms. The same batch uses up `once` (the nonce
 * of the consent form; absent: none) and holds the item `also` (NULL: none).
 * *text is shown to the application; only its hash is stored. OST_CONFLICT:
 * the form was used already, or what `also` expects is not so.
 */
OST_CHECK enum ost_err code_create(struct store *grants, struct arena *arena,
	const struct code *code, int64_t lifetime_ms, struct span once,
	const struct store_item *also, struct span *text);
/* OST_NOTFOUND: never given out, or forgotten since. */
OST_CHECK enum ost_err code_find(struct store *grants, struct arena *arena,
	struct span text, struct code *code);
/*
 * Turns the code into the grant, in one batch, with its first refresh token
 * when the terms have them: of several callers one gets OST_OK, the others
 * OST_CONFLICT; OST_EXPIRED when its time is over. The code stays, marked as
 * used, as long as grant_keep_ms() says and some minutes more: its second use
 * must end the grant. Makes the grant as grant_begin() does.
 */
OST_CHECK enum ost_err code_redeem(struct store *grants, struct arena *arena,
	struct span text, const struct code *code,
	const struct grant_terms *terms, struct grant *grant);
/* Destroys an unused code: it travelled in clear. A used one stays, to be
 * recognised, and one that is not there is no error. */
OST_CHECK enum ost_err code_destroy(
	struct store *grants, struct arena *arena, struct span text);
#endif
