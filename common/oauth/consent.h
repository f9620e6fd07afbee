#ifndef OSTIARY_CONSENT_H
#define OSTIARY_CONSENT_H
#include "authorization.h"
/* What a user who is signed in decides about an authorization request. */

/* Answers with the consent page. The parameters of the request are good. */
OST_CHECK enum ost_err consent_page(const struct context *context,
	const struct request *request, struct response *response,
	const struct authorization *asked, const struct visitor *visitor);
/*
 * Answers without a page, 303 with a code, where the user allowed as much
 * before and wanted that remembered; else answers nothing (status stays 0).
 * Never for a public app, for prompt=consent, and for a request that nobody
 * made: HEAD, and what a browser fetches in advance.
 */
OST_CHECK enum ost_err consent_remembered(const struct context *context,
	const struct request *request, struct response *response,
	const struct authorization *asked, const struct visitor *visitor);
/* Answers the posted decision: 303 with a code or access_denied; 403 when
 * the form is not this visitor's or was used, 400 when it says something else
 * than the request it was made for. */
OST_CHECK enum ost_err consent_submit(const struct context *context,
	const struct request *request, struct response *response,
	const struct form *form, const struct authorization *asked);
#endif
