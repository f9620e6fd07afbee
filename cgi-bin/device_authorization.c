/*
 * device_authorization - a device asks for codes (RFC 8628 section 3.1)
 *
 *	POST /oauth/device_authorization
 *	     scope, and the client as at the token endpoint; in the body
 *
 *	200  {"device_code", "user_code", "verification_uri",
 *	     "verification_uri_complete", "expires_in", "interval"}, no-store
 *	400  {"error", "error_description"}: invalid_request, invalid_scope;
 *	     unauthorized_client: the application may not use this grant
 *	401  invalid_client, with a Basic challenge
 *	403  not over https
 *	429  too many failures; or too many codes, with Retry-After: an address
 *	     gets 60 in 15 minutes, a confidential application
 *	     limit_app_total over all addresses
 *	503  a store did not answer
 *
 * The user code is typed at ostiary-device(8); meanwhile the device polls the
 * token endpoint.
 *
 * Reads: accounts. Writes: grants; rates.
 */
#include "backchannel.h"
#include "device.h"
#include "limit.h"
#include "record.h"
#include "serve.h"
#include "user_code.h"

/* A household of devices behind one address is not in the way, and nobody fills
 * the store: 60 records a quarter of an hour. */
static const struct limit_rule address_limit = { 60, 900 };

static enum ost_err
count(const struct context *ctx, const struct request *req, const char *kind,
	struct span id, const struct limit_rule *limit, int64_t *wait_s)
{
	struct span key;
	enum ost_err err = record_key(req->arena, kind, id, &key);

	return err == OST_OK
		       ? limit_count(ctx, RATE_ADDRESSES, key, limit, wait_s)
		       : err;
}

/* A public application is not counted as a whole: anybody can ask in its name
 * and would shut it out for all. */
static enum ost_err
charge(const struct context *ctx, const struct request *req,
	const struct app *app, int64_t *wait_s)
{
	struct span address;
	enum ost_err err = request_address_key(req, &address);

	if (err == OST_OK)
		err = count(ctx, req, "device-address:", address,
			&address_limit, wait_s);
	if (err == OST_OK && !app->is_public)
		err = count(ctx, req, "device-app:", app->client_id,
			&ctx->config->limit_app_total, wait_s);
	return err;
}

static enum ost_err
join(struct arena *arena, struct span before, const char *text,
	struct span after, struct span *joined)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_add(&buf, before);
	buf_text(&buf, text);
	buf_add(&buf, after);
	return buf_span(&buf, joined);
}

static enum ost_err
answer(const struct context *ctx, const struct request *req,
	struct response *res, const struct device *device, struct span text)
{
	struct span shown, uri, complete;
	struct json_writer w;
	enum ost_err err =
		user_code_show(req->arena, device->user_code, &shown);

	if (err == OST_OK)
		err = join(req->arena, ctx->config->issuer, "/device", SPAN(""),
			&uri);
	if (err == OST_OK)
		err = join(req->arena, uri, "?user_code=", shown, &complete);
	if (err != OST_OK)
		return err;
	response_begin(res, 200, "device_asked", "application/json");
	response_no_store(res);
	json_begin(&w, &res->body);
	json_open(&w, NULL, '{');
	json_string(&w, "device_code", text);
	json_string(&w, "user_code", shown);
	json_string(&w, "verification_uri", uri);
	json_string(&w, "verification_uri_complete", complete);
	json_i64(&w, "expires_in", ctx->config->device_code_lifetime_s);
	json_i64(&w, "interval", DEVICE_INTERVAL_S);
	json_close(&w);
	buf_char(&res->body, '\n');
	return OST_OK;
}

static enum ost_err
device_authorization(const struct context *ctx, const struct request *req,
	struct response *res)
{
	struct device device = { .scope = SPAN("") };
	int64_t wait_s = 0;
	struct form *form;
	struct span text;
	struct app app;
	enum ost_err err = backchannel_open(ctx, req, res, &form, &app);

	if (err != OST_OK || res->status != 0)
		return err;
	if (app.no_device) {
		client_refuse(ctx, res, OAUTH_UNAUTHORIZED_CLIENT,
			"This application does not run on devices");
		return OST_OK;
	}
	if (form_get(form, "scope", &device.scope) == OST_OK &&
		(!scope_is_valid(device.scope) ||
			!scope_is_known(&ctx->config->scopes, device.scope))) {
		client_refuse(ctx, res, OAUTH_INVALID_SCOPE,
			"The scope is malformed or not known here");
		return OST_OK;
	}
	err = charge(ctx, req, &app, &wait_s);
	if (err == OST_LIMITED) {
		client_refuse_limited(res, wait_s, "too_many_device_codes",
			"Too many device codes were asked for");
		return OST_OK;
	}
	device.client_id = app.client_id;
	if (err == OST_OK)
		err = device_create(ctx->grants, req->arena, &device,
			ctx->config->device_code_lifetime_s * 1000, &text);
	return err == OST_OK ? answer(ctx, req, res, &device, text) : err;
}

static const struct endpoint endpoint = {
	.name = "device_authorization",
	.methods = METHOD_POST,
	.body_max = 16384,
	.is_oauth = true,
	.handle = device_authorization,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
