#ifndef OSTIARY_REFUSE_H
#define OSTIARY_REFUSE_H
#include "gate.h"
/* How a request is turned away. */

/* Answers a refusal: the API error in the format of path, its challenges and
 * Retry-After. */
void refuse_caller(const struct context *context, struct response *response,
	struct span path, const struct refusal *refusal);
/* The same for a code alone. */
void refuse_code(const struct context *context, struct response *response,
	struct span path, enum api_code code);
/* The Bearer challenge (RFC 6750 section 3). error: its attribute, NULL for
 * none; scope: likewise, absent for none. */
void refuse_bearer(const struct context *context, struct response *response,
	const char *error, struct span scope);
/* The Basic and the Bearer challenge (RFC 7617, RFC 6750). error: the
 * attribute of the Bearer challenge, NULL for none; scope: likewise, absent
 * for none. */
void refuse_challenge(const struct context *context, struct response *response,
	const char *error, struct span scope);

/*
 * The answer to a request that did not come over https (DESIGN section 3): a
 * live token or code that it carries in header, query or form is destroyed,
 * durably, before the 403; OST_STORE when that cannot be written. Without a
 * known transport nothing is destroyed. has_pages: people come here; a browser
 * gets a page that says so, other clients the API's error in the format of
 * path.
 */
OST_CHECK enum ost_err refuse_insecure(const struct context *context,
	const struct request *request, struct response *response,
	struct span path, bool has_pages);
#endif
