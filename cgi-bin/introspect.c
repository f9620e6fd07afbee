/*
 * introspect - what a token is worth (RFC 7662)
 *
 *	Not built yet: every answer is 503.
 */
#include "serve.h"

static enum ost_err
introspect(const struct context *ctx, const struct request *req,
	struct response *res)
{
	(void)ctx;
	(void)req;
	(void)res;
	return OST_STORE;
}

static const struct endpoint endpoint = {
	.name = "introspect",
	.methods = METHOD_POST,
	.body_max = 16384,
	.handle = introspect,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
