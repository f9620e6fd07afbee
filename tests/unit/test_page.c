/* The pages themselves, each with whatever its template asks for. */
#include "codec.h"
#include "page.h"

/* Two libraries have a thing of that name. */
#define json_bool json_c_bool
#include <json-c/json.h>
#undef json_bool
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* Behind those four. */
#include <cmocka.h>

int test_page(void);

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define ARENA_SIZE_MAX	(8u << 20)
#define NAUGHTY_STRINGS 515

/* As in page.c. */
struct page {
	const char *name;
	struct span text;
};
#include "pages.inc"

static int
setup(void **state)
{
	*state = arena_new(ARENA_SIZE_MAX);
	return *state == NULL;
}

static int
teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static bool
contains(struct span s, const char *part)
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
		if (contains(body, "{{.}}")) {
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

/* What a page asks for: all of it is there. */
static struct values *
filled(struct response *response, const struct page *page, struct span value)
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

static const struct page *
page_named(const char *name)
{
	for (size_t i = 0; i < COUNT(pages); i++)
		if (strcmp(pages[i].name, name) == 0)
			return &pages[i];
	return NULL;
}

static struct span
rendered(struct arena *arena, const struct page *page, struct span value)
{
	struct response response;
	struct span body;

	response_init(&response, arena);
	response.look.site_name = value;
	page_answer(&response, 200, "test", page->name,
		filled(&response, page, value));
	if (response.body.is_failed)
		fail_msg("%s cannot be made", page->name);
	assert_int_equal(buf_span(&response.body, &body), OST_OK);
	return body;
}

static size_t
count_char(struct span s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

static void
unknown_page_fails(void **state)
{
	static const char *const names[] = { "", "nosuch", "layout", "Signin",
		"part_head", "signin.html" };

	for (size_t i = 0; i < COUNT(names); i++) {
		struct response response;

		response_init(&response, *state);
		page_answer(&response, 200, "test", names[i],
			page_values(&response));
		assert_true(response.body.is_failed);
	}
}

static void
no_memory_fails(void **state)
{
	struct response response;

	response_init(&response, *state);
	page_answer(&response, 200, "test", "signedout", NULL);
	assert_true(response.body.is_failed);
}

static void
answer_bears_headers(void **state)
{
	static const char *const want[] = {
		"Content-Type: text/html; charset=utf-8\r\n",
		"Cache-Control: no-store\r\n",
		"Content-Security-Policy: default-src 'none'; "
		"style-src 'self'; img-src 'self'; base-uri 'none'; "
		"frame-ancestors 'none'\r\n",
		"X-Frame-Options: DENY\r\n",
		"Referrer-Policy: no-referrer\r\n",
		"X-Content-Type-Options: nosniff\r\n",
		"Content-Language: en\r\n",
	};
	for (size_t i = 0; i < COUNT(pages); i++) {
		struct response response;
		struct span headers;

		response_init(&response, *state);
		page_answer(&response, 403, "denied", pages[i].name,
			filled(&response, &pages[i], SPAN("x")));
		assert_int_equal(response.status, 403);
		assert_string_equal(response.reason, "denied");
		assert_int_equal(buf_span(&response.headers, &headers), OST_OK);
		for (size_t j = 0; j < COUNT(want); j++)
			assert_true(contains(headers, want[j]));
	}
}

/* No page has a script, a style of its own or anything from elsewhere, which
 * the policy in the headers would block. */
static void
page_obeys_its_policy(void **state)
{
	/* What is loaded, run or led to; a text may name an address. */
	static const char *const not_allowed[] = { "<script", "<style",
		" style=", " onclick=", "javascript:", "=\"http:", "=\"https:",
		"data:", "=\"//", "<base ", "<iframe", "=http", "=/" };

	for (size_t i = 0; i < COUNT(pages); i++) {
		struct span body = rendered(*state, &pages[i], SPAN("x"));

		assert_true(span_starts(body, SPAN("<!doctype html>\n")));
		assert_true(span_ends(body, SPAN("</html>\n")));
		assert_true(contains(body, "<title>"));
		assert_false(contains(body, "{{"));
		for (size_t j = 0; j < COUNT(not_allowed); j++)
			assert_false(contains(body, not_allowed[j]));
	}
}

static void
signin_differs_by_what_is_there(void **state)
{
	struct page_var vars[] = {
		{ "action", SPAN("/oauth/authorize") },
		{ "request", SPAN("r-1") },
		{ "csrf", SPAN("c-1") },
		{ "username", SPAN_ABSENT },
		{ "error", SPAN_ABSENT },
		{ "app_name", SPAN_ABSENT },
	};
	struct response response;
	struct span body;

	response_init(&response, *state);
	response.look.site_name = SPAN("Open & Free");
	page_answer_vars(&response, 200, "test", "signin", vars, COUNT(vars));
	assert_int_equal(buf_span(&response.body, &body), OST_OK);
	assert_true(contains(body, "<title>Sign in · Open &amp; Free<"));
	assert_true(contains(
		body, "<form method=\"post\" action=\"/oauth/authorize\">"));
	assert_true(contains(body, "name=\"request\" value=\"r-1\""));
	assert_true(contains(body, "name=\"csrf\" value=\"c-1\""));
	assert_false(contains(body, "role=\"alert\""));
	assert_false(contains(body, "to continue to"));

	vars[3].value = SPAN("reader");
	vars[4].value = SPAN("signin.wrong");
	vars[5].value = SPAN("Tree Map");
	response_clear(&response);
	page_answer_vars(&response, 403, "test", "signin", vars, COUNT(vars));
	assert_int_equal(buf_span(&response.body, &body), OST_OK);
	assert_true(contains(body, "<title>Error: Sign in"));
	assert_true(contains(body, "name=\"username\" value=\"reader\""));
	assert_true(contains(body, "role=\"alert\">The user name or"));
	assert_true(contains(body, "to continue to <bdi>Tree Map</bdi>"));
}

static void
page_speaks_the_language(void **state)
{
	struct response response;
	struct span body, headers;

	response_init(&response, *state);
	response.look.language =
		messages_pick(NULL, SPAN_ABSENT, SPAN("fr, es-MX;q=0.8"));
	page_answer(&response, 200, "test", "signin",
		filled(&response, page_named("signin"), SPAN("x")));
	assert_int_equal(buf_span(&response.body, &body), OST_OK);
	assert_int_equal(buf_span(&response.headers, &headers), OST_OK);
	assert_true(contains(body, "<html lang=\"es\">"));
	assert_true(contains(body, "Iniciar sesión"));
	assert_true(contains(body, "Nombre de usuario"));
	assert_false(contains(body, "User name"));
	assert_true(contains(headers, "Content-Language: es\r\n"));
}

/* Programs that fill in our forms rely on the order (DESIGN section 6). */
static void
consent_has_its_form_first(void **state)
{
	struct span body, head;
	const char *first, *second;

	body = rendered(
		*state, page_named("consent"), SPAN("read trees\nwrite trees"));
	assert_int_equal(span_cut(&body, '\0', &head), false);
	first = strstr(body.p, "<form method=\"post\" action=\"read trees");
	second = strstr(
		body.p, "<form method=\"post\" action=\"/oauth/signout\"");
	assert_non_null(first);
	assert_non_null(second);
	assert_true(first < second);
	head = (struct span){ first, (size_t)(second - first) };
	assert_true(contains(head, "name=\"decision\" value=\"allow\""));
	assert_true(contains(head, "name=\"decision\" value=\"deny\""));
	assert_true(contains(head, "name=\"request\""));
	assert_true(contains(head, "name=\"csrf\""));
	assert_true(contains(body, "<li><bdi>read trees</bdi></li>"));
	assert_true(contains(body, "<li><bdi>write trees</bdi></li>"));
}

/* The same lines, but of harmless letters. */
static struct span
harmless(struct arena *arena, struct span naughty)
{
	char *p = arena_alloc(arena, naughty.n + 1);

	assert_non_null(p);
	for (size_t i = 0; i < naughty.n; i++)
		p[i] = naughty.p[i] == '\n' || naughty.p[i] == '\t'
			       ? naughty.p[i]
			       : 'x';
	return (struct span){ p, naughty.n };
}

static void
assert_only_text(struct arena *arena, struct span naughty)
{
	static const char marks[] = "<>\"'";
	for (size_t i = 0; i < COUNT(pages); i++) {
		struct span other = harmless(arena, naughty);
		struct span body = rendered(arena, &pages[i], naughty);
		struct span plain = rendered(arena, &pages[i], other);

		for (const char *mark = marks; *mark != '\0'; mark++)
			assert_int_equal(count_char(body, *mark),
				count_char(plain, *mark));
		assert_true(utf8_is_valid(body));
		arena_reset(arena);
	}
}

/* https://github.com/minimaxir/big-list-of-naughty-strings */
static void
naughty_string_stays_text(void **state)
{
	const char *vectors = getenv("OSTIARY_VECTORS");
	struct json_object *list;
	char path[4096];

	snprintf(path, sizeof(path), "%s/blns/blns.json",
		vectors == NULL ? "tests/vectors" : vectors);
	list = json_object_from_file(path);
	assert_non_null(list);
	assert_int_equal(json_object_array_length(list), NAUGHTY_STRINGS);
	for (size_t i = 0; i < NAUGHTY_STRINGS; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		int n = json_object_get_string_len(item);

		assert_true(n >= 0);
		assert_only_text(
			*state, (struct span){ json_object_get_string(item),
					(size_t)n });
	}
	json_object_put(list);
}

static void
any_byte_stays_text(void **state)
{
	for (int c = 0; c < 256; c++) {
		char value[] = { 'a', (char)c, '\n', (char)c, 'b' };

		assert_only_text(*state, (struct span){ value, sizeof(value) });
	}
}

int
test_page(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			unknown_page_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(
			no_memory_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(
			answer_bears_headers, setup, teardown),
		cmocka_unit_test_setup_teardown(
			page_obeys_its_policy, setup, teardown),
		cmocka_unit_test_setup_teardown(
			signin_differs_by_what_is_there, setup, teardown),
		cmocka_unit_test_setup_teardown(
			page_speaks_the_language, setup, teardown),
		cmocka_unit_test_setup_teardown(
			consent_has_its_form_first, setup, teardown),
		cmocka_unit_test_setup_teardown(
			naughty_string_stays_text, setup, teardown),
		cmocka_unit_test_setup_teardown(
			any_byte_stays_text, setup, teardown),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
