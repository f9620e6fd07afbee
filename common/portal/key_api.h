#ifndef OSTIARY_KEY_API_H
#define OSTIARY_KEY_API_H
#include "context.h"
#include "request.h"
#include "response.h"
#include "user.h"
/* API keys as Socrata's /api/api_keys shows them to their holder. */

struct key_call {
	const struct context *context;
	const struct request *request;
	struct response *response;
	const struct user *user; /* who has asked, and may */
	struct span key_id; /* by which key, itself or a login token that it
			     * bought; absent: by password */
};

/* GET: the page of the list that the query wants. Each of these answers, also
 * with a refusal; OST_STORE, OST_BUSY, OST_NOMEM, OST_CRYPTO: it has not. */
OST_CHECK enum ost_err key_api_list(const struct key_call *call);
/* POST: a new key. */
OST_CHECK enum ost_err key_api_create(const struct key_call *call);
/* GET or DELETE of one of the user's own keys. */
OST_CHECK enum ost_err key_api_one(const struct key_call *call, struct span id);
#endif
