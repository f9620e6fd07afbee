#ifndef OSTIARY_KEYRING_WRITE_H
#define OSTIARY_KEYRING_WRITE_H
#include "keyring.h"
/* What changes the keyring: the command does, the programs only read it. */

/* Makes the first keys and their pairs when there are none; OST_CONFLICT when
 * there are. */
OST_CHECK enum ost_err keyring_create(
	struct store *store, struct arena *scratch);
/* Makes the pairs that keys of a loaded ring lack, which was made before there
 * were any; *added: how many. OST_CONFLICT: the ring changed meanwhile. */
OST_CHECK enum ost_err keyring_complete(
	struct keyring *ring, struct arena *scratch, size_t *added);
/* next becomes current, current becomes old, a new next is made, and old keys
 * retired for longer than keep_ms go. Nobody is logged out. The ring must
 * have been loaded; it is loaded anew. */
OST_CHECK enum ost_err keyring_rotate(struct keyring *ring, struct store *store,
	struct arena *scratch, int64_t keep_ms);
/* Puts n keys that `ostiary load` has read in the place of all those of the
 * loaded ring. pairs: their records; absent where there is none. */
OST_CHECK enum ost_err keyring_replace(struct keyring *ring,
	const struct signing_key *keys, const struct span *pairs, size_t n,
	struct arena *scratch);
#endif
