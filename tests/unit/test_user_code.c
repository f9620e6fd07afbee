/* Codes that people type: RFC 8628 section 6.1. */
#include "records.h"
#include "user_code.h"
#include "vectors.h"

int test_user_code(void);

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(4u << 20);
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
codes_differ_and_use_every_letter(void **state)
{
	static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";
	struct span code, before = SPAN("");
	size_t seen[sizeof(letters)] = { 0 };

	(void)state;
	for (int i = 0; i < 5000; i++) {
		assert_int_equal(user_code_new(arena, &code), OST_OK);
		assert_int_equal(code.n, USER_CODE_SIZE);
		assert_false(span_eq(code, before));
		before = code;
		for (size_t k = 0; k < code.n; k++) {
			const char *at = memchr(letters, code.p[k], 20);

			assert_non_null(at);
			seen[at - letters]++;
		}
	}
	/* 2000 of each are expected; six deviations are 262. */
	for (size_t i = 0; i < 20; i++)
		assert_in_range(seen[i], 1700, 2300);
}

static void
what_is_shown_is_read(void **state)
{
	struct span code, shown, read;

	(void)state;
	assert_int_equal(user_code_new(arena, &code), OST_OK);
	assert_int_equal(user_code_show(arena, code, &shown), OST_OK);
	assert_int_equal(shown.n, USER_CODE_SIZE + 1);
	assert_int_equal(shown.p[4], '-');
	assert_int_equal(user_code_read(arena, shown, &read), OST_OK);
	assert_span(read, code);
}

static void
codes_are_read_as_people_type_them(void **state)
{
	static const struct {
		struct span typed;
		const char *code; /* NULL: none */
	} cases[] = {
		{ LITERAL("BCDF-GHJK"), "BCDFGHJK" },
		{ LITERAL("bcdfghjk"), "BCDFGHJK" },
		{ LITERAL(" wxzb cdfg "), "WXZBCDFG" },
		{ LITERAL("w-x-z-b--c d f g"), "WXZBCDFG" },
		{ LITERAL(""), NULL },
		{ LITERAL("--------"), NULL },
		{ LITERAL("BCDFGHJ"), NULL },
		{ LITERAL("BCDFGHJKL"), NULL },
		{ LITERAL("BCDFGHJA"), NULL },
		{ LITERAL("BCDFGHJY"), NULL },
		{ LITERAL("BCDFGHJ1"), NULL },
		{ LITERAL("BCDF_GHJK"), NULL },
		{ LITERAL("BCDFGHJK\0"), NULL },
		{ LITERAL("BCDFGHJ\0"), NULL },
		{ LITERAL("BCDF\tGHJK"), NULL },
		{ LITERAL("BCDFGHJ\xc3\x8b"), NULL },
		{ LITERAL("B                                                  "
			  "               CDFGHJK"),
			NULL },
	};
	struct span code;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum ost_err err = user_code_read(arena, cases[i].typed, &code);

		assert_int_equal(
			err, cases[i].code != NULL ? OST_OK : OST_BADINPUT);
		if (err == OST_OK)
			assert_span(code, span_of(cases[i].code));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_user_code(void)
{
	const struct CMUnitTest tests[] = {
		TEST(codes_differ_and_use_every_letter),
		TEST(what_is_shown_is_read),
		TEST(codes_are_read_as_people_type_them),
	};

	return cmocka_run_group_tests_name("user_code", tests, NULL, NULL);
}
