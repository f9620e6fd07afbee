#include "open_cors.h"
#include "cors.h"

/* What a page must be told anew after so long (seconds); browsers take no
 * more than 7200 or 86400. */
#define PREFLIGHT_AGE SPAN("3600")

bool
open_cors_preflight(const struct request *request, struct response *response,
	struct span methods)
{
	if (!cors_is_preflight(request))
		return false;
	response_begin(response, 204, "preflight", NULL);
	response_header(response, "Access-Control-Allow-Methods", methods);
	response_header(response, "Access-Control-Allow-Headers",
		SPAN("Authorization, Content-Type"));
	response_header(response, "Access-Control-Max-Age", PREFLIGHT_AGE);
	return true;
}

void
open_cors_headers(const struct request *request, struct response *response)
{
	if (request->transport != TRANSPORT_HTTPS)
		return;
	response_header(response, "Access-Control-Allow-Origin", SPAN("*"));
	response_header(response, "Access-Control-Expose-Headers",
		SPAN("WWW-Authenticate, X-RateLimit-Limit, "
		     "X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, "
		     "X-Request-Id"));
}
