#ifndef OSTIARY_USAGE_H
#define OSTIARY_USAGE_H
#include "gate.h"
/* What remains in each limit window that applies to a caller, without spending
 * any: for /api/limits.json and the account pages. */

struct usage {
	/* "requests": the general limit; "app_total": that of an application
	 * over all addresses; "path": the limit of a policy line; "sign_in",
	 * "sign_in_account", "sign_in_address": wrong passwords, of the user
	 * from this address, of the user from anywhere, of the address. */
	const char *name;
	const struct policy_rule *rule; /* of "path"; else NULL */
	struct rate_result left;
	uint32_t window_s;
};

#define USAGE_MAX 64 /* room for what a policy of usual size has */

/*
 * Fills list with at most max windows, *n of them, "requests" first: its own,
 * then the lines of the policy, in their order, that have a limit and that the
 * caller may pass, then sign-in. Needs CONTEXT_POLICY, else there are no
 * lines. OST_STORE.
 */
OST_CHECK enum ost_err usage_of_caller(const struct context *context,
	const struct request *request, const struct caller *caller,
	struct usage *list, size_t max, size_t *n);
/* The same for a user by whatever credential (NULL: nobody, so the address's
 * own): lines for keys only and for tokens only are there too. */
OST_CHECK enum ost_err usage_list(const struct context *context,
	const struct request *request, const struct user *user,
	struct usage *list, size_t max, size_t *n);
#endif
