#ifndef OSTIARY_CONSENT_H
#define OSTIARY_CONSENT_H
#include "app.h"
#include "oauth.h"
#include "signin.h"
/* An authorization request (RFC 6749 section 4.1.1) and the decision about
 * it. */

struct authorization {
	struct span target; /* the query string that it came as */
	struct form *form;
	struct app app;
	struct span redirect_uri;
};

/*
 * Reads the request and checks what must hold before anything may be
 * redirected: the application, then its redirect URI. When one of them is
 * bad the response is an error page (status set, still OST_OK) that says
 * which rule failed.
 */
OST_CHECK enum ost_err consent_read(const struct context *context,
	const struct request *request, struct response *response,
	struct span target, struct authorization *asked);
/* Answers somebody who is signed in: the consent page, or a redirect with the
 * error of the remaining parameters. */
OST_CHECK enum ost_err consent_page(const struct context *context,
	const struct request *request, struct response *response,
	const struct authorization *asked, const struct visitor *visitor);
/* Answers the posted decision: 303 with a code or access_denied; 403 when
 * the form is not this visitor's or was used, 400 when it says something else
 * than the request it was made for. */
OST_CHECK enum ost_err consent_submit(const struct context *context,
	const struct request *request, struct response *response,
	const struct form *form, const struct authorization *asked);
#endif
