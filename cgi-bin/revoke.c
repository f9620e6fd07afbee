/*
 * revoke - an application hands a token back (RFC 7009)
 *
 *	POST /oauth/revoke
 *	     token, token_type_hint (ignored: tokens show in their form what
 *	     they are), and the client as at the token endpoint; in the body
 *
 *	200  empty: the token is dead. Also when it was before: unknown,
 *	     expired, revoked, malformed; and for a login token, which belongs
 *	     to no application and stays as it is
 *	400  {"error", "error_description"}: invalid_request;
 *	     unauthorized_client: a token of another application, which stays
 *	     alive
 *	401  invalid_client, with a Basic challenge
 *	403  not over https; a live token that came so is revoked first
 *	429  too many failures
 *	503  a store did not answer, with Retry-After: the token may be alive
 *
 * An access token dies alone; a refresh token, used or not, takes its grant
 * along, and so every token of it. All is durable before the answer.
 * Pages of any origin may call it (CORS).
 *
 * Reads: accounts, keyring. Writes: grants; rates.
 */
#include "backchannel.h"
#include "present.h"
#include "serve.h"

static enum ost_err
hand_back(const struct context *ctx, const struct request *req,
	struct response *res, struct span text, const struct app *app)
{
	struct present present;
	bool was_live = false;
	enum ost_err err = present_find(ctx, req->arena, text, &present);

	if (err != OST_OK)
		return err;
	if (present.client_id.n > 0 &&
		!span_eq(present.client_id, app->client_id)) {
		client_refuse(ctx, res, OAUTH_UNAUTHORIZED_CLIENT,
			"The token belongs to another application");
		res->reason = "token_of_another";
		return OST_OK;
	}
	if (present.client_id.n > 0)
		err = present_end(ctx, req->arena, &present, &was_live);
	if (err != OST_OK)
		return err;
	response_begin(
		res, 200, was_live ? "token_revoked" : "token_not_live", NULL);
	response_no_store(res);
	return OST_OK;
}

static enum ost_err
revoke(const struct context *ctx, const struct request *req,
	struct response *res)
{
	struct form *form;
	struct span text;
	struct app app;
	enum ost_err err = backchannel_open(ctx, req, res, &form, &app);

	if (err != OST_OK || res->status != 0)
		return err;
	if (form_get(form, "token", &text) != OST_OK) {
		client_refuse(
			ctx, res, OAUTH_INVALID_REQUEST, "token is missing");
		return OST_OK;
	}
	return hand_back(ctx, req, res, text, &app);
}

static const struct endpoint endpoint = {
	.name = "revoke",
	.methods = METHOD_POST,
	.body_max = 16384,
	.is_oauth = true,
	.is_open = true,
	.handle = revoke,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
