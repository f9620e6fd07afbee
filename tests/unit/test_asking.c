/* What an application asks for in an authorization request. */
#include "asked.h"
#include "vectors.h"

int test_asking(void);

#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

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
	{ GOOD "&request=x&state=x", OAUTH_REQUEST_NOT_SUPPORTED, "x", NULL },
	{ GOOD "&request_uri=x", OAUTH_REQUEST_URI_NOT_SUPPORTED, NULL, NULL },
	{ GOOD "&registration=x", OAUTH_REGISTRATION_NOT_SUPPORTED, NULL,
		NULL },
	{ GOOD "&request=&request_uri=&registration=", OAUTH_OK, NULL, "" },
	/* 7636-01 7636-02 7636-03 */
	{ GOOD "&code_challenge=" CHALLENGE "&code_challenge_method=S256",
		OAUTH_OK, NULL, "" },
	{ GOOD "&code_challenge=" CHALLENGE "&code_challenge_method=S256"
	       "&code_challenge=" CHALLENGE,
		OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&code_challenge=" CHALLENGE, OAUTH_INVALID_REQUEST, NULL,
		NULL },
	{ GOOD "&code_challenge=" CHALLENGE "&code_challenge_method=plain",
		OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&code_challenge=" CHALLENGE "&code_challenge_method=s256",
		OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&code_challenge=" CHALLENGE "x&code_challenge_method=S256",
		OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&code_challenge=x&code_challenge_method=S256",
		OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&code_challenge=&code_challenge_method=S256",
		OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&code_challenge_method=S256&state=x", OAUTH_INVALID_REQUEST,
		"x", NULL },
	/* K10 */
	{ GOOD "&code_challenge=" CHALLENGE
	       "&code_challenge_method=S256%0Agarbage",
		OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&code_challenge=" CHALLENGE
	       "&code_challenge_method=garbage%0AS256",
		OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&code_challenge=" CHALLENGE "%0A&code_challenge_method=S256",
		OAUTH_INVALID_REQUEST, NULL, NULL },
	/* OpenID Connect. */
	{ GOOD "&nonce=n-0S6_WzA2Mj&prompt=login+consent&max_age=0"
	       "&login_hint=%01",
		OAUTH_OK, NULL, "" },
	{ GOOD "&nonce=%7F", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&prompt=none", OAUTH_OK, NULL, "" },
	{ GOOD "&prompt=none+login", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&prompt=select_account+create", OAUTH_INVALID_REQUEST, NULL,
		NULL },
	{ GOOD "&prompt=Login", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&prompt=login++consent", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&max_age=2147483648", OAUTH_OK, NULL, "" },
	{ GOOD "&max_age=2147483649", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&max_age=-1", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&max_age=1.5", OAUTH_INVALID_REQUEST, NULL, NULL },
	{ GOOD "&max_age=010", OAUTH_INVALID_REQUEST, NULL, NULL },
	/* The registry. */
	{ GOOD "&scope=trees:read+openid+offline_access", OAUTH_OK, NULL,
		"trees:read openid offline_access" },
	{ GOOD "&scope=trees:write", OAUTH_INVALID_SCOPE, NULL, NULL },
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
		struct asking asking;
		enum oauth_error got = asking_read(
			asked_parse(query), false, &asked_registry, &asking);
		struct span want = span_of(requests[i].state);

		if (got != requests[i].want)
			fail_msg("%s: %s", query, oauth_error_name(got));
		if (span_is_absent(asking.state) != span_is_absent(want) ||
			!span_eq(asking.state, want))
			fail_msg("%s: another state", query);
		if (got == OAUTH_OK)
			assert_span(asking.scope, span_of(requests[i].scope));
	}
}

static void
a_state_has_two_kilobytes(void **state)
{
	char query[sizeof(GOOD "&state=") + ASKING_STATE_MAX + 1] =
		GOOD "&state=";
	size_t at = strlen(query);
	struct asking asking;

	(void)state;
	memset(query + at, 's', ASKING_STATE_MAX);
	assert_int_equal(asking_read(asked_parse(query), false, &asked_registry,
				 &asking),
		OAUTH_OK);
	assert_int_equal(asking.state.n, ASKING_STATE_MAX);
	query[at + ASKING_STATE_MAX] = 's';
	assert_int_equal(asking_read(asked_parse(query), false, &asked_registry,
				 &asking),
		OAUTH_INVALID_REQUEST);
	assert_true(span_is_absent(asking.state));
}

static void
what_is_asked_is_there(void **state)
{
	struct asking asking = asked_well(GOOD);

	(void)state;
	assert_true(span_is_absent(asking.challenge));
	assert_true(span_is_absent(asking.nonce));
	assert_true(span_is_absent(asking.login_hint));
	assert_int_equal(asking.prompt, 0);
	assert_int_equal(asking.max_age_s, -1);
	asking = asked_well(GOOD "&nonce=n%20%C3%A9&code_challenge=" CHALLENGE
				 "&code_challenge_method=S256&login_hint=reader"
				 "&max_age=60&prompt=select_account+consent");
	assert_span(asking.challenge, SPAN(CHALLENGE));
	assert_span(asking.nonce, SPAN("n \303\251"));
	assert_span(asking.login_hint, SPAN("reader"));
	assert_int_equal(asking.prompt, PROMPT_SELECT_ACCOUNT | PROMPT_CONSENT);
	assert_int_equal(asking.max_age_s, 60);
}

static void
a_nonce_has_512_bytes(void **state)
{
	char query[sizeof(GOOD "&nonce=") + ASKING_NONCE_MAX + 1] =
		GOOD "&nonce=";
	size_t at = strlen(query);
	struct asking asking;

	(void)state;
	memset(query + at, 'n', ASKING_NONCE_MAX);
	assert_int_equal(asked_well(query).nonce.n, ASKING_NONCE_MAX);
	query[at + ASKING_NONCE_MAX] = 'n';
	assert_int_equal(asking_read(asked_parse(query), false, &asked_registry,
				 &asking),
		OAUTH_INVALID_REQUEST);
}

/* 7636-05 */
static void
a_public_app_must_bring_a_challenge(void **state)
{
	struct asking asking;

	(void)state;
	assert_int_equal(
		asking_read(asked_parse(GOOD), true, &asked_registry, &asking),
		OAUTH_INVALID_REQUEST);
	assert_int_equal(
		asking_read(asked_parse(GOOD "&code_challenge=" CHALLENGE
					     "&code_challenge_method=S256"),
			true, &asked_registry, &asking),
		OAUTH_OK);
}

/* OIDC-04: a request that must not be answered with a page is known as one,
 * whatever else is wrong with it. */
static void
a_silent_request_is_silent_when_it_is_wrong(void **state)
{
	static const struct {
		const char *query;
		bool is_silent;
	} cases[] = {
		{ "prompt=none", true },
		{ GOOD "&prompt=none&scope=%22", true },
		{ GOOD "&prompt=none+login", true },
		{ GOOD "&prompt=none&x=1&x=1", true },
		{ GOOD "&prompt=none&state=%01", true },
		{ GOOD "&prompt=none&prompt=none", false },
		{ GOOD "&prompt=None", false },
		{ GOOD "&prompt=login", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct asking asking;

		(void)asking_read(asked_parse(cases[i].query), false,
			&asked_registry, &asking);
		if (((asking.prompt & PROMPT_NONE) != 0) != cases[i].is_silent)
			fail_msg("%s", cases[i].query);
	}
}

/* Every error that goes back says why, in the characters that it may have. */
static void
errors_say_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		struct asking asking;

		if (asking_read(asked_parse(requests[i].query), false,
			    &asked_registry, &asking) == OAUTH_OK)
			continue;
		assert_non_null(asking.why);
		for (const char *p = asking.why; *p != '\0'; p++)
			assert_true(*p >= 0x20 && *p < 0x7f && *p != '"' &&
				    *p != '\\');
	}
}

int
test_asking(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_parameters),
		cmocka_unit_test(a_state_has_two_kilobytes),
		cmocka_unit_test(what_is_asked_is_there),
		cmocka_unit_test(a_nonce_has_512_bytes),
		cmocka_unit_test(a_public_app_must_bring_a_challenge),
		cmocka_unit_test(a_silent_request_is_silent_when_it_is_wrong),
		cmocka_unit_test(errors_say_why),
	};

	return cmocka_run_group_tests_name(
		"asking", tests, asked_open, asked_close);
}
