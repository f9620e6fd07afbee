/* The parameters of an authorization request, scopes and the way back. */
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

#define GOOD "response_type=code"

static const struct {
	const char *query;
	enum oauth_error want;
	const char *state, *scope; /* NULL: absent; scope only when good */
} requests[] = {
	{ GOOD, OAUTH_OK, NULL, "" },
	{ GOOD "&state=x&scope=read+write", OAUTH_OK, "x", "read write" },
	{ GOOD "&state=&scope=", OAUTH_OK, NULL, "" },
	{ GOOD "&foo=1&client_id=a&redirect_uri=b", OAUTH_OK, NULL, "" },
	{ GOOD "&state=%26%3D%2B%20%C3%A9", OAUTH_OK, "&=+ \303\251", "" },
	{ GOOD "&response_mode=query", OAUTH_OK, NULL, "" },
	{ "state=x", OAUTH_INVALID_REQUEST, "x", NULL },
	{ "response_type=&state=x", OAUTH_INVALID_REQUEST, "x", NULL },
	{ "response_type=token&state=x", OAUTH_UNSUPPORTED_RESPONSE_TYPE, "x",
		NULL },
	{ "response_type=Code", OAUTH_UNSUPPORTED_RESPONSE_TYPE, NULL, NULL },
	{ "response_type=code+token", OAUTH_UNSUPPORTED_RESPONSE_TYPE, NULL,
		NULL },
	{ "response_type=token&scope=%22", OAUTH_UNSUPPORTED_RESPONSE_TYPE,
		NULL, NULL },
	/* A name that stands twice. */
	{ GOOD "&" GOOD "&state=x", OAUTH_INVALID_REQUEST, "x", NULL },
	{ GOOD "&state=x&state=x", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&state=x&state=", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&state=x&st%61te=y", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&scope=a&scope=a&state=x", OAUTH_INVALID_REQUEST, "x", NULL },
	{ GOOD "&foo=1&foo=2&state=x", OAUTH_INVALID_REQUEST, "x", NULL },
	/* R22: the caller has shown a page by then. */
	{ GOOD "&redirect_uri=a&redirect_uri=a", OAUTH_INVALID_REQUEST, NULL,
		NULL },
	{ "response_type=token&foo&foo", OAUTH_INVALID_REQUEST, NULL, NULL },
	/* A state that cannot go back. */
	{ GOOD "&state=%0A", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&state=a%0Db", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&state=%7F", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ "response_type=token&state=%09", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&scope=a++b&state=x", OAUTH_INVALID_SCOPE, "x", NULL },
	{ GOOD "&scope=%22", OAUTH_INVALID_SCOPE, NULL, NULL },
	{ GOOD "&scope=%C3%A9", OAUTH_INVALID_SCOPE, NULL, NULL },
	/* What may not be ignored in silence. */
	{ GOOD "&code_challenge=x&state=x", OAUTH_INVALID_REQUEST, "x", NULL },
	{ GOOD "&code_challenge_method=S256", OAUTH_INVALID_REQUEST, NULL,
		NULL },
	{ GOOD "&request=x", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&request_uri=x", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&response_mode=form_post", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&response_mode=fragment", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ "", OAUTH_INVALID_REQUEST, NULL, NULL },
};

static void
request_parameters(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		const char *query = requests[i].query;
		struct authorize_params params;
		enum oauth_error got =
			oauth_authorize_params(parsed(query), &params);
		struct span want = span_of(requests[i].state);

		if (got != requests[i].want)
			fail_msg("%s: %s", query, oauth_error_name(got));
		if (span_is_absent(params.state) != span_is_absent(want) ||
			!span_eq(params.state, want))
			fail_msg("%s: another state", query);
		if (got == OAUTH_OK)
			assert_span(params.scope, span_of(requests[i].scope));
	}
}

static void
a_state_has_two_kilobytes(void **state)
{
	char query[sizeof(GOOD "&state=") + OAUTH_STATE_MAX + 1] =
		GOOD "&state=";
	size_t at = strlen(query);
	struct authorize_params params;

	(void)state;
	memset(query + at, 's', OAUTH_STATE_MAX);
	assert_int_equal(
		oauth_authorize_params(parsed(query), &params), OAUTH_OK);
	assert_int_equal(params.state.n, OAUTH_STATE_MAX);
	query[at + OAUTH_STATE_MAX] = 's';
	assert_int_equal(oauth_authorize_params(parsed(query), &params),
		OAUTH_INVALID_REQUEST);
	assert_true(span_is_absent(params.state));
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

/* RFC 6749 appendix A.4: every byte by itself. */
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

/* RFC 6749 section 4.1.2: the exact value, decoded once, encoded once. */
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
	for (int i = OAUTH_OK; i <= OAUTH_TEMPORARILY_UNAVAILABLE; i++)
		assert_non_null(oauth_error_name((enum oauth_error)i));
}

int
test_oauth(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_parameters),
		cmocka_unit_test(a_state_has_two_kilobytes),
		cmocka_unit_test(scope_grammar),
		cmocka_unit_test(scope_characters),
		cmocka_unit_test(the_way_back),
		cmocka_unit_test(a_state_returns_byte_for_byte),
		cmocka_unit_test(error_words),
	};

	return cmocka_run_group_tests_name("oauth", tests, setup, teardown);
}
