#include "arena.h"
#include "clock.h"
#include "store_fixture.h"
#include "store_gdbm.h"
#include "store_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
/*
 * What every backend promises (store.h), run against each of them. What only
 * one of them can do wrong is in a file of its own.
 */

int test_store(void);

static void
assert_value(struct span key, struct span want)
{
	struct span value;

	assert_int_equal(fixture_get(key, &value), OST_OK);
	assert_false(span_is_absent(value));
	assert_int_equal(value.n, want.n);
	assert_true(span_eq(value, want));
}

static void
assert_absent(struct span key)
{
	struct span value = SPAN("untouched");

	assert_int_equal(fixture_get(key, &value), OST_NOTFOUND);
	assert_true(span_eq(value, SPAN("untouched")));
}

static void
test_get_put(void **state)
{
	(void)state;
	assert_absent(SPAN("user/1"));
	assert_int_equal(
		fixture_put(SPAN("user/1"), SPAN("name=a"), STORE_ANY), OST_OK);
	assert_value(SPAN("user/1"), SPAN("name=a"));
	assert_int_equal(
		fixture_put(SPAN("user/1"), SPAN("longer value"), STORE_ANY),
		OST_OK);
	assert_value(SPAN("user/1"), SPAN("longer value"));
	assert_absent(SPAN("user/"));
	assert_absent(SPAN("user/11"));
	assert_int_equal(
		fixture_put(SPAN("empty"), SPAN(""), STORE_ANY), OST_OK);
	assert_value(SPAN("empty"), SPAN(""));
}

static void
test_put_new(void **state)
{
	(void)state;
	assert_int_equal(
		fixture_put(SPAN("k"), SPAN("1"), STORE_ABSENT), OST_OK);
	assert_int_equal(
		fixture_put(SPAN("k"), SPAN("2"), STORE_ABSENT), OST_CONFLICT);
	assert_value(SPAN("k"), SPAN("1"));
	assert_int_equal(
		fixture_put(SPAN("k"), SPAN("2"), STORE_EQUALS), OST_BADINPUT);
}

static void
test_expiry(void **state)
{
	struct span value;

	(void)state;
	assert_int_equal(store_put(fixture.store, SPAN("k"), SPAN("v"),
				 FIXTURE_NOW + 1000, STORE_ANY),
		OST_OK);
	assert_value(SPAN("k"), SPAN("v"));
	assert_int_equal(
		fixture_put(SPAN("k"), SPAN("w"), STORE_ABSENT), OST_CONFLICT);
	clock_fake(FIXTURE_NOW + 999);
	assert_value(SPAN("k"), SPAN("v"));
	clock_fake(FIXTURE_NOW + 1000);
	assert_absent(SPAN("k"));
	assert_int_equal(
		store_take(fixture.store, SPAN("k"), fixture.arena, &value),
		OST_NOTFOUND);
	assert_int_equal(
		store_swap(fixture.store, SPAN("k"), SPAN("v"), SPAN("w"), 0),
		OST_NOTFOUND);
	assert_int_equal(
		fixture_put(SPAN("k"), SPAN("w"), STORE_ABSENT), OST_OK);
	assert_value(SPAN("k"), SPAN("w"));
	/* A time that is over when it is written. */
	assert_int_equal(store_put(fixture.store, SPAN("k"), SPAN("x"),
				 FIXTURE_NOW, STORE_ANY),
		OST_OK);
	assert_absent(SPAN("k"));
}

static void
test_take(void **state)
{
	struct span value = SPAN_ABSENT;

	(void)state;
	assert_int_equal(
		store_take(fixture.store, SPAN("code"), fixture.arena, &value),
		OST_NOTFOUND);
	assert_int_equal(
		fixture_put(SPAN("code"), SPAN("v"), STORE_ANY), OST_OK);
	assert_int_equal(
		store_take(fixture.store, SPAN("code"), fixture.arena, &value),
		OST_OK);
	assert_true(span_eq(value, SPAN("v")));
	assert_int_equal(
		store_take(fixture.store, SPAN("code"), fixture.arena, &value),
		OST_NOTFOUND);
	assert_absent(SPAN("code"));
}

static void
test_swap(void **state)
{
	(void)state;
	assert_int_equal(
		store_swap(fixture.store, SPAN("k"), SPAN("1"), SPAN("2"), 0),
		OST_NOTFOUND);
	assert_absent(SPAN("k"));
	assert_int_equal(fixture_put(SPAN("k"), SPAN("1"), STORE_ANY), OST_OK);
	assert_int_equal(store_swap(fixture.store, SPAN("k"), SPAN("1"),
				 SPAN("2"), FIXTURE_NOW + 5),
		OST_OK);
	assert_int_equal(
		store_swap(fixture.store, SPAN("k"), SPAN("1"), SPAN("3"), 0),
		OST_CONFLICT);
	assert_value(SPAN("k"), SPAN("2"));
	clock_fake(FIXTURE_NOW + 5);
	assert_absent(SPAN("k"));
}

static void
test_batch(void **state)
{
	const struct store_item items[] = {
		{ STORE_PUT, STORE_ABSENT, SPAN("new"), SPAN("n"), SPAN_ABSENT,
			0 },
		{ STORE_DELETE, STORE_EQUALS, SPAN("old"), SPAN_ABSENT,
			SPAN("o"), 0 },
		{ STORE_CHECK, STORE_EQUALS, SPAN("user"), SPAN_ABSENT,
			SPAN("u"), 0 },
		{ STORE_DELETE, STORE_ANY, SPAN("never"), SPAN_ABSENT,
			SPAN_ABSENT, 0 },
	};

	(void)state;
	/* Each failing expectation in turn keeps all of it from happening. */
	assert_int_equal(store_batch(fixture.store, items, 4), OST_CONFLICT);
	assert_absent(SPAN("new"));
	assert_int_equal(
		fixture_put(SPAN("old"), SPAN("o"), STORE_ANY), OST_OK);
	assert_int_equal(store_batch(fixture.store, items, 4), OST_CONFLICT);
	assert_value(SPAN("old"), SPAN("o"));
	assert_absent(SPAN("new"));
	assert_int_equal(
		fixture_put(SPAN("user"), SPAN("u"), STORE_ANY), OST_OK);
	assert_int_equal(store_batch(fixture.store, items, 4), OST_OK);
	assert_value(SPAN("new"), SPAN("n"));
	assert_value(SPAN("user"), SPAN("u"));
	assert_absent(SPAN("old"));
	assert_int_equal(store_batch(fixture.store, items, 4), OST_CONFLICT);
	assert_int_equal(store_batch(fixture.store, items + 2, 1), OST_OK);
	assert_int_equal(store_batch(fixture.store, items, 0), OST_OK);
}

struct walk {
	size_t n, stop;
	unsigned int sum;
};

static enum ost_err
walk_one(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct walk *walk = arg;
	uint64_t number;

	assert_true(span_starts(key, SPAN("user/")));
	assert_int_equal(span_to_u64(value, 0, 100000, &number), OST_OK);
	assert_int_equal(expires_ms, FIXTURE_NOW + (int64_t)number);
	walk->sum += (unsigned int)number;
	return ++walk->n == walk->stop ? OST_DENIED : OST_OK;
}

static void
put_numbered(const char *prefix, unsigned int i)
{
	char key[32], value[16];
	int key_n = snprintf(key, sizeof(key), "%s%u", prefix, i);
	int value_n = snprintf(value, sizeof(value), "%u", i);

	assert_int_equal(
		store_put(fixture.store, (struct span){ key, (size_t)key_n },
			(struct span){ value, (size_t)value_n },
			FIXTURE_NOW + i, STORE_ABSENT),
		OST_OK);
}

static void
test_each(void **state)
{
	struct walk walk = { 0, 0, 0 };

	(void)state;
	assert_int_equal(
		store_each(fixture.store, SPAN("user/"), walk_one, &walk),
		OST_OK);
	assert_int_equal(walk.n, 0);
	for (unsigned int i = 1; i <= 40; i++) {
		put_numbered("user/", i);
		put_numbered("app/", i);
	}
	assert_int_equal(
		store_each(fixture.store, SPAN("user/"), walk_one, &walk),
		OST_OK);
	assert_int_equal(walk.n, 40);
	assert_int_equal(walk.sum, 820);
	walk = (struct walk){ 0, 0, 0 };
	clock_fake(FIXTURE_NOW + 10);
	assert_int_equal(
		store_each(fixture.store, SPAN("user/"), walk_one, &walk),
		OST_OK);
	assert_int_equal(walk.n, 30);
	walk = (struct walk){ 0, 3, 0 };
	assert_int_equal(
		store_each(fixture.store, SPAN("user/"), walk_one, &walk),
		OST_DENIED);
	assert_int_equal(walk.n, 3);
	walk = (struct walk){ 0, 0, 0 };
	assert_int_equal(
		store_each(fixture.store, SPAN("user/3"), walk_one, &walk),
		OST_OK);
	assert_int_equal(walk.n, 10);
}

static void
test_many(void **state)
{
	char key[32];

	(void)state;
	for (unsigned int i = 0; i < 300; i++)
		put_numbered("n/", i + 1);
	for (unsigned int i = 0; i < 300; i++) {
		struct span value;
		uint64_t number;
		int n = snprintf(key, sizeof(key), "n/%u", i + 1);

		assert_int_equal(store_get(fixture.store,
					 (struct span){ key, (size_t)n },
					 fixture.arena, &value),
			OST_OK);
		assert_int_equal(
			span_to_u64(value, i + 1, i + 1, &number), OST_OK);
	}
}

static void
test_handles(void **state)
{
	struct store *other, *third;
	struct span value;

	(void)state;
	assert_int_equal(store_open_with(fixture.backend,
				 span_of(fixture.folder), "grants", 0, &other),
		OST_OK);
	assert_int_equal(
		store_open_with(fixture.backend, span_of(fixture.folder),
			"accounts", 0, &third),
		OST_OK);
	for (int i = 0; i < 20; i++) {
		char text[8];
		int n = snprintf(text, sizeof(text), "%d", i);
		struct span want = { text, (size_t)n };

		assert_int_equal(
			fixture_put(SPAN("k"), want, STORE_ANY), OST_OK);
		assert_int_equal(
			store_get(other, SPAN("k"), fixture.arena, &value),
			OST_OK);
		assert_true(span_eq(value, want));
		assert_int_equal(
			store_take(other, SPAN("k"), fixture.arena, &value),
			OST_OK);
		assert_absent(SPAN("k"));
	}
	assert_int_equal(fixture_put(SPAN("k"), SPAN("v"), STORE_ANY), OST_OK);
	assert_int_equal(store_get(third, SPAN("k"), fixture.arena, &value),
		OST_NOTFOUND);
	store_close(third);
	store_close(other);
	assert_true(fixture_reopen(0));
	assert_value(SPAN("k"), SPAN("v"));
}

int
test_store(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_get_put),
		TEST(test_put_new),
		TEST(test_expiry),
		TEST(test_take),
		TEST(test_swap),
		TEST(test_batch),
		TEST(test_each),
		TEST(test_many),
		TEST(test_handles),
	};
	int n_failed;

	fixture.backend = &store_memory;
	n_failed =
		cmocka_run_group_tests_name("store: memory", tests, NULL, NULL);
	fixture.backend = &store_gdbm;
	return n_failed +
	       cmocka_run_group_tests_name("store: gdbm", tests, NULL, NULL);
}
