#ifndef OSTIARY_OPEN_FORM_H
#define OSTIARY_OPEN_FORM_H
#include "context.h"
#include "form.h"
#include "request.h"
#include "response.h"
/*
 * Forms of people who are not signed in: a cookie binds each to the browser
 * that asked for it, so that nobody can have it sent by somebody else, who
 * would then, say, be signed in to the sender's account.
 */

/* The token of a form for purpose (a literal) and target, for its field
 * "csrf"; sets the cookie unless the browser has it. */
OST_CHECK enum ost_err open_form_token(const struct context *context,
	const struct request *request, struct response *response,
	const char *purpose, struct span target, struct span *token);
/* Whether the posted form is one of just these, of the last hour and for this
 * browser. OST_DENIED: no. *nonce may be NULL. */
OST_CHECK enum ost_err open_form_check(const struct context *context,
	const struct request *request, const struct form *form,
	const char *purpose, struct span target, struct span *nonce);
/* The browser forgets the cookie, and with it all such forms. */
void open_form_end(struct response *response);
#endif
