#include "json_scan.h"
#include "codec.h"

#define DIGITS_MAX 15 /* any such number fits an int64_t, and a double too */

struct scanner {
	struct span rest;
	unsigned int level, levels_max;
	bool is_data;
	struct json_census census;
};

static bool scan_value(struct scanner *s);

static bool
scan_char(struct scanner *s, char c)
{
	if (s->rest.n == 0 || s->rest.p[0] != c)
		return false;
	s->rest = span_skip(s->rest, 1);
	return true;
}

static void
scan_blanks(struct scanner *s)
{
	while (scan_char(s, ' ') || scan_char(s, '\t') || scan_char(s, '\n') ||
		scan_char(s, '\r'))
		;
}

static bool
scan_word(struct scanner *s, struct span word)
{
	if (!span_starts(s->rest, word))
		return false;
	s->rest = span_skip(s->rest, word.n);
	return true;
}

static size_t
digits_at(struct span text, size_t from)
{
	size_t n = 0;

	while (from + n < text.n && char_is_digit(text.p[from + n]))
		n++;
	return n;
}

/* RFC 8259 section 6. */
size_t
json_number_length(struct span text, bool *is_whole)
{
	size_t n = text.n > 0 && text.p[0] == '-' ? 1 : 0;
	size_t digits = digits_at(text, n);

	if (digits == 0 || (digits > 1 && text.p[n] == '0'))
		return 0;
	n += digits;
	*is_whole = true;
	if (n < text.n && text.p[n] == '.') {
		digits = digits_at(text, n + 1);
		if (digits == 0)
			return 0;
		n += 1 + digits;
		*is_whole = false;
	}
	if (n < text.n && char_lower(text.p[n]) == 'e') {
		n++;
		if (n < text.n && span_has(SPAN("+-"), text.p[n]))
			n++;
		digits = digits_at(text, n);
		if (digits == 0)
			return 0;
		n += digits;
		*is_whole = false;
	}
	return n;
}

static bool
scan_any_number(struct scanner *s)
{
	bool is_whole;
	size_t n = json_number_length(s->rest, &is_whole);

	s->rest = span_skip(s->rest, n);
	return n > 0;
}

/* The same without fraction and exponent, and short. */
static bool
scan_number(struct scanner *s)
{
	size_t n = 0;

	if (s->is_data)
		return scan_any_number(s);
	scan_char(s, '-');
	while (n < s->rest.n && char_is_digit(s->rest.p[n]))
		n++;
	if (n == 0 || n > DIGITS_MAX || (n > 1 && s->rest.p[0] == '0'))
		return false;
	s->rest = span_skip(s->rest, n);
	return true;
}

/* The four digits after "\u". */
static bool
scan_hex4(struct scanner *s, uint32_t *code)
{
	uint32_t value = 0;

	if (s->rest.n < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		char c = char_lower(s->rest.p[i]);

		if (char_is_digit(c))
			value = value * 16 + (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (uint32_t)(c - 'a') + 10;
		else
			return false;
	}
	s->rest = span_skip(s->rest, 4);
	*code = value;
	return true;
}

/* After "\u": a character by its UTF-16 units. json-c would end a name at a
 * NUL and make U+FFFD of half a pair. */
static bool
scan_unicode(struct scanner *s)
{
	uint32_t code, low;

	if (!scan_hex4(s, &code) || code == 0)
		return false;
	if (code >= 0xd800 && code < 0xdc00) {
		if (!scan_word(s, SPAN("\\u")) || !scan_hex4(s, &low) ||
			low < 0xdc00 || low > 0xdfff)
			return false;
		s->census.bytes += 4;
		return true;
	}
	if (code >= 0xdc00 && code < 0xe000)
		return false;
	s->census.bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
	return true;
}

static bool
scan_escape(struct scanner *s)
{
	if (scan_char(s, 'u'))
		return scan_unicode(s);
	if (s->rest.n == 0 || !span_has(SPAN("\"\\/bfnrt"), s->rest.p[0]))
		return false;
	s->rest = span_skip(s->rest, 1);
	s->census.bytes++;
	return true;
}

static bool
scan_string(struct scanner *s)
{
	if (!scan_char(s, '"'))
		return false;
	while (s->rest.n > 0) {
		if (scan_char(s, '"'))
			return true;
		if (scan_char(s, '\\')) {
			if (!scan_escape(s))
				return false;
			continue;
		}
		if ((unsigned char)s->rest.p[0] < 0x20)
			return false;
		s->rest = span_skip(s->rest, 1);
		s->census.bytes++;
	}
	return false;
}

static bool
scan_name(struct scanner *s)
{
	scan_blanks(s);
	if (!scan_string(s))
		return false;
	scan_blanks(s);
	return scan_char(s, ':');
}

/* What follows '{' or '['. */
static bool
scan_container(struct scanner *s, char closer)
{
	if (s->level == s->levels_max)
		return false;
	s->level++;
	scan_blanks(s);
	if (!scan_char(s, closer)) {
		do {
			if (closer == '}' && !scan_name(s))
				return false;
			if (!scan_value(s))
				return false;
		} while (scan_char(s, ','));
		if (!scan_char(s, closer))
			return false;
	}
	s->level--;
	return true;
}

static bool
scan_bare_value(struct scanner *s)
{
	if (scan_char(s, '{'))
		return scan_container(s, '}');
	if (scan_char(s, '['))
		return scan_container(s, ']');
	if (s->rest.n > 0 && s->rest.p[0] == '"')
		return scan_string(s);
	return scan_word(s, SPAN("true")) || scan_word(s, SPAN("false")) ||
	       scan_word(s, SPAN("null")) || scan_number(s);
}

/* With the blanks around it. */
static bool
scan_value(struct scanner *s)
{
	s->census.values++;
	scan_blanks(s);
	if (!scan_bare_value(s))
		return false;
	scan_blanks(s);
	return true;
}

static enum ost_err
scan_all(struct scanner *s, struct json_census *census)
{
	if (!utf8_is_valid(s->rest) || !scan_value(s) || s->rest.n > 0)
		return OST_BADINPUT;
	*census = s->census;
	return OST_OK;
}

enum ost_err
json_scan(struct span text, struct json_census *census)
{
	struct scanner s = { .rest = text, .levels_max = JSON_LEVELS_MAX };

	return scan_all(&s, census);
}

enum ost_err
json_scan_data(struct span text, struct json_census *census)
{
	struct scanner s = { .rest = text,
		.levels_max = JSON_DATA_LEVELS_MAX,
		.is_data = true };

	return scan_all(&s, census);
}
