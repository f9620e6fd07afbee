#include "chart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

int test_chart(void);

static void
test_scale(void **state)
{
	static const uint64_t cases[][2] = {
		{ 0, 1 },
		{ 1, 1 },
		{ 2, 2 },
		{ 3, 5 },
		{ 5, 5 },
		{ 6, 10 },
		{ 10, 10 },
		{ 11, 20 },
		{ 21, 50 },
		{ 50, 50 },
		{ 51, 100 },
		{ 1234567, 2000000 },
		{ UINT64_C(5000000000000000001),
			UINT64_C(10000000000000000000) },
		{ UINT64_C(10000000000000000001), UINT64_MAX },
		{ UINT64_MAX, UINT64_MAX },
	};

	(void)state;
	assert_true(chart_scale(NULL, 0) == 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint64_t counts[] = { 0, cases[i][0], 1 };

		assert_true(chart_scale(&cases[i][0], 1) == cases[i][1]);
		if (cases[i][0] > 0)
			assert_true(chart_scale(counts, 3) == cases[i][1]);
	}
}

static void
bars_are(const char *want, const uint64_t *counts, size_t n, uint64_t scale,
	uint32_t width, uint32_t height)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	struct span path;

	assert_int_equal(
		chart_bars(arena, counts, n, scale, width, height, &path),
		OST_OK);
	assert_string_equal(path.p, want);
	assert_int_equal(path.n, strlen(want));
	arena_free(arena);
}

static void
test_bars(void **state)
{
	static const uint64_t counts[] = { 5, 0, 10, 1, 1000 };
	static const uint64_t huge[] = { UINT64_MAX / 2, UINT64_MAX, 1 };

	(void)state;
	bars_are("M0 20v-10h9v10zM20 20v-20h9v20zM30 20v-2h9v2z"
		 "M40 20v-20h9v20z",
		counts, 5, 10, 50, 20);
	/* Never nothing where there was something. */
	bars_are("M0 20v-1h9v1zM20 20v-1h9v1zM30 20v-1h9v1zM40 20v-20h9v20z",
		counts, 5, 1000, 50, 20);
	/* No room for gaps; widths that do not divide. */
	bars_are("M0 9v-4h1v4zM3 9v-9h2v9z", counts, 3, 10, 5, 9);
	bars_are("M0 100v-49h10v49zM11 100v-100h10v100zM22 100v-1h10v1z", huge,
		3, UINT64_MAX, 33, 100);
	bars_are("", counts, 0, 1, 10, 10);
	bars_are("", counts + 1, 1, 1, 10, 10);
}

static void
test_bounds(void **state)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	struct arena *small = arena_new(4096);
	uint64_t counts[1440];
	struct span path = SPAN_ABSENT;

	(void)state;
	for (size_t i = 0; i < 1440; i++)
		counts[i] = i;
	assert_int_equal(
		chart_bars(arena, counts, 3, 1, 2, 9, &path), OST_BADINPUT);
	assert_int_equal(
		chart_bars(arena, counts, 1, 0, 2, 9, &path), OST_BADINPUT);
	assert_int_equal(
		chart_bars(arena, counts, 1, 1, 0, 9, &path), OST_BADINPUT);
	assert_int_equal(
		chart_bars(arena, counts, 1, 1, 9, 65536, &path), OST_BADINPUT);
	assert_int_equal(chart_bars(small, counts, 1440, 2000, 1440, 99, &path),
		OST_NOMEM);
	assert_true(span_is_absent(path));
	assert_int_equal(
		chart_bars(arena, counts, 1440, 2000, 1440, 99, &path), OST_OK);
	arena_free(arena);
	arena_free(small);
}

int
test_chart(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
