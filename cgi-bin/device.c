/*
 * device - the page that takes a device's code (RFC 8628 section 3.3)
 *
 *	Not built yet: every answer is 503.
 */
#include "serve.h"

static enum ost_err
device(const struct context *ctx, const struct request *req,
	struct response *res)
{
	(void)ctx;
	(void)req;
	(void)res;
	return OST_STORE;
}

static const struct endpoint endpoint = {
	.name = "device",
	.methods = METHOD_GET | METHOD_POST,
	.body_max = 16384,
	.handle = device,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
