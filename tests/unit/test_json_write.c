#include "codec.h"
#include "json.h"
#include "vectors.h"

int test_json_write(void);

static struct arena *arena;
static struct buf buf;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	if (arena == NULL)
		return 1;
	buf_init(&buf, arena);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct span
written(struct span text)
{
	struct json_writer w;
	struct span out;

	buf_init(&buf, arena);
	json_begin(&w, &buf);
	json_string(&w, NULL, text);
	assert_int_equal(buf_span(&buf, &out), OST_OK);
	return out;
}

/* json-c reads text to want, and so does our own reader unless it has a NUL. */
static void
assert_reads_back(struct span text, struct span want)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *string;
	struct json *root;

	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < 0x20 || text.p[i] == '<' ||
			text.p[i] == '>')
			fail_msg("raw %02x", (unsigned char)text.p[i]);
	json_tokener_set_flags(
		tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	string = json_tokener_parse_ex(tokener, text.p, (int)text.n);
	assert_int_equal(json_tokener_get_error(tokener), json_tokener_success);
	assert_true(json_object_is_type(string, json_type_string));
	assert_span(vector_string(string), want);
	json_object_put(string);
	json_tokener_free(tokener);
	assert_int_equal(json_parse(text, 1 << 20, &root),
		span_has(want, '\0') ? OST_BADINPUT : OST_OK);
	if (!span_has(want, '\0'))
		json_free(root);
}

static void
values_and_commas(void **state)
{
	struct json_writer w;
	struct span out;

	(void)state;
	json_begin(&w, &buf);
	json_open(&w, NULL, '{');
	json_string(&w, "id", SPAN("u\"1"));
	json_string(&w, "email", SPAN_ABSENT);
	json_string(&w, "empty", SPAN(""));
	json_i64(&w, "least", INT64_MIN);
	json_bool(&w, "yes", true);
	json_bool(&w, "no", false);
	json_open(&w, "none", '[');
	json_close(&w);
	json_open(&w, "roles", '[');
	json_string(&w, NULL, SPAN("a"));
	json_open(&w, NULL, '{');
	json_close(&w);
	json_open(&w, NULL, '{');
	json_i64(&w, "</n>\n", 0);
	json_close(&w);
	json_open(&w, NULL, '{');
	json_i64(&w, "m", 1);
	json_close(&w);
	json_i64(&w, NULL, 7);
	json_close(&w);
	json_string(&w, "last", SPAN("z"));
	json_close(&w);
	assert_int_equal(buf_span(&buf, &out), OST_OK);
	assert_span(out,
		SPAN("{\"id\":\"u\\\"1\",\"email\":null,\"empty\":\"\","
		     "\"least\":-9223372036854775808,\"yes\":true,\"no\":false,"
		     "\"none\":[],\"roles\":[\"a\",{},"
		     "{\"\\u003c/"
		     "n\\u003e\\n\":0},{\"m\":1},7],\"last\":\"z\"}"));
}

static void
levels_are_bounded(void **state)
{
	struct json_writer w;
	struct span out;

	(void)state;
	json_begin(&w, &buf);
	for (int i = 0; i < 8; i++)
		json_open(&w, NULL, '[');
	for (int i = 0; i < 8; i++)
		json_close(&w);
	assert_int_equal(buf_span(&buf, &out), OST_OK);
	assert_span(out, SPAN("[[[[[[[[]]]]]]]]"));
	json_close(&w);
	assert_int_equal(buf_span(&buf, &out), OST_NOMEM);
	buf_clear(&buf);
	json_begin(&w, &buf);
	for (int i = 0; i < 9; i++)
		json_open(&w, NULL, '[');
	assert_int_equal(buf_span(&buf, &out), OST_NOMEM);
}

/* O01 */
static void
strings_are_escaped(void **state)
{
	(void)state;
	assert_span(written(SPAN("a\"\\/\b\f\n\r\t\x1f\x7f\0z")),
		SPAN("\"a\\\"\\\\/"
		     "\\u0008\\u000c\\n\\r\\t\\u001f\x7f\\u0000z\""));
	assert_span(written(SPAN(
			    "</script>&'\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa")),
		SPAN("\"\\u003c/script\\u003e&'\\u2028\\u2029\xe2\x80\xaa\""));
	assert_span(written(SPAN("\xc3(\xed\xa0\x80\xf0\x9f\x98\x80\xff")),
		SPAN("\"\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
		     "\xf0\x9f\x98\x80\xef\xbf\xbd\""));
}

static void
small_inputs_read_back(void **state)
{
	(void)state;
	for (unsigned int pair = 0; pair < 65536; pair++) {
		char bytes[2] = { (char)(pair >> 8), (char)(pair & 0xff) };
		struct span text = BYTES_SPAN(bytes), want;
		struct buf mended;

		arena_reset(arena);
		buf_init(&mended, arena);
		for (size_t i = 0; i < 2; i++)
			if ((bytes[i] & 0x80) == 0 || utf8_is_valid(text))
				buf_char(&mended, bytes[i]);
			else
				buf_text(&mended, "\xef\xbf\xbd");
		assert_int_equal(buf_span(&mended, &want), OST_OK);
		assert_reads_back(written(text), want);
	}
}

/* O01 */
static void
naughty_strings_read_back(void **state)
{
	struct json_object *list = vectors_read("blns/blns.json");

	(void)state;
	assert_int_equal(json_object_array_length(list), BLNS_COUNT);
	for (size_t i = 0; i < BLNS_COUNT; i++) {
		struct span text =
			vector_string(json_object_array_get_idx(list, i));

		arena_reset(arena);
		assert_true(utf8_is_valid(text));
		assert_reads_back(written(text), text);
	}
	json_object_put(list);
}

int
test_json_write(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			values_and_commas, setup, teardown),
		cmocka_unit_test_setup_teardown(
			levels_are_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(
			strings_are_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(
			small_inputs_read_back, setup, teardown),
		cmocka_unit_test_setup_teardown(
			naughty_strings_read_back, setup, teardown),
	};

	return cmocka_run_group_tests_name("json_write", tests, NULL, NULL);
}
