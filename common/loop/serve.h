#ifndef OSTIARY_SERVE_H
#define OSTIARY_SERVE_H
#include "context.h"
#include "request.h"
#include "response.h"
/* The one main() of all programs: FastCGI (started with a listening socket as
 * fd 0, one request at a time) or plain CGI. */

struct endpoint {
	const char *name;
	unsigned int methods; /* bits of enum method; another is a 405 */
	size_t body_max;   /* bytes; a longer body is a 413 before handle() */
	bool is_limited;   /* every answer bears X-RateLimit-* */
	bool is_oauth;	   /* errors have the words of RFC 6749 section 5.2 */
	bool is_socrata;   /* errors are as Socrata's API has them */
	bool is_open;	   /* pages of any origin may call it: open_cors.h */
	bool has_pages;	   /* speaks the visitor's language */
	bool needs_policy; /* the policy table is loaded */
	bool shows_policy; /* it is loaded unless it is broken */
	bool guards; /* protect: any method, its body is never touched, the
		      * answer goes through face_apply() */
	/* Fills the response. An error instead of an answer fails closed: 503
	 * for what a store or OpenSSL did not say, 400 for bad input, 500 for
	 * the rest. */
	enum ost_err (*handle)(const struct context *context,
		const struct request *request, struct response *response);
};

/* Returns the exit status: 0 after SIGTERM or the one CGI request, 2 for
 * wrong arguments, 3 when it could not start. */
int serve_main(int argc, char **argv, const struct endpoint *endpoint);
#endif
