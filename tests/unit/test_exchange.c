/* Codes become grants: PKCE, a second use, faults (RFC 6749 section 4.1.3, RFC
 * 7636 section 4.6). */
#include "clock.h"
#include "codes.h"
#include "exchange.h"
#include "limit.h"
#include "records.h"
#include "renew.h"
#include "vectors.h"

int test_exchange(void);

#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE SPAN("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
#define MISMATCH  "code_verifier is not that of the code_challenge"

/* 7636-01 */
static void
a_challenge_needs_its_verifier(void **state)
{
	struct code code = codes_plain;
	const char *form;

	(void)state;
	code.challenge = CHALLENGE;
	form = codes_asked(code);
	/* K08 */
	assert_code_refused(form, "code_verifier is missing");
	assert_code_refused(codes_with(form, "&code_verifier="),
		"code_verifier is missing");
	/* 7636-02, 7636-04, K10 */
	assert_code_refused(
		codes_with(form, "&code_verifier=" VERIFIER "%0Agarbage"),
		MISMATCH);
	assert_code_refused(
		codes_with(form, "&code_verifier=" VERIFIER "A"), MISMATCH);
	assert_code_refused(
		codes_with(form,
			"&code_verifier=aBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gF"
			"WFOEjXk"),
		MISMATCH);
	assert_code_refused(
		codes_with(form,
			"&code_verifier=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJ"
			"Sstw-cM"),
		MISMATCH);
	assert_code_refused(codes_with(form, "&code_verifier=short"), MISMATCH);
	assert_int_equal(world.batches, 0);
	codes_given(codes_with(form, "&code_verifier=" VERIFIER));
}

/* 9700-01, K07, 7636-05 */
static void
a_verifier_needs_its_challenge(void **state)
{
	const char *form = codes_asked(codes_plain);

	(void)state;
	assert_code_refused(codes_with(form, "&code_verifier=" VERIFIER),
		"The code was not asked for with a code_challenge");
	world.app.is_public = true;
	assert_code_refused(form, "An application without a secret needs a "
				  "code_challenge");
	world.app.is_public = false;
	codes_given(form);
}

static void
a_code_does_not_survive_its_user_or_app(void **state)
{
	const char *form = codes_asked(codes_plain);

	(void)state;
	world.user.epoch++;
	world_save_user();
	assert_code_refused(form,
		"The user is not there any more, or was disabled "
		"meanwhile");
	form = codes_asked(codes_plain);
	world.app.epoch++;
	world_save_app();
	assert_code_refused(form, "The application was disabled meanwhile");
	codes_given(codes_asked(codes_plain));
}

/* K01 */
static void
a_second_use_ends_refresh_tokens_too(void **state)
{
	const char *form = codes_asked(codes_offline), *renewal;
	struct issue issue = codes_given(form);

	(void)state;
	renewal = world_joined("refresh_token=", issue.refresh_token);
	assert_int_equal(world_ask(renew, renewal, &issue), OST_OK);
	assert_int_equal(world_ask(exchange_code, form, &issue), OST_DENIED);
	assert_string_equal(issue.why, REUSED);
	assert_string_equal(issue.reason, "code_reused");
	assert_denies(renew, renewal, OAUTH_INVALID_GRANT,
		"What the refresh token belongs to has ended");
}

static const char *raced;
static struct issue racer_got;

static void
race(void)
{
	racer_got = codes_given(raced);
}

static void
destroy(void)
{
	struct span text = span_of(strstr(raced, "&code=") + 6);

	assert_int_equal(
		code_destroy(world.context.grants, world.arena, text), OST_OK);
}

/* K02, 6749-09: who comes second when both have seen a good code is one who
 * should not have it, too. */
static void
the_slower_of_two_ends_the_grant(void **state)
{
	struct grant grant;

	(void)state;
	raced = codes_asked(codes_offline);
	world.before = race;
	assert_code_refused(raced, REUSED);
	assert_int_equal(grant_find(world.context.grants, world.arena,
				 racer_got.grant.id, &grant),
		OST_NOTFOUND);
	raced = codes_asked(codes_offline);
	world.before = destroy;
	assert_code_refused(raced, "The code is not valid");
	assert_int_equal(records_count(world.context.grants, "grant:"), 0);
}

/* 6749-09: as long as the first access token, or as the last refresh token can,
 * and ten minutes more. */
static void
a_used_code_is_known_for_a_while(void **state)
{
	const char *form = codes_asked(codes_plain),
		   *lasting = codes_asked(codes_offline);

	(void)state;
	codes_given(form);
	codes_given(lasting);
	clock_fake(NOW_MS + HOUR_MS + 10 * MINUTE_MS - 1);
	assert_code_refused(form, REUSED);
	clock_fake(NOW_MS + HOUR_MS + 10 * MINUTE_MS);
	assert_code_refused(form, "The code is not valid");
	clock_fake(NOW_MS + 72 * HOUR_MS + 10 * MINUTE_MS - 1);
	assert_code_refused(lasting, REUSED);
	clock_fake(NOW_MS + 72 * HOUR_MS + 10 * MINUTE_MS);
	assert_code_refused(lasting, "The code is not valid");
}

/* 6749-09: days later the second use still ends all that came of the first. */
static void
a_late_second_use_ends_the_grant(void **state)
{
	const char *form = codes_asked(codes_offline), *renewal;
	struct issue issue = codes_given(form);

	(void)state;
	clock_fake(NOW_MS + 20 * HOUR_MS);
	renewal = world_joined("refresh_token=", issue.refresh_token);
	assert_int_equal(world_ask(renew, renewal, &issue), OST_OK);
	renewal = world_joined("refresh_token=", issue.refresh_token);
	clock_fake(NOW_MS + 40 * HOUR_MS);
	assert_code_refused(form, REUSED);
	assert_denies(renew, renewal, OAUTH_INVALID_GRANT,
		"What the refresh token belongs to has ended");
}

/* What is turned away for the number of them is not used up. */
static void
one_user_and_one_app_have_a_limit(void **state)
{
	const char *form = codes_asked(codes_plain);
	struct issue issue;
	int64_t wait_s;

	(void)state;
	for (int i = 0; i < LIMIT_PAIR_MAX; i++)
		assert_int_equal(
			limit_pair(&world.context, world.arena, world.user.id,
				world.app.client_id, &wait_s),
			OST_OK);
	assert_int_equal(world_ask(exchange_code, form, &issue), OST_LIMITED);
	assert_true(issue.retry_after_s >= 1 &&
		    issue.retry_after_s <= LIMIT_PAIR_WINDOW_S);
	assert_int_equal(world.batches, 0);
	/* Another's code is as good as ever, and a bad one is not counted. */
	assert_int_equal(limit_pair(&world.context, world.arena,
				 SPAN("another"), world.app.client_id, &wait_s),
		OST_OK);
	assert_code_refused(codes_with(form, "x"), "The code is not valid");
	clock_fake(NOW_MS + issue.retry_after_s * 1000);
	form = codes_asked(codes_plain);
	codes_given(form);
}

/* K19: before or after it was written, nothing was given out. */
static void
a_store_that_fails_gives_nothing_out(void **state)
{
	struct issue issue;

	(void)state;
	for (int is_written = 0; is_written < 2; is_written++) {
		const char *form = codes_asked(codes_offline);

		world.is_written = is_written;
		world.fail_at = 1;
		assert_int_equal(
			world_ask(exchange_code, form, &issue), OST_STORE);
		assert_true(span_is_absent(issue.refresh_token));
		if (!is_written) {
			codes_given(form);
			continue;
		}
		/* It may be there or not: then it is a used one. */
		assert_code_refused(form, REUSED);
		world.fail_at = world.batches + 1;
		assert_int_equal(
			world_ask(exchange_code, form, &issue), OST_STORE);
	}
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, world_open, world_close)

int
test_exchange(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_challenge_needs_its_verifier),
		TEST(a_verifier_needs_its_challenge),
		TEST(a_code_does_not_survive_its_user_or_app),
		TEST(a_second_use_ends_refresh_tokens_too),
		TEST(the_slower_of_two_ends_the_grant),
		TEST(a_used_code_is_known_for_a_while),
		TEST(a_late_second_use_ends_the_grant),
		TEST(one_user_and_one_app_have_a_limit),
		TEST(a_store_that_fails_gives_nothing_out),
	};

	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
