/* The grant that an allowed device gets for its code: once, and to whom it is
 * due (RFC 8628 section 3.5). */
#include "clock.h"
#include "limit.h"
#include "polling.h"
#include "secret.h"
#include "store_memory.h"
#include "vectors.h"

int test_device_grant(void);

#define REMEMBER_MS INT64_C(600000)

static void
an_allowed_device_gets_one_grant(void **state)
{
	struct device made;
	struct span text = polling_device("read write", &made);
	struct grant found;

	(void)state;
	assert_int_equal(polling_decide(text, true), OST_OK);
	clock_fake(NOW_MS + 1000);
	assert_int_equal(polled(text), OAUTH_OK);
	assert_span(polling.got.user.name, polling.user.name);
	assert_int_equal(grant_find(polling.store, polling.arena,
				 polling.got.grant.id, &found),
		OST_OK);
	assert_span(found.user_id, polling.user.id);
	assert_span(found.client_id, polling.app.client_id);
	assert_span(found.scope, SPAN("read write"));
	assert_int_equal(found.user_epoch, 3);
	assert_int_equal(found.app_epoch, 5);
	assert_true(found.auth_time_s == NOW_MS / 1000 - 60);
	assert_true(found.created_ms == NOW_MS + 1000);
	assert_true(found.expires_ms == NOW_MS + 1000 + HOUR_MS);
	assert_true(found.ends_ms == 0);
	assert_true(span_is_absent(polling.got.grant.refresh_token));
	assert_int_equal(records_count(polling.store, "refresh:"), 0);
	/* Somebody else has the code: what it gave ends. */
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_int_equal(
		grant_find(polling.store, polling.arena, found.id, &found),
		OST_NOTFOUND);
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_int_equal(records_count(polling.store, "grant:"), 0);
}

static struct span raced;
static struct grant racer_got;

/* Before the first batch another poll gets its token. */
static enum ost_err
raced_batch(void *handle, const struct store_item *items, size_t n)
{
	polling.context.grants = polling.store;
	assert_int_equal(polled(raced), OAUTH_OK);
	racer_got = polling.got.grant;
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
	raced = polling_device("", &made);
	assert_int_equal(polling_decide(raced, true), OST_OK);
	racing.batch = raced_batch;
	assert_int_equal(store_open_with(&racing, SPAN("/memory"), "records", 0,
				 &grants),
		OST_OK);
	polling.context.grants = grants;
	assert_int_equal(polled(raced), OAUTH_INVALID_GRANT);
	assert_int_equal(
		grant_find(polling.store, polling.arena, racer_got.id, &found),
		OST_NOTFOUND);
	assert_int_equal(records_count(polling.store, "grant:"), 0);
	store_close(grants);
}

static void
a_used_one_is_known_while_its_first_token_lives(void **state)
{
	struct device made;
	struct span text = polling_device("", &made);

	(void)state;
	assert_int_equal(polling_decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
	clock_fake(NOW_MS + HOUR_MS + REMEMBER_MS - 1);
	assert_int_equal(
		device_find(polling.store, polling.arena, text, &made), OST_OK);
	assert_span(made.used_by, polling.got.grant.id);
	clock_fake(NOW_MS + HOUR_MS + REMEMBER_MS);
	assert_int_equal(device_find(polling.store, polling.arena, text, &made),
		OST_NOTFOUND);
	/* With refresh tokens, as long as the last of them can live. */
	text = polling_device("offline_access", &made);
	assert_int_equal(polling_decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
	clock_fake(polling.got.grant.ends_ms + REMEMBER_MS - 1);
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_string_equal(polling.got.why,
		"The device code was used before; what it gave is revoked");
}

static void
an_app_may_be_kept_off_devices(void **state)
{
	struct device made;
	struct span text = polling_device("", &made);

	(void)state;
	assert_int_equal(polling_decide(text, true), OST_OK);
	polling.app.no_device = true;
	assert_int_equal(polled(text), OAUTH_UNAUTHORIZED_CLIENT);
	polling.app.no_device = false;
	assert_int_equal(polled(text), OAUTH_OK);
}

static void
one_user_and_one_app_have_a_limit(void **state)
{
	struct device made;
	struct span text = polling_device("", &made);
	int64_t wait_s;

	(void)state;
	assert_int_equal(polling_decide(text, true), OST_OK);
	for (int i = 0; i < LIMIT_PAIR_MAX; i++)
		assert_int_equal(limit_pair(&polling.context, polling.arena,
					 polling.user.id, polling.app.client_id,
					 &wait_s),
			OST_OK);
	assert_int_equal(polling_as(&polling.app, text), OST_LIMITED);
	assert_true(polling.got.retry_after_s >= 1 &&
		    polling.got.retry_after_s <= LIMIT_PAIR_WINDOW_S);
	assert_int_equal(records_count(polling.store, "grant:"), 0);
	assert_int_equal(
		device_find(polling.store, polling.arena, text, &made), OST_OK);
	assert_int_equal(made.used_by.n, 0);
}

static void
refresh_tokens_make_a_grant_last(void **state)
{
	struct device made;
	struct span text = polling_device("read offline_access", &made);

	(void)state;
	assert_int_equal(polling_decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
	assert_true(polling.got.grant.ends_ms == NOW_MS + 90 * DAY_MS);
	assert_true(polling.got.grant.expires_ms == NOW_MS + 30 * DAY_MS);
	assert_int_equal(polling.got.grant.refresh_token.n, SECRET_SIZE);
	assert_int_equal(records_count(polling.store, "refresh:"), 1);
	polling.app.has_refresh = true;
	polling.config.refresh_token_lifetime_s = 10 * 86400;
	text = polling_device("read", &made);
	assert_int_equal(polling_decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
	assert_true(polling.got.grant.ends_ms == NOW_MS + 10 * DAY_MS);
	assert_true(polling.got.grant.expires_ms == NOW_MS + 10 * DAY_MS);
	polling.was_told = false;
	text = polling_device("read", &made);
	assert_int_equal(polling_decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
	assert_true(polling.got.grant.ends_ms == 0);
}

static void
who_was_disabled_since_allows_nothing(void **state)
{
	struct device made;
	struct span text = polling_device("", &made);
	struct user changed = polling.user;

	(void)state;
	assert_int_equal(polling_decide(text, true), OST_OK);
	polling.app.epoch++;
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	polling.app.epoch--;
	assert_int_equal(user_by_id(polling.store, polling.arena,
				 polling.user.id, &changed),
		OST_OK);
	changed.epoch++;
	assert_int_equal(
		user_save(polling.store, polling.arena, &changed), OST_OK);
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_int_equal(user_by_id(polling.store, polling.arena,
				 polling.user.id, &changed),
		OST_OK);
	changed.epoch--;
	changed.is_disabled = true;
	assert_int_equal(
		user_save(polling.store, polling.arena, &changed), OST_OK);
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_int_equal(user_by_id(polling.store, polling.arena,
				 polling.user.id, &changed),
		OST_OK);
	assert_int_equal(
		user_delete(polling.store, polling.arena, &changed), OST_OK);
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_int_equal(records_count(polling.store, "grant:"), 0);
}

static void
one_that_travelled_in_clear_is_destroyed(void **state)
{
	struct device made;
	struct span text = polling_device("", &made);
	bool was_there;

	(void)state;
	assert_int_equal(device_destroy(polling.store, polling.arena, SPAN("x"),
				 &was_there),
		OST_OK);
	assert_false(was_there);
	assert_int_equal(polling_decide(text, true), OST_OK);
	assert_int_equal(
		device_destroy(polling.store, polling.arena, text, &was_there),
		OST_OK);
	assert_true(was_there);
	assert_int_equal(polled(text), OAUTH_INVALID_GRANT);
	assert_int_equal(device_by_user_code(polling.store, polling.arena,
				 made.user_code, &made),
		OST_NOTFOUND);
	/* A used one stays, to be recognised. */
	text = polling_device("", &made);
	assert_int_equal(polling_decide(text, true), OST_OK);
	assert_int_equal(polled(text), OAUTH_OK);
	assert_int_equal(
		device_destroy(polling.store, polling.arena, text, &was_there),
		OST_OK);
	assert_false(was_there);
	assert_int_equal(
		device_find(polling.store, polling.arena, text, &made), OST_OK);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, polling_open, polling_close)

int
test_device_grant(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_allowed_device_gets_one_grant),
		TEST(the_slower_of_two_polls_ends_the_grant),
		TEST(a_used_one_is_known_while_its_first_token_lives),
		TEST(an_app_may_be_kept_off_devices),
		TEST(one_user_and_one_app_have_a_limit),
		TEST(refresh_tokens_make_a_grant_last),
		TEST(who_was_disabled_since_allows_nothing),
		TEST(one_that_travelled_in_clear_is_destroyed),
	};

	return cmocka_run_group_tests_name("device_grant", tests, NULL, NULL);
}
