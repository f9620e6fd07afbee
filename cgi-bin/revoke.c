/*
 * revoke - a token is handed back (RFC 7009)
 *
 *	Not built yet: every answer is 503.
 */
#include "serve.h"

static enum ost_err
revoke(const struct context *ctx, const struct request *req,
	struct response *res)
{
	(void)ctx;
	(void)req;
	(void)res;
	return OST_STORE;
}

static const struct endpoint endpoint = {
	.name = "revoke",
	.methods = METHOD_POST,
	.body_max = 16384,
	.handle = revoke,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
