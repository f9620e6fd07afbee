#ifndef OSTIARY_SECRETS_H
#define OSTIARY_SECRETS_H
#include "command.h"
#include "secret.h"
/* Secrets of applications and keys that the command makes. */

/* A new secret and its hash. */
enum exit_status secrets_make(struct admin *admin, const char *prefix,
	struct span *text, struct span *hash);
/* When the old secret ends, by --overlap: 0, at once. EXIT_USAGE for what is
 * no duration. */
enum exit_status secrets_overlap(struct admin *admin, int64_t *old_until_ms);
/* Says below a secret that it is seen only now. regret: what to do when it
 * could not be printed. */
void secrets_say_once(struct admin *admin, const char *regret);
#endif
