#include "codec.h"
#include "json.h"

#include <assert.h>

static struct span
json_escape(uint32_t code, char room[static 8])
{
	static const char hex[] = "0123456789abcdef";

	switch (code) {
	case '"':
		return SPAN("\\\"");
	case '\\':
		return SPAN("\\\\");
	case '\n':
		return SPAN("\\n");
	case '\r':
		return SPAN("\\r");
	case '\t':
		return SPAN("\\t");
	case '<':
	case '>':
	case 0x2028:
	case 0x2029:
		break;
	default:
		if (code >= 0x20)
			return SPAN_ABSENT;
		break;
	}
	room[0] = '\\';
	room[1] = 'u';
	for (unsigned int i = 0; i < 4; i++)
		room[2 + i] = hex[code >> (12 - 4 * i) & 15];
	return (struct span){ room, 6 };
}

static void
write_quoted(struct buf *buf, struct span text)
{
	buf_char(buf, '"');
	buf_escape(buf, text, json_escape);
	buf_char(buf, '"');
}

/* Comma and name, whatever value comes next. */
static void
write_start(struct json_writer *w, const char *name)
{
	if (w->depth > 0) {
		assert((w->closer[w->depth - 1] == '}') == (name != NULL));
		if (w->has_item[w->depth - 1])
			buf_char(w->buf, ',');
		w->has_item[w->depth - 1] = true;
	}
	if (name != NULL) {
		write_quoted(w->buf, span_of(name));
		buf_char(w->buf, ':');
	}
}

void
json_begin(struct json_writer *w, struct buf *buf)
{
	*w = (struct json_writer){ .buf = buf };
}

void
json_open(struct json_writer *w, const char *name, char kind)
{
	assert(kind == '{' || kind == '[');
	if (w->depth == sizeof(w->closer)) {
		w->buf->is_failed = true;
		return;
	}
	write_start(w, name);
	buf_char(w->buf, kind);
	w->closer[w->depth] = kind == '{' ? '}' : ']';
	w->has_item[w->depth] = false;
	w->depth++;
}

void
json_close(struct json_writer *w)
{
	if (w->depth == 0) {
		w->buf->is_failed = true;
		return;
	}
	w->depth--;
	buf_char(w->buf, w->closer[w->depth]);
}

void
json_string(struct json_writer *w, const char *name, struct span value)
{
	write_start(w, name);
	if (span_is_absent(value))
		buf_text(w->buf, "null");
	else
		write_quoted(w->buf, value);
}

void
json_i64(struct json_writer *w, const char *name, int64_t value)
{
	write_start(w, name);
	buf_i64(w->buf, value);
}

void
json_bool(struct json_writer *w, const char *name, bool value)
{
	write_start(w, name);
	buf_text(w->buf, value ? "true" : "false");
}
