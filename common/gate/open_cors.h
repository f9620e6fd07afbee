#ifndef OSTIARY_OPEN_CORS_H
#define OSTIARY_OPEN_CORS_H
#include "request.h"
#include "response.h"
/*
 * Endpoints that a page of any origin may call (RFC 9700 section 2.6): token,
 * revoke, userinfo, metadata, jwks; never authorize nor device, which a
 * cookie signs in. A program says `.is_open = true` in its struct endpoint
 * and does nothing else: serve_main() answers preflights before the handler
 * and puts the headers on every answer, also on a refusal or a 503. Only over
 * https. The origin is always `*`, which no browser takes together with a
 * cookie, and which lets caches keep one answer for all.
 */

/* Whether it was a preflight (OPTIONS with Origin and
 * Access-Control-Request-Method): then it has been answered, 204. methods: the
 * value for Access-Control-Allow-Methods. */
bool open_cors_preflight(const struct request *request,
	struct response *response, struct span methods);
/* The headers for an answer; once in a response. */
void open_cors_headers(
	const struct request *request, struct response *response);
#endif
