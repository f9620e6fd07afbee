#ifndef OSTIARY_REMEMBERED_H
#define OSTIARY_REMEMBERED_H
#include "app.h"
#include "user.h"
/*
 * What a user allowed an application once and does not want to be asked about
 * again, in the grants store: "consent:USERID:CLIENTID". Only of confidential
 * applications: whoever knows the id of a public one can ask in its name (RFC
 * 8252 section 8.6).
 */
#define REMEMBERED_PREFIX "consent:"
struct remembered {
	struct span user_id, client_id;
	struct span scope;
	struct span callbacks; /* that it may go back to, as people were told
				* of them, parted by blanks; absent: a record of
				* before they were kept */
	bool is_offline; /* it was told that this goes on without the user */
	/* Of user.h and app.h: who was disabled once, or has a new password, is
	 * asked again. */
	int64_t user_epoch, user_generation, app_epoch;
	int64_t created_ms;
	struct span raw; /* the record as read */
};

/* OST_NOTFOUND: nothing, or no longer. */
OST_CHECK enum ost_err remembered_find(struct store *grants,
	struct arena *arena, struct span user_id, struct span client_id,
	struct remembered *remembered);
/* What a page told its user, who then allowed it. */
struct remembered_page {
	struct span scope;
	struct span callback; /* of redirect_target_text() */
	bool is_offline;
};

/* The ids in such a key; false: it is none. */
bool remembered_split(
	struct span key, struct span *user_id, struct span *client_id);
OST_CHECK enum ost_err remembered_decode(
	struct arena *arena, struct span value, struct remembered *remembered);
/* Whether it is that user's answer to that app's request for scope, to be sent
 * to callback (one or several), at now_ms; also to what that app gets for it
 * without the user. */
bool remembered_covers(const struct remembered *remembered,
	const struct user *user, const struct app *app, struct span scope,
	struct span callback, int64_t lifetime_ms, int64_t now_ms);
/*
 * *item writes what is remembered once page was allowed: that, from now on.
 * While another scope is remembered for the same callback that it does not
 * cover, or another callback for the same scope, both are, but no longer than
 * that one was: nothing lasts that was not shown again. When both are longer
 * than a scope may be, or scope and callback are others, page alone is. The
 * batch fails when it was withdrawn or changed meanwhile.
 */
OST_CHECK enum ost_err remembered_item(struct store *grants,
	struct arena *arena, const struct user *user, const struct app *app,
	const struct remembered_page *page, int64_t lifetime_ms,
	struct store_item *item);
/* *item lets a batch fail when it was withdrawn or changed meanwhile. */
OST_CHECK enum ost_err remembered_unchanged(struct arena *arena,
	const struct remembered *remembered, struct store_item *item);
/* Withdraws it. No error when there is none. */
OST_CHECK enum ost_err remembered_forget(struct store *grants,
	struct arena *arena, struct span user_id, struct span client_id);
#endif
