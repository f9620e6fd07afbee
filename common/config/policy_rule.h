#ifndef OSTIARY_POLICY_RULE_H
#define OSTIARY_POLICY_RULE_H
#include "policy.h"
#include "textfile.h"
/* One line of the policy. Only policy.c uses this, but
 * for the form of a role. */

#define POLICY_ROLE_SIZE_MAX 64
bool policy_role_is_valid(struct span name);

/*
 * Reads a line that textfile_next() gave; *rule borrows from it and from the
 * file's arena. OST_NOTFOUND: a blank line or a comment; OST_BADINPUT: faults,
 * each of them reported; OST_NOMEM. *rule is whole only when OST_OK. Warns
 * where a line is allowed but hardly meant.
 */
OST_CHECK enum ost_err policy_rule_parse(
	struct textfile *file, struct span line, struct policy_rule *rule);
/* Whether method is in the list, joined by "," or ", ". */
bool policy_method_listed(struct span list, struct span method);
#endif
