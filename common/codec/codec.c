#include "codec.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/*
 * Digit values by byte, plus DIGIT so that 0 says "no digit". The index is
 * always an unsigned char.
 */
#define DIGIT 64
/* clang-format off */
#define LETTERS_AND_DIGITS \
	['A'] = 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, \
		77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, \
	['a'] = 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, \
		103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, \
	['0'] = 116, 117, 118, 119, 120, 121, 122, 123, 124, 125
static const unsigned char base64_values[256] = {
	LETTERS_AND_DIGITS, ['+'] = 126, ['/'] = 127,
};
static const unsigned char base64url_values[256] = {
	LETTERS_AND_DIGITS, ['-'] = 126, ['_'] = 127,
};
/* clang-format on */
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz0123456789-_";

/* Two or three digits that end a text; the bits that they do not need must be
 * zero. Gives the number of bytes, 0 when they are no such digits. */
static size_t
base64_read_tail(const unsigned char values[static 256],
	const unsigned char *in, size_t n, char *out)
{
	unsigned char a = values[in[0]], b = values[in[1]];
	unsigned char c = n == 3 ? values[in[2]] : DIGIT;
	uint32_t word =
		(a & 63u) << 18 | (b & 63u) << 12 | (uint32_t)(c & 63u) << 6;

	if ((a & b & c & DIGIT) == 0 || (word & (n == 3 ? 0xff : 0xffff)) != 0)
		return 0;
	out[0] = (char)(word >> 16);
	if (n == 3)
		out[1] = (char)(word >> 8 & 0xff);
	return n - 1;
}

static enum ost_err
base64_read(struct arena *arena, struct span text,
	const unsigned char values[static 256], struct span *out)
{
	const unsigned char *in = (const unsigned char *)text.p;
	size_t tail = text.n % 4, n = 0;
	unsigned int all = DIGIT;
	char *bytes;

	if (tail == 1)
		return OST_BADINPUT;
	bytes = arena_alloc(arena, text.n / 4 * 3 + tail);
	if (bytes == NULL)
		return OST_NOMEM;
	for (size_t left = text.n; left >= 4; left -= 4, in += 4) {
		unsigned char a = values[in[0]], b = values[in[1]];
		unsigned char c = values[in[2]], d = values[in[3]];
		uint32_t word = (a & 63u) << 18 | (b & 63u) << 12 |
				(c & 63u) << 6 | (d & 63u);

		all &= a & b & c & d;
		bytes[n++] = (char)(word >> 16);
		bytes[n++] = (char)(word >> 8 & 0xff);
		bytes[n++] = (char)(word & 0xff);
	}
	if (tail > 0) {
		size_t added = base64_read_tail(values, in, tail, bytes + n);

		if (added == 0)
			return OST_BADINPUT;
		n += added;
	}
	if (all == 0)
		return OST_BADINPUT;
	*out = (struct span){ bytes, n };
	return OST_OK;
}

static void
base64_write(struct buf *buf, struct span bytes, const char digits[static 64])
{
	const unsigned char *in = (const unsigned char *)bytes.p;
	char out[64];
	size_t n = 0;

	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t left = bytes.n - i;
		uint32_t word = (uint32_t)in[i] << 16;

		if (left > 1)
			word |= (uint32_t)in[i + 1] << 8;
		if (left > 2)
			word |= in[i + 2];
		out[n++] = digits[word >> 18];
		out[n++] = digits[word >> 12 & 63];
		if (left > 1)
			out[n++] = digits[word >> 6 & 63];
		if (left > 2)
			out[n++] = digits[word & 63];
		if (n > sizeof(out) - 4) {
			buf_add(buf, (struct span){ out, n });
			n = 0;
		}
	}
	buf_add(buf, (struct span){ out, n });
}

enum ost_err
base64_decode(struct arena *arena, struct span text, struct span *out)
{
	if (text.n % 4 != 0)
		return OST_BADINPUT;
	/* One or two '=' may end it; any other is no digit. */
	for (int i = 0; i < 2; i++)
		if (text.n > 0 && text.p[text.n - 1] == '=')
			text.n--;
	return base64_read(arena, text, base64_values, out);
}

void
base64_encode(struct buf *buf, struct span bytes)
{
	static const char *const padding[] = { "", "==", "=" };

	base64_write(buf, bytes, base64_digits);
	buf_text(buf, padding[bytes.n % 3]);
}

enum ost_err
base64_bare_decode(struct arena *arena, struct span text, struct span *out)
{
	return base64_read(arena, text, base64_values, out);
}

void
base64_bare_encode(struct buf *buf, struct span bytes)
{
	base64_write(buf, bytes, base64_digits);
}

enum ost_err
base64url_decode(struct arena *arena, struct span text, struct span *out)
{
	return base64_read(arena, text, base64url_values, out);
}

void
base64url_encode(struct buf *buf, struct span bytes)
{
	base64_write(buf, bytes, base64url_digits);
}

/* -1 for what is no digit. */
static int
hex_value(char c)
{
	if (char_is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

enum ost_err
hex_decode(struct arena *arena, struct span text, struct span *out)
{
	char *bytes;

	if (text.n % 2 != 0)
		return OST_BADINPUT;
	bytes = arena_alloc(arena, text.n / 2);
	if (bytes == NULL)
		return OST_NOMEM;
	for (size_t i = 0; i < text.n; i += 2) {
		int high = hex_value(text.p[i]);
		int low = hex_value(text.p[i + 1]);

		if (high < 0 || low < 0)
			return OST_BADINPUT;
		bytes[i / 2] = (char)(high << 4 | low);
	}
	*out = (struct span){ bytes, text.n / 2 };
	return OST_OK;
}

void
hex_encode(struct buf *buf, struct span bytes)
{
	static const char digits[] = "0123456789abcdef";
	char out[64];
	size_t n = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		out[n++] = digits[c >> 4];
		out[n++] = digits[c & 15];
		if (n == sizeof(out)) {
			buf_add(buf, (struct span){ out, n });
			n = 0;
		}
	}
	buf_add(buf, (struct span){ out, n });
}

static enum ost_err
percent_read(
	struct arena *arena, struct span text, bool is_form, struct span *out)
{
	char *bytes = arena_alloc(arena, text.n);
	size_t n = 0;

	if (bytes == NULL)
		return OST_NOMEM;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '%') {
			int high, low;

			if (text.n - i < 3)
				return OST_BADINPUT;
			high = hex_value(char_lower(text.p[i + 1]));
			low = hex_value(char_lower(text.p[i + 2]));
			if (high < 0 || low < 0)
				return OST_BADINPUT;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && is_form) {
			c = ' ';
		}
		if (c == '\0')
			return OST_BADINPUT;
		bytes[n++] = c;
	}
	*out = (struct span){ bytes, n };
	return OST_OK;
}

enum ost_err
percent_decode(struct arena *arena, struct span text, struct span *out)
{
	return percent_read(arena, text, false, out);
}

enum ost_err
form_decode(struct arena *arena, struct span text, struct span *out)
{
	struct span decoded;
	enum ost_err err = percent_read(arena, text, true, &decoded);

	if (err != OST_OK)
		return err;
	if (!utf8_is_valid(decoded))
		return OST_BADINPUT;
	*out = decoded;
	return OST_OK;
}

/* RFC 3986 section 2.3. */
static bool
is_unreserved(char c)
{
	return char_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

void
percent_encode(struct buf *buf, struct span bytes)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t start = 0; /* of the run that stays as it is */

	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		char escape[3] = { '%', digits[c >> 4], digits[c & 15] };

		if (is_unreserved(bytes.p[i]))
			continue;
		buf_add(buf, (struct span){ bytes.p + start, i - start });
		buf_add(buf, (struct span){ escape, sizeof(escape) });
		start = i + 1;
	}
	buf_add(buf, span_skip(bytes, start));
}

/* Bytes of the character that text (not empty) begins with; 0 when it begins
 * with none. */
static size_t
utf8_read(struct span text, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text.p;
	uint32_t value;
	size_t n;

	if (p[0] < 0x80) {
		*code = p[0];
		return 1;
	}
	if (p[0] < 0xc0 || p[0] >= 0xf8)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n > text.n)
		return 0;
	value = p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (p[i] & 0x3f);
	}
	if (value < least[n] || value > 0x10ffff ||
		(value >= 0xd800 && value < 0xe000))
		return 0;
	*code = value;
	return n;
}

bool
utf8_is_valid(struct span text)
{
	while (text.n > 0) {
		uint32_t code;
		size_t n = utf8_read(text, &code);

		if (n == 0)
			return false;
		text.p += n;
		text.n -= n;
	}
	return true;
}

void
buf_escape(struct buf *buf, struct span text,
	struct span (*escape)(uint32_t code, char room[static 8]))
{
	struct span run = { text.p, 0 }; /* stays as it is */

	while (text.n > 0) {
		char room[8];
		uint32_t code;
		size_t n = utf8_read(text, &code);
		struct span other =
			n > 0 ? escape(code, room) : SPAN(REPLACEMENT);

		text = span_skip(text, n > 0 ? n : 1);
		if (span_is_absent(other)) {
			run.n += n;
			continue;
		}
		buf_add(buf, run);
		buf_add(buf, other);
		run = (struct span){ text.p, 0 };
	}
	buf_add(buf, run);
}

static struct span
html_escape(uint32_t code, char room[static 8])
{
	(void)room;
	switch (code) {
	case '&':
		return SPAN("&amp;");
	case '<':
		return SPAN("&lt;");
	case '>':
		return SPAN("&gt;");
	case '"':
		return SPAN("&quot;");
	case '\'':
		return SPAN("&#39;");
	case '\t':
	case '\n':
	case '\r':
		return SPAN_ABSENT;
	case 0xfffe:
	case 0xffff:
		return SPAN(REPLACEMENT);
	default:
		return code < 0x20 ? SPAN(REPLACEMENT) : SPAN_ABSENT;
	}
}

void
buf_html(struct buf *buf, struct span text)
{
	buf_escape(buf, text, html_escape);
}
