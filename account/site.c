/* /account/logo and /account/style.css: the operator's own, for all pages. */
#include "file.h"
#include "pages.h"

static enum ost_err
answer(struct visit *visit, struct span file)
{
	struct span folder = file, name = SPAN("");
	enum ost_err err;

	if (span_is_absent(file)) {
		portal_not_found(visit);
		return OST_OK;
	}
	/* The configuration made the path absolute. */
	while (folder.n > 0 && folder.p[folder.n - 1] != '/')
		folder.n--;
	name = span_skip(file, folder.n - 1);
	err = arena_copy(visit->arena, folder, &folder);
	if (err == OST_OK)
		err = file_respond(
			visit->request, visit->response, folder, name);
	if (err != OST_OK || visit->response->status >= 400)
		return err;
	/* A picture with a script in it stays a picture. */
	response_header(visit->response, "Content-Security-Policy",
		SPAN("default-src 'none'; style-src 'unsafe-inline'; "
		     "sandbox"));
	response_header(visit->response, "Cache-Control", SPAN("max-age=300"));
	return err;
}

enum ost_err
logo_get(struct visit *visit)
{
	return answer(visit, visit->context->config->logo);
}

enum ost_err
style_get(struct visit *visit)
{
	return answer(visit, visit->context->config->style);
}
