#include "polling.h"
#include "device_grant.h"
#include "vectors.h"
#include "workshop.h"

struct polling polling;
static char *rates; /* its folder */

int
polling_open(void **state)
{
	(void)state;
	polling = (struct polling){ .was_told = true };
	if (records_open(&polling.arena, &polling.store) != 0)
		return 1;
	polling.config = (struct config){ .access_token_lifetime_s = 3600,
		.refresh_token_lifetime_s = 90 * 86400,
		.refresh_token_idle_s = 30 * 86400 };
	polling.context = (struct context){ .config = &polling.config,
		.accounts = polling.store,
		.grants = polling.store,
		.activity = polling.store };
	rates = workshop_open("rates", NULL);
	if (rate_open(span_of(rates), false, &polling.context.rate) != OST_OK)
		return 1;
	polling.user = (struct user){
		.name = SPAN("bob"), .display_name = SPAN("Bob"), .epoch = 3
	};
	polling.app = (struct app){
		.name = SPAN("Tele"), .owner_id = SPAN("u1"), .epoch = 5
	};
	return user_create(polling.store, polling.arena, &polling.user) !=
		       OST_OK ||
	       app_create(polling.store, polling.arena, &polling.app) != OST_OK;
}

int
polling_close(void **state)
{
	(void)state;
	rate_close(polling.context.rate);
	workshop_close(rates);
	return records_close(polling.arena, polling.store);
}

struct span
polling_device(const char *scope, struct device *device)
{
	struct span text;

	*device = (struct device){ .client_id = polling.app.client_id,
		.scope = span_of(scope) };
	assert_int_equal(device_create(polling.store, polling.arena, device,
				 LIFE_MS, &text),
		OST_OK);
	return text;
}

enum ost_err
polling_decide(struct span text, bool is_allowed)
{
	struct device device;

	assert_int_equal(
		device_find(polling.store, polling.arena, text, &device),
		OST_OK);
	device.user_id = polling.user.id;
	device.user_epoch = polling.user.epoch;
	device.app_epoch = polling.app.epoch;
	device.auth_time_s = NOW_MS / 1000 - 60;
	device.is_denied = !is_allowed;
	device.is_offline = polling.was_told;
	return device_decide(polling.store, polling.arena, &device);
}

enum ost_err
polling_as(const struct app *client, struct span text)
{
	struct request request = { .arena = polling.arena };
	struct form *form;
	struct buf buf;
	struct span body;
	enum ost_err err;

	buf_init(&buf, polling.arena);
	buf_text(&buf, "device_code=");
	buf_add(&buf, text);
	assert_int_equal(buf_span(&buf, &body), OST_OK);
	assert_int_equal(form_parse(polling.arena, body, &form), OST_OK);
	polling.got = (struct issue){ .app = *client };
	err = device_grant(&polling.context, &request, form, &polling.got);
	assert_int_equal(polling.got.error != OAUTH_OK, err == OST_DENIED);
	return err == OST_DENIED ? OST_OK : err;
}

enum oauth_error
polled(struct span text)
{
	assert_int_equal(polling_as(&polling.app, text), OST_OK);
	assert_true(polling.got.error == OAUTH_OK || polling.got.why != NULL);
	return polling.got.error;
}
