/*
 * front - the front page: what the portal is, its data, lines to try
 *
 *	GET /
 *
 *	200  the page
 *	403  not over https
 *	404  another path
 *	405  neither GET nor HEAD
 *	503  a store did not answer
 *
 * Anybody may look. It shows what the file of front_data holds and, to
 * somebody who is signed in, the id of a key and of an application of his own.
 * Without front_data, or when that is damaged (which is logged), there is no
 * data on the page.
 *
 * Reads: the configuration, front_data, grants, accounts. Writes: grants, to
 * note a session's use.
 */
#include "front_page.h"
#include "serve.h"

static enum ost_err
front(const struct context *ctx, const struct request *req,
	struct response *res)
{
	struct visitor visitor;
	enum ost_err err;

	if (!span_eq(req->path, SPAN("/"))) {
		error_page(req, res, 404, "error.not_found",
			"error.not_found.text", "not_found", SPAN_ABSENT);
		return OST_OK;
	}
	err = visitor_find(ctx, req, res, &visitor);
	if (err != OST_OK)
		return err;
	if (visitor.is_signed_in)
		res->subject = visitor.user.name;
	return front_page(ctx, req, res, &visitor);
}

static const struct endpoint endpoint = {
	.name = "front",
	.methods = METHOD_GET,
	.has_pages = true,
	.handle = front,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
