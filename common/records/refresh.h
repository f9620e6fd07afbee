#ifndef OSTIARY_REFRESH_H
#define OSTIARY_REFRESH_H
#include "grant.h"
#include "keyring.h"
/*
 * Refresh tokens (RFC 6749 section 6), in the grants store: "refresh:HASH".
 * Each is used once and replaced (RFC 9700 section 4.14.2). Its successor is
 * derived from it, with a key of the keyring, so that all who ask at once get
 * the same one while only hashes are stored.
 */
struct refresh {
	struct span grant_id, client_id;
	int64_t used_ms;    /* when it was used up; 0: it is live */
	struct span kid;    /* of a used one: the key that its successor is
			     * derived with */
	int64_t expires_ms; /* of a live one: when it dies unused; 0: unknown,
			     * for it was written by an earlier version */
	struct span raw;
};

/* How long what a grant gives lives. */
struct grant_terms {
	int64_t access_ms; /* an access token */
	int64_t total_ms;  /* all refresh tokens together; 0: none are given */
	int64_t idle_ms;   /* a refresh token that is not used */
};

#define GRANT_ITEMS 2
/*
 * Makes grant new: sets id, created_ms, expires_ms, ends_ms and, when the
 * terms have refresh tokens, refresh_token. *n items, one or two, go into the
 * batch that writes it, beside what it was given for.
 */
OST_CHECK enum ost_err grant_begin(struct arena *arena,
	const struct grant_terms *terms, struct grant *grant,
	struct store_item items[static GRANT_ITEMS], size_t *n);

/* Until when (wall time) what a grant was given for is kept, so that its second
 * use ends the grant: while anything that the grant gives can live. */
int64_t grant_keep_ms(
	const struct grant_terms *terms, const struct grant *grant);

/* OST_NOTFOUND: never given out, or forgotten since. */
OST_CHECK enum ost_err refresh_find(struct store *grants, struct arena *arena,
	struct span text, struct refresh *refresh);
OST_CHECK enum ost_err refresh_decode(
	struct arena *arena, struct span value, struct refresh *refresh);
/* What follows text, by the key kid. OST_NOTFOUND: the key is gone. */
OST_CHECK enum ost_err refresh_successor(struct arena *arena,
	const struct keyring *ring, struct span kid, struct span text,
	struct span *successor);
/*
 * Uses text up and writes its successor, with the grant's new expiry, in one
 * batch. refresh and grant are as read: OST_CONFLICT when any of it has changed
 * since, or the grant has ended. OST_OK: *successor, grant->expires_ms.
 */
OST_CHECK enum ost_err refresh_rotate(struct store *grants, struct arena *arena,
	const struct grant_terms *terms, const struct keyring *ring,
	struct span text, const struct refresh *refresh, struct grant *grant,
	struct span *successor);
/*
 * Writes the live successor of a used token once more, as it is: what is given
 * out again is durable. OST_CONFLICT as above.
 */
OST_CHECK enum ost_err refresh_confirm(struct store *grants,
	struct arena *arena, const struct grant_terms *terms, struct span text,
	const struct refresh *refresh, const struct grant *grant,
	struct span successor, const struct refresh *next);
#endif
