#ifndef OSTIARY_KEYS_H
#define OSTIARY_KEYS_H
#include "key.h"
#include "portal.h"
/* What the pages of API keys have in common. */

#define DAY_MS 86400000LL

/* One of the entries of a <select>. */
struct choice {
	const char *value;
	const char *flag; /* set when it is the chosen one */
	int64_t days;
};
/* The one of that value; NULL: there is none. The last has no value. */
const struct choice *choice_find(
	const struct choice *choices, struct span value);
/* Sets the flags of all. */
void choice_show(struct values *values, const struct choice *choices,
	struct span chosen);

/* The values of a key: name, id, state (the key of its text), tone, is_live,
 * and the times created, used, expires, old_until, revoked. OST_STORE. */
OST_CHECK enum ost_err key_show(
	struct visit *visit, struct values *values, const struct key *key);
/* Answers with a secret, which is shown this once. OST_NOMEM, OST_STORE. */
OST_CHECK enum ost_err key_tell(struct visit *visit, struct values *values,
	const struct key *key, struct span secret, const char *reason);
#endif
