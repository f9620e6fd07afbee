#include "template.h"
#include "codec.h"

#include <time.h>

#define DEPTH_MAX 8

struct value {
	const char *name;
	struct span text;
	struct value *next;
};

struct list {
	const char *name;
	struct values *first, *last; /* rows, by their next */
	struct list *next;
};

struct values {
	struct arena *arena;
	struct value *values;
	struct list *lists;
	struct values *next; /* row */
	bool *is_failed;     /* of the page's values, for all its rows */
};

/* A section that has begun and not yet ended. */
struct section {
	struct span name;
	bool is_shown;
	bool is_lines, is_rows; /* or neither: shown at most once */
	struct span body;	/* behind its start */
	struct span line;	/* what {{.}} stands for now */
	struct span lines;	/* those to come */
	const struct values *row;
};

struct renderer {
	struct buf *out;
	const struct values *values;
	const struct language *language;
	struct span rest; /* of the template */
	struct section sections[DEPTH_MAX];
	size_t depth;
};

struct values *
values_new(struct arena *arena)
{
	struct values *values = arena_alloc(arena, sizeof(*values));
	bool *is_failed = arena_alloc(arena, sizeof(*is_failed));

	if (values == NULL || is_failed == NULL)
		return NULL;
	*values = (struct values){ .arena = arena, .is_failed = is_failed };
	return values;
}

void
values_set(struct values *values, const char *name, struct span text)
{
	struct value *value;

	if (values == NULL)
		return;
	value = arena_alloc(values->arena, sizeof(*value));
	if (value == NULL) {
		*values->is_failed = true;
		return;
	}
	*value = (struct value){ name, text, values->values };
	values->values = value;
}

void
values_set_all(struct values *values, const struct page_var *vars, size_t n)
{
	for (size_t i = 0; i < n; i++)
		values_set(values, vars[i].name, vars[i].value);
}

void
values_flag(struct values *values, const char *name, bool is_set)
{
	values_set(values, name, is_set ? SPAN("yes") : SPAN_ABSENT);
}

void
values_number(struct values *values, const char *name, int64_t number)
{
	struct span text = SPAN_ABSENT;
	struct buf buf;

	if (values == NULL)
		return;
	buf_init(&buf, values->arena);
	buf_i64(&buf, number);
	if (buf_span(&buf, &text) != OST_OK)
		*values->is_failed = true;
	values_set(values, name, text);
}

void
values_time(struct values *values, const char *name, int64_t wall_ms)
{
	struct span text = SPAN_ABSENT;
	time_t seconds = (time_t)(wall_ms / 1000);
	char shown[32];
	struct buf buf;
	struct tm tm;
	size_t n = 0;

	if (values == NULL)
		return;
	if (wall_ms != 0 && gmtime_r(&seconds, &tm) != NULL)
		n = strftime(shown, sizeof(shown), "%Y-%m-%d %H:%M UTC", &tm);
	if (n > 0) {
		buf_init(&buf, values->arena);
		buf_add(&buf, (struct span){ shown, n });
		if (buf_span(&buf, &text) != OST_OK)
			*values->is_failed = true;
	}
	values_set(values, name, text);
}

static struct list *
find_list(const struct values *values, struct span name)
{
	if (values == NULL)
		return NULL;
	for (struct list *list = values->lists; list != NULL; list = list->next)
		if (span_eq(span_of(list->name), name))
			return list;
	return NULL;
}

struct values *
values_row(struct values *values, const char *name)
{
	struct list *list;
	struct values *row;

	if (values == NULL)
		return NULL;
	list = find_list(values, span_of(name));
	row = arena_alloc(values->arena, sizeof(*row));
	if (list == NULL &&
		(list = arena_alloc(values->arena, sizeof(*list))) != NULL) {
		*list = (struct list){ .name = name, .next = values->lists };
		values->lists = list;
	}
	if (list == NULL || row == NULL) {
		*values->is_failed = true;
		return NULL;
	}
	*row = (struct values){ .arena = values->arena,
		.is_failed = values->is_failed };
	if (list->last != NULL)
		list->last->next = row;
	else
		list->first = row;
	list->last = row;
	return row;
}

static bool
is_shown(const struct renderer *r)
{
	return r->depth == 0 || r->sections[r->depth - 1].is_shown;
}

/* The line of the innermost lines around: its label, or what is behind it. */
static bool
find_line(const struct renderer *r, bool is_label, struct span *value)
{
	for (size_t i = r->depth; i > 0; i--) {
		struct span label = SPAN_ABSENT, text = r->sections[i - 1].line;

		if (!r->sections[i - 1].is_lines)
			continue;
		span_cut(&text, '\t', &label);
		*value = is_label ? label : text;
		return true;
	}
	return false;
}

static bool
find_in(const struct values *values, struct span name, struct span *text)
{
	if (values == NULL)
		return false;
	for (const struct value *v = values->values; v != NULL; v = v->next) {
		if (!span_eq(span_of(v->name), name))
			continue;
		*text = v->text;
		return true;
	}
	return false;
}

static bool
find_value(const struct renderer *r, struct span name, struct span *text)
{
	if (name.n > 0 && name.p[0] == '.')
		return (name.n == 1 || span_eq(name, SPAN(".label"))) &&
		       find_line(r, name.n > 1, text);
	for (size_t i = r->depth; i > 0; i--)
		if (r->sections[i - 1].is_rows &&
			find_in(r->sections[i - 1].row, name, text))
			return true;
	return find_in(r->values, name, text);
}

bool
values_have(const struct values *values, const char *name)
{
	struct span text;

	return find_in(values, span_of(name), &text) && text.n > 0;
}

/* The rows of a list of the innermost row that has it, else of the page. */
static const struct values *
find_rows(const struct renderer *r, struct span name)
{
	const struct list *list = NULL;

	for (size_t i = r->depth; list == NULL && i > 0; i--)
		if (r->sections[i - 1].is_rows)
			list = find_list(r->sections[i - 1].row, name);
	if (list == NULL)
		list = find_list(r->values, name);
	return list == NULL ? NULL : list->first;
}

/* Steps to the next line that is not empty; false when there is none. */
static bool
next_line(struct section *section)
{
	while (span_next(&section->lines, '\n', &section->line))
		if (section->line.n > 0)
			return true;
	return false;
}

/* kind is one of ? ! #. A list without rows was never named: that is no
 * fault. */
static void
begin_section(struct renderer *r, char kind, struct span name)
{
	struct section section = { .name = name, .body = r->rest };
	const struct values *rows = find_rows(r, name);
	struct span text = SPAN_ABSENT;
	bool is_known = find_value(r, name, &text);

	if (is_shown(r) && kind != '#') {
		section.is_shown =
			(rows != NULL || text.n > 0) == (kind == '?');
	} else if (is_shown(r) && rows == NULL && is_known) {
		section.is_lines = true;
		section.lines = text;
		section.is_shown = next_line(&section);
	} else if (is_shown(r)) {
		section.is_rows = true;
		section.row = rows;
		section.is_shown = rows != NULL;
	}
	r->sections[r->depth++] = section;
}

static bool
end_section(struct renderer *r, struct span name)
{
	struct section *section;
	bool is_again = false;

	if (r->depth == 0)
		return false;
	section = &r->sections[r->depth - 1];
	if (!span_eq(section->name, name))
		return false;
	if (section->is_shown && section->is_lines) {
		is_again = next_line(section);
	} else if (section->is_shown && section->is_rows) {
		section->row = section->row->next;
		is_again = section->row != NULL;
	}
	if (is_again)
		r->rest = section->body;
	else
		r->depth--;
	return true;
}

/* Puts out a text of messages.h with its {values}; they are put out and never
 * looked at again. */
static bool
put_message(struct renderer *r, struct span key, bool is_plain)
{
	struct span text, before, name, value;

	if (key.n > 0 && key.p[0] == '*') {
		if (!find_value(r, span_skip(key, 1), &key))
			return false;
		if (key.n == 0)
			return true;
	}
	if (!language_text(r->language, key, &text))
		return false;
	while (span_cut(&text, '{', &before)) {
		buf_html(r->out, before);
		if (!span_cut(&text, '}', &name) ||
			!find_value(r, name, &value))
			return false;
		if (!is_plain)
			buf_text(r->out, "<bdi>");
		buf_html(r->out, value);
		if (!is_plain)
			buf_text(r->out, "</bdi>");
	}
	buf_html(r->out, text);
	return true;
}

static bool
put_value(struct renderer *r, struct span name)
{
	struct span text;

	if (!find_value(r, name, &text))
		return false;
	buf_html(r->out, text);
	return true;
}

/* tag is what stands between the braces. False: no such tag, or not here. */
static bool
render_tag(struct renderer *r, struct span tag)
{
	if (tag.n == 0)
		return false;
	switch (tag.p[0]) {
	case '?':
	case '!':
	case '#':
		if (r->depth == DEPTH_MAX)
			return false;
		begin_section(r, tag.p[0], span_skip(tag, 1));
		return true;
	case '/':
		return end_section(r, span_skip(tag, 1));
	case '@':
	case '=':
		return !is_shown(r) ||
		       put_message(r, span_skip(tag, 1), tag.p[0] == '=');
	default:
		return !is_shown(r) || put_value(r, tag);
	}
}

/* As span_cut(), but at the first two c in a row. */
static bool
cut_pair(struct span *rest, char c, struct span *head)
{
	for (size_t i = 1; i < rest->n; i++) {
		if (rest->p[i - 1] != c || rest->p[i] != c)
			continue;
		*head = (struct span){ rest->p, i - 1 };
		*rest = span_skip(*rest, i + 1);
		return true;
	}
	return false;
}

void
template_render(struct buf *out, struct span text, const struct values *values,
	const struct language *language)
{
	struct renderer r = {
		.out = out, .values = values, .language = language, .rest = text
	};
	struct span before, tag;

	while (cut_pair(&r.rest, '{', &before)) {
		if (is_shown(&r))
			buf_add(out, before);
		if (!cut_pair(&r.rest, '}', &tag) || !render_tag(&r, tag)) {
			out->is_failed = true;
			return;
		}
	}
	buf_add(out, r.rest);
	if (r.depth > 0 || (values != NULL && *values->is_failed))
		out->is_failed = true;
}
