/* Whether an authorization request wants a new sign-in, and whose. */
#include "asked.h"
#include "vectors.h"

int test_asking_signin(void);

/* OIDC-07 */
static void
who_must_sign_in_again(void **state)
{
	static const struct {
		const char *query;
		int64_t age_s;
		bool want;
	} cases[] = {
		{ GOOD, 1000000, false },
		{ GOOD "&prompt=consent", 1000000, false },
		{ GOOD "&prompt=none", 1000000, false },
		{ GOOD "&prompt=login", 0, true },
		{ GOOD "&prompt=select_account", 0, true },
		{ GOOD "&prompt=consent+login", 0, true },
		{ GOOD "&max_age=0", 0, true },
		{ GOOD "&max_age=60", 60, false },
		{ GOOD "&max_age=60", 61, true },
		{ GOOD "&max_age=60&prompt=none", 61, true },
		{ GOOD "&max_age=2147483648", 2147483648, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct asking asking = asked_well(cases[i].query);

		if (asking_wants_signin(&asking, 1700000000,
			    1700000000 + cases[i].age_s) != cases[i].want)
			fail_msg("%s after %lld s", cases[i].query,
				(long long)cases[i].age_s);
	}
}

static void
a_sign_in_settles_what_asked_for_it(void **state)
{
	static const struct {
		const char *query, *want;
	} cases[] = {
		{ GOOD "&state=a&", GOOD "&state=a&" },
		{ GOOD "&prompt=login&state=%2B+", GOOD "&state=%2B+" },
		{ "prompt=login&" GOOD, GOOD },
		{ GOOD "&max_age=0&state=a", GOOD "&state=a" },
		{ GOOD "&m%61x_age=0&pr%6Fmpt=select_account&x", GOOD "&x" },
		{ GOOD "&prompt=login%20consent&state=a",
			GOOD "&state=a&prompt=consent" },
		{ GOOD "&prompt=consent", GOOD "&prompt=consent" },
		{ GOOD "&max_age=5&prompt=", GOOD },
		{ GOOD "&id_token_hint=a.b.c&prompt=login",
			GOOD "&id_token_hint=a.b.c&ostiary_signed_in=1" },
		{ GOOD "&ostiary_signed_in=0&id_token_hint=a&x=1",
			GOOD "&id_token_hint=a&x=1&ostiary_signed_in=1" },
		{ GOOD "&id_token_hint=", GOOD "&id_token_hint=" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct asking asking = asked_well(cases[i].query);
		struct span rest;

		assert_int_equal(asking_after_signin(asked_arena, &asking,
					 span_of(cases[i].query), &rest),
			OST_OK);
		assert_span(rest, span_of(cases[i].want));
		assert_int_equal(asking_read(asked_parse(cases[i].want), false,
					 &asked_registry, &asking),
			OAUTH_OK);
		assert_false(
			asking_wants_signin(&asking, 1700000000, 1700000001));
	}
}

/* OpenID Connect Core section 3.1.2.2, item 4. */
static void
who_is_meant_by_an_id_token(void **state)
{
	struct asking asking = asked_well(GOOD "&id_token_hint=a.b.c");

	(void)state;
	assert_span(asking.id_token_hint, SPAN("a.b.c"));
	assert_false(asking.has_signed_in);
	assert_false(asking_wants_another(&asking, SPAN("u1")));
	asking.hint_subject = SPAN("u1");
	assert_false(asking_wants_another(&asking, SPAN("u1")));
	assert_true(asking_wants_another(&asking, SPAN("u2")));
	assert_true(asking_wants_another(&asking, SPAN("")));
	assert_true(asked_well(GOOD "&ostiary_signed_in=1").has_signed_in);
	assert_true(span_is_absent(
		asked_well(GOOD "&id_token_hint=").id_token_hint));
}

int
test_asking_signin(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_must_sign_in_again),
		cmocka_unit_test(a_sign_in_settles_what_asked_for_it),
		cmocka_unit_test(who_is_meant_by_an_id_token),
	};

	return cmocka_run_group_tests_name(
		"asking_signin", tests, asked_open, asked_close);
}
