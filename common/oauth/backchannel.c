#include "backchannel.h"

enum ost_err
backchannel_open(const struct context *c, const struct request *request,
	struct response *response, struct form **form, struct app *app)
{
	int64_t retry_after_s = 0;
	enum oauth_error error;
	enum ost_err err;

	/* Only the token endpoint takes parameters from the query (the
	 * source's way): logs would keep the token (RFC 6749 section 2.3.1). */
	if (request->query.n > 0) {
		client_refuse(c, response, OAUTH_INVALID_REQUEST,
			"The parameters belong into the body");
		return OST_OK;
	}
	err = client_form(c, request, form, &error);
	if (err == OST_OK && error == OAUTH_OK)
		err = client_authenticate(
			c, request, *form, app, &error, &retry_after_s);
	if (err == OST_LIMITED) {
		client_refuse_failures(response, retry_after_s);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	if (error == OAUTH_OK)
		response->subject = app->client_id;
	else
		client_refuse(c, response, error,
			error == OAUTH_INVALID_CLIENT
				? "Client authentication failed"
				: "The request is malformed");
	return OST_OK;
}
