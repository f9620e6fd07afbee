#include "device_grant.h"
#include "clock.h"
#include "device.h"
#include "limit.h"

/* Somebody has the code who should not. */
static enum ost_err
refuse_used(const struct context *c, struct arena *arena,
	const struct device *device, struct issue *x)
{
	enum ost_err err = grant_end(c->grants, arena, device->used_by);

	return err == OST_OK ? issue_deny(x, OAUTH_INVALID_GRANT,
				       "The device code was used before; what "
				       "it gave is revoked")
			     : err;
}

static enum ost_err
refuse_pending(const struct context *c, struct arena *arena,
	const struct device *device, struct issue *x)
{
	enum ost_err err = device_poll(c->activity, arena, device);

	if (err == OST_LIMITED)
		return issue_deny(x, OAUTH_SLOW_DOWN,
			"Wait 5 seconds more between polls from now on");
	return err == OST_OK ? issue_deny(x, OAUTH_AUTHORIZATION_PENDING,
				       "The user has not decided yet")
			     : err;
}

static enum ost_err
refuse_unknown(struct issue *x)
{
	return issue_deny(
		x, OAUTH_INVALID_GRANT, "The device code is not valid");
}

/* OST_OK: its user has allowed it, and it was not used yet. */
static enum ost_err
check_device(const struct context *c, struct arena *arena, struct span text,
	struct device *device, struct issue *x)
{
	enum ost_err err = device_find(c->grants, arena, text, device);

	if (err == OST_NOTFOUND || (err == OST_OK && !span_eq(device->client_id,
							     x->app.client_id)))
		return refuse_unknown(x);
	if (err != OST_OK)
		return err;
	if (device->used_by.n > 0)
		return refuse_used(c, arena, device, x);
	if (device->is_denied)
		return issue_deny(
			x, OAUTH_ACCESS_DENIED, "The user did not allow it");
	if (clock_wall_ms() >= device->expires_ms)
		return issue_deny(
			x, OAUTH_EXPIRED_TOKEN, "The device code has expired");
	return device->user_id.n == 0 ? refuse_pending(c, arena, device, x)
				      : OST_OK;
}

/* Exactly one of several gets the grant; the others see a used code. */
static enum ost_err
use(const struct context *c, struct arena *arena, struct span text,
	struct device *device, struct issue *x)
{
	struct grant_terms terms = issue_terms(
		c->config, &x->app, device->scope, device->is_offline);
	struct store_item items[GRANT_ITEMS];
	struct grant made = { .user_id = device->user_id,
		.client_id = device->client_id,
		.scope = span_is_absent(device->scope) ? SPAN("")
						       : device->scope,
		.user_epoch = device->user_epoch,
		.app_epoch = device->app_epoch,
		.auth_time_s = device->auth_time_s,
		.amr = device->amr };
	size_t n;
	enum ost_err err = grant_begin(arena, &terms, &made, items, &n);

	if (err == OST_OK)
		err = device_use(c->grants, arena, device, made.id, items, n,
			grant_keep_ms(&terms, &made));
	if (err == OST_OK) {
		x->grant = made;
		x->scope = made.scope;
		x->refresh_token = made.refresh_token;
	}
	if (err == OST_EXPIRED)
		return issue_deny(
			x, OAUTH_EXPIRED_TOKEN, "The device code has expired");
	if (err != OST_CONFLICT)
		return err;
	/* Another poll was quicker. */
	err = device_find(c->grants, arena, text, device);
	if (err == OST_OK && device->used_by.n > 0)
		return refuse_used(c, arena, device, x);
	return err == OST_OK || err == OST_NOTFOUND ? refuse_unknown(x) : err;
}

enum ost_err
device_grant(const struct context *c, const struct request *request,
	const struct form *form, struct issue *x)
{
	struct arena *arena = request->arena;
	struct device device;
	struct span text;
	enum ost_err err;

	if (x->app.no_device)
		return issue_deny(x, OAUTH_UNAUTHORIZED_CLIENT,
			"This application does not run on devices");
	if (form_get(form, "device_code", &text) != OST_OK)
		return issue_deny(
			x, OAUTH_INVALID_REQUEST, "device_code is missing");
	err = check_device(c, arena, text, &device, x);
	if (err == OST_OK)
		err = issue_find_user(c, arena, device.user_id,
			device.user_epoch, device.app_epoch, x);
	if (err == OST_OK)
		err = limit_pair(c, arena, device.user_id, device.client_id,
			&x->retry_after_s);
	return err == OST_OK ? use(c, arena, text, &device, x) : err;
}
