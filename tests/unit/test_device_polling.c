/* What a device is told that polls, and how fast it may: RFC 8628 section 3.5.
 */
#include "clock.h"
#include "polling.h"
#include "store_memory.h"
#include "vectors.h"

int test_device_polling(void);

static void
one_decision_counts(void **state)
{
	struct device made, first;
	struct span text = polling_device("", &made);

	(void)state;
	assert_int_equal(
		device_find(polling.store, polling.arena, text, &first),
		OST_OK);
	assert_int_equal(polling_decide(text, false), OST_OK);
	first.user_id = polling.user.id;
	assert_int_equal(device_decide(polling.store, polling.arena, &first),
		OST_CONFLICT);
	assert_int_equal(polled(text), OAUTH_ACCESS_DENIED);
	text = polling_device("", &made);
	clock_fake(NOW_MS + LIFE_MS);
	assert_int_equal(polling_decide(text, true), OST_EXPIRED);
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
	struct span text = polling_device("", &made);
	int64_t now_ms = NOW_MS;

	(void)state;
	for (size_t i = 0; i < COUNT(polls); i++) {
		now_ms += polls[i].wait_ms;
		clock_fake(now_ms);
		if (polled(text) != polls[i].want)
			fail_msg("poll %zu: %s", i,
				oauth_error_name(polling.got.error));
	}
	/* Each device has a pace of its own, */
	assert_int_equal(polled(polling_device("", &other)),
		OAUTH_AUTHORIZATION_PENDING);
	/* and who is allowed need not wait. */
	assert_int_equal(polling_decide(text, true), OST_OK);
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
	struct span text = polling_device("", &made);

	(void)state;
	crowded.batch = overtaken;
	assert_int_equal(store_open_with(&crowded, SPAN("/memory"), "activity",
				 0, &polling.context.activity),
		OST_OK);
	assert_int_equal(polled(text), OAUTH_SLOW_DOWN);
	store_close(polling.context.activity);
	polling.context.activity = polling.store;
	assert_int_equal(polled(text), OAUTH_AUTHORIZATION_PENDING);
}

static void
codes_that_are_not_good(void **state)
{
	struct app thief = { .client_id = SPAN("a2") };
	struct device made;
	struct span text = polling_device("", &made);

	(void)state;
	assert_int_equal(polled(SPAN("")), OAUTH_INVALID_REQUEST);
	assert_int_equal(polled(SPAN("x")), OAUTH_INVALID_GRANT);
	assert_int_equal(polled(made.user_code), OAUTH_INVALID_GRANT);
	assert_int_equal(polled(made.hash), OAUTH_INVALID_GRANT);
	assert_int_equal(polling_decide(text, true), OST_OK);
	/* Another's use of it is none. */
	assert_int_equal(polling_as(&thief, text), OST_OK);
	assert_int_equal(polling.got.error, OAUTH_INVALID_GRANT);
	clock_fake(NOW_MS + LIFE_MS);
	assert_int_equal(polled(text), OAUTH_EXPIRED_TOKEN);
	clock_fake(NOW_MS);
	assert_int_equal(polled(text), OAUTH_OK);
	assert_int_equal(polling_as(&thief, text), OST_OK);
	assert_int_equal(polling.got.error, OAUTH_INVALID_GRANT);
	assert_int_equal(records_count(polling.store, "grant:"), 1);
}

static void
damage_is_not_absence(void **state)
{
	static const char *const damaged[] = { "damaged", "v=1\n", "v=2\n" };
	struct store *broken = records_broken();
	struct device made, found;
	struct span text = polling_device("", &made);
	bool was_there;

	(void)state;
	assert_int_equal(
		device_find(broken, polling.arena, text, &found), OST_STORE);
	assert_int_equal(device_by_user_code(
				 broken, polling.arena, made.user_code, &found),
		OST_STORE);
	assert_int_equal(
		device_create(broken, polling.arena, &made, LIFE_MS, &text),
		OST_STORE);
	assert_int_equal(
		device_destroy(broken, polling.arena, text, &was_there),
		OST_STORE);
	assert_int_equal(device_poll(broken, polling.arena, &made), OST_STORE);
	polling.context.activity = broken;
	assert_int_equal(polling_as(&polling.app, text), OST_STORE);
	polling.context.activity = polling.store;
	assert_int_equal(polling_decide(text, true), OST_OK);
	polling.context.accounts = broken;
	assert_int_equal(polling_as(&polling.app, text), OST_STORE);
	polling.context.accounts = polling.store;
	polling.context.grants = broken;
	assert_int_equal(polling_as(&polling.app, text), OST_STORE);
	polling.context.grants = polling.store;
	store_close(broken);
	for (size_t i = 0; i < COUNT(damaged); i++) {
		records_overwrite(
			polling.store, polling.arena, "device:", damaged[i]);
		assert_int_equal(polling_as(&polling.app, text), OST_STORE);
	}
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, polling_open, polling_close)

int
test_device_polling(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_decision_counts),
		TEST(a_device_that_polls_too_fast_is_slowed_down_and_stays_so),
		TEST(polls_in_a_crowd_are_too_fast),
		TEST(codes_that_are_not_good),
		TEST(damage_is_not_absence),
	};

	return cmocka_run_group_tests_name("device_polling", tests, NULL, NULL);
}
