#ifndef OSTIARY_DUMP_H
#define OSTIARY_DUMP_H
#include "command.h"
#include "seal.h"
/*
 * The form of a dump: JSON lines. The first is {"ostiary_dump":1,...}, the last
 * {"ostiary_dump_end":N} with the number of lines between, so that one that was
 * cut short is known. Each line between is a record: "store", "key",
 * "expires_ms" when it has an end, then the record's own fields, all of them
 * strings; or a signing key. Records that lead to others (by name, by hash)
 * are left out, for load makes them anew: nothing in a dump can contradict
 * itself.
 */
#define DUMP_VERSION   1
#define DUMP_SALT_SIZE 16

enum { DUMP_ACCOUNTS, DUMP_ACTIVITY, DUMP_GRANTS, DUMP_STORES };
extern const char *const dump_stores[DUMP_STORES];

struct store *dump_store(const struct context *context, unsigned int store);
/* Whether a record only leads to another one. */
bool dump_is_index(unsigned int store, struct span key);
/* What a signing key's secret, or the record of its key pairs, is sealed with
 * besides the key. */
#define DUMP_SECRET "signing key"
#define DUMP_PAIR   "key pair"
/* And that of a user's authenticator, with the user's id as kid. It stands
 * in the user's line, sealed, under the latter name; without a passphrase an
 * empty one of the former stands there. */
#define DUMP_TOTP	       "second step"
#define DUMP_TOTP_FIELD	       "totp_secret"
#define DUMP_TOTP_SEALED_FIELD "sealed_totp_secret"
OST_CHECK enum ost_err dump_seal_label(struct arena *arena, const char *what,
	struct span kid, struct span *label);
#endif
