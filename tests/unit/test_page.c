/* The renderer is tried with templates of the test, so page.c itself is
 * compiled in, under another name than the library's. */
#define response_page page_under_test
#include "page.c"
#undef response_page

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
#define ARENA_SIZE_MAX	(4u << 20)
#define NAUGHTY_STRINGS 515

/* Every variable that any of our pages may use. */
static const char *const var_names[] = { "site_name", "action", "request",
	"csrf", "username", "error", "app_name", "app_description",
	"app_website", "app_owner", "callback_host", "rights", "user_name",
	"display_name", "remember", "signout_csrf", "heading", "message",
	"rule", "detail", "request_id", "user_code", "is_allowed" };
#define VARS COUNT(var_names)

static void
fill(struct page_var vars[static VARS], struct span value)
{
	for (size_t i = 0; i < VARS; i++)
		vars[i] = (struct page_var){ var_names[i], value };
}

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

static struct span
rendered(struct arena *arena, const char *page, const struct page_var *vars,
	size_t n)
{
	struct response response;
	struct span body;

	response_init(&response, arena);
	page_under_test(&response, 200, "test", page, vars, n);
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

static bool
contains(struct span s, const char *part)
{
	for (; s.n > 0; s = span_skip(s, 1))
		if (span_starts(s, span_of(part)))
			return true;
	return false;
}

/* The variables that the renderer's cases may use. */
static const struct page_var few[] = {
	{ "a", { "A", 1 } },
	{ "markup", { "<\"'&>", 5 } },
	{ "braces", { "{{a}}", 5 } },
	{ "empty", { "", 0 } },
	{ "absent", { NULL, 0 } },
	{ "lines", { "\none\n\ntwo\n", 10 } },
	{ "blank", { "\n\n", 2 } },
	{ "labelled", { "x\ta\tb\ny\n\tz\n", 11 } },
};

static const struct {
	const char *template, *want; /* want NULL: fails */
} cases[] = {
	{ "", "" },
	{ "text { } }} {", "text { } }} {" },
	{ "<b>{{a}}</b>", "<b>A</b>" },
	{ "{{markup}}", "&lt;&quot;&#39;&amp;&gt;" },
	{ "{{braces}}", "{{a}}" },
	{ "[{{empty}}{{absent}}]", "[]" },
	{ "{{?a}}yes{{/a}}{{!a}}no{{/a}}", "yes" },
	{ "{{?empty}}yes{{/empty}}{{!empty}}no{{/empty}}", "no" },
	{ "{{?absent}}yes{{/absent}}{{!absent}}no{{/absent}}", "no" },
	{ "{{?none}}yes{{/none}}{{!none}}no{{/none}}", "no" },
	{ "{{?none}}{{none}}{{#none}}{{.}}{{/none}}{{/none}}", "" },
	{ "{{?a}}1{{?empty}}2{{!a}}3{{/a}}{{/empty}}4{{/a}}", "14" },
	{ "{{!a}}{{?a}}hidden{{/a}}{{/a}}", "" },
	{ "{{#lines}}<{{.}}>{{/lines}}", "<one><two>" },
	{ "{{#empty}}<{{.}}>{{/empty}}", "" },
	{ "{{#absent}}<{{.}}>{{/absent}}", "" },
	{ "{{#blank}}<{{.}}>{{/blank}}", "" },
	{ "{{#markup}}{{.}}{{/markup}}", "&lt;&quot;&#39;&amp;&gt;" },
	{ "{{#lines}}{{?a}}{{.}},{{/a}}{{/lines}}", "one,two," },
	{ "{{#labelled}}{{.}}{{?.label}}({{.label}}){{/.label}};{{/labelled}}",
		"a\tb(x);y;z;" },
	{ "{{?.label}}yes{{/.label}}{{!.label}}no{{/.label}}", "no" },
	{ "{{#lines}}{{#lines}}{{.}}{{/lines}}{{.}};{{/lines}}",
		"onetwoone;onetwotwo;" },
	{ "{{?a}}{{?a}}{{?a}}{{?a}}4{{/a}}{{/a}}{{/a}}{{/a}}", "4" },
	/* our own bugs */
	{ "{{none}}", NULL },
	{ "{{#none}}{{/none}}", NULL },
	{ "{{}}", NULL },
	{ "{{a", NULL },
	{ "{{ a }}", NULL },
	{ "{{.}}", NULL },
	{ "{{.label}}", NULL },
	{ "{{#lines}}{{.other}}{{/lines}}", NULL },
	{ "{{?a}}{{.}}{{/a}}", NULL },
	{ "{{?a}}", NULL },
	{ "{{!a}}", NULL },
	{ "{{/a}}", NULL },
	{ "{{?a}}{{/empty}}", NULL },
	{ "{{?a}}{{?empty}}{{/a}}{{/empty}}", NULL },
	{ "{{?a}}{{?a}}{{?a}}{{?a}}{{?a}}5{{/a}}{{/a}}{{/a}}{{/a}}"
	  "{{/a}}",
		NULL },
};

static void
template_gives_text(void **state)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out;
		struct span got;

		buf_init(&out, *state);
		render(&out, span_of(cases[i].template), few, COUNT(few));
		if (cases[i].want == NULL) {
			assert_true(out.is_failed);
			continue;
		}
		assert_int_equal(buf_span(&out, &got), OST_OK);
		assert_string_equal(got.p, cases[i].want);
	}
}

static void
unknown_page_fails(void **state)
{
	static const char *const names[] = { "", "nosuch", "layout", "Signin",
		"signin.html" };
	struct page_var vars[VARS];

	fill(vars, SPAN("x"));
	for (size_t i = 0; i < COUNT(names); i++) {
		struct response response;

		response_init(&response, *state);
		page_under_test(&response, 200, "test", names[i], vars, VARS);
		assert_true(response.body.is_failed);
	}
}

static void
missing_variable_fails(void **state)
{
	for (size_t i = 0; i < COUNT(pages); i++) {
		struct response response;

		response_init(&response, *state);
		page_under_test(&response, 200, "test", pages[i].name, NULL, 0);
		assert_true(response.body.is_failed);
	}
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
	};
	struct page_var vars[VARS];

	fill(vars, SPAN("x"));
	for (size_t i = 0; i < COUNT(pages); i++) {
		struct response response;
		struct span headers;

		response_init(&response, *state);
		page_under_test(
			&response, 403, "denied", pages[i].name, vars, VARS);
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
	static const char *const not_allowed[] = { "<script", "<style",
		" style=", " onclick=", "javascript:", "http:", "https:",
		"data:", "//", "<base", "<iframe", "<img" };
	struct page_var vars[VARS];

	fill(vars, SPAN("x"));
	for (size_t i = 0; i < COUNT(pages); i++) {
		struct span body = rendered(*state, pages[i].name, vars, VARS);

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
		{ "site_name", SPAN("Open & Free") },
		{ "action", SPAN("/oauth/authorize") },
		{ "request", SPAN("r-1") },
		{ "csrf", SPAN("c-1") },
		{ "username", SPAN_ABSENT },
		{ "error", SPAN_ABSENT },
		{ "app_name", SPAN_ABSENT },
	};
	struct span body = rendered(*state, "signin", vars, COUNT(vars));

	assert_true(contains(body, "<title>Sign in · Open &amp; Free<"));
	assert_true(contains(
		body, "<form method=\"post\" action=\"/oauth/authorize\">"));
	assert_true(contains(body, "name=\"request\" value=\"r-1\""));
	assert_true(contains(body, "name=\"csrf\" value=\"c-1\""));
	assert_false(contains(body, "role=\"alert\""));
	assert_false(contains(body, "to continue to"));

	vars[4].value = SPAN("reader");
	vars[5].value = SPAN("Wrong user name or password.");
	vars[6].value = SPAN("Tree Map");
	body = rendered(*state, "signin", vars, COUNT(vars));
	assert_true(contains(body, "<title>Error: Sign in"));
	assert_true(contains(body, "name=\"username\" value=\"reader\""));
	assert_true(contains(body, "role=\"alert\">Wrong user name or"));
	assert_true(contains(body, "to continue to <bdi>Tree Map</bdi>"));
	/* The last two need not be there at all. */
	(void)rendered(*state, "signin", vars, 5);
}

/* Programs that fill in our forms rely on the order (DESIGN section 6). */
static void
consent_has_its_form_first(void **state)
{
	struct page_var vars[VARS];
	struct span body, head;
	const char *first, *second;

	fill(vars, SPAN("read trees\nwrite trees"));
	body = rendered(*state, "consent", vars, VARS);
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
	struct page_var vars[VARS], plain_vars[VARS];

	fill(vars, naughty);
	fill(plain_vars, harmless(arena, naughty));
	for (size_t i = 0; i < COUNT(pages); i++) {
		const char *name = pages[i].name;
		struct span body = rendered(arena, name, vars, VARS);
		struct span plain = rendered(arena, name, plain_vars, VARS);

		for (const char *mark = marks; *mark != '\0'; mark++)
			assert_int_equal(count_char(body, *mark),
				count_char(plain, *mark));
		assert_true(utf8_is_valid(body));
	}
	arena_reset(arena);
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
			template_gives_text, setup, teardown),
		cmocka_unit_test_setup_teardown(
			unknown_page_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(
			missing_variable_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(
			answer_bears_headers, setup, teardown),
		cmocka_unit_test_setup_teardown(
			page_obeys_its_policy, setup, teardown),
		cmocka_unit_test_setup_teardown(
			signin_differs_by_what_is_there, setup, teardown),
		cmocka_unit_test_setup_teardown(
			consent_has_its_form_first, setup, teardown),
		cmocka_unit_test_setup_teardown(
			naughty_string_stays_text, setup, teardown),
		cmocka_unit_test_setup_teardown(
			any_byte_stays_text, setup, teardown),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
