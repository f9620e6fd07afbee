#ifndef OSTIARY_RECOVERY_H
#define OSTIARY_RECOVERY_H
#include "arena.h"
/*
 * Recovery codes, for who has lost the authenticator: 16 characters of 32 (80
 * bits), each good once. The alphabet has one of 0 and O, and one of 1, I and
 * L, and reads the others as that one; U is not in it. Only SHA-256 hashes are
 * kept: lower-case hex, parted by one blank.
 */
#define RECOVERY_CODES 10
#define RECOVERY_SIZE  16 /* without dashes */

/* New codes as people read them, "XXXX-XXXX-XXXX-XXXX", and their hashes, all
 * in the arena: show them once. OST_NOMEM, OST_CRYPTO. */
OST_CHECK enum ost_err recovery_make(struct arena *arena,
	struct span codes[static RECOVERY_CODES], struct span *hashes);
/*
 * Whether typed, in any case, with dashes and blanks anywhere, is one of them,
 * at the same cost for each. OST_OK: *left are the other hashes, absent when
 * it was the last; to be kept before anybody is let in. OST_DENIED; OST_NOMEM,
 * OST_CRYPTO.
 */
OST_CHECK enum ost_err recovery_use(struct arena *arena, struct span hashes,
	struct span typed, struct span *left);
/* How many are left. */
size_t recovery_count(struct span hashes);
/* Whether hashes is such a list, or absent. */
bool recovery_is_valid(struct span hashes);
#endif
