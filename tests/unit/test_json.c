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

static struct json *
parsed(struct span text)
{
	struct json *root;

	assert_int_equal(json_parse(text, SIZE_MAX_TEST, &root), OST_OK);
	return root;
}

static void
members_have_their_types(void **state)
{
	struct json *root = parsed(
		SPAN("{\"s\":\"a\\u00e9\\n\",\"e\":\"\",\"i\":-999999999999999,"
		     "\"t\":true,\"f\":false,\"n\":null,\"a\":[],\"o\":{},"
		     "\"d\":\"12\",\"z\":-0}"));
	struct span text = SPAN("untouched");
	int64_t number = 42;
	bool flag = true;

	(void)state;
	assert_true(json_is_object(root));
	assert_int_equal(json_get_string(root, "x", &text), OST_NOTFOUND);
	assert_int_equal(json_get_string(root, "n", &text), OST_NOTFOUND);
	assert_int_equal(json_get_string(root, "i", &text), OST_BADINPUT);
	assert_int_equal(json_get_string(root, "t", &text), OST_BADINPUT);
	assert_int_equal(json_get_string(root, "a", &text), OST_BADINPUT);
	assert_int_equal(json_get_string(root, "o", &text), OST_BADINPUT);
	assert_span(text, SPAN("untouched"));
	assert_int_equal(json_get_string(root, "s", &text), OST_OK);
	assert_span(text, SPAN("a\xc3\xa9\n"));
	assert_int_equal(json_get_string(root, "e", &text), OST_OK);
	assert_true(text.n == 0 && !span_is_absent(text));
	/* A string of digits, true and null are no numbers. */
	assert_int_equal(json_get_i64(root, "d", &number), OST_BADINPUT);
	assert_int_equal(json_get_i64(root, "t", &number), OST_BADINPUT);
	assert_int_equal(json_get_i64(root, "n", &number), OST_NOTFOUND);
	assert_int_equal(number, 42);
	assert_int_equal(json_get_i64(root, "i", &number), OST_OK);
	assert_true(number == -999999999999999);
	assert_int_equal(json_get_i64(root, "z", &number), OST_OK);
	assert_true(number == 0);
	assert_int_equal(json_get_bool(root, "i", &flag), OST_BADINPUT);
	assert_int_equal(json_get_bool(root, "x", &flag), OST_NOTFOUND);
	assert_true(flag);
	assert_int_equal(json_get_bool(root, "f", &flag), OST_OK);
	assert_false(flag);
	assert_int_equal(json_get_bool(root, "t", &flag), OST_OK);
	assert_true(flag);
	json_free(root);
}

static void
what_is_no_object_has_no_members(void **state)
{
	static const struct span texts[] = { LITERAL("[]"), LITERAL("1"),
		LITERAL("\"s\""), LITERAL("true"), LITERAL("null"),
		LITERAL("[\"s\"]") };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct json *root = parsed(texts[i]);
		struct span text;
		int64_t number;

		assert_false(json_is_object(root));
		assert_int_equal(
			json_get_string(root, "s", &text), OST_BADINPUT);
		assert_int_equal(
			json_get_i64(root, "s", &number), OST_BADINPUT);
		assert_int_equal(
			json_each_member(root, NULL, NULL), OST_BADINPUT);
		assert_int_equal(
			json_each_string(root, "s", NULL, NULL), OST_BADINPUT);
		json_free(root);
	}
	json_free(NULL);
}

/* Collects "a,b," and refuses "stop". */
static enum ost_err
collect(void *arg, struct span text)
{
	buf_add(arg, text);
	buf_char(arg, ',');
	return span_eq(text, SPAN("stop")) ? OST_LIMITED : OST_OK;
}

static enum ost_err
collect_member(void *arg, struct span name, struct span text)
{
	buf_add(arg, name);
	buf_char(arg, '=');
	return collect(arg, text);
}

static void
lists_are_walked_in_order(void **state)
{
	struct json *root =
		parsed(SPAN("{\"l\":[\"b\",\"a\",\"b\"],\"e\":[],"
			    "\"m\":[\"a\",1],\"z\":[null],"
			    "\"s\":[\"stop\",\"a\"],\"n\":null,\"t\":\"a\"}"));
	struct json *flat = parsed(SPAN("{\"b\":\"1\",\"a\":\"2\"}"));
	struct arena *arena = arena_new(4096);
	struct span got;
	struct buf buf;

	(void)state;
	buf_init(&buf, arena);
	assert_int_equal(json_each_string(root, "l", collect, &buf), OST_OK);
	assert_int_equal(json_each_string(root, "e", collect, &buf), OST_OK);
	assert_int_equal(
		json_each_string(root, "n", collect, &buf), OST_NOTFOUND);
	assert_int_equal(
		json_each_string(root, "x", collect, &buf), OST_NOTFOUND);
	assert_int_equal(
		json_each_string(root, "t", collect, &buf), OST_BADINPUT);
	assert_int_equal(
		json_each_string(root, "z", collect, &buf), OST_BADINPUT);
	assert_int_equal(
		json_each_string(root, "s", collect, &buf), OST_LIMITED);
	assert_int_equal(
		json_each_string(root, "m", collect, &buf), OST_BADINPUT);
	assert_int_equal(buf_span(&buf, &got), OST_OK);
	assert_span(got, SPAN("b,a,b,stop,a,"));
	buf_clear(&buf);
	assert_int_equal(json_each_member(flat, collect_member, &buf), OST_OK);
	assert_int_equal(
		json_each_member(root, collect_member, &buf), OST_BADINPUT);
	assert_int_equal(buf_span(&buf, &got), OST_OK);
	assert_span(got, SPAN("b=1,a=2,"));
	json_free(flat);
	json_free(root);
	arena_free(arena);
}

/* Each number as it was written; "text": what is there in its place. */
static void
data_keeps_numbers_as_text(void **state)
{
	static const char *const numbers[] = { "0", "-0", "1.5", "-0.25",
		"21.0", "1e400", "-1E-400", "1e+5", "0.1e99999999",
		"999999999999999", "1234567890123456", "9223372036854775808",
		"-9223372036854775809", "123456789012345678901234567890",
		"0.1234567890123456789012345" };

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		struct json_value value;
		struct json *root = NULL;
		char text[200];

		snprintf(text, sizeof(text),
			"{\"-0\":\"-0,1234567890123456\\\"-0\",\"n\":%s}",
			numbers[i]);
		assert_int_equal(
			json_parse_data(span_of(text), SIZE_MAX_TEST, &root),
			OST_OK);
		assert_int_equal(json_get_value(root, "n", &value), OST_OK);
		assert_int_equal(value.kind, JSON_NUMBER);
		assert_span(value.text, span_of(numbers[i]));
		assert_int_equal(json_get_value(root, "-0", &value), OST_OK);
		assert_int_equal(value.kind, JSON_TEXT);
		assert_span(value.text, SPAN("-0,1234567890123456\"-0"));
		json_free(root);
		/* At the root, where nothing is around it; bounds of a copy. */
		assert_int_equal(json_parse_data(span_of(numbers[i]),
					 SIZE_MAX_TEST, &root),
			OST_OK);
		json_free(root);
	}
}

static void
data_is_as_strict_as_the_rest(void **state)
{
	static const struct span texts[] = { LITERAL("01"), LITERAL("-01"),
		LITERAL("1."), LITERAL(".5"), LITERAL("1e"), LITERAL("1e+"),
		LITERAL("-"), LITERAL("+1"), LITERAL("0x1"), LITERAL("NaN"),
		LITERAL("1.e5"), LITERAL("-e5"), LITERAL("Infinity"),
		LITERAL("{\"a\":1.5,\"a\":1.5}"), LITERAL("\"\\u0000\""),
		LITERAL("\"\xff\""), LITERAL("[1.5,]"), LITERAL("[1.5"),
		LITERAL("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"), LITERAL("") };
	struct json *root = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		if (json_parse_data(texts[i], SIZE_MAX_TEST, &root) !=
			OST_BADINPUT)
			fail_msg("taken: %.*s", SPAN_ARG(texts[i]));
	assert_int_equal(json_parse_data(SPAN("[1.5]"), 4, &root), OST_TOOBIG);
	assert_int_equal(
		json_parse_data(SPAN("[[[[[[[[[[[[[[[[1e9]]]]]]]]]]]]]]]]"),
			SIZE_MAX_TEST, &root),
		OST_OK);
	json_free(root);
}

static enum ost_err
collect_value(void *arg, struct span name, const struct json_value *value)
{
	buf_add(arg, name);
	buf_printf(arg, "=%d:%.*s,", (int)value->kind, SPAN_ARG(value->text));
	return span_eq(name, SPAN("stop")) ? OST_LIMITED : OST_OK;
}

static void
data_is_walked_in_order(void **state)
{
	struct arena *arena = arena_new(4096);
	struct json_value value;
	struct json *root = NULL;
	struct span got;
	struct buf buf;

	(void)state;
	buf_init(&buf, arena);
	assert_int_equal(
		json_parse_data(SPAN("{\"t\":\"a\",\"n\":null,\"b\":true,"
				     "\"o\":{\"x\":[-0]},\"l\":[],\"d\":1.50,"
				     "\"stop\":false,\"never\":1}"),
			SIZE_MAX_TEST, &root),
		OST_OK);
	assert_int_equal(
		json_each_value(root, collect_value, &buf), OST_LIMITED);
	assert_int_equal(buf_span(&buf, &got), OST_OK);
	assert_span(got,
		SPAN("t=3:a,n=0:,b=1:true,o=4:,l=4:,d=2:1.50,stop=1:false,"));
	assert_int_equal(json_get_value(root, "x", &value), OST_NOTFOUND);
	json_free(root);
	assert_int_equal(
		json_parse_data(SPAN("[1]"), SIZE_MAX_TEST, &root), OST_OK);
	assert_int_equal(
		json_each_value(root, collect_value, &buf), OST_BADINPUT);
	assert_int_equal(json_get_value(root, "x", &value), OST_BADINPUT);
	json_free(root);
	arena_free(arena);
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
		cmocka_unit_test(members_have_their_types),
		cmocka_unit_test(what_is_no_object_has_no_members),
		cmocka_unit_test(lists_are_walked_in_order),
		cmocka_unit_test(data_keeps_numbers_as_text),
		cmocka_unit_test(data_is_as_strict_as_the_rest),
		cmocka_unit_test(data_is_walked_in_order),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
