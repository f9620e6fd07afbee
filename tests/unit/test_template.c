/* What templates become. */
#include "template.h"
#include "vectors.h"

int test_template(void);

static int
setup(void **state)
{
	*state = arena_new(1u << 20);
	return *state == NULL;
}

static int
teardown(void **state)
{
	arena_free(*state);
	return 0;
}

/* The variables that the renderer's cases may use. */
static const struct page_var few[] = {
	{ "a", { "A", 1 } },
	{ "key", { "signin.title", 12 } },
	{ "app_name", { "<\"'&>", 5 } },
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
	{ "{{#none}}{{/none}}", "" },
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
	{ "{{#rows}}{{a}}{{n}}{{?last}}.{{/last}}{{!last}},{{/last}}{{/rows}}",
		"R1,A2." },
	{ "{{?rows}}yes{{/rows}}{{!rows}}no{{/rows}}", "yes" },
	{ "{{#rows}}{{#inner}}{{n}}{{m}}{{/inner}};{{/rows}}", "13;;" },
	{ "{{#rows}}{{#lines}}{{.}}{{n}}{{/lines}}{{/rows}}",
		"one1two1one2two2" },
	{ "{{?none}}{{@no.such}}{{/none}}", "" },
	{ "{{@signin.title}}", "Sign in" },
	{ "{{@*key}}{{=*key}}", "Sign inSign in" },
	{ "{{@*empty}}{{=*absent}}", "" },
	{ "{{@signin.to_app}}",
		"to continue to <bdi>&lt;&quot;&#39;&amp;&gt;</bdi>" },
	{ "{{=signin.to_app}}", "to continue to &lt;&quot;&#39;&amp;&gt;" },
	/* our own bugs */
	{ "{{none}}", NULL },
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
	{ "{{?a}}{{?a}}{{?a}}{{?a}}{{?a}}{{?a}}{{?a}}{{?a}}{{?a}}9{{/a}}"
	  "{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}",
		NULL },
	{ "{{@no.such}}", NULL },
	{ "{{@*a}}", NULL },
	{ "{{@*none}}", NULL },
	{ "{{=consent.wants}}", NULL },
};

/* With a list of two rows, the first of which has a list, too. */
static struct values *
make_values(struct arena *arena)
{
	struct values *values = values_new(arena), *row;

	values_set_all(values, few, COUNT(few));
	row = values_row(values, "rows");
	values_set(row, "a", SPAN("R"));
	values_number(row, "n", 1);
	values_number(values_row(row, "inner"), "m", 3);
	row = values_row(values, "rows");
	values_number(row, "n", 2);
	values_flag(row, "last", true);
	return values;
}

static void
template_gives_text(void **state)
{
	struct values *values = make_values(*state);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out;
		struct span got;

		buf_init(&out, *state);
		template_render(&out, span_of(cases[i].template), values, NULL);
		if (cases[i].want == NULL) {
			assert_true(out.is_failed);
			continue;
		}
		assert_int_equal(buf_span(&out, &got), OST_OK);
		assert_string_equal(got.p, cases[i].want);
	}
}

/* Times are told in one way, and 0 is none. */
static void
times_are_utc(void **state)
{
	static const struct {
		int64_t ms;
		const char *want;
	} times[] = { { 0, "" }, { 1000, "1970-01-01 00:00 UTC" },
		{ 1795356299999, "2026-11-22 14:04 UTC" } };

	for (size_t i = 0; i < COUNT(times); i++) {
		struct values *values = values_new(*state);
		struct buf out;
		struct span got;

		values_time(values, "t", times[i].ms);
		buf_init(&out, *state);
		template_render(&out, SPAN("{{t}}"), values, NULL);
		assert_int_equal(buf_span(&out, &got), OST_OK);
		assert_string_equal(got.p, times[i].want);
	}
}

int
test_template(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			template_gives_text, setup, teardown),
		cmocka_unit_test_setup_teardown(times_are_utc, setup, teardown),
	};

	return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
