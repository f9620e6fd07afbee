#include "output.h"
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
output_init(struct output *out, struct arena *arena, bool is_json)
{
	*out = (struct output){ .is_json = is_json };
	buf_init(&out->text, arena);
	json_begin(&out->json, &out->text);
}

void
output_say(struct output *out, const char *format, ...)
{
	char text[1024];
	va_list args;

	if (out->is_json)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_printable(&out->text, span_of(text));
	buf_char(&out->text, '\n');
}

static void
json_words(struct output *out, const struct field *field)
{
	struct span rest = field->text, word;

	json_open(&out->json, field->name, '[');
	while (span_next(&rest, ' ', &word))
		if (word.n > 0)
			json_string(&out->json, NULL, word);
	json_close(&out->json);
}

static void
json_field(struct output *out, const struct field *field)
{
	struct json_writer *json = &out->json;

	if (field->name == NULL)
		return;
	switch (field->kind) {
	case FIELD_TEXT:
		json_string(json, field->name, field->text);
		break;
	case FIELD_WORDS:
		json_words(out, field);
		break;
	case FIELD_TIME:
		if (field->number == 0)
			json_string(json, field->name, SPAN_ABSENT);
		else
			json_i64(json, field->name, field->number / 1000);
		break;
	case FIELD_COUNT:
		json_i64(json, field->name, field->number);
		break;
	case FIELD_BOOL:
		json_bool(json, field->name, field->number != 0);
		break;
	}
}

/* The field as people read it. The result lives in the arena; empty when
 * there is no memory, which out->text latches then too. */
static struct span
cell(struct output *out, const struct field *field)
{
	struct span text = SPAN("");
	struct buf buf;

	buf_init(&buf, out->text.arena);
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_WORDS:
		buf_printable(
			&buf, field->text.n > 0 ? field->text : SPAN("-"));
		break;
	case FIELD_TIME:
		buf_time(&buf, field->number);
		break;
	case FIELD_COUNT:
		buf_i64(&buf, field->number);
		break;
	case FIELD_BOOL:
		buf_text(&buf, field->number != 0 ? "yes" : "no");
		break;
	}
	if (buf_span(&buf, &text) != OST_OK)
		out->text.is_failed = true;
	return text;
}

static void
add_padded(struct buf *buf, struct span text, size_t width)
{
	buf_add(buf, text);
	for (size_t n = text_length(text); n < width; n++)
		buf_char(buf, ' ');
}

void
output_fields(struct output *out, const struct field *fields, size_t n)
{
	size_t width = 0;

	for (size_t i = 0; i < n; i++) {
		size_t length = span_of(fields[i].heading).n;

		if (out->is_json)
			json_field(out, &fields[i]);
		else if (length > width)
			width = length;
	}
	for (size_t i = 0; i < n && !out->is_json; i++) {
		if (fields[i].heading == NULL)
			continue;
		add_padded(&out->text, span_of(fields[i].heading), width + 2);
		buf_add(&out->text, cell(out, &fields[i]));
		buf_char(&out->text, '\n');
	}
}

void
output_object(struct output *out, const struct field *fields, size_t n)
{
	if (out->is_json)
		json_open(&out->json, NULL, '{');
	output_fields(out, fields, n);
	if (out->is_json)
		json_close(&out->json);
}

static void
json_table(struct output *out, const char *name, const struct field *fields,
	size_t rows, size_t columns)
{
	json_open(&out->json, name, '[');
	for (size_t row = 0; row < rows; row++) {
		json_open(&out->json, NULL, '{');
		output_fields(out, fields + row * columns, columns);
		json_close(&out->json);
	}
	json_close(&out->json);
}

static bool
has_column(const struct field *field)
{
	return field->heading != NULL && !field->is_detail;
}

/* A line of the table: its headings when cells is NULL. */
static void
add_line(struct output *out, const struct field *fields,
	const struct span *cells, const size_t *widths, size_t columns)
{
	size_t last = 0;

	for (size_t i = 0; i < columns; i++)
		if (has_column(&fields[i]))
			last = i;
	for (size_t i = 0; i <= last; i++) {
		if (!has_column(&fields[i]))
			continue;
		add_padded(&out->text,
			cells != NULL ? cells[i] : span_of(fields[i].heading),
			i < last ? widths[i] + 2 : 0);
	}
	buf_char(&out->text, '\n');
}

void
output_table(struct output *out, const char *name, const char *things,
	const struct field *fields, size_t rows, size_t columns)
{
	struct arena *arena = out->text.arena;
	struct span *cells;
	size_t *widths;

	if (out->is_json) {
		json_table(out, name, fields, rows, columns);
		return;
	}
	if (rows == 0) {
		output_say(out, "no %s", things);
		return;
	}
	cells = arena_array(arena, rows * columns, sizeof(*cells));
	widths = arena_array(arena, columns, sizeof(*widths));
	if (cells == NULL || widths == NULL) {
		out->text.is_failed = true;
		return;
	}
	for (size_t i = 0; i < columns; i++)
		widths[i] = span_of(fields[i].heading).n;
	for (size_t i = 0; i < rows * columns; i++) {
		size_t length;

		cells[i] = cell(out, &fields[i]);
		length = text_length(cells[i]);
		if (length > widths[i % columns])
			widths[i % columns] = length;
	}
	add_line(out, fields, NULL, widths, columns);
	for (size_t row = 0; row < rows; row++)
		add_line(out, fields, cells + row * columns, widths, columns);
}

enum ost_err
output_flush(struct output *out)
{
	struct span text;
	enum ost_err err = buf_span(&out->text, &text);

	if (err != OST_OK)
		return err;
	while (text.n > 0) {
		ssize_t n = write(STDOUT_FILENO, text.p, text.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return OST_SYSTEM;
		text = span_skip(text, (size_t)n);
	}
	buf_clear(&out->text);
	return OST_OK;
}

enum exit_status
output_finish(struct output *out)
{
	const char *regret = out->regret != NULL ? out->regret : "";
	enum ost_err err;

	if (out->text.n > 0 && out->text.p[out->text.n - 1] != '\n')
		buf_char(&out->text, '\n');
	err = output_flush(out);
	if (err == OST_OK && close(STDOUT_FILENO) != 0)
		err = OST_SYSTEM;
	if (err == OST_OK)
		return EXIT_DONE;
	if (err != OST_SYSTEM)
		return report_fail(err, "nothing was printed%s", regret);
	return report_fail_system(
		"standard output: %s%s", strerror(errno), regret);
}
