#include "record.h"
#include "crypto.h"
#include "log.h"

#include <string.h>

struct field {
	struct span name, value;
};

struct record {
	size_t n;
	struct field fields[];
};

void
record_begin(struct buf *buf)
{
	buf_text(buf, "v=1\n");
}

void
record_add(struct buf *buf, const char *name, struct span value)
{
	static const char hex[] = "0123456789ABCDEF";

	if (span_is_absent(value))
		return;
	buf_text(buf, name);
	buf_char(buf, '=');
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c == '%' || char_is_control((char)c)) {
			char escape[3] = { '%', hex[c >> 4], hex[c & 15] };

			buf_add(buf, (struct span){ escape, 3 });
		} else {
			buf_char(buf, (char)c);
		}
	}
	buf_char(buf, '\n');
}

void
record_add_i64(struct buf *buf, const char *name, int64_t value)
{
	buf_text(buf, name);
	buf_char(buf, '=');
	buf_i64(buf, value);
	buf_char(buf, '\n');
}

static int
hex_value(char c)
{
	if (char_is_digit(c))
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes %XX in place; the text only gets shorter. */
static bool
decode_in_place(char *text, size_t *n)
{
	size_t out = 0;

	for (size_t i = 0; i < *n; i++, out++) {
		int high, low;

		text[out] = text[i];
		if (text[i] != '%')
			continue;
		if (*n - i < 3)
			return false;
		high = hex_value(text[i + 1]);
		low = hex_value(text[i + 2]);
		if (high < 0 || low < 0)
			return false;
		text[out] = (char)(high * 16 + low);
		i += 2;
	}
	*n = out;
	return true;
}

static bool
parse_fields(struct record *record, char *p, size_t n)
{
	while (n > 0) {
		char *end = memchr(p, '\n', n);
		char *equal = end ? memchr(p, '=', (size_t)(end - p)) : NULL;
		struct field *field = &record->fields[record->n];
		size_t value_n;

		if (equal == NULL)
			return false;
		value_n = (size_t)(end - equal) - 1;
		if (!decode_in_place(equal + 1, &value_n))
			return false;
		field->name = (struct span){ p, (size_t)(equal - p) };
		field->value = (struct span){ equal + 1, value_n };
		record->n++;
		n -= (size_t)(end - p) + 1;
		p = end + 1;
	}
	return record->n > 0 && span_eq(record->fields[0].name, SPAN("v")) &&
	       span_eq(record->fields[0].value, SPAN("1"));
}

enum ost_err
record_parse(struct arena *arena, struct span bytes, struct record **record)
{
	struct record *parsed;
	size_t lines = 0;
	char *copy;

	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] == '\n')
			lines++;
	parsed = arena_alloc(
		arena, sizeof(*parsed) + (lines + 1) * sizeof(struct field));
	copy = arena_alloc(arena, bytes.n + 1);
	if (parsed == NULL || copy == NULL)
		return OST_NOMEM;
	if (bytes.n > 0)
		memcpy(copy, bytes.p, bytes.n);
	if (!parse_fields(parsed, copy, bytes.n)) {
		log_message(
			"error", "a record of %zu bytes is damaged", bytes.n);
		return OST_STORE;
	}
	*record = parsed;
	return OST_OK;
}

struct span
record_get(const struct record *record, const char *name)
{
	struct span wanted = span_of(name);

	for (size_t i = 0; i < record->n; i++)
		if (span_eq(record->fields[i].name, wanted))
			return record->fields[i].value;
	return SPAN_ABSENT;
}

int64_t
record_get_i64(const struct record *record, const char *name)
{
	struct span text = record_get(record, name);
	uint64_t number;

	if (span_is_absent(text))
		return 0;
	if (span_to_u64(text, 0, INT64_MAX, &number) != OST_OK)
		return -1;
	return (int64_t)number;
}

bool
record_field(const struct record *record, size_t i, struct span *name,
	struct span *value)
{
	if (i >= record->n)
		return false;
	*name = record->fields[i].name;
	*value = record->fields[i].value;
	return true;
}

/* The first field of that name, as it is spelled. */
static bool
find_spelled(struct span bytes, const char *name, struct span *value)
{
	struct span wanted = span_of(name), rest = bytes, head;

	while (span_next(&rest, '\n', value))
		if (span_cut(value, '=', &head) && span_eq(head, wanted))
			return true;
	return false;
}

bool
record_says(struct span bytes, const char *name, struct span value)
{
	struct span spelled;

	return find_spelled(bytes, name, &spelled) && span_eq(spelled, value);
}

bool
record_has(struct span bytes, const char *name)
{
	struct span spelled;

	return find_spelled(bytes, name, &spelled);
}

enum ost_err
record_key(struct arena *arena, const char *prefix, struct span id,
	struct span *key)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_text(&buf, prefix);
	buf_add(&buf, id);
	return buf_span(&buf, key);
}

enum ost_err
record_new_id(struct arena *arena, char letter, struct span *id)
{
	char text[CRYPTO_TEXT_SIZE];

	crypto_random_text(text);
	text[0] = letter;
	return arena_copy(arena, (struct span){ text, 16 }, id);
}
