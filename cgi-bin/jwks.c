/*
 * jwks - the public keys (RFC 7517)
 *
 *	Not built yet: every answer is 503.
 */
#include "serve.h"

static enum ost_err
jwks(const struct context *ctx, const struct request *req, struct response *res)
{
	(void)ctx;
	(void)req;
	(void)res;
	return OST_STORE;
}

static const struct endpoint endpoint = {
	.name = "jwks",
	.methods = METHOD_GET,
	.is_open = true,
	.handle = jwks,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
