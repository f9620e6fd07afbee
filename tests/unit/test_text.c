#include "codec.h"
#include "vectors.h"

int test_text(void);

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

/*
 * UTF-8 defined the other way round, by encoding: bit s of one[], two[] and
 * three[] says whether the bytes s are one character of that length.
 */
struct definition {
	unsigned char one[256 / 8], two[65536 / 8], three[(1 << 24) / 8];
};

/* RFC 3629 section 3, the table. */
static size_t
utf8_write(uint32_t code, char bytes[static 4])
{
	if (code < 0x80) {
		bytes[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		bytes[0] = (char)(0xc0 | code >> 6);
		bytes[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		bytes[0] = (char)(0xe0 | code >> 12);
		bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	bytes[0] = (char)(0xf0 | code >> 18);
	bytes[1] = (char)(0x80 | (code >> 12 & 0x3f));
	bytes[2] = (char)(0x80 | (code >> 6 & 0x3f));
	bytes[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static bool
is_character(uint32_t code)
{
	return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

static bool
bit(const unsigned char *bits, uint32_t i)
{
	return (bits[i / 8] >> (i % 8) & 1) != 0;
}

static struct definition *
definition_new(void)
{
	struct definition *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	for (uint32_t code = 0; code < 0x10000; code++) {
		char bytes[4];
		unsigned char *sets[] = { d->one, d->two, d->three };
		uint32_t sequence = 0;
		size_t n;

		if (!is_character(code))
			continue;
		n = utf8_write(code, bytes);
		for (size_t i = 0; i < n; i++)
			sequence = sequence << 8 | (unsigned char)bytes[i];
		sets[n - 1][sequence / 8] |=
			(unsigned char)(1u << (sequence % 8));
	}
	return d;
}

static bool
two_are_valid(const struct definition *d, uint32_t s)
{
	return bit(d->two, s) || (bit(d->one, s >> 8) && bit(d->one, s & 0xff));
}

static bool
three_are_valid(const struct definition *d, uint32_t s)
{
	return bit(d->three, s) ||
	       (bit(d->one, s >> 16) && two_are_valid(d, s & 0xffff)) ||
	       (two_are_valid(d, s >> 8) && bit(d->one, s & 0xff));
}

static void
utf8_of_one_to_three_bytes(void **state)
{
	struct definition *d = definition_new();

	(void)state;
	for (uint32_t s = 0; s < 1 << 24; s++) {
		char bytes[3] = { (char)(s >> 16), (char)(s >> 8 & 0xff),
			(char)(s & 0xff) };

		if (utf8_is_valid(BYTES_SPAN(bytes)) != three_are_valid(d, s))
			fail_msg("%06x", s);
		if (s < 65536 && utf8_is_valid((struct span){ bytes + 1, 2 }) !=
					 two_are_valid(d, s))
			fail_msg("%04x", s);
		if (s < 256 && utf8_is_valid((struct span){ bytes + 2, 1 }) !=
				       bit(d->one, s))
			fail_msg("%02x", s);
	}
	assert_true(utf8_is_valid(SPAN_ABSENT));
	free(d);
}

/* Every lead byte of four, with continuations at and beyond their bounds. */
static void
utf8_of_four_bytes(void **state)
{
	static const unsigned char edges[] = { 0x00, 0x7f, 0x80, 0x8f, 0x90,
		0xbf, 0xc0, 0xff };
	const size_t n = COUNT(edges);
	size_t valid = 0;

	(void)state;
	for (size_t i = 0; i < 16 * 256 * n * n; i++) {
		char bytes[4] = { (char)(0xf0 | i / n / n / 256),
			(char)(i / n / n & 0xff), (char)edges[i / n % n],
			(char)edges[i % n] };
		unsigned int lead = (unsigned char)bytes[0];
		unsigned int second = (unsigned char)bytes[1];
		bool is_good = lead <= 0xf4 &&
			       second >= (lead == 0xf0 ? 0x90 : 0x80) &&
			       second <= (lead == 0xf4 ? 0x8f : 0xbf) &&
			       (bytes[2] & 0xc0) == 0x80 &&
			       (bytes[3] & 0xc0) == 0x80;

		/* Plain characters behind a broken one do not mend it. */
		if (utf8_is_valid(BYTES_SPAN(bytes)) != is_good)
			fail_msg("%02x%02x%02x%02x", lead, second,
				(unsigned char)bytes[2],
				(unsigned char)bytes[3]);
		valid += is_good;
	}
	assert_int_equal(valid, (48 + 64 * 3 + 16) * 4 * 4);
}

static void
every_character_is_utf8(void **state)
{
	(void)state;
	for (uint32_t code = 0; code < 0x110000; code++) {
		char bytes[4];
		size_t n = utf8_write(code, bytes);

		if (utf8_is_valid((struct span){ bytes, n }) !=
			is_character(code))
			fail_msg("U+%04X", code);
		if (n > 1 && utf8_is_valid((struct span){ bytes, n - 1 }))
			fail_msg("U+%04X, cut", code);
	}
}

static struct span
html(struct span text)
{
	struct buf buf;
	struct span out;

	buf_init(&buf, arena);
	buf_html(&buf, text);
	assert_int_equal(buf_span(&buf, &out), OST_OK);
	return out;
}

static const struct {
	char plain;
	struct span escape;
} escapes[] = { { '&', LITERAL("&amp;") }, { '<', LITERAL("&lt;") },
	{ '>', LITERAL("&gt;") }, { '"', LITERAL("&quot;") },
	{ '\'', LITERAL("&#39;") } };

/* Reads HTML back and asserts on the way that it is text and nothing else. */
static struct span
unescaped(struct span text)
{
	struct span out;
	struct buf buf;

	buf_init(&buf, arena);
	assert_true(utf8_is_valid(text));
	while (text.n > 0) {
		size_t i = 0;

		if (memchr("<>\"'", text.p[0], 4) != NULL ||
			((unsigned char)text.p[0] < 0x20 &&
				memchr("\t\n\r", text.p[0], 3) == NULL) ||
			span_starts(text, SPAN("\xef\xbf\xbe")) ||
			span_starts(text, SPAN("\xef\xbf\xbf")))
			fail_msg("raw: %.*s", SPAN_ARG(text));
		if (text.p[0] != '&') {
			buf_char(&buf, text.p[0]);
			text = span_skip(text, 1);
			continue;
		}
		while (i < COUNT(escapes) &&
			!span_starts(text, escapes[i].escape))
			i++;
		if (i == COUNT(escapes))
			fail_msg("raw &: %.*s", SPAN_ARG(text));
		buf_char(&buf, escapes[i].plain);
		text = span_skip(text, escapes[i].escape.n);
	}
	assert_int_equal(buf_span(&buf, &out), OST_OK);
	return out;
}

/* XML 1.0 section 2.2, production 2. */
static bool
is_xml(uint32_t code)
{
	return code == 0x9 || code == 0xa || code == 0xd ||
	       (code >= 0x20 && code <= 0xd7ff) ||
	       (code >= 0xe000 && code <= 0xfffd) ||
	       (code >= 0x10000 && code <= 0x10ffff);
}

/* O01: as XML 1.0 has them. */
static void
html_of_every_character(void **state)
{
	(void)state;
	for (uint32_t code = 0; code < 0x110000; code++) {
		char bytes[4];
		struct span text = { bytes, utf8_write(code, bytes) }, got;

		if (!is_character(code))
			continue;
		if ((code & 0xfff) == 0)
			arena_reset(arena);
		got = unescaped(html(text));
		if (!span_eq(got, is_xml(code) ? text : SPAN("\xef\xbf\xbd")))
			fail_msg("U+%04X gives %.*s", code, SPAN_ARG(got));
	}
}

/* Whatever two bytes: each that is no character is replaced alone. */
static void
html_of_broken_utf8(void **state)
{
	(void)state;
	for (unsigned int pair = 0; pair < 65536; pair++) {
		char bytes[2] = { (char)(pair >> 8), (char)(pair & 0xff) };
		bool is_one =
			pair >> 8 >= 0x80 && utf8_is_valid(BYTES_SPAN(bytes));
		struct span got, want;
		struct buf buf;

		arena_reset(arena);
		buf_init(&buf, arena);
		for (size_t i = 0; i < 2; i++) {
			unsigned char c = (unsigned char)bytes[i];

			if (is_one || (c < 0x80 && is_xml(c)))
				buf_char(&buf, bytes[i]);
			else
				buf_text(&buf, "\xef\xbf\xbd");
		}
		assert_int_equal(buf_span(&buf, &want), OST_OK);
		got = unescaped(html(BYTES_SPAN(bytes)));
		if (!span_eq(got, want))
			fail_msg("%04x", pair);
	}
	assert_span(html(SPAN("a\xe2\x82<\xff")),
		SPAN("a\xef\xbf\xbd\xef\xbf\xbd&lt;\xef\xbf\xbd"));
	assert_span(html(SPAN_ABSENT), SPAN(""));
}

/* O01 */
static void
html_of_naughty_strings(void **state)
{
	struct json_object *list = vectors_read("blns/blns.json");
	size_t n = json_object_array_length(list), same = 0;

	(void)state;
	assert_int_equal(n, BLNS_COUNT);
	for (size_t i = 0; i < n; i++) {
		struct span text =
			vector_string(json_object_array_get_idx(list, i));
		struct span got;

		arena_reset(arena);
		got = unescaped(html(text));
		assert_true(utf8_is_valid(text));
		same += span_eq(got, text);
	}
	/* Six hold ESC, other controls or U+FFFE. */
	assert_int_equal(same, BLNS_COUNT - 6);
	json_object_put(list);
}

int
test_text(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_of_one_to_three_bytes),
		cmocka_unit_test(utf8_of_four_bytes),
		cmocka_unit_test(every_character_is_utf8),
		cmocka_unit_test(html_of_every_character),
		cmocka_unit_test(html_of_broken_utf8),
		cmocka_unit_test(html_of_naughty_strings),
	};

	return cmocka_run_group_tests_name("text", tests, setup, teardown);
}
