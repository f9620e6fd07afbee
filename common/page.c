#include "page.h"
#include "codec.h"

/* A page in its layout, as scripts/embed-pages writes it. */
struct page {
	const char *name;
	struct span text;
};
#include "pages.inc"

#define DEPTH_MAX 4

/* A section that has begun and not yet ended. */
struct section {
	struct span name;
	bool is_shown;
	bool is_list;
	struct span body;  /* of a list: the template behind its start */
	struct span line;  /* of a list: what {{.}} stands for now */
	struct span lines; /* of a list: those to come */
};

struct renderer {
	struct buf *out;
	const struct page_var *vars;
	size_t n;
	struct span rest; /* of the template */
	struct section sections[DEPTH_MAX];
	size_t depth;
};

static bool
is_shown(const struct renderer *r)
{
	return r->depth == 0 || r->sections[r->depth - 1].is_shown;
}

/* The line of the innermost list around: its label, or what is behind it. */
static bool
find_line(const struct renderer *r, bool is_label, struct span *value)
{
	for (size_t i = r->depth; i > 0; i--) {
		struct span label = SPAN_ABSENT, text = r->sections[i - 1].line;

		if (!r->sections[i - 1].is_list)
			continue;
		span_cut(&text, '\t', &label);
		*value = is_label ? label : text;
		return true;
	}
	return false;
}

static bool
find_var(const struct renderer *r, struct span name, struct span *value)
{
	if (name.n > 0 && name.p[0] == '.')
		return (name.n == 1 || span_eq(name, SPAN(".label"))) &&
		       find_line(r, name.n > 1, value);
	for (size_t i = 0; i < r->n; i++) {
		if (!span_eq(span_of(r->vars[i].name), name))
			continue;
		*value = r->vars[i].value;
		return true;
	}
	return false;
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

/* kind is one of ? ! #. Only # needs the variable to be known. */
static bool
begin_section(struct renderer *r, char kind, struct span name)
{
	struct section section = { .name = name, .body = r->rest };
	struct span value = SPAN_ABSENT;
	bool is_known = find_var(r, name, &value);

	if (r->depth == DEPTH_MAX)
		return false;
	if (is_shown(r) && kind == '#') {
		if (!is_known)
			return false;
		section.is_list = true;
		section.lines = value;
		section.is_shown = next_line(&section);
	} else if (is_shown(r)) {
		section.is_shown = (value.n > 0) == (kind == '?');
	}
	r->sections[r->depth++] = section;
	return true;
}

static bool
end_section(struct renderer *r, struct span name)
{
	struct section *section;

	if (r->depth == 0)
		return false;
	section = &r->sections[r->depth - 1];
	if (!span_eq(section->name, name))
		return false;
	if (section->is_shown && section->is_list && next_line(section))
		r->rest = section->body;
	else
		r->depth--;
	return true;
}

static bool
render_value(struct renderer *r, struct span name)
{
	struct span value;

	if (!is_shown(r))
		return true;
	if (!find_var(r, name, &value))
		return false;
	buf_html(r->out, value);
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
		return begin_section(r, tag.p[0], span_skip(tag, 1));
	case '/':
		return end_section(r, span_skip(tag, 1));
	default:
		return render_value(r, tag);
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

/* Values are put out and never looked at again: one with braces in it is
 * text. A template with a fault latches a failure. */
static void
render(struct buf *out, struct span text, const struct page_var *vars, size_t n)
{
	struct renderer r = { .out = out, .vars = vars, .n = n, .rest = text };
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
	if (r.depth > 0)
		out->is_failed = true;
}

/*
 * RFC 9700 sections 4.2.4 and 4.16. No form-action: browsers apply it to the
 * redirect that answers a form too, and ours leads to the application.
 */
static void
add_headers(struct response *response)
{
	static const struct {
		const char *name, *value;
	} headers[] = {
		{ "Content-Security-Policy",
			"default-src 'none'; style-src 'self'; img-src 'self'; "
			"base-uri 'none'; frame-ancestors 'none'" },
		{ "X-Frame-Options", "DENY" },
		{ "Referrer-Policy", "no-referrer" },
		{ "X-Content-Type-Options", "nosniff" },
	};

	response_no_store(response);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		response_header(
			response, headers[i].name, span_of(headers[i].value));
}

void
response_page(struct response *response, int status, const char *reason,
	const char *page, const struct page_var *vars, size_t n)
{
	struct span name = span_of(page);

	response_begin(response, status, reason, "text/html; charset=utf-8");
	add_headers(response);
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		if (!span_eq(span_of(pages[i].name), name))
			continue;
		render(&response->body, pages[i].text, vars, n);
		return;
	}
	response->body.is_failed = true;
}
