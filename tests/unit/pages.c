#include "pages.h"
#include "vectors.h"

#include "pages.inc"

#define ARENA_SIZE_MAX (8u << 20)

const struct page *const pages_all = pages;
const size_t pages_count = COUNT(pages);

int
pages_open(void **state)
{
	*state = arena_new(ARENA_SIZE_MAX);
	return *state == NULL;
}

int
pages_close(void **state)
{
	arena_free(*state);
	return 0;
}

bool
pages_contains(struct span s, const char *part)
{
	for (; s.n > 0; s = span_skip(s, 1))
		if (span_starts(s, span_of(part)))
			return true;
	return false;
}

static const char *
literal(struct arena *arena, struct span name)
{
	struct span copy;

	assert_int_equal(arena_copy(arena, name, &copy), OST_OK);
	return copy.p;
}

/* The {values} of the text of that key. */
static void
fill_message(struct arena *arena, struct values *values, struct span key,
	struct span value)
{
	struct span text, before, name;

	assert_true(language_text(NULL, key, &text));
	while (span_cut(&text, '{', &before)) {
		assert_true(span_cut(&text, '}', &name));
		values_set(values, literal(arena, name), value);
	}
}

/* Everything that the tag asks for is value; every text that a value names is
 * one that there is; every list has two rows, or the lines of value. */
static void
fill_tag(struct arena *arena, struct values *values, struct span tag,
	struct span rest, struct span value)
{
	struct span name = span_skip(tag, 1), body = rest;
	char end[80];

	if (tag.p[0] == '@' || tag.p[0] == '=') {
		if (name.p[0] == '*')
			values_set(values, literal(arena, span_skip(name, 1)),
				SPAN("signin.title"));
		else
			fill_message(arena, values, name, value);
	} else if (tag.p[0] == '#') {
		snprintf(end, sizeof(end), "{{/%.*s}}", SPAN_ARG(name));
		body.n = (size_t)(strstr(body.p, end) - body.p);
		if (pages_contains(body, "{{.}}")) {
			values_set(values, literal(arena, name), value);
			return;
		}
		(void)values_row(values, literal(arena, name));
		(void)values_row(values, literal(arena, name));
	} else if (char_is_alpha(tag.p[0]) && !span_eq(tag, SPAN("language"))) {
		values_set(values, literal(arena, tag), value);
	}
}

/* The tag behind the next place that begins so; false: there is none. */
static bool
next_tag(struct span *rest, const char *begin, struct span *tag)
{
	const char *at = strstr(rest->p, begin);

	if (at == NULL)
		return false;
	*rest = span_skip(*rest, (size_t)(at - rest->p) + strlen(begin));
	*tag = (struct span){ rest->p,
		(size_t)(strstr(rest->p, "}}") - rest->p) };
	*rest = span_skip(*rest, tag->n + 2);
	return true;
}

struct values *
pages_filled(
	struct response *response, const struct page *page, struct span value)
{
	struct values *values = page_values(response);
	struct span rest = page->text, tag;

	while (next_tag(&rest, "{{?", &tag))
		if (tag.p[0] != '.')
			values_set(
				values, literal(response->arena, tag), value);
	for (rest = page->text; next_tag(&rest, "{{", &tag);)
		fill_tag(response->arena, values, tag, rest, value);
	return values;
}

struct span
pages_rendered(struct arena *arena, const struct page *page, struct span value)
{
	struct response response;
	struct span body;

	response_init(&response, arena);
	response.look.site_name = value;
	page_answer(&response, 200, "test", page->name,
		pages_filled(&response, page, value));
	if (response.body.is_failed)
		fail_msg("%s cannot be made", page->name);
	assert_int_equal(buf_span(&response.body, &body), OST_OK);
	return body;
}
