/* Codes become grants: PKCE, scope, lifetimes, faults; and what the answer
 * says (RFC 6749 sections 4.1.3 and 5.1, RFC 7636 section 4.6). */
#include "client_grant.h"
#include "clock.h"
#include "exchange.h"
#include "json.h"
#include "limit.h"
#include "records.h"
#include "renew.h"
#include "token.h"
#include "vectors.h"
#include "world.h"

int test_exchange(void);

#define MINUTE_MS (60 * SECOND_MS)
#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE SPAN("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
#define MISMATCH  "code_verifier is not that of the code_challenge"
#define CALLBACK  "https://c.example/cb"
#define REUSED	  "The code was used before; what it gave is revoked"

/* The form of an exchange but for its end; code's spans may be changed before.
 */
static const char *
asked(struct code code)
{
	struct span text;

	code.client_id = world.app.client_id;
	code.user_id = world.user.id;
	code.redirect_uri = SPAN(CALLBACK);
	code.user_epoch = world.user.epoch;
	code.app_epoch = world.app.epoch;
	assert_int_equal(code_create(world.context.grants, world.arena, &code,
				 MINUTE_MS, SPAN_ABSENT, NULL, &text),
		OST_OK);
	world.batches = 0;
	return world_joined("redirect_uri=" CALLBACK "&code=", text);
}

static const char *
with(const char *form, const char *more)
{
	return world_joined(form, span_of(more));
}

static struct issue
given(const char *form)
{
	struct issue issue;

	assert_int_equal(world_ask(exchange_code, form, &issue), OST_OK);
	return issue;
}

static void
assert_refused(const char *form, const char *why)
{
	assert_denies(exchange_code, form, OAUTH_INVALID_GRANT, why);
}

static const struct code plain = { .scope = { "read write", 10 } };
static const struct code offline = { .scope = { "read offline_access", 19 },
	.is_offline = true };

/* The answer, and the access token in it; expires_in must be the token's. */
static struct span
answered(const struct issue *issue, struct token *token)
{
	struct request request = { .arena = world.arena };
	struct response response;
	struct span body, text = SPAN_ABSENT, value;
	struct json *json;
	int64_t lasts_s;

	response_init(&response, world.arena);
	assert_int_equal(
		issue_answer(&world.context, &request, &response, issue),
		OST_OK);
	assert_int_equal(response.status, 200);
	assert_int_equal(buf_span(&response.body, &body), OST_OK);
	assert_int_equal(json_parse(body, 8192, &json), OST_OK);
	assert_int_equal(json_get_string(json, "access_token", &text), OST_OK);
	assert_int_equal(json_get_i64(json, "expires_in", &lasts_s), OST_OK);
	assert_int_equal(token_verify(world.arena, world.context.ring,
				 world.config.issuer, text, token),
		OST_OK);
	assert_int_equal(lasts_s, token->expires_s - token->issued_s);
	assert_int_equal(json_get_string(json, "scope", &value), OST_OK);
	assert_span(value, token->scope);
	assert_int_equal(json_get_string(json, "refresh_token", &value),
		issue->refresh_token.n > 0 ? OST_OK : OST_NOTFOUND);
	json_free(json);
	return body;
}

/* 7636-01 */
static void
a_challenge_needs_its_verifier(void **state)
{
	struct code code = plain;
	const char *form;

	(void)state;
	code.challenge = CHALLENGE;
	form = asked(code);
	/* K08 */
	assert_refused(form, "code_verifier is missing");
	assert_refused(
		with(form, "&code_verifier="), "code_verifier is missing");
	/* 7636-02, 7636-04, K10 */
	assert_refused(
		with(form, "&code_verifier=" VERIFIER "%0Agarbage"), MISMATCH);
	assert_refused(with(form, "&code_verifier=" VERIFIER "A"), MISMATCH);
	assert_refused(
		with(form, "&code_verifier=aBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gF"
			   "WFOEjXk"),
		MISMATCH);
	assert_refused(
		with(form, "&code_verifier=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJ"
			   "Sstw-cM"),
		MISMATCH);
	assert_refused(with(form, "&code_verifier=short"), MISMATCH);
	assert_int_equal(world.batches, 0);
	given(with(form, "&code_verifier=" VERIFIER));
}

/* 9700-01, K07, 7636-05 */
static void
a_verifier_needs_its_challenge(void **state)
{
	const char *form = asked(plain);

	(void)state;
	assert_refused(with(form, "&code_verifier=" VERIFIER),
		"The code was not asked for with a code_challenge");
	world.app.is_public = true;
	assert_refused(form, "An application without a secret needs a "
			     "code_challenge");
	world.app.is_public = false;
	given(form);
}

static void
a_code_does_not_survive_its_user_or_app(void **state)
{
	const char *form = asked(plain);

	(void)state;
	world.user.epoch++;
	world_save_user();
	assert_refused(form, "The user is not there any more, or was disabled "
			     "meanwhile");
	form = asked(plain);
	world.app.epoch++;
	world_save_app();
	assert_refused(form, "The application was disabled meanwhile");
	given(asked(plain));
}

static void
scope_may_become_less(void **state)
{
	const char *form = asked(offline);
	struct issue issue;
	struct grant grant;

	(void)state;
	assert_denies(exchange_code, with(form, "&scope=read+write"),
		OAUTH_INVALID_SCOPE, "scope asks for more than was allowed");
	assert_int_equal(world.batches, 0);
	issue = given(with(form, "&scope=read"));
	assert_span(issue.scope, SPAN("read"));
	/* What the user allowed is kept. */
	assert_true(issue.refresh_token.n > 0);
	assert_int_equal(grant_find(world.context.grants, world.arena,
				 issue.grant.id, &grant),
		OST_OK);
	assert_span(grant.scope, offline.scope);
	issue = given(asked((struct code){ 0 }));
	assert_span(issue.scope, SPAN(""));
}

static void
refresh_tokens_are_for_whom_they_are_due(void **state)
{
	struct issue issue = given(asked(plain));
	struct code told = plain;

	(void)state;
	assert_true(span_is_absent(issue.refresh_token));
	assert_true(issue.grant.ends_ms == 0);
	assert_true(issue.grant.expires_ms == NOW_MS + HOUR_MS);
	assert_int_equal(records_count(world.context.grants, "refresh:"), 0);
	issue = given(asked(offline));
	assert_true(issue.refresh_token.n > 0);
	assert_true(issue.grant.ends_ms == NOW_MS + 3 * DAY_MS);
	assert_true(issue.grant.expires_ms == NOW_MS + DAY_MS);
	assert_int_equal(world.batches, 1);
	/* Who allowed it was not told, for it was set since. */
	world.app.has_refresh = true;
	issue = given(asked(plain));
	assert_true(span_is_absent(issue.refresh_token));
	told.is_offline = true;
	issue = given(asked(told));
	assert_true(issue.refresh_token.n > 0);
	/* He was, but it has none any more. */
	world.app.has_refresh = false;
	issue = given(asked(told));
	assert_true(span_is_absent(issue.refresh_token));
}

/* K01 */
static void
a_second_use_ends_refresh_tokens_too(void **state)
{
	const char *form = asked(offline), *renewal;
	struct issue issue = given(form);

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
	racer_got = given(raced);
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
	raced = asked(offline);
	world.before = race;
	assert_refused(raced, REUSED);
	assert_int_equal(grant_find(world.context.grants, world.arena,
				 racer_got.grant.id, &grant),
		OST_NOTFOUND);
	raced = asked(offline);
	world.before = destroy;
	assert_refused(raced, "The code is not valid");
	assert_int_equal(records_count(world.context.grants, "grant:"), 0);
}

/* 6749-09: as long as the first access token, or as the last refresh token can,
 * and ten minutes more. */
static void
a_used_code_is_known_for_a_while(void **state)
{
	const char *form = asked(plain), *lasting = asked(offline);

	(void)state;
	given(form);
	given(lasting);
	clock_fake(NOW_MS + HOUR_MS + 10 * MINUTE_MS - 1);
	assert_refused(form, REUSED);
	clock_fake(NOW_MS + HOUR_MS + 10 * MINUTE_MS);
	assert_refused(form, "The code is not valid");
	clock_fake(NOW_MS + 72 * HOUR_MS + 10 * MINUTE_MS - 1);
	assert_refused(lasting, REUSED);
	clock_fake(NOW_MS + 72 * HOUR_MS + 10 * MINUTE_MS);
	assert_refused(lasting, "The code is not valid");
}

/* 6749-09: days later the second use still ends all that came of the first. */
static void
a_late_second_use_ends_the_grant(void **state)
{
	const char *form = asked(offline), *renewal;
	struct issue issue = given(form);

	(void)state;
	clock_fake(NOW_MS + 20 * HOUR_MS);
	renewal = world_joined("refresh_token=", issue.refresh_token);
	assert_int_equal(world_ask(renew, renewal, &issue), OST_OK);
	renewal = world_joined("refresh_token=", issue.refresh_token);
	clock_fake(NOW_MS + 40 * HOUR_MS);
	assert_refused(form, REUSED);
	assert_denies(renew, renewal, OAUTH_INVALID_GRANT,
		"What the refresh token belongs to has ended");
}

/* What is turned away for the number of them is not used up. */
static void
one_user_and_one_app_have_a_limit(void **state)
{
	const char *form = asked(plain);
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
	assert_refused(with(form, "x"), "The code is not valid");
	clock_fake(NOW_MS + issue.retry_after_s * 1000);
	form = asked(plain);
	given(form);
}

/* K17 */
static void
the_clock_jumps_back(void **state)
{
	const char *form = asked(offline);
	struct token token;
	struct issue issue;

	(void)state;
	clock_fake(NOW_MS - HOUR_MS);
	issue = given(form);
	answered(&issue, &token);
	assert_true(token.expires_s * 1000 == NOW_MS);
	assert_refused(form, REUSED);
	form = asked(offline);
	clock_fake(NOW_MS - HOUR_MS + MINUTE_MS);
	assert_refused(form, "The code has expired");
}

/* K19: before or after it was written, nothing was given out. */
static void
a_store_that_fails_gives_nothing_out(void **state)
{
	struct issue issue;

	(void)state;
	for (int is_written = 0; is_written < 2; is_written++) {
		const char *form = asked(offline);

		world.is_written = is_written;
		world.fail_at = 1;
		assert_int_equal(
			world_ask(exchange_code, form, &issue), OST_STORE);
		assert_true(span_is_absent(issue.refresh_token));
		if (!is_written) {
			given(form);
			continue;
		}
		/* It may be there or not: then it is a used one. */
		assert_refused(form, REUSED);
		world.fail_at = world.batches + 1;
		assert_int_equal(
			world_ask(exchange_code, form, &issue), OST_STORE);
	}
}

static void
no_access_token_outlives_its_grant(void **state)
{
	struct issue issue = given(asked(offline));
	struct span token_text;
	struct token token;

	(void)state;
	answered(&issue, &token);
	assert_int_equal(token.expires_s - token.issued_s, 3600);
	for (int i = 1; i <= 4; i++) {
		clock_fake(NOW_MS + i * 17 * HOUR_MS);
		token_text = issue.refresh_token;
		assert_int_equal(
			world_ask(renew,
				world_joined("refresh_token=", token_text),
				&issue),
			OST_OK);
	}
	clock_fake(NOW_MS + 72 * HOUR_MS - MINUTE_MS);
	assert_int_equal(
		world_ask(renew,
			world_joined("refresh_token=", issue.refresh_token),
			&issue),
		OST_OK);
	answered(&issue, &token);
	assert_int_equal(token.expires_s - token.issued_s, 60);
	assert_true(token.expires_s * 1000 == issue.grant.ends_ms);
	/* A second went by since it was written. */
	clock_fake(issue.grant.ends_ms - 1);
	answered(&issue, &token);
	clock_fake(issue.grant.ends_ms);
}

static void
an_app_has_a_token_of_its_own(void **state)
{
	struct issue issue;
	struct token token;
	struct span body;

	(void)state;
	world.app.mark = SPAN("0123456789abcdef");
	assert_int_equal(world_ask(client_grant, "", &issue), OST_OK);
	assert_span(issue.scope, SPAN(""));
	world.app.own_scope = SPAN("import export offline_access openid");
	assert_int_equal(world_ask(client_grant, "", &issue), OST_OK);
	assert_span(issue.scope, world.app.own_scope);
	assert_true(span_is_absent(issue.refresh_token));
	/* There is nobody whom an ID token could name. */
	body = answered(&issue, &token);
	assert_null(strstr(body.p, "id_token"));
	assert_int_equal(
		world_ask(client_grant, "scope=import", &issue), OST_OK);
	answered(&issue, &token);
	assert_true(token_is_client(&token));
	assert_span(token.subject, world.app.client_id);
	assert_span(token.client_id, world.app.client_id);
	assert_span(token.scope, SPAN("import"));
	assert_span(token.source, SPAN("c:0123456789abcdef"));
	assert_true(span_is_absent(token.grant_id));
	assert_int_equal(world.batches, 0);
	assert_denies(client_grant, "scope=import+more", OAUTH_INVALID_SCOPE,
		"scope asks for more than was allowed");
	world.app.is_public = true;
	assert_denies(client_grant, "", OAUTH_UNAUTHORIZED_CLIENT,
		"An application without a secret has no token of its own");
}

/* Each may be revoked, and that is written down. */
static void
an_app_has_no_more_tokens_of_its_own_than_it_can_use(void **state)
{
	struct issue issue;

	(void)state;
	world.config.limit_app = (struct limit_rule){ 3, 900 };
	for (int i = 0; i < 3; i++)
		assert_int_equal(world_ask(client_grant, "", &issue), OST_OK);
	assert_denies(client_grant, "scope=more", OAUTH_INVALID_SCOPE,
		"scope asks for more than was allowed");
	assert_int_equal(world_ask(client_grant, "", &issue), OST_LIMITED);
	assert_true(issue.retry_after_s >= 1 && issue.retry_after_s <= 900);
	world.app.client_id = SPAN("another");
	assert_int_equal(world_ask(client_grant, "", &issue), OST_OK);
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
		TEST(scope_may_become_less),
		TEST(refresh_tokens_are_for_whom_they_are_due),
		TEST(a_second_use_ends_refresh_tokens_too),
		TEST(the_slower_of_two_ends_the_grant),
		TEST(a_used_code_is_known_for_a_while),
		TEST(a_late_second_use_ends_the_grant),
		TEST(one_user_and_one_app_have_a_limit),
		TEST(the_clock_jumps_back),
		TEST(a_store_that_fails_gives_nothing_out),
		TEST(no_access_token_outlives_its_grant),
		TEST(an_app_has_a_token_of_its_own),
		TEST(an_app_has_no_more_tokens_of_its_own_than_it_can_use),
	};

	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
