#ifndef OSTIARY_LEAK_REPORT_H
#define OSTIARY_LEAK_REPORT_H
#include "context.h"
#include "json.h"
#include "request.h"
#include "response.h"
/* Secrets that somebody reports as leaked: ends them, and answers. */

struct leak_call {
	const struct context *context;
	const struct request *request;
	struct response *response;
};

/* One, with the client id of the application if it is an application's:
 * {"revoked": true | false}, or 400. OST_STORE, OST_BUSY, OST_CRYPTO,
 * OST_NOMEM: it may be alive, and nothing was answered. */
OST_CHECK enum ost_err leak_report_one(const struct leak_call *call,
	struct span secret, struct span client_id);
/*
 * A list as GitHub's partner program for secret scanning sends it, at most 100
 * of {"token", "type"}; other members mean nothing, but a "client_id" of ours.
 * Answers with a label for each. OST_BADINPUT: the list cannot be, and nothing
 * was ended. Else as above; some may have been ended then.
 */
OST_CHECK enum ost_err leak_report_list(
	const struct leak_call *call, const struct json *list);
#endif
