/* Base32: RFC 4648 section 6, without padding. */
#include "base32.h"
#include "vectors.h"

int test_base32(void);

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(64u << 20);
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
	base32_encode(&buf, bytes);
	assert_int_equal(buf_span(&buf, &text), OST_OK);
	return text;
}

static void
assert_round_trip(struct span bytes)
{
	struct span text = encoded(bytes), out;

	if (base32_decode(arena, text, &out) != OST_OK ||
		!span_eq(out, bytes) || span_is_absent(out))
		fail_msg("%zu bytes: \"%.*s\"", bytes.n, SPAN_ARG(text));
	assert_int_equal(text.n, (bytes.n * 8 + 4) / 5);
}

static bool
is_taken(struct span text)
{
	struct span out = SPAN("untouched");
	char *exact = exact_copy(text);
	enum ost_err err;

	err = base32_decode(arena, (struct span){ exact, text.n }, &out);
	free(exact);
	if (err != OST_OK) {
		assert_int_equal(err, OST_BADINPUT);
		assert_span(out, SPAN("untouched"));
	} else if (!span_eq(encoded(out), text)) {
		fail_msg("a second spelling: \"%.*s\"", SPAN_ARG(text));
	}
	return err == OST_OK;
}

static void
vectors_of_rfc4648(void **state)
{
	static const struct {
		struct span bytes, text;
	} cases[] = {
		/* section 10, their padding left out */
		{ LITERAL(""), LITERAL("") },
		{ LITERAL("f"), LITERAL("MY") },
		{ LITERAL("fo"), LITERAL("MZXQ") },
		{ LITERAL("foo"), LITERAL("MZXW6") },
		{ LITERAL("foob"), LITERAL("MZXW6YQ") },
		{ LITERAL("fooba"), LITERAL("MZXW6YTB") },
		{ LITERAL("foobar"), LITERAL("MZXW6YTBOI") },
	};
	struct span out;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_span(encoded(cases[i].bytes), cases[i].text);
		assert_int_equal(
			base32_decode(arena, cases[i].text, &out), OST_OK);
		assert_span(out, cases[i].bytes);
	}
	assert_int_equal(base32_decode(arena, SPAN_ABSENT, &out), OST_OK);
	assert_false(span_is_absent(out));
}

static void
all_small_inputs_round_trip(void **state)
{
	char bytes[2];

	(void)state;
	for (int a = 0; a < 256; a++) {
		bytes[0] = (char)a;
		assert_round_trip((struct span){ bytes, 1 });
		for (int b = 0; b < 256; b++) {
			bytes[1] = (char)b;
			assert_round_trip((struct span){ bytes, 2 });
		}
	}
	arena_reset(arena);
}

static void
every_length_round_trips(void **state)
{
	char bytes[100];

	(void)state;
	for (size_t n = 0; n <= sizeof(bytes); n++)
		for (int fill = 0; fill < 256; fill += 51) {
			memset(bytes, fill, n);
			assert_round_trip((struct span){ bytes, n });
		}
}

/* Two digits hold one byte, so 256 of 1024 are a spelling; four hold two. */
static void
texts_have_one_spelling(void **state)
{
	size_t two = 0, four = 0;
	char text[4];

	(void)state;
	for (size_t i = 0; i < 1024; i++) {
		text[0] = digits[i >> 5];
		text[1] = digits[i & 31];
		two += is_taken((struct span){ text, 2 });
	}
	assert_int_equal(two, 256);
	for (size_t i = 0; i < 1u << 20; i++) {
		for (int k = 0; k < 4; k++)
			text[k] = digits[i >> (15 - 5 * k) & 31];
		four += is_taken((struct span){ text, 4 });
		if (i % 65536 == 0)
			arena_reset(arena);
	}
	assert_int_equal(four, 65536);
}

static void
every_other_byte_is_refused(void **state)
{
	char text[] = "MZXW6YTB";

	(void)state;
	for (size_t at = 0; at < 8; at++)
		for (int c = 0; c < 256; c++) {
			bool is_digit = c != 0 && strchr(digits, c) != NULL;
			char kept = text[at];

			text[at] = (char)c;
			if (is_taken((struct span){ text, 8 }) != is_digit)
				fail_msg("byte %d at %zu", c, at);
			text[at] = kept;
		}
}

static void
lengths_and_padding_are_refused(void **state)
{
	static const char *const bad[] = { "A", "AAA", "AAAAAA",
		"MY======", "MZXW6YTB=", "MZXW6YTBA", "MZXW6YTBAAA",
		"MZXW6YTBAAAAAA", "mzxw6", "MZXW 6YTB", "M1", "M0", "M8", "M9",
		"========" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (is_taken(span_of(bad[i])))
			fail_msg("taken: %s", bad[i]);
}

static void
no_memory_is_reported(void **state)
{
	struct arena *small = arena_new(64);
	char text[1024];
	struct span out = SPAN("untouched");

	(void)state;
	memset(text, 'A', sizeof(text));
	assert_int_equal(
		base32_decode(small, BYTES_SPAN(text), &out), OST_NOMEM);
	assert_span(out, SPAN("untouched"));
	arena_free(small);
}

int
test_base32(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_of_rfc4648),
		cmocka_unit_test(all_small_inputs_round_trip),
		cmocka_unit_test(every_length_round_trips),
		cmocka_unit_test(texts_have_one_spelling),
		cmocka_unit_test(every_other_byte_is_refused),
		cmocka_unit_test(lengths_and_padding_are_refused),
		cmocka_unit_test(no_memory_is_reported),
	};

	return cmocka_run_group_tests_name("base32", tests, setup, teardown);
}
