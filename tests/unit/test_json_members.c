/* What is in JSON that was taken: members, lists, and data with its numbers. */
#include "json.h"
#include "vectors.h"

int test_json_members(void);

#define SIZE_MAX_TEST 4096

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
test_json_members(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_have_their_types),
		cmocka_unit_test(what_is_no_object_has_no_members),
		cmocka_unit_test(lists_are_walked_in_order),
		cmocka_unit_test(data_keeps_numbers_as_text),
		cmocka_unit_test(data_is_as_strict_as_the_rest),
		cmocka_unit_test(data_is_walked_in_order),
	};

	return cmocka_run_group_tests_name("json_members", tests, NULL, NULL);
}
