#ifndef OSTIARY_CORS_H
#define OSTIARY_CORS_H
#include "context.h"
#include "request.h"
#include "response.h"
/* Cross-origin requests to guarded paths whose policy line says cors=. */

/* Whether the request is a preflight: OPTIONS with Origin and
 * Access-Control-Request-Method. */
bool cors_is_preflight(const struct request *request);
/*
 * Answers a preflight for path with 204 if the line of the method that is
 * asked for allows the origin, and charges the address. OST_NOTFOUND: it does
 * not; treat the request as any other.
 */
OST_CHECK enum ost_err cors_preflight(const struct context *context,
	const struct request *request, struct response *response,
	struct span path);
/* The headers for an answer, yes or no, under that line (NULL: none). */
void cors_headers(const struct request *request, struct response *response,
	const struct policy_rule *rule);
#endif
