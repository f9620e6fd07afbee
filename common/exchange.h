#ifndef OSTIARY_EXCHANGE_H
#define OSTIARY_EXCHANGE_H
#include "app.h"
#include "code.h"
#include "context.h"
#include "form.h"
#include "oauth.h"
#include "user.h"
/* An authorization code is exchanged for a grant (RFC 6749 section 4.1.3). */
struct exchange {
	struct app app; /* the client, authenticated by the caller */
	struct user user;
	struct code code;
	struct grant grant;
	const char *why; /* of OST_DENIED: a sentence for the developer */
};

/*
 * text is the code that the form brought. OST_OK: user and grant are filled,
 * the grant is written. OST_DENIED (invalid_grant): unknown, expired, of
 * another client or redirect URI, or used before, in which case the grant
 * that it gave has ended. Of several calls at once one gets OST_OK.
 */
OST_CHECK enum ost_err exchange_code(const struct context *context,
	struct arena *arena, const struct form *form, struct span text,
	struct exchange *exchange);
#endif
