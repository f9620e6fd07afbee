#ifndef OSTIARY_DEVICE_GRANT_H
#define OSTIARY_DEVICE_GRANT_H
#include "app.h"
#include "context.h"
#include "form.h"
#include "grant.h"
#include "oauth.h"
#include "request.h"
#include "user.h"
/* A device polls the token endpoint (RFC 8628 sections 3.4 and 3.5). */
#define DEVICE_GRANT_TYPE "urn:ietf:params:oauth:grant-type:device_code"

/*
 * For grant_type DEVICE_GRANT_TYPE: app is the client, authenticated by the
 * caller; the form brings device_code. OST_OK and OAUTH_OK: the user allowed
 * it, *grant is written and *user is who. Of several calls at once one gets
 * that, and a later one ends the grant, as the second use of a code does.
 * Another *error: refuse with it; *why is a sentence for the developer.
 * OST_LIMITED: limit_pair(), *retry_after_s; nothing was used up.
 *
 * grant->refresh_token is there when the grant has refresh tokens
 * (issue_terms()); it was written in the same batch.
 */
OST_CHECK enum ost_err device_redeem(const struct context *context,
	const struct request *request, const struct form *form,
	const struct app *app, struct grant *grant, struct user *user,
	enum oauth_error *error, const char **why, int64_t *retry_after_s);
#endif
