/* Recovery codes. */
#include "recovery.h"
#include "vectors.h"

int test_recovery(void);

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(16u << 20);
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void
codes_have_a_form_and_differ(void **state)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	size_t seen[32] = { 0 };
	struct span codes[RECOVERY_CODES], hashes, before = SPAN("");

	(void)state;
	for (int round = 0; round < 200; round++) {
		assert_int_equal(recovery_make(arena, codes, &hashes), OST_OK);
		assert_int_equal(recovery_count(hashes), RECOVERY_CODES);
		assert_true(recovery_is_valid(hashes));
		for (size_t i = 0; i < RECOVERY_CODES; i++) {
			assert_int_equal(codes[i].n, RECOVERY_SIZE + 3);
			assert_false(span_eq(codes[i], before));
			before = codes[i];
			for (size_t k = 0; k < codes[i].n; k++) {
				const char *at =
					memchr(letters, codes[i].p[k], 32);

				if (k % 5 == 4) {
					assert_int_equal(codes[i].p[k], '-');
					continue;
				}
				assert_non_null(at);
				seen[at - letters]++;
			}
		}
	}
	/* 1000 of each are expected; six deviations are 187. */
	for (size_t i = 0; i < 32; i++)
		assert_in_range(seen[i], 810, 1190);
}

static void
each_opens_once(void **state)
{
	struct span codes[RECOVERY_CODES], hashes, left = SPAN("untouched");

	(void)state;
	assert_int_equal(recovery_make(arena, codes, &hashes), OST_OK);
	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		size_t at = (i * 7 + 3) % RECOVERY_CODES; /* in some order */

		assert_int_equal(
			recovery_use(arena, hashes, codes[at], &left), OST_OK);
		assert_int_equal(recovery_count(left), RECOVERY_CODES - 1 - i);
		assert_true(recovery_is_valid(left));
		hashes = left;
		assert_int_equal(recovery_use(arena, hashes, codes[at], &left),
			OST_DENIED);
	}
	assert_true(span_is_absent(hashes));
	assert_int_equal(recovery_count(hashes), 0);
}

/* Of 0123456789ABCDEF. */
#define HASH "2125b2c332b1113aae9bfc5e9f7e3b4c91d828cb942c2df1eeb02502eccae9e9"
static void
codes_are_read_as_people_type_them(void **state)
{
	static const struct {
		struct span typed;
		bool is_good;
	} cases[] = {
		{ LITERAL("0123-4567-89AB-CDEF"), true },
		{ LITERAL("0123456789abcdef"), true },
		{ LITERAL(" 0123 4567 89ab cdef "), true },
		{ LITERAL("OI23-4567-89AB-CDEF"), true },
		{ LITERAL("ol23-4567-89ab-cdef"), true },
		{ LITERAL("-0-1-2-3--4567-89ABCDEF"), true },
		{ LITERAL("0123-4567-89AB-CDE"), false },
		{ LITERAL("0123-4567-89AB-CDEFG"), false },
		{ LITERAL("0123-4567-89AB-CDEG"), false },
		{ LITERAL("0123-4567-89AB-CDEU"), false },
		{ LITERAL("0123_4567-89AB-CDEF"), false },
		{ LITERAL("0123-4567-89AB-CDEF\0"), false },
		{ LITERAL(HASH), false },
		{ LITERAL(""), false },
		{ LITERAL("---"), false },
		{ LITERAL("0123-4567-89AB-CDEF                              "
			  "                "),
			false },
	};
	struct span left;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if ((recovery_use(arena, SPAN(HASH), cases[i].typed, &left) ==
			    OST_OK) != cases[i].is_good)
			fail_msg("\"%.*s\"", SPAN_ARG(cases[i].typed));
	assert_int_equal(recovery_use(arena, SPAN_ABSENT,
				 SPAN("0123456789ABCDEF"), &left),
		OST_DENIED);
	assert_int_equal(
		recovery_use(arena, SPAN(" "), SPAN("0123456789ABCDEF"), &left),
		OST_DENIED);
}

static void
lists_of_hashes(void **state)
{
	(void)state;
	assert_true(recovery_is_valid(SPAN_ABSENT));
	assert_true(recovery_is_valid(SPAN(HASH)));
	assert_true(recovery_is_valid(SPAN(HASH " " HASH)));
	assert_false(recovery_is_valid(SPAN("")));
	assert_false(recovery_is_valid(SPAN(" ")));
	assert_false(recovery_is_valid(SPAN(HASH " ")));
	assert_false(recovery_is_valid(SPAN(" " HASH)));
	assert_false(recovery_is_valid(SPAN(HASH "  " HASH)));
	assert_false(recovery_is_valid(SPAN(HASH "0")));
	assert_false(recovery_is_valid(SPAN("0123456789ABCDEF")));
}

int
test_recovery(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_have_a_form_and_differ),
		cmocka_unit_test(each_opens_once),
		cmocka_unit_test(codes_are_read_as_people_type_them),
		cmocka_unit_test(lists_of_hashes),
	};

	return cmocka_run_group_tests_name("recovery", tests, setup, teardown);
}
