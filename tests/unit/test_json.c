/* What is taken as JSON and what is refused. */
#include "json.h"
#include "vectors.h"

int test_json(void);

#define SIZE_MAX_TEST 4096

static void
assert_taken(struct span text)
{
	struct json *root = NULL;

	if (json_parse(text, SIZE_MAX_TEST, &root) != OST_OK)
		fail_msg("refused: %.*s", SPAN_ARG(text));
	json_free(root);
}

static void
assert_refused(struct span text)
{
	char other;
	struct json *untouched = (struct json *)(void *)&other;
	struct json *root = untouched;
	char *exact = exact_copy(text);

	text.p = exact;
	if (json_parse(text, SIZE_MAX_TEST, &root) != OST_BADINPUT)
		fail_msg("taken: %.*s", SPAN_ARG(text));
	assert_ptr_equal(root, untouched);
	free(exact);
}

static void
what_rfc8259_allows_is_taken(void **state)
{
	static const struct span texts[] = { LITERAL("{}"), LITERAL("[]"),
		LITERAL("null"), LITERAL("true"), LITERAL("false"),
		LITERAL("0"), LITERAL("-0"), LITERAL("-1"), LITERAL("\"\""),
		LITERAL(" \t\r\n{ \"a\" : [ 1 , 2 ] } \t\r\n"),
		LITERAL("[[[[]]]]"), LITERAL("[[[[1,\"a\",null]]]]"),
		LITERAL("{\"a\":{\"b\":{\"c\":{\"d\":1}}}}"),
		LITERAL("999999999999999"), LITERAL("-999999999999999"),
		LITERAL("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\uD7FF\\ue000\""),
		LITERAL("\"\\ud83d\\ude00\""), LITERAL("\"\xf0\x9f\x98\x80\""),
		LITERAL("\"\x7f\xc2\x80\xef\xbf\xbf\""), LITERAL("{\"\":1}"),
		LITERAL("{\"a\":1,\"A\":2,\"b\":{\"a\":3}}"),
		LITERAL("[{\"a\":1},{\"a\":1}]") };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_taken(texts[i]);
}

/* What json-c 0.16 takes even when it is told to be strict, or takes wrong:
 * security-notes F7. */
static void
what_json_c_takes_is_refused(void **state)
{
	static const struct span texts[] = {
		LITERAL("{\"exp\":1,\"exp\":2}"), /* the last wins */
		LITERAL("{'exp':1}"), LITERAL("['a']"), LITERAL("NaN"),
		LITERAL("[NaN]"), LITERAL("nan"), LITERAL("Infinity"),
		LITERAL("[-Infinity]"), LITERAL("\"a\nb\""),
		LITERAL("\"a\tb\""), LITERAL("\"a\x01\""), LITERAL("\"\x1f\""),
		LITERAL("\"a\0b\""), LITERAL("{\"a\nb\":1}"),
		LITERAL("{\"exp\\u0000x\":5}"), /* becomes "exp" */
		LITERAL("\"\\u0000\""), LITERAL("[\"a\\u0000\"]"),
		LITERAL("1.5"), LITERAL("{\"exp\":1.0}"), LITERAL("1e300"),
		LITERAL("1E2"), LITERAL("[1e-1]"),
		LITERAL("18446744073709551616"), LITERAL("9223372036854775808"),
		LITERAL("1000000000000000"), LITERAL("-1000000000000000"),
		/* And what it takes when it is not. */
		LITERAL("{}x"), LITERAL("{} {}"), LITERAL("1 2"),
		LITERAL("{}\0"), LITERAL("/* */{}"), LITERAL("{}//"),
		LITERAL("[1,]"), LITERAL("{\"a\":1,}"), LITERAL("01"),
		LITERAL("[007]"), LITERAL("-01"), LITERAL("TRUE"),
		LITERAL("True"), LITERAL("Null"), LITERAL("nul"),
		LITERAL("truex")
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_refused(texts[i]);
}

static void
what_is_no_json_is_refused(void **state)
{
	static const struct span texts[] = { LITERAL(""), LITERAL(" "),
		LITERAL("{"), LITERAL("}"), LITERAL("["), LITERAL("]"),
		LITERAL("[}"), LITERAL("{]"), LITERAL("{\"a\"}"),
		LITERAL("{\"a\":}"), LITERAL("{\"a\" 1}"), LITERAL("{a:1}"),
		LITERAL("{1:1}"), LITERAL("{null:1}"), LITERAL("{\"a\":1"),
		LITERAL("{\"a\":1 \"b\":2}"), LITERAL("{,}"), LITERAL("[,]"),
		LITERAL("[,1]"), LITERAL("[1,,2]"), LITERAL("[1 2]"),
		LITERAL("[1"), LITERAL("[1,"), LITERAL("{\"a\":1,"),
		LITERAL("-"), LITERAL("+1"), LITERAL("--1"), LITERAL("- 1"),
		LITERAL(".5"), LITERAL("1."), LITERAL("0x10"), LITERAL("1a"),
		LITERAL("\""), LITERAL("\"\\\""), LITERAL("\"\\"),
		LITERAL("\"\\x41\""), LITERAL("\"\\a\""), LITERAL("\"\\'\""),
		LITERAL("\"\\U0041\""), LITERAL("\"\\u\""),
		LITERAL("\"\\u004\""), LITERAL("\"\\u004g\""),
		LITERAL("\"\\u 041\""), LITERAL("\"\\u+041\""),
		LITERAL("\xef\xbb\xbf{}"), LITERAL("\v{}"), LITERAL("{}\f"),
		LITERAL("\xc2\xa0{}"), LITERAL("{}\xe2\x80\xa8") };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_refused(texts[i]);
	assert_refused(SPAN_ABSENT);
}

/* O01: not by a dump either. */
static void
half_a_character_is_refused(void **state)
{
	static const struct span texts[] = { LITERAL("\"\\ud800\""),
		LITERAL("\"\\udbff\""), LITERAL("\"\\udc00\""),
		LITERAL("\"\\udfff\""), LITERAL("\"\\ud800x\""),
		LITERAL("\"\\ud800\\n\""), LITERAL("\"\\ud800\\u0041\""),
		LITERAL("\"\\ud800\\ud800\""), LITERAL("\"\\ud800\\udbff\""),
		LITERAL("\"\\ud800\\ue000\""), LITERAL("\"\\udc00\\ud800\""),
		LITERAL("\"\\ud800\\udc0\""), LITERAL("\"\\ud800\\U0000\""),
		LITERAL("{\"\\ud800\":1}"), LITERAL("\"\xc3\""),
		LITERAL("\"\xc0\x80\""), LITERAL("\"\xed\xa0\x80\""),
		LITERAL("\"\xf4\x90\x80\x80\""), LITERAL("\"\xff\""),
		LITERAL("{\"\x80\":1}"), LITERAL("[]\x80") };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_refused(texts[i]);
}

/* J07: also names that only unescaping makes the same, at any level. */
static void
name_given_twice_is_refused(void **state)
{
	static const struct span texts[] = {
		LITERAL("{\"alg\":\"HS256\",\"alg\":\"none\"}"),
		LITERAL("{\"exp\":1,\"exp\":1}"),
		LITERAL("{\"a\":1,\"\\u0061\":1}"),
		LITERAL("{\"\\u0061\":1,\"a\":1}"),
		LITERAL("{\"/\":1,\"\\/\":1}"), LITERAL("{\"\":1,\"\":2}"),
		LITERAL("{\"\\n\":1,\"\\u000a\":1}"),
		LITERAL("{\"\\u00e9\":1,\"\xc3\xa9\":1}"),
		LITERAL("{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}"),
		LITERAL("{\"a\":null,\"a\":null}"),
		LITERAL("{\"a\":null,\"a\":1}"),
		LITERAL("{\"a\":1,\"b\":2,\"c\":3,\"a\":4}"),
		LITERAL("{\"x\":{\"a\":1,\"a\":1}}"),
		LITERAL("[0,{\"a\":[],\"a\":[]}]"),
		LITERAL("{\"a\":{\"a\":[1,2,3]},\"a\":{}}"),
		LITERAL("{\"a\":{},\"a\":{\"a\":[1,2,3]}}")
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_refused(texts[i]);
}

/* J16. */
static void
depth_and_size_are_bounded(void **state)
{
	const size_t big = 1 << 20;
	char *text = malloc(big);
	struct json *root = NULL;

	(void)state;
	assert_non_null(text);
	assert_taken(SPAN("[[[[1]],[[1]]]]"));
	assert_refused(SPAN("[[[[[]]]]]"));
	assert_refused(SPAN("{\"a\":{\"b\":{\"c\":{\"d\":{}}}}}"));
	assert_refused(SPAN("[{\"a\":[{\"b\":[]}]}]"));
	memset(text, '[', big);
	assert_refused((struct span){ text, 1000 });
	memset(text + 1000, ']', 1000);
	assert_refused((struct span){ text, 2000 });
	/* Nothing is looked at beyond the size, nor by the one byte. */
	assert_int_equal(
		json_parse((struct span){ text, big }, SIZE_MAX_TEST, &root),
		OST_TOOBIG);
	memset(text, ' ', SIZE_MAX_TEST + 1);
	memcpy(text, "[]", 2);
	assert_taken((struct span){ text, SIZE_MAX_TEST });
	assert_int_equal(json_parse((struct span){ text, SIZE_MAX_TEST + 1 },
				 SIZE_MAX_TEST, &root),
		OST_TOOBIG);
	/* A megabyte that may be one takes its time, not the square of it. */
	memset(text, '[', big);
	assert_int_equal(json_parse((struct span){ text, big }, big, &root),
		OST_BADINPUT);
	for (size_t i = 1; i < big - 2; i += 2)
		memcpy(text + i, "1,", 2);
	memcpy(text + big - 2, " ]", 2);
	text[big - 3] = '1';
	assert_int_equal(
		json_parse((struct span){ text, big }, big, &root), OST_OK);
	json_free(root);
	free(text);
}

int
test_json(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_rfc8259_allows_is_taken),
		cmocka_unit_test(what_json_c_takes_is_refused),
		cmocka_unit_test(what_is_no_json_is_refused),
		cmocka_unit_test(half_a_character_is_refused),
		cmocka_unit_test(name_given_twice_is_refused),
		cmocka_unit_test(depth_and_size_are_bounded),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
