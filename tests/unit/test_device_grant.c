/* What a device is told that polls: RFC 8628 section 3.5. */
#include "clock.h"
#include "device.h"
#include "device_grant.h"
#include "limit.h"
#include "records.h"
#include "secret.h"
#include "store_memory.h"
#include "vectors.h"
#include "workshop.h"

int test_device_grant(void);

#define LIFE_MS	    INT64_C(600000)
#define REMEMBER_MS INT64_C(600000)

static struct arena *arena;
static struct store *store;
static struct config config;
static struct context context;
static struct app app;
static struct user user;
static char *rates; /* its folder */
static int64_t wait_s;

static int
setup(void **state)
{
	(void)state;
	if (records_open(&arena, &store) != 0)
		return 1;
	config = (struct config){ .access_token_lifetime_s = 3600,
		.refresh_token_lifetime_s = 90 * 86400,
		.refresh_token_idle_s = 30 * 86400 };
	context = (struct context){ .config = &config,
		.accounts = store,
		.grants = store,
		.activity = store };
	rates = workshop_open("rates", NULL);
	if (rate_open(span_of(rates), false, &context.rate) != OST_OK)
		return 1;
	user = (struct user){
		.name = SPAN("bob"), .display_name = SPAN("Bob"), .epoch = 3
	};
	app = (struct app){
		.name = SPAN("Tele"), .owner_id = SPAN("u1"), .epoch = 5
	};
	return user_create(store, arena, &user) != OST_OK ||
	       app_create(store, arena, &app) != OST_OK;
}

static int
teardown(void **state)
{
	(void)state;
	rate_close(context.rate);
	workshop_close(rates);
	return records_close(arena, store);
}

static struct span
new_device(const char *scope, struct device *device)
{
	struct span text;

	*device = (struct device){ .client_id = app.client_id,
		.scope = span_of(scope) };
	assert_int_equal(
		device_create(store, arena, device, LIFE_MS, &text), OST_OK);
	return text;
}

/* That it goes on without the user. */
static bool was_told = true;

static enum ost_err
decide(struct span text, bool is_allowed)
{
	struct device device;

	assert_int_equal(device_find(store, arena, text, &device), OST_OK);
	device.user_id = user.id;
	device.user_epoch = user.epoch;
	device.app_epoch = app.epoch;
	device.auth_time_s = NOW_MS / 1000 - 60;
	device.is_denied = !is_allowed;
	device.is_offline = was_told;
	return device_decide(store, arena, &device);
}

static struct issue got;

/* OST_OK: there is an answer, which may be an error of OAuth. */
static enum ost_err
poll_as(const struct app *client, struct span text)
{
	struct request request = { .arena = arena };
	struct form *form;
	struct buf buf;
	struct span body;
	enum ost_err err;

	buf_init(&buf, arena);
	buf_text(&buf, "device_code=");
	buf_add(&buf, text);
	assert_int_equal(buf_span(&buf, &body), OST_OK);
	assert_int_equal(form_parse(arena, body, &form), OST_OK);
	got = (struct issue){ .app = *client };
	err = device_grant(&context, &request, form, &got);
	wait_s = got.retry_after_s;
	assert_int_equal(got.error != OAUTH_OK, err == OST_DENIED);
	return err == OST_DENIED ? OST_OK : err;
}

static enum oauth_error
polled(struct span text)
{
	assert_int_equal(poll_as(&app, text), OST_OK);
	assert_true(got.error == OAUTH_OK || got.why != NULL);
	return got.error;
}

static void
one_decision_counts(void **state)
{
	struct device made, first;
	struct span text = new_device("", &made);

	(void)state;
	assert_int_equal(device_find(store, arena, text, &first), OST_OK);
	assert_int_equal(decide(text, false), OST_OK);
	first.user_id = user.id;
	assert_int_equal(device_decide(store, arena, &first), OST_CONFLICT);
	assert_int_equal(polled(text), OAUTH_ACCESS_DENIED);
	text = new_device("", &made);
	clock_fake(NOW_MS + LIFE_MS);
	assert_int_equal(decide(text, true), OST_EXPIRED);
}

/* RFC 8628 section 3.5: 5 seconds more for this and all that follow. */
static void
a_device_that_polls_too_fast_is_slowed_down_and_stays_so(void **state)
{
	static const struct {
		int64_t wait_ms;
		enum oauth_error want;
	} polls[] = {
		{ 0, OAUTH_AUTHORIZATION_PENDING },
		{ 5000, OAUTH_AUTHORIZATION_PENDING },
		{ 5000, OAUTH_AUTHORIZATION_PENDING },
		{ 4600, OAUTH_AUTHORIZATION_PENDING }, /* the network's */
		{ 4000, OAUTH_SLOW_DOWN },
		{ 5000, OAUTH_SLOW_DOWN }, /* 10 are asked for */
		{ 15000, OAUTH_AUTHORIZATION_PENDING },
		{ 14000, OAUTH_SLOW_DOWN },
		{ 20000, OAUTH_AUTHORIZATION_PENDING },
		{ 20000, OAUTH_AUTHORIZATION_PENDING },
		{ -50000, OAUTH_AUTHORIZATION_PENDING }, /* a clock set back */
		{ 0, OAUTH_SLOW_DOWN },
	};
	struct device made, other;
	struct span text = new_device("", &made);
	int64_t now_ms = NOW_MS;

	(void)state;
	for (size_t i = 0; i < COUNT(polls); i++) {
		now_ms += polls[i].wait_ms;
		clock_fake(now_ms);
		if (polled(text) != polls[i].want)
			fail_msg(
				"poll %zu: %s", i, oauth_error_name(got.error));
	}
	/* Each device has a pace of its own, */
	assert_int_equal(
		polled(new_device("", &other)), OAUTH_AUTHORIZATION_PENDING);
	/* and who is allowed need not wait. */
	assert_int_equal(decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
}

static enum ost_err
overtaken(void *handle, const struct store_item *items, size_t n)
{
	(void)handle;
	(void)items;
	(void)n;
	return OST_CONFLICT;
}

/* 8628-03: whose polls are always overtaken by others of its own. */
static void
polls_in_a_crowd_are_too_fast(void **state)
{
	struct store_backend crowded = store_memory;
	struct device made;
	struct span text = new_device("", &made);

	(void)state;
	crowded.batch = overtaken;
	assert_int_equal(store_open_with(&crowded, SPAN("/memory"), "activity",
				 0, &context.activity),
		OST_OK);
	assert_int_equal(polled(text), OAUTH_SLOW_DOWN);
	store_close(context.activity);
	context.activity = store;
	assert_int_equal(polled(text), OAUTH_AUTHORIZATION_PENDING);
}

static void
an_allowed_device_gets_one_grant(void **state)
{
	struct device made;
	struct span text = new_device("read write", &made);
	struct grant found;

	(void)state;
	assert_int_equal(decide(text, true), OST_OK);
	clock_fake(NOW_MS + 1000);
	assert_int_equal(polled(text), OAUTH_OK);
	assert_span(got.user.name, user.name);
	assert_int_equal(
		grant_find(store, arena, got.grant.id, &found), OST_OK);
	assert_span(found.user_id, user.id);
	assert_span(found.client_id, app.client_id);
	assert_span(found.scope, SPAN("read write"));
	assert_int_equal(found.user_epoch, 3);
	assert_int_equal(found.app_epoch, 5);
	assert_true(found.auth_time_s == NOW_MS / 1000 - 60);
	assert_true(found.created_ms == NOW_MS + 1000);
	assert_true(found.expires_ms == NOW_MS + 1000 + HOUR_MS);
	assert_true(found.ends_ms == 0);
	assert_true(span_is_absent(got.grant.refresh_token));
	assert_int_equal(records_count(store, "refresh:"), 0);
	/* Somebody else has the code: what it gave ends. */
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_int_equal(
		grant_find(store, arena, found.id, &found), OST_NOTFOUND);
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_int_equal(records_count(store, "grant:"), 0);
}

static struct span raced;
static struct grant racer_got;

/* Before the first batch another poll gets its token. */
static enum ost_err
raced_batch(void *handle, const struct store_item *items, size_t n)
{
	context.grants = store;
	assert_int_equal(polled(raced), OAUTH_OK);
	racer_got = got.grant;
	return store_memory.batch(handle, items, n);
}

/* 8628-05 */
static void
the_slower_of_two_polls_ends_the_grant(void **state)
{
	struct store_backend racing = store_memory;
	struct store *grants;
	struct device made;
	struct grant found;

	(void)state;
	raced = new_device("", &made);
	assert_int_equal(decide(raced, true), OST_OK);
	racing.batch = raced_batch;
	assert_int_equal(store_open_with(&racing, SPAN("/memory"), "records", 0,
				 &grants),
		OST_OK);
	context.grants = grants;
	assert_int_equal(polled(raced), OAUTH_INVALID_GRANT);
	assert_int_equal(
		grant_find(store, arena, racer_got.id, &found), OST_NOTFOUND);
	assert_int_equal(records_count(store, "grant:"), 0);
	store_close(grants);
}

static void
a_used_one_is_known_while_its_first_token_lives(void **state)
{
	struct device made;
	struct span text = new_device("", &made);

	(void)state;
	assert_int_equal(decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
	clock_fake(NOW_MS + HOUR_MS + REMEMBER_MS - 1);
	assert_int_equal(device_find(store, arena, text, &made), OST_OK);
	assert_span(made.used_by, got.grant.id);
	clock_fake(NOW_MS + HOUR_MS + REMEMBER_MS);
	assert_int_equal(device_find(store, arena, text, &made), OST_NOTFOUND);
	/* With refresh tokens, as long as the last of them can live. */
	text = new_device("offline_access", &made);
	assert_int_equal(decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
	clock_fake(got.grant.ends_ms + REMEMBER_MS - 1);
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_string_equal(got.why,
		"The device code was used before; what it gave is revoked");
}

static void
an_app_may_be_kept_off_devices(void **state)
{
	struct device made;
	struct span text = new_device("", &made);

	(void)state;
	assert_int_equal(decide(text, true), OST_OK);
	app.no_device = true;
	assert_int_equal(polled(text), OAUTH_UNAUTHORIZED_CLIENT);
	app.no_device = false;
	assert_int_equal(polled(text), OAUTH_OK);
}

static void
one_user_and_one_app_have_a_limit(void **state)
{
	struct device made;
	struct span text = new_device("", &made);

	(void)state;
	assert_int_equal(decide(text, true), OST_OK);
	for (int i = 0; i < LIMIT_PAIR_MAX; i++)
		assert_int_equal(limit_pair(&context, arena, user.id,
					 app.client_id, &wait_s),
			OST_OK);
	assert_int_equal(poll_as(&app, text), OST_LIMITED);
	assert_true(wait_s >= 1 && wait_s <= LIMIT_PAIR_WINDOW_S);
	assert_int_equal(records_count(store, "grant:"), 0);
	assert_int_equal(device_find(store, arena, text, &made), OST_OK);
	assert_int_equal(made.used_by.n, 0);
}

static void
refresh_tokens_make_a_grant_last(void **state)
{
	struct device made;
	struct span text = new_device("read offline_access", &made);

	(void)state;
	assert_int_equal(decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
	assert_true(got.grant.ends_ms == NOW_MS + 90 * DAY_MS);
	assert_true(got.grant.expires_ms == NOW_MS + 30 * DAY_MS);
	assert_int_equal(got.grant.refresh_token.n, SECRET_SIZE);
	assert_int_equal(records_count(store, "refresh:"), 1);
	app.has_refresh = true;
	config.refresh_token_lifetime_s = 10 * 86400;
	text = new_device("read", &made);
	assert_int_equal(decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
	assert_true(got.grant.ends_ms == NOW_MS + 10 * DAY_MS);
	assert_true(got.grant.expires_ms == NOW_MS + 10 * DAY_MS);
	was_told = false;
	text = new_device("read", &made);
	assert_int_equal(decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
	assert_true(got.grant.ends_ms == 0);
	was_told = true;
}

static void
codes_that_are_not_good(void **state)
{
	struct app thief = { .client_id = SPAN("a2") };
	struct device made;
	struct span text = new_device("", &made);

	(void)state;
	assert_int_equal(polled(SPAN("")), OAUTH_INVALID_REQUEST);
	assert_int_equal(polled(SPAN("x")), OAUTH_INVALID_GRANT);
	assert_int_equal(polled(made.user_code), OAUTH_INVALID_GRANT);
	assert_int_equal(polled(made.hash), OAUTH_INVALID_GRANT);
	assert_int_equal(decide(text, true), OST_OK);
	/* Another's use of it is none. */
	assert_int_equal(poll_as(&thief, text), OST_OK);
	assert_int_equal(got.error, OAUTH_INVALID_GRANT);
	clock_fake(NOW_MS + LIFE_MS);
	assert_int_equal(polled(text), OAUTH_EXPIRED_TOKEN);
	clock_fake(NOW_MS);
	assert_int_equal(polled(text), OAUTH_OK);
	assert_int_equal(poll_as(&thief, text), OST_OK);
	assert_int_equal(got.error, OAUTH_INVALID_GRANT);
	assert_int_equal(records_count(store, "grant:"), 1);
}

static void
who_was_disabled_since_allows_nothing(void **state)
{
	struct device made;
	struct span text = new_device("", &made);
	struct user changed = user;

	(void)state;
	assert_int_equal(decide(text, true), OST_OK);
	app.epoch++;
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	app.epoch--;
	assert_int_equal(user_by_id(store, arena, user.id, &changed), OST_OK);
	changed.epoch++;
	assert_int_equal(user_save(store, arena, &changed), OST_OK);
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_int_equal(user_by_id(store, arena, user.id, &changed), OST_OK);
	changed.epoch--;
	changed.is_disabled = true;
	assert_int_equal(user_save(store, arena, &changed), OST_OK);
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_int_equal(user_by_id(store, arena, user.id, &changed), OST_OK);
	assert_int_equal(user_delete(store, arena, &changed), OST_OK);
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_int_equal(records_count(store, "grant:"), 0);
}

static void
one_that_travelled_in_clear_is_destroyed(void **state)
{
	struct device made;
	struct span text = new_device("", &made);
	bool was_there;

	(void)state;
	assert_int_equal(
		device_destroy(store, arena, SPAN("x"), &was_there), OST_OK);
	assert_false(was_there);
	assert_int_equal(decide(text, true), OST_OK);
	assert_int_equal(
		device_destroy(store, arena, text, &was_there), OST_OK);
	assert_true(was_there);
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_int_equal(
		device_by_user_code(store, arena, made.user_code, &made),
		OST_NOTFOUND);
	/* A used one stays, to be recognised. */
	text = new_device("", &made);
	assert_int_equal(decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
	assert_int_equal(
		device_destroy(store, arena, text, &was_there), OST_OK);
	assert_false(was_there);
	assert_int_equal(device_find(store, arena, text, &made), OST_OK);
}

static void
damage_is_not_absence(void **state)
{
	static const char *const damaged[] = { "damaged", "v=1\n", "v=2\n" };
	struct store *broken = records_broken();
	struct device made, found;
	struct span text = new_device("", &made);
	bool was_there;

	(void)state;
	assert_int_equal(device_find(broken, arena, text, &found), OST_STORE);
	assert_int_equal(
		device_by_user_code(broken, arena, made.user_code, &found),
		OST_STORE);
	assert_int_equal(
		device_create(broken, arena, &made, LIFE_MS, &text), OST_STORE);
	assert_int_equal(
		device_destroy(broken, arena, text, &was_there), OST_STORE);
	assert_int_equal(device_poll(broken, arena, &made), OST_STORE);
	context.activity = broken;
	assert_int_equal(poll_as(&app, text), OST_STORE);
	context.activity = store;
	assert_int_equal(decide(text, true), OST_OK);
	context.accounts = broken;
	assert_int_equal(poll_as(&app, text), OST_STORE);
	context.accounts = store;
	context.grants = broken;
	assert_int_equal(poll_as(&app, text), OST_STORE);
	context.grants = store;
	store_close(broken);
	for (size_t i = 0; i < COUNT(damaged); i++) {
		records_overwrite(store, arena, "device:", damaged[i]);
		assert_int_equal(poll_as(&app, text), OST_STORE);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_device_grant(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_decision_counts),
		TEST(a_device_that_polls_too_fast_is_slowed_down_and_stays_so),
		TEST(polls_in_a_crowd_are_too_fast),
		TEST(an_allowed_device_gets_one_grant),
		TEST(the_slower_of_two_polls_ends_the_grant),
		TEST(a_used_one_is_known_while_its_first_token_lives),
		TEST(an_app_may_be_kept_off_devices),
		TEST(one_user_and_one_app_have_a_limit),
		TEST(refresh_tokens_make_a_grant_last),
		TEST(codes_that_are_not_good),
		TEST(who_was_disabled_since_allows_nothing),
		TEST(one_that_travelled_in_clear_is_destroyed),
		TEST(damage_is_not_absence),
	};

	return cmocka_run_group_tests_name("device_grant", tests, NULL, NULL);
}
