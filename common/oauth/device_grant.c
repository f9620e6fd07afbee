#include "device_grant.h"
#include "clock.h"
#include "device.h"
#include "issue.h"
#include "limit.h"

static enum ost_err
refuse(enum oauth_error *error, const char **why, enum oauth_error word,
	const char *sentence)
{
	*error = word;
	*why = sentence;
	return OST_OK;
}

/* Somebody has the code who should not. */
static enum ost_err
refuse_used(const struct context *c, struct arena *arena,
	const struct device *device, enum oauth_error *error, const char **why)
{
	enum ost_err err = grant_end(c->grants, arena, device->used_by);

	return err == OST_OK ? refuse(error, why, OAUTH_INVALID_GRANT,
				       "The device code was used before; what "
				       "it gave is revoked")
			     : err;
}

static enum ost_err
refuse_pending(const struct context *c, struct arena *arena,
	const struct device *device, enum oauth_error *error, const char **why)
{
	enum ost_err err = device_poll(c->activity, arena, device);

	if (err == OST_LIMITED)
		return refuse(error, why, OAUTH_SLOW_DOWN,
			"Wait 5 seconds more between polls from now on");
	return err == OST_OK ? refuse(error, why, OAUTH_AUTHORIZATION_PENDING,
				       "The user has not decided yet")
			     : err;
}

/* Who allowed it must still be there, and nobody disabled since: once disabled
 * is dead for good. *error stays OAUTH_OK when all is well. */
static enum ost_err
check_parties(const struct context *c, struct arena *arena,
	const struct device *device, const struct app *app, struct user *user,
	enum oauth_error *error, const char **why)
{
	enum ost_err err =
		user_by_id(c->accounts, arena, device->user_id, user);

	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	if (err == OST_NOTFOUND || user->is_disabled ||
		user->epoch != device->user_epoch)
		return refuse(error, why, OAUTH_INVALID_GRANT,
			"The user is not there any more");
	if (app->epoch != device->app_epoch)
		return refuse(error, why, OAUTH_INVALID_GRANT,
			"The application was disabled meanwhile");
	return OST_OK;
}

static enum ost_err
use(const struct context *c, struct arena *arena, struct span text,
	struct device *device, const struct app *app, struct grant *grant,
	enum oauth_error *error, const char **why)
{
	struct grant_terms terms =
		issue_terms(c->config, app, device->scope, device->is_offline);
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
	if (err == OST_OK)
		*grant = made;
	if (err == OST_EXPIRED)
		return refuse(error, why, OAUTH_EXPIRED_TOKEN,
			"The device code has expired");
	if (err != OST_CONFLICT)
		return err;
	/* Another poll was quicker. */
	err = device_find(c->grants, arena, text, device);
	if (err == OST_OK && device->used_by.n > 0)
		return refuse_used(c, arena, device, error, why);
	return err == OST_OK || err == OST_NOTFOUND
		       ? refuse(error, why, OAUTH_INVALID_GRANT,
				 "The device code is not valid")
		       : err;
}

enum ost_err
device_redeem(const struct context *c, const struct request *request,
	const struct form *form, const struct app *app, struct grant *grant,
	struct user *user, enum oauth_error *error, const char **why,
	int64_t *retry_after_s)
{
	struct arena *arena = request->arena;
	struct device device;
	struct span text;
	enum ost_err err;

	*error = OAUTH_OK;
	if (app->no_device)
		return refuse(error, why, OAUTH_UNAUTHORIZED_CLIENT,
			"This application does not run on devices");
	if (form_get(form, "device_code", &text) != OST_OK)
		return refuse(error, why, OAUTH_INVALID_REQUEST,
			"device_code is missing");
	err = device_find(c->grants, arena, text, &device);
	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	if (err == OST_NOTFOUND || !span_eq(device.client_id, app->client_id))
		return refuse(error, why, OAUTH_INVALID_GRANT,
			"The device code is not valid");
	if (device.used_by.n > 0)
		return refuse_used(c, arena, &device, error, why);
	if (device.is_denied)
		return refuse(error, why, OAUTH_ACCESS_DENIED,
			"The user did not allow it");
	if (clock_wall_ms() >= device.expires_ms)
		return refuse(error, why, OAUTH_EXPIRED_TOKEN,
			"The device code has expired");
	if (device.user_id.n == 0)
		return refuse_pending(c, arena, &device, error, why);
	err = check_parties(c, arena, &device, app, user, error, why);
	if (err != OST_OK || *error != OAUTH_OK)
		return err;
	err = limit_pair(
		c, arena, device.user_id, device.client_id, retry_after_s);
	if (err != OST_OK)
		return err;
	return use(c, arena, text, &device, app, grant, error, why);
}
