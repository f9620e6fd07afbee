/*
 * device_authorization - a device asks for codes (RFC 8628 section 3.1)
 *
 *	Not built yet: every answer is 503.
 */
#include "serve.h"

static enum ost_err
device_authorization(const struct context *ctx, const struct request *req,
	struct response *res)
{
	(void)ctx;
	(void)req;
	(void)res;
	return OST_STORE;
}

static const struct endpoint endpoint = {
	.name = "device_authorization",
	.methods = METHOD_POST,
	.body_max = 16384,
	.handle = device_authorization,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
