#ifndef OSTIARY_KEY_ISSUE_H
#define OSTIARY_KEY_ISSUE_H
#include "key.h"
/* Making API keys: one rule for names, one way to a secret. For the command,
 * the keys API and the account pages. */

#define KEY_NAME_LENGTH_MAX 80 /* characters */
#define KEYS_LIVE_MAX	    100
#define KEYS_DEAD_MAX	    200 /* that stay to be seen in lists */

enum key_name_fault {
	KEY_NAME_OK,
	KEY_NAME_EMPTY,
	KEY_NAME_TOO_LONG,
	KEY_NAME_NOT_PLAIN, /* control characters, no UTF-8, or blanks at an
			     * end, which nobody would see */
};
enum key_name_fault key_name_check(struct span name);

/*
 * A new key for the user: *secret is shown once, *key is as it was written.
 * expires_ms 0: never. OST_BADINPUT: the name cannot be.
 */
OST_CHECK enum ost_err key_issue(struct store *accounts, struct arena *arena,
	struct span user_id, struct span name, int64_t expires_ms,
	struct span *secret, struct key *key);
/*
 * The same for a user who makes it alone; made_by: the key by which he does, as
 * key_by_id() found it, or NULL. The new one expires no later than that and
 * ends with it. OST_DENIED: made_by is dead. OST_CONFLICT: a live key of the
 * user has that name; OST_LIMITED: there are KEYS_LIVE_MAX; both hold however
 * many are made at once. OST_NOTFOUND: there is no such user. OST_BUSY: too
 * many at once. The oldest dead key beyond KEYS_DEAD_MAX is forgotten.
 */
OST_CHECK enum ost_err key_issue_own(struct store *accounts,
	struct arena *arena, struct span user_id, struct span name,
	int64_t expires_ms, const struct key *made_by, struct span *secret,
	struct key *key);
/* All keys of a user, live and dead, oldest first; an array of *n in the arena.
 * It looks at all keys that there are. */
OST_CHECK enum ost_err keys_of_user(struct store *accounts, struct arena *arena,
	struct span user_id, struct key **keys, size_t *n);
#endif
