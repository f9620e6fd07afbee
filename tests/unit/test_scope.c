/* Scopes: the registry, narrowing, joining. Their grammar: test_oauth.c. */
#include "scope.h"
#include "vectors.h"

int test_scope(void);

static const struct scope_registry none = { .n = 0 };
static const struct scope_registry some = {
	.entries = { { { "read", 4 }, { "Read your data", 14 } },
		{ { "email", 5 }, { "Write to you", 12 } } },
	.n = 2,
};

static void
registry(void **state)
{
	(void)state;
	assert_true(scope_is_known(&none, SPAN("anything at all")));
	assert_true(scope_is_known(&some, SPAN("")));
	assert_true(scope_is_known(&some, SPAN("read openid profile roles")));
	assert_true(scope_is_known(&some, SPAN("offline_access email")));
	assert_false(scope_is_known(&some, SPAN("read write")));
	assert_false(scope_is_known(&some, SPAN("Read")));
	assert_true(span_eq(
		scope_sentence(&some, SPAN("read")), SPAN("Read your data")));
	assert_true(span_eq(
		scope_sentence(&some, SPAN("email")), SPAN("Write to you")));
	assert_true(scope_sentence(&none, SPAN("email")).n > 0);
	assert_true(span_is_absent(scope_sentence(&some, SPAN("write"))));
}

static void
within(void **state)
{
	(void)state;
	assert_true(scope_is_within(SPAN(""), SPAN("")));
	assert_true(scope_is_within(SPAN_ABSENT, SPAN("a")));
	assert_true(scope_is_within(SPAN("b a"), SPAN("a b c")));
	assert_false(scope_is_within(SPAN("a d"), SPAN("a b c")));
	assert_false(scope_is_within(SPAN("a"), SPAN("ab")));
	assert_false(scope_is_within(SPAN("a"), SPAN("")));
}

static void
joined(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	struct span both;

	(void)state;
	assert_non_null(arena);
	assert_int_equal(
		scope_union(arena, SPAN("a b"), SPAN("b c"), &both), OST_OK);
	assert_true(span_eq(both, SPAN("a b c")));
	assert_int_equal(
		scope_union(arena, SPAN(""), SPAN("b c"), &both), OST_OK);
	assert_true(span_eq(both, SPAN("b c")));
	assert_int_equal(
		scope_union(arena, SPAN("a"), SPAN_ABSENT, &both), OST_OK);
	assert_true(span_eq(both, SPAN("a")));
	arena_free(arena);
}

/* The five, then the registry's own: email only has another sentence. */
static void
supported(void **state)
{
	(void)state;
	assert_span(scope_supported(&none, 0), SPAN("openid"));
	assert_span(scope_supported(&none, 4), SPAN("offline_access"));
	assert_true(span_is_absent(scope_supported(&none, 5)));
	assert_span(scope_supported(&some, 5), SPAN("read"));
	assert_true(span_is_absent(scope_supported(&some, 6)));
	assert_true(span_is_absent(scope_supported(&some, SIZE_MAX)));
}

int
test_scope(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registry),
		cmocka_unit_test(within),
		cmocka_unit_test(joined),
		cmocka_unit_test(supported),
	};

	return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}
