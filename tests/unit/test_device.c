/* Devices that wait for somebody to allow them, as records. */
#include "clock.h"
#include "crypto.h"
#include "device.h"
#include "record.h"
#include "records.h"
#include "user_code.h"
#include "vectors.h"

int test_device(void);

#define LIFE_MS	    INT64_C(600000)
#define REMEMBER_MS INT64_C(600000)

static struct arena *arena;
static struct store *store;

static int
setup(void **state)
{
	(void)state;
	return records_open(&arena, &store);
}

static int
teardown(void **state)
{
	(void)state;
	return records_close(arena, store);
}

static struct span
new_device(const char *scope, struct device *device)
{
	struct span text;

	*device = (struct device){ .client_id = SPAN("a1"),
		.scope = span_of(scope) };
	assert_int_equal(
		device_create(store, arena, device, LIFE_MS, &text), OST_OK);
	return text;
}

static enum ost_err
allow(struct span text)
{
	struct device device;

	assert_int_equal(device_find(store, arena, text, &device), OST_OK);
	device.user_id = SPAN("u1");
	device.user_epoch = 3;
	device.app_epoch = 5;
	return device_decide(store, arena, &device);
}

static void
both_codes_lead_to_it_and_only_hashes_are_stored(void **state)
{
	struct device made, found;
	struct span text = new_device("read", &made);

	(void)state;
	assert_int_equal(text.n, CRYPTO_TEXT_SIZE);
	assert_int_equal(made.user_code.n, USER_CODE_SIZE);
	assert_int_equal(device_find(store, arena, text, &found), OST_OK);
	assert_span(found.client_id, SPAN("a1"));
	assert_span(found.scope, SPAN("read"));
	assert_span(found.user_code, made.user_code);
	assert_true(span_is_absent(found.user_id));
	assert_true(found.expires_ms == NOW_MS + LIFE_MS);
	for (size_t i = 0; i + text.n <= found.raw.n; i++)
		assert_memory_not_equal(found.raw.p + i, text.p, text.n);
	assert_int_equal(
		device_by_user_code(store, arena, made.user_code, &found),
		OST_OK);
	assert_span(found.hash, made.hash);
	assert_int_equal(
		device_by_user_code(store, arena, SPAN("BBBBBBBB"), &found),
		OST_NOTFOUND);
	assert_int_equal(
		device_find(store, arena, SPAN("x"), &found), OST_NOTFOUND);
	clock_fake(NOW_MS + LIFE_MS + REMEMBER_MS);
	assert_int_equal(device_find(store, arena, text, &found), OST_NOTFOUND);
	assert_int_equal(
		device_by_user_code(store, arena, made.user_code, &found),
		OST_NOTFOUND);
}

/* Two that read the device before either used it. */
static void
of_two_at_a_time_one_gets_the_grant(void **state)
{
	const struct store_item item = { .action = STORE_PUT,
		.expect = STORE_ABSENT,
		.key = SPAN("grant:g1"),
		.value = SPAN("v=1\n") };
	struct store_item other = item;
	struct device made, first;
	struct span text = new_device("", &made);

	(void)state;
	other.key = SPAN("grant:g2");
	assert_int_equal(device_find(store, arena, text, &first), OST_OK);
	assert_int_equal(
		device_use(store, arena, &first, SPAN("g1"), &item, 1, NOW_MS),
		OST_CONFLICT); /* nobody allowed it */
	assert_int_equal(allow(text), OST_OK);
	assert_int_equal(device_find(store, arena, text, &first), OST_OK);
	assert_int_equal(
		device_use(store, arena, &first, SPAN("g1"), &item, 1, NOW_MS),
		OST_OK);
	assert_int_equal(
		device_use(store, arena, &first, SPAN("g2"), &other, 1, NOW_MS),
		OST_CONFLICT);
	assert_int_equal(records_count(store, "grant:"), 1);
}

/* Only one that is allowed, in time and not used yet. */
static void
what_does_not_wait_for_it_gives_no_grant(void **state)
{
	const struct store_item item = { .action = STORE_PUT,
		.expect = STORE_ABSENT,
		.key = SPAN("grant:g1"),
		.value = SPAN("v=1\n") };
	struct device made, found;
	struct span text = new_device("", &made);

	(void)state;
	assert_int_equal(device_find(store, arena, text, &found), OST_OK);
	found.user_id = SPAN("u1");
	found.is_denied = true;
	assert_int_equal(device_decide(store, arena, &found), OST_OK);
	assert_int_equal(device_find(store, arena, text, &found), OST_OK);
	assert_int_equal(
		device_use(store, arena, &found, SPAN("g1"), &item, 1, NOW_MS),
		OST_CONFLICT);
	text = new_device("", &made);
	assert_int_equal(allow(text), OST_OK);
	assert_int_equal(device_find(store, arena, text, &found), OST_OK);
	clock_fake(NOW_MS + LIFE_MS);
	assert_int_equal(
		device_use(store, arena, &found, SPAN("g1"), &item, 1, NOW_MS),
		OST_EXPIRED);
	clock_fake(NOW_MS + LIFE_MS - 1);
	assert_int_equal(device_use(store, arena, &found, SPAN("g0"), NULL, 0,
				 NOW_MS + HOUR_MS),
		OST_OK);
	assert_int_equal(device_find(store, arena, text, &found), OST_OK);
	assert_int_equal(
		device_use(store, arena, &found, SPAN("g1"), &item, 1, NOW_MS),
		OST_CONFLICT);
	assert_int_equal(records_count(store, "grant:"), 0);
}

static void
a_decision_returns_as_written(void **state)
{
	struct device made, found;
	struct span text = new_device("read", &made);

	(void)state;
	assert_int_equal(allow(text), OST_OK);
	assert_int_equal(device_find(store, arena, text, &found), OST_OK);
	assert_span(found.user_id, SPAN("u1"));
	assert_int_equal(found.user_epoch, 3);
	assert_int_equal(found.app_epoch, 5);
	assert_false(found.is_denied);
	assert_span(found.scope, SPAN("read"));
	assert_true(found.expires_ms == NOW_MS + LIFE_MS);
	clock_fake(NOW_MS + LIFE_MS + REMEMBER_MS - 1);
	assert_int_equal(device_find(store, arena, text, &found), OST_OK);
}

/* A user code that no record stands behind: as if there were none. */
static void
a_user_code_without_its_device_is_unknown(void **state)
{
	struct device made, found;
	struct span text = new_device("", &made);
	bool was_there;

	(void)state;
	assert_int_equal(
		device_destroy(store, arena, text, &was_there), OST_OK);
	assert_true(was_there);
	assert_int_equal(
		device_by_user_code(store, arena, made.user_code, &found),
		OST_NOTFOUND);
	(void)new_device("", &made);
	records_overwrite(store, arena, "usercode:", "v=1\ndevice=x\n");
	assert_int_equal(
		device_by_user_code(store, arena, made.user_code, &found),
		OST_NOTFOUND);
	records_overwrite(store, arena, "usercode:", "damaged");
	assert_int_equal(
		device_by_user_code(store, arena, made.user_code, &found),
		OST_STORE);
}

/* Nobody fills the store with polls: once no later one can be in time, they
 * are not written down any more. */
static void
one_that_polls_without_end_is_not_noted_without_end(void **state)
{
	struct span key, before, after;
	struct device made;

	(void)state;
	(void)new_device("", &made);
	assert_int_equal(record_key(arena, "poll:", made.hash, &key), OST_OK);
	assert_int_equal(device_poll(store, arena, &made), OST_OK);
	for (int i = 1; i <= 110; i++) {
		clock_fake(NOW_MS + i * SECOND_MS);
		assert_int_equal(device_poll(store, arena, &made), OST_LIMITED);
	}
	assert_int_equal(store_get(store, key, arena, &before), OST_OK);
	for (int64_t at_ms = 111 * SECOND_MS; at_ms < LIFE_MS; at_ms += 4889) {
		clock_fake(NOW_MS + at_ms);
		assert_int_equal(device_poll(store, arena, &made), OST_LIMITED);
	}
	clock_fake(NOW_MS + LIFE_MS - 1);
	assert_int_equal(device_poll(store, arena, &made), OST_LIMITED);
	assert_int_equal(store_get(store, key, arena, &after), OST_OK);
	assert_span(after, before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_device(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_codes_lead_to_it_and_only_hashes_are_stored),
		TEST(a_decision_returns_as_written),
		TEST(of_two_at_a_time_one_gets_the_grant),
		TEST(what_does_not_wait_for_it_gives_no_grant),
		TEST(a_user_code_without_its_device_is_unknown),
		TEST(one_that_polls_without_end_is_not_noted_without_end),
	};

	return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}
