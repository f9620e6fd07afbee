#ifndef OSTIARY_POLICY_H
#define OSTIARY_POLICY_H
#include "config.h"
/* The policy table, DESIGN section 6: first match decides, no match denies.
 */

enum policy_who {
	POLICY_ANYONE,
	POLICY_APP, /* an app token or anything stronger */
	POLICY_USER,
	POLICY_ROLE,  /* name holds the role */
	POLICY_SCOPE, /* name holds the scope */
};

enum policy_auth { POLICY_AUTH_ANY, POLICY_AUTH_KEY, POLICY_AUTH_TOKEN };

struct policy_rule {
	unsigned int line;
	struct span methods; /* "*" or "GET,HEAD" */
	struct span path;    /* decoded; a last '/' matches all below */
	enum policy_who who;
	struct span name;
	bool has_limit;
	struct limit_rule limit;
	enum policy_auth auth;
	struct span cors; /* absent, "*", or one origin */
};

struct policy;

/* As config_load(): every error is reported as file:line: message. Warns too,
 * as file:line: warning: message, about a line that can never match because
 * earlier ones always do, GET without HEAD, a query in a path, and a table
 * without a rule; warnings alone do not fail. */
OST_CHECK enum ost_err policy_load(const char *path,
	void (*report)(void *arg, const char *line), void *arg,
	struct policy **policy);
void policy_free(struct policy *policy); /* NULL is allowed */
/* The first rule for the canonical path and the true method, or NULL: refuse.
 * Bytes are compared: case matters, and GET is not HEAD. It belongs to the
 * policy. */
const struct policy_rule *policy_match(
	const struct policy *policy, struct span method, struct span path);
/* The methods of all rules for that path, for Access-Control-Allow-Methods:
 * each line's methods joined by ", ", none twice; "*" stands for GET, HEAD,
 * POST, PUT, PATCH, DELETE. Empty when no rule has that path. */
OST_CHECK enum ost_err policy_methods(const struct policy *policy,
	struct span path, struct arena *arena, struct span *methods);
/* How many rules there are, for `policy check`. */
size_t policy_count(const struct policy *policy);
/* The i-th rule, from 0, in the order of the file; NULL past the end. */
const struct policy_rule *policy_rule_at(const struct policy *policy, size_t i);
#endif
