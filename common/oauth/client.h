#ifndef OSTIARY_CLIENT_H
#define OSTIARY_CLIENT_H
#include "app.h"
#include "context.h"
#include "form.h"
#include "oauth.h"
#include "request.h"
#include "response.h"
/* A client at the token endpoint: its parameters, who it is, what it is told
 * (RFC 6749 sections 2.3, 3.2 and 5.2). */

/*
 * Reads the parameters, which may stand in the body, or, if the configuration
 * says so, in the query of the POST (the source's way), each in one of them
 * only. OST_OK with *error other than OAUTH_OK: refuse with it.
 */
OST_CHECK enum ost_err client_form(const struct context *context,
	const struct request *request, struct form **form,
	enum oauth_error *error);
/*
 * Authenticates a confidential client by Basic or by client_secret, not both;
 * a public one says its client_id and no secret (Basic with an empty password
 * will do). OST_OK with *error: refuse with it. OST_LIMITED: too many failures.
 * Wrong secrets are counted as wrong passwords are. Sets app->mark.
 */
OST_CHECK enum ost_err client_authenticate(const struct context *context,
	const struct request *request, const struct form *form, struct app *app,
	enum oauth_error *error, int64_t *retry_after_s);
/* {"error","error_description"}, no-store; 401 with a Basic challenge for
 * OAUTH_INVALID_CLIENT, else 400. description is a literal. */
void client_refuse(const struct context *context, struct response *response,
	enum oauth_error error, const char *description);
/* 429 with Retry-After, after wrong secrets. */
void client_refuse_failures(struct response *response, int64_t retry_after_s);
/* 429 with Retry-After; reason is the word for the log, description a literal.
 */
void client_refuse_limited(struct response *response, int64_t retry_after_s,
	const char *reason, const char *description);
#endif
