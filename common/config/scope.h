#ifndef OSTIARY_SCOPE_H
#define OSTIARY_SCOPE_H
#include "buf.h"
/* Scopes (RFC 6749 section 3.3) and the configuration's registry of them. */
#define SCOPE_LIST_MAX 1000 /* bytes of a list */
#define SCOPES_MAX     64   /* that a configuration may name */

struct scope_entry {
	struct span name;
	struct span sentence; /* for the consent page */
};

/* Beside these five, which are always known, an empty registry allows every
 * scope, and one with entries only those: openid, profile, email (OpenID
 * Connect Core section 5.4), offline_access (section 11), and roles. */
struct scope_registry {
	struct scope_entry entries[SCOPES_MAX];
	size_t n;
};

/* At least one token, each once, parted by single blanks, at most
 * SCOPE_LIST_MAX bytes. */
bool scope_is_valid(struct span scope);
bool scope_token_is_valid(struct span token);
/* Whether every token of the scope may be asked for. */
bool scope_is_known(const struct scope_registry *registry, struct span scope);
/* What people are told about it; the absent span when only its name is known.
 */
struct span scope_sentence(
	const struct scope_registry *registry, struct span token);
/* The i-th name that metadata tells of: the five, then those of the registry;
 * the absent span past the end. */
struct span scope_supported(const struct scope_registry *registry, size_t i);
/* Whether every token of narrow stands in wide. The empty one is in every
 * one. */
bool scope_is_within(struct span narrow, struct span wide);
/* The tokens of both, each once, a's order first. */
OST_CHECK enum ost_err scope_union(
	struct arena *arena, struct span a, struct span b, struct span *both);
#endif
