#include "form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* Behind those. */
#include <cmocka.h>

int test_form(void);

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define ARENA_SIZE_MAX (4u << 20)

static int
setup(void **state)
{
	*state = arena_new(ARENA_SIZE_MAX);
	return *state == NULL;
}

static int
teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static struct form *
parsed(struct arena *arena, const char *text)
{
	struct form *form = NULL;

	assert_int_equal(form_parse(arena, span_of(text), &form), OST_OK);
	assert_non_null(form);
	return form;
}

static void
assert_value(const struct form *form, const char *name, const char *want)
{
	struct span value = SPAN_ABSENT;

	assert_int_equal(form_get(form, name, &value), OST_OK);
	assert_int_equal(value.n, strlen(want));
	assert_memory_equal(value.p, want, value.n);
}

static void
assert_no_value(const struct form *form, const char *name, enum ost_err want)
{
	struct span value = SPAN("untouched");

	assert_int_equal(form_get(form, name, &value), want);
	assert_true(span_eq(value, SPAN("untouched")));
}

static void
values_are_decoded_once(void **state)
{
	static const struct {
		const char *text, *name, *want;
	} cases[] = {
		{ "a=1", "a", "1" },
		{ "b=2&a=1&c=3", "a", "1" },
		{ "&&a=1&&", "a", "1" },
		{ "a=1=2", "a", "1=2" },
		{ "a=1;b=2", "a", "1;b=2" },   /* F07 */
		{ "a=x+y%20z", "a", "x y z" }, /* F08 */
		{ "a=%2B", "a", "+" },
		{ "a=%2525", "a", "%25" }, /* F16 */
		{ "%24%24app_token=t", "$$app_token", "t" },
		{ "$$app_token=t", "$$app_token", "t" },
		{ "client%5fid=x", "client_id", "x" },
		{ "a=%26b%3D1", "a", "&b=1" },
		{ "a=%c3%a9", "a", "\xc3\xa9" },
		/* RFC 6749 appendix B */
		{ "a=+%25%26%2B%C2%A3%E2%82%AC", "a",
			" %&+\xc2\xa3\xe2\x82\xac" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_value(parsed(*state, cases[i].text), cases[i].name,
			cases[i].want);
}

static void
broken_text_is_refused(void **state)
{
	const struct span texts[] = {
		/* F01 */
		SPAN("a=%"),
		SPAN("a=%4"),
		SPAN("a=%zz"),
		SPAN("a=%%41"),
		SPAN("%=a"),
		SPAN("a=%4&1=b"),
		/* F02 */
		SPAN("a=%00"),
		SPAN("a%00b=1"),
		SPAN("a=b%00"),
		SPAN("a=\0"),
		SPAN("a=1&\0"),
		/* broken UTF-8 */
		SPAN("a=%ff"),
		SPAN("a=%c0%ae"),
		SPAN("%ed%a0%80=1"),
		SPAN("a=\xff"),
		SPAN("a=1&b=%c3"),
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct form *form = NULL;

		assert_int_equal(
			form_parse(*state, texts[i], &form), OST_BADINPUT);
		assert_null(form);
	}
}

static void
an_empty_form_has_no_fields(void **state)
{
	static const char *const texts[] = { NULL, "", "&", "&&&&" };

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct form *form = parsed(*state, texts[i]);
		struct span name, value;

		assert_false(form_field(form, 0, &name, &value));
		assert_false(form_has(form, ""));
		assert_false(form_has_duplicate(form));
		assert_no_value(form, "a", OST_NOTFOUND);
	}
}

static void
an_empty_value_is_absent(void **state)
{
	struct form *form = parsed(*state, "a=&b&Client_Id=x&=y");

	assert_no_value(form, "a", OST_NOTFOUND);
	assert_no_value(form, "b", OST_NOTFOUND);
	assert_no_value(form, "c", OST_NOTFOUND);
	assert_no_value(form, "client_id", OST_NOTFOUND); /* F05 */
	assert_true(form_has(form, "a"));
	assert_true(form_has(form, "b"));
	assert_true(form_has(form, ""));
	assert_false(form_has(form, "c"));
	assert_false(form_has(form, "client_id"));
}

static void
repeated_names_are_refused(void **state)
{
	static const char *const texts[] = { "a=1&a=1", "a=1&b=2&a=3", "a&a",
		"a=&a=1", "a=1&%61=2" /* F04 */ };
	struct form *form;

	for (size_t i = 0; i < COUNT(texts); i++) {
		form = parsed(*state, texts[i]);
		assert_true(form_has_duplicate(form));
		assert_no_value(form, "a", OST_BADINPUT);
	}
	form = parsed(*state, "a=1&b=2&b=3");
	assert_true(form_has_duplicate(form));
	assert_value(form, "a", "1");
	assert_false(form_has_duplicate(parsed(*state, "a=1&A=1&aa=1")));
}

static void
fields_come_in_order(void **state)
{
	struct form *form = parsed(*state, "b=2&&a&b=%31");
	static const char *const want[][2] = { { "b", "2" }, { "a", "" },
		{ "b", "1" } };
	struct span name, value;

	for (size_t i = 0; i < COUNT(want); i++) {
		assert_true(form_field(form, i, &name, &value));
		assert_true(span_eq(name, span_of(want[i][0])));
		assert_true(span_eq(value, span_of(want[i][1])));
	}
	assert_false(form_field(form, COUNT(want), &name, &value));
	assert_false(form_field(form, SIZE_MAX, &name, &value));
}

static void
a_form_has_a_hundred_fields_at_most(void **state)
{
	static char text[404];
	struct form *form = NULL;
	struct span name, value;

	for (size_t i = 0; i < sizeof(text); i += 4)
		memcpy(text + i, "a=1&", 4);
	assert_int_equal(
		form_parse(*state, (struct span){ text, 400 }, &form), OST_OK);
	assert_true(form_field(form, 99, &name, &value));
	assert_false(form_field(form, 100, &name, &value));
	form = NULL;
	assert_int_equal(form_parse(*state, (struct span){ text, 404 }, &form),
		OST_TOOBIG);
	assert_null(form);
}

/* F10: the arena bounds it. */
static void
a_huge_name_is_an_error(void **state)
{
	struct arena *arena = arena_new(64 << 10);
	char *name = arena_alloc(*state, 1 << 20);
	struct form *form = NULL;

	assert_non_null(name);
	memset(name, 'x', 1 << 20);
	assert_int_equal(
		form_parse(arena, (struct span){ name, 1 << 20 }, &form),
		OST_NOMEM);
	assert_null(form);
	arena_free(arena);
}

int
test_form(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_decoded_once),
		cmocka_unit_test(broken_text_is_refused),
		cmocka_unit_test(an_empty_form_has_no_fields),
		cmocka_unit_test(an_empty_value_is_absent),
		cmocka_unit_test(repeated_names_are_refused),
		cmocka_unit_test(fields_come_in_order),
		cmocka_unit_test(a_form_has_a_hundred_fields_at_most),
		cmocka_unit_test(a_huge_name_is_an_error),
	};

	return cmocka_run_group_tests_name("form", tests, setup, teardown);
}
