/* Scopes, and the way back to the application. */
#include "codec.h"
#include "oauth.h"
#include "scope.h"
#include "vectors.h"

int test_oauth(void);

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct form *
parsed(const char *query)
{
	struct form *form;

	assert_int_equal(form_parse(arena, span_of(query), &form), OST_OK);
	return form;
}

static const struct {
	const char *scope;
	bool is_valid;
} scopes[] = {
	{ "read", true },
	{ "read write", true },
	{ "! # [ ] ~ a:b/c", true },
	{ "", false },
	{ " ", false },
	{ " read", false },
	{ "read ", false },
	{ "read  write", false },
	{ "read read", false },
	{ "read write read", false },
	{ "read\twrite", false },
	{ "read\nwrite", false },
	{ "re\"ad", false },
	{ "re\\ad", false },
	{ "re\177ad", false },
	{ "r\303\251ad", false },
};

static void
scope_grammar(void **state)
{
	char scope[SCOPE_LIST_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(scopes); i++)
		if (scope_is_valid(span_of(scopes[i].scope)) !=
			scopes[i].is_valid)
			fail_msg("\"%s\"", scopes[i].scope);
	assert_false(scope_token_is_valid(SPAN("read write")));
	assert_false(scope_token_is_valid(SPAN("a\0b")));
	assert_false(scope_is_valid(SPAN_ABSENT));
	memset(scope, 'a', sizeof(scope));
	assert_true(scope_is_valid((struct span){ scope, SCOPE_LIST_MAX }));
	assert_false(scope_is_valid(BYTES_SPAN(scope)));
}

/* 6749-24: every byte by itself. */
static void
scope_characters(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		char c = (char)i;
		bool want = i == 0x21 || (i >= 0x23 && i <= 0x5b) ||
			    (i >= 0x5d && i <= 0x7e);

		assert_int_equal(
			scope_token_is_valid((struct span){ &c, 1 }), want);
	}
}

static struct span
location(const char *uri, const char *code, const char *state)
{
	struct span text;

	assert_int_equal(
		oauth_redirect_location(arena, span_of(uri), span_of(code),
			OAUTH_ACCESS_DENIED, code ? NULL : "It was denied",
			span_of(state), SPAN("https://i.example"), &text),
		OST_OK);
	return text;
}

#define ISS "iss=https%3A%2F%2Fi.example"

/* PFX-10, 9207-01 */
static void
the_way_back(void **state)
{
	(void)state;
	assert_span(location("https://c.example/cb", "abc", NULL),
		SPAN("https://c.example/cb?code=abc&" ISS));
	assert_span(location("https://c.example/cb?a=b", "abc", "x"),
		SPAN("https://c.example/cb?a=b&code=abc&state=x&" ISS));
	assert_span(location("https://c.example/cb?", "abc", "x"),
		SPAN("https://c.example/cb?code=abc&state=x&" ISS));
	assert_span(location("https://c.example/cb?a=b?", "abc", "x"),
		SPAN("https://c.example/cb?a=b?&code=abc&state=x&" ISS));
	assert_span(location("https://c.example/cb?a=b", NULL, "x"),
		SPAN("https://c.example/cb?a=b&error=access_denied"
		     "&error_description=It%20was%20denied&state=x&" ISS));
	assert_span(location("https://c.example/cb", "abc", "&=+ \303\251#\""),
		SPAN("https://c.example/cb?code=abc"
		     "&state=%26%3D%2B%20%C3%A9%23%22&" ISS));
}

/* 6749-08: the exact value, decoded once, encoded once. */
static void
a_state_returns_byte_for_byte(void **state)
{
	static const char *const states[] = { "%26%3D%2B+%C3%A9", "%2526", "+",
		"a%20b", "%7B%22a%22%3A%5B1%5D%7D", "a=b", "%E2%82%AC" };

	(void)state;
	for (size_t i = 0; i < COUNT(states); i++) {
		struct span sent, came, text;
		struct form *form;
		char query[100];

		snprintf(query, sizeof(query), "state=%s", states[i]);
		assert_int_equal(
			form_get(parsed(query), "state", &sent), OST_OK);
		assert_int_equal(
			oauth_redirect_location(arena,
				SPAN("https://c.example/cb?"), SPAN("c"),
				OAUTH_OK, NULL, sent, SPAN("i"), &text),
			OST_OK);
		text = span_skip(text, strlen("https://c.example/cb?"));
		assert_int_equal(form_parse(arena, text, &form), OST_OK);
		assert_int_equal(form_get(form, "state", &came), OST_OK);
		assert_span(came, sent);
	}
}

static void
error_words(void **state)
{
	(void)state;
	assert_string_equal(
		oauth_error_name(OAUTH_INVALID_REQUEST), "invalid_request");
	assert_string_equal(oauth_error_name(OAUTH_UNSUPPORTED_RESPONSE_TYPE),
		"unsupported_response_type");
	assert_string_equal(oauth_error_name(OAUTH_TEMPORARILY_UNAVAILABLE),
		"temporarily_unavailable");
	assert_string_equal(
		oauth_error_name(OAUTH_LOGIN_REQUIRED), "login_required");
	for (int i = OAUTH_OK; i < OAUTH_ERRORS; i++)
		assert_non_null(oauth_error_name((enum oauth_error)i));
}

int
test_oauth(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scope_grammar),
		cmocka_unit_test(scope_characters),
		cmocka_unit_test(the_way_back),
		cmocka_unit_test(a_state_returns_byte_for_byte),
		cmocka_unit_test(error_words),
	};

	return cmocka_run_group_tests_name("oauth", tests, setup, teardown);
}
