#include "path.h"
#include "policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* Behind those. */
#include <cmocka.h>

#include "reports.h"

int test_policy(void);

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum ost_err
load(struct reports *reports, struct span text, struct policy **policy)
{
	reports_write(reports, text);
	*policy = NULL;
	return policy_load(reports->path, reports_add, reports, policy);
}

static void
assert_span(struct span got, const char *want)
{
	if (want == NULL)
		assert_true(span_is_absent(got));
	else if (!span_eq(got, span_of(want)))
		fail_msg("%.*s instead of %s", SPAN_ARG(got), want);
}

/* The line that decides; 0: none. */
static unsigned int
line_for(const struct policy *policy, const char *method, const char *path)
{
	const struct policy_rule *rule =
		policy_match(policy, span_of(method), span_of(path));

	return rule != NULL ? rule->line : 0;
}

static const char example[] =
	"# methods   path                  who          options\n"
	"GET,HEAD    /resource/private/    user\n"
	"GET,HEAD    /resource/            app                       # an app "
	"token or anything stronger\n"
	"*           /resource/            user\n"
	"*           /v1/                  user         limit=300/15m\n";

static const struct {
	const char *method, *path;
	unsigned int line; /* 0: refused */
} decisions[] = {
	{ "GET", "/resource/private/budget.json", 2 },
	{ "HEAD", "/resource/private/", 2 },
	{ "GET", "/resource/private", 3 },
	{ "GET", "/resource/privat/e", 3 },
	{ "GET", "/resource/Private/x", 3 },
	{ "GET", "/resource/trees.json", 3 },
	{ "HEAD", "/resource/", 3 },
	{ "POST", "/resource/private/budget.json", 4 },
	{ "PUT", "/resource/trees.json", 4 },
	{ "get", "/resource/trees.json", 4 },
	{ "G", "/resource/trees.json", 4 },
	{ "GET,HEAD", "/resource/trees.json", 4 },
	{ "*", "/resource/trees.json", 4 },
	{ "GET", "/resource", 0 },
	{ "GET", "/Resource/", 0 },
	{ "GET", "/resources/", 0 },
	{ "GET", "/v1/projects/index.json", 5 },
	{ "OPTIONS", "/v1/", 5 },
	{ "GET", "/v1", 0 },
	{ "GET", "/v10/", 0 },
	{ "GET", "/", 0 },
	{ "GET", "", 0 },
	{ "GET", "resource/trees.json", 0 },
	{ "GET", "//resource/trees.json", 0 },
	{ "", "/resource/trees.json", 0 },
};

static void
test_example_of_the_design(void **state)
{
	struct reports *reports = *state;
	struct policy *policy;
	const struct policy_rule *rule;

	assert_int_equal(load(reports, span_of(example), &policy), OST_OK);
	reports_check(reports, "example", "");
	assert_int_equal(policy_count(policy), 4);
	for (size_t i = 0; i < COUNT(decisions); i++)
		if (line_for(policy, decisions[i].method, decisions[i].path) !=
			decisions[i].line)
			fail_msg("%s %s", decisions[i].method,
				decisions[i].path);
	rule = policy_match(policy, SPAN("GET"), SPAN("/resource/a"));
	assert_int_equal(rule->who, POLICY_APP);
	assert_false(rule->has_limit);
	assert_int_equal(rule->auth, POLICY_AUTH_ANY);
	assert_span(rule->cors, NULL);
	assert_span(rule->name, NULL);
	assert_span(rule->methods, "GET,HEAD");
	rule = policy_match(policy, SPAN("PUT"), SPAN("/v1/a"));
	assert_int_equal(rule->who, POLICY_USER);
	assert_true(rule->has_limit);
	assert_int_equal(rule->limit.count, 300);
	assert_int_equal(rule->limit.window_s, 900);
	assert_null(policy_match(policy, SPAN_ABSENT, SPAN("/v1/")));
	assert_null(policy_match(policy, SPAN("GET"), SPAN_ABSENT));
	policy_free(policy);
}

/* One line each, without a report, and what becomes of it. */
static const struct {
	const char *line;
	const char *path;
	const char *methods;
	enum policy_who who;
	const char *name;
	enum policy_auth auth;
	const char *cors;
	uint32_t count, window_s; /* 0: no limit */
} lines[] = {
	{ "* / anyone", "/", "*", POLICY_ANYONE, NULL, POLICY_AUTH_ANY, NULL, 0,
		0 },
	{ "\t*\t/a\tuser\t# role:x", "/a", "*", POLICY_USER, NULL,
		POLICY_AUTH_ANY, NULL, 0, 0 },
	{ "* /a user # limit=1/1s", "/a", "*", POLICY_USER, NULL,
		POLICY_AUTH_ANY, NULL, 0, 0 },
	{ "POST,MKCOL,X-Y_2.Z /a app", "/a", "POST,MKCOL,X-Y_2.Z", POLICY_APP,
		NULL, POLICY_AUTH_ANY, NULL, 0, 0 },
	{ "HEAD,GET /a role:data-editor_1", "/a", "HEAD,GET", POLICY_ROLE,
		"data-editor_1", POLICY_AUTH_ANY, NULL, 0, 0 },
	{ "PUT /a scope:a:b#!/~]", "/a", "PUT", POLICY_SCOPE, "a:b#!/~]",
		POLICY_AUTH_ANY, NULL, 0, 0 },
	{ "* /a%20b%23%25/%c3%bc user", "/a b#%/\xc3\xbc", "*", POLICY_USER,
		NULL, POLICY_AUTH_ANY, NULL, 0, 0 },
	{ "* /%2525%2Fx+y;z=1 user", "/%25/x+y;z=1", "*", POLICY_USER, NULL,
		POLICY_AUTH_ANY, NULL, 0, 0 },
	{ "* /%e4%B8%ad/.well-known/...a/ user",
		"/\xe4\xb8\xad/.well-known/...a/", "*", POLICY_USER, NULL,
		POLICY_AUTH_ANY, NULL, 0, 0 },
	{ "* /b user limit=1/1s auth=token cors=*", "/b", "*", POLICY_USER,
		NULL, POLICY_AUTH_TOKEN, "*", 1, 1 },
	{ "* /b user cors=https://app.example:8443 auth=key limit=5/2h", "/b",
		"*", POLICY_USER, NULL, POLICY_AUTH_KEY,
		"https://app.example:8443", 5, 7200 },
	{ "* /b user auth=any cors=http://localhost:3000", "/b", "*",
		POLICY_USER, NULL, POLICY_AUTH_ANY, "http://localhost:3000", 0,
		0 },
	{ "* /b user cors=chrome-extension://abcdefgh", "/b", "*", POLICY_USER,
		NULL, POLICY_AUTH_ANY, "chrome-extension://abcdefgh", 0, 0 },
};

static void
test_lines(void **state)
{
	struct reports *reports = *state;
	struct policy *policy;

	for (size_t i = 0; i < COUNT(lines); i++) {
		const struct policy_rule *rule;

		assert_int_equal(
			load(reports, span_of(lines[i].line), &policy), OST_OK);
		reports_check(reports, lines[i].line, "");
		rule = policy_match(policy,
			span_of(lines[i].methods[0] == '*'   ? "PATCH"
				: lines[i].methods[0] == 'H' ? "GET"
				: lines[i].methods[1] == 'O' ? "X-Y_2.Z"
							     : "PUT"),
			span_of(lines[i].path));
		assert_non_null(rule);
		assert_int_equal(rule->line, 1);
		assert_span(rule->path, lines[i].path);
		assert_true(path_is_canonical(rule->path));
		assert_span(rule->methods, lines[i].methods);
		assert_int_equal(rule->who, lines[i].who);
		assert_span(rule->name, lines[i].name);
		assert_int_equal(rule->auth, lines[i].auth);
		assert_span(rule->cors, lines[i].cors);
		assert_int_equal(rule->has_limit, lines[i].count > 0);
		assert_int_equal(rule->limit.count, lines[i].count);
		assert_int_equal(rule->limit.window_s, lines[i].window_s);
		policy_free(policy);
	}
}

static void
test_methods(void **state)
{
	static const char text[] = "HEAD,GET /a/ user\n"
				   "POST,GET /a/b user\n"
				   "MKCOL /a/c/ user\n"
				   "* /a/d user\n"
				   "* /e user\n";
	static const char *const cases[][2] = {
		{ "/a/", "HEAD, GET" },
		{ "/a/b", "HEAD, GET, POST" },
		{ "/a/c/x", "HEAD, GET, MKCOL" },
		{ "/a/d", "HEAD, GET, POST, PUT, PATCH, DELETE" },
		{ "/e", "GET, HEAD, POST, PUT, PATCH, DELETE" },
		{ "/f", "" },
	};
	struct reports *reports = *state;
	struct arena *arena = arena_new(65536);
	struct policy *policy;
	struct span methods;

	assert_non_null(arena);
	reports_write(reports, span_of(text));
	assert_int_equal(
		policy_load(reports->path, NULL, NULL, &policy), OST_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(policy_methods(policy, span_of(cases[i][0]),
					 arena, &methods),
			OST_OK);
		assert_span(methods, cases[i][1]);
	}
	policy_free(policy);
	arena_free(arena);
}

/* More rules than the first allocation takes, and the order is kept. */
static void
test_many_rules(void **state)
{
	enum { RULES = 5000 };
	struct reports *reports = *state;
	char *text = malloc(RULES * 16);
	struct policy *policy;
	size_t n = 0;

	assert_non_null(text);
	for (int i = 0; i < RULES; i++)
		n += (size_t)sprintf(text + n, "* /%d user\n", i);
	assert_int_equal(
		load(reports, (struct span){ text, n }, &policy), OST_OK);
	assert_int_equal(policy_count(policy), RULES);
	assert_int_equal(line_for(policy, "GET", "/0"), 1);
	assert_int_equal(line_for(policy, "GET", "/4999"), 5000);
	assert_int_equal(line_for(policy, "GET", "/5000"), 0);
	policy_free(policy);
	free(text);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(                                       \
		function, reports_setup, reports_teardown)

int
test_policy(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_example_of_the_design),
		TEST(test_lines),
		TEST(test_methods),
		TEST(test_many_rules),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
