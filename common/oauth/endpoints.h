#ifndef OSTIARY_ENDPOINTS_H
#define OSTIARY_ENDPOINTS_H
#include "buf.h"
/* Where clients find what: what metadata publishes (RFC 8414 section 2) and
 * the pages tell those who write an application. */

struct client_endpoint {
	const char *name, *path;
};
/* The i-th; NULL past the end. */
const struct client_endpoint *client_endpoint_at(size_t i);
/* Its whole address, in the arena. OST_NOMEM. */
OST_CHECK enum ost_err endpoint_url(struct arena *arena, struct span issuer,
	const char *path, struct span *url);
#endif
