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
/* What every backend refuses, and what it must bear (store.h). */

int test_store_bounds(void);

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
test_batch_sizes(void **state)
{
	struct store_item items[17];
	char keys[17][8];

	(void)state;
	for (size_t i = 0; i < 17; i++) {
		int n = snprintf(keys[i], sizeof(keys[i]), "k%zu", i);

		items[i] = (struct store_item){
			.action = STORE_PUT,
			.key = { keys[i], (size_t)n },
			.value = SPAN("v"),
		};
	}
	assert_int_equal(store_batch(fixture.store, items, 17), OST_BADINPUT);
	assert_absent(SPAN("k0"));
	assert_int_equal(store_batch(fixture.store, items, 16), OST_OK);
	assert_value(SPAN("k15"), SPAN("v"));
	items[7].key = SPAN("k3");
	assert_int_equal(store_batch(fixture.store, items, 16), OST_BADINPUT);
	items[7].key = SPAN("k7");
	items[7].action = (enum store_action)9;
	assert_int_equal(store_batch(fixture.store, items, 16), OST_BADINPUT);
	items[7].action = STORE_PUT;
	items[7].expect = (enum store_expect)9;
	assert_int_equal(store_batch(fixture.store, items, 16), OST_BADINPUT);
}

static void
test_keys(void **state)
{
	char long_key[513];
	struct span value;
	const struct {
		struct span key;
		enum ost_err want;
	} cases[] = {
		{ { long_key, 512 }, OST_OK },
		{ SPAN(" ~!\"%"), OST_OK },
		{ { long_key, 513 }, OST_BADINPUT },
		{ SPAN(""), OST_BADINPUT },
		{ SPAN_ABSENT, OST_BADINPUT },
		{ SPAN("a\0b"), OST_BADINPUT },
		{ SPAN("\001size"), OST_BADINPUT },
		{ SPAN("a\n"), OST_BADINPUT },
		{ SPAN("a\x7f"), OST_BADINPUT },
		{ SPAN("\xc3\xa9"), OST_BADINPUT },
	};

	(void)state;
	memset(long_key, 'k', sizeof(long_key));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span key = cases[i].key;

		assert_int_equal(
			fixture_put(key, SPAN("v"), STORE_ANY), cases[i].want);
		assert_int_equal(fixture_get(key, &value), cases[i].want);
		assert_int_equal(
			store_take(fixture.store, key, fixture.arena, &value),
			cases[i].want);
	}
}

static void
test_values(void **state)
{
	static char bytes[65537];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 + i / 256);
	for (size_t n = 1; n <= 65536; n *= 4) {
		struct span value = { bytes, n };

		assert_int_equal(
			fixture_put(SPAN("k"), value, STORE_ANY), OST_OK);
		assert_value(SPAN("k"), value);
		arena_reset(fixture.arena);
	}
	assert_int_equal(store_swap(fixture.store, SPAN("k"),
				 (struct span){ bytes, 65536 },
				 (struct span){ bytes + 1, 65536 }, 0),
		OST_OK);
	assert_value(SPAN("k"), (struct span){ bytes + 1, 65536 });
	assert_int_equal(
		fixture_put(SPAN("k"), (struct span){ bytes, sizeof(bytes) },
			STORE_ANY),
		OST_BADINPUT);
	assert_int_equal(
		store_put(fixture.store, SPAN("k"), SPAN("v"), -1, STORE_ANY),
		OST_BADINPUT);
	assert_int_equal(
		fixture_put(SPAN("zero"), SPAN("\0\0a\0"), STORE_ANY), OST_OK);
	assert_value(SPAN("zero"), SPAN("\0\0a\0"));
}

static void
test_open(void **state)
{
	struct store *opened = NULL;

	(void)state;
	assert_int_equal(
		store_open(SPAN("redis:/tmp"), "x", 0, &opened), OST_BADINPUT);
	assert_int_equal(
		store_open(SPAN("/tmp"), "x", 0, &opened), OST_BADINPUT);
	assert_int_equal(
		store_open(SPAN("gdbm:tmp"), "x", 0, &opened), OST_BADINPUT);
	assert_int_equal(store_open_with(fixture.backend, SPAN("/a\0b"), "x", 0,
				 &opened),
		OST_BADINPUT);
	assert_int_equal(store_open_with(fixture.backend,
				 span_of(fixture.folder), "../x", 0, &opened),
		OST_BADINPUT);
	assert_int_equal(store_open_with(fixture.backend,
				 span_of(fixture.folder), "", 0, &opened),
		OST_BADINPUT);
	assert_null(opened);
	store_close(NULL);
}

int
test_store_bounds(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_batch_sizes),
		TEST(test_keys),
		TEST(test_values),
		TEST(test_open),
	};
	int n_failed;

	fixture.backend = &store_memory;
	n_failed = cmocka_run_group_tests_name(
		"store_bounds: memory", tests, NULL, NULL);
	fixture.backend = &store_gdbm;
	return n_failed + cmocka_run_group_tests_name(
				  "store_bounds: gdbm", tests, NULL, NULL);
}
