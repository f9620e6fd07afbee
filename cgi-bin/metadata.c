/*
 * metadata - what this server can do (RFC 8414, OpenID Connect Discovery)
 *
 *	Not built yet: every answer is 503.
 */
#include "serve.h"

static enum ost_err
metadata(const struct context *ctx, const struct request *req,
	struct response *res)
{
	(void)ctx;
	(void)req;
	(void)res;
	return OST_STORE;
}

static const struct endpoint endpoint = {
	.name = "metadata",
	.methods = METHOD_GET,
	.body_max = 16384,
	.handle = metadata,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
