#ifndef OSTIARY_ADMIT_H
#define OSTIARY_ADMIT_H
#include "gate.h"
#include "policy.h"
/*
 * Whether the caller is whom the line of the policy wants; else *refusal says
 * what is missing: a credential (401), the right one (403), or a scope. rule
 * NULL, no line: nobody is.
 */
bool admit(const struct policy_rule *rule, const struct caller *caller,
	struct refusal *refusal);
#endif
