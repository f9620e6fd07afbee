#include "codec.h"
#include "vectors.h"

int test_percent(void);

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct span
encoded(struct span bytes)
{
	struct buf buf;
	struct span text;

	buf_init(&buf, arena);
	percent_encode(&buf, bytes);
	assert_int_equal(buf_span(&buf, &text), OST_OK);
	return text;
}

/* All escapes "%XY", by the C library's idea of a digit. */
static void
percent_escapes(void **state)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	size_t taken = 0;

	(void)state;
	for (unsigned int pair = 0; pair < 65536; pair++) {
		char text[4] = { '%', (char)(pair >> 8), (char)(pair & 0xff) };
		struct span out = SPAN("untouched");
		bool is_good = pair >> 8 != 0 && (pair & 0xff) != 0 &&
			       strchr(digits, text[1]) &&
			       strchr(digits, text[2]) &&
			       strtoul(text + 1, NULL, 16) != 0;
		enum ost_err err;

		arena_reset(arena);
		err = percent_decode(arena, (struct span){ text, 3 }, &out);
		if (err != (is_good ? OST_OK : OST_BADINPUT))
			fail_msg("%%%02x%02x", text[1], text[2]);
		if (!is_good) {
			assert_span(out, SPAN("untouched"));
			continue;
		}
		taken++;
		assert_int_equal(out.n, 1);
		assert_int_equal(
			(unsigned char)out.p[0], strtoul(text + 1, NULL, 16));
	}
	/* 22 * 22 spellings less "00". */
	assert_int_equal(taken, 22 * 22 - 1);
}

static void
percent_raw_bytes(void **state)
{
	(void)state;
	for (unsigned int pair = 0; pair < 65536; pair++) {
		char text[2] = { (char)(pair >> 8), (char)(pair & 0xff) };
		char blank[2];
		struct span out;
		bool is_good = !memchr(text, '%', 2) && !memchr(text, 0, 2);

		arena_reset(arena);
		if (percent_decode(arena, BYTES_SPAN(text), &out) !=
			(is_good ? OST_OK : OST_BADINPUT))
			fail_msg("%04x", pair);
		if (is_good && !span_eq(out, BYTES_SPAN(text)))
			fail_msg("%04x changed", pair);
		is_good = is_good && utf8_is_valid(BYTES_SPAN(text));
		if (form_decode(arena, BYTES_SPAN(text), &out) !=
			(is_good ? OST_OK : OST_BADINPUT))
			fail_msg("form %04x", pair);
		for (size_t i = 0; i < 2; i++)
			blank[i] = text[i];
		for (size_t i = 0; i < 2; i++)
			if (blank[i] == '+')
				blank[i] = ' ';
		if (is_good && !span_eq(out, BYTES_SPAN(blank)))
			fail_msg("form %04x changed", pair);
	}
}

static void
percent_encode_round_trips(void **state)
{
	static const char unreserved[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789-._~";

	(void)state;
	for (unsigned int pair = 0; pair < 65536; pair++) {
		char bytes[2] = { (char)(pair >> 8), (char)(pair & 0xff) };
		char want[8] = "";
		struct span text, out;
		bool has_nul = memchr(bytes, 0, 2) != NULL;

		arena_reset(arena);
		for (size_t i = 0; i < 2; i++) {
			bool is_kept = bytes[i] != 0 &&
				       strchr(unreserved, bytes[i]) != NULL;
			size_t n = strlen(want);

			snprintf(want + n, sizeof(want) - n,
				is_kept ? "%c" : "%%%02X",
				is_kept ? bytes[i] : (unsigned char)bytes[i]);
		}
		text = encoded(BYTES_SPAN(bytes));
		if (!span_eq(text, span_of(want)))
			fail_msg("%04x gives %.*s", pair, SPAN_ARG(text));
		if (percent_decode(arena, text, &out) !=
				(has_nul ? OST_BADINPUT : OST_OK) ||
			(!has_nul && !span_eq(out, BYTES_SPAN(bytes))))
			fail_msg("%s does not come back", want);
		if (!has_nul && utf8_is_valid(BYTES_SPAN(bytes)) &&
			(form_decode(arena, text, &out) != OST_OK ||
				!span_eq(out, BYTES_SPAN(bytes))))
			fail_msg("%s does not come back from a form", want);
	}
}

static void
form_vector_of_rfc6749(void **state)
{
	static const struct span bad[] = { LITERAL("%"), LITERAL("a%"),
		LITERAL("a%4"), LITERAL("%%41"), LITERAL("%4%31"),
		LITERAL("%u0041"), LITERAL("%+1"), LITERAL("% 1"),
		LITERAL("%-1"), LITERAL("%0x"), LITERAL("%00"),
		LITERAL("a%00b"), LITERAL("a\0b"), LITERAL("%c0%80"),
		LITERAL("%c0%af"), LITERAL("%ed%a0%80"),
		LITERAL("%f4%90%80%80"), LITERAL("%ff"), LITERAL("%e2%82"),
		LITERAL("\xc3") };
	struct json_object *root = vectors_read("rfc/rfc_vectors.json");
	struct span text = vector_text(
		vector_member(root, "form_rfc6749_appB"), "encoded");
	struct span out;

	(void)state;
	assert_int_equal(form_decode(arena, text, &out), OST_OK);
	assert_span(out, SPAN(" %&+\xc2\xa3\xe2\x82\xac"));
	assert_span(encoded(out), SPAN("%20%25%26%2B%C2%A3%E2%82%AC"));
	/* Decoded once. */
	assert_int_equal(form_decode(arena, SPAN("%2541%2B"), &out), OST_OK);
	assert_span(out, SPAN("%41+"));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(
			form_decode(arena, bad[i], &out), OST_BADINPUT);
	json_object_put(root);
}

int
test_percent(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(percent_escapes),
		cmocka_unit_test(percent_raw_bytes),
		cmocka_unit_test(percent_encode_round_trips),
		cmocka_unit_test(form_vector_of_rfc6749),
	};

	return cmocka_run_group_tests_name("percent", tests, setup, teardown);
}
