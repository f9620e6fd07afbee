/* What is issued: its scope and lifetimes, the token of an application's own,
 * and what the answer says (RFC 6749 section 5.1). */
#include "client_grant.h"
#include "clock.h"
#include "codes.h"
#include "exchange.h"
#include "json.h"
#include "records.h"
#include "renew.h"
#include "token.h"
#include "vectors.h"

int test_issue(void);

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

static void
scope_may_become_less(void **state)
{
	const char *form = codes_asked(codes_offline);
	struct issue issue;
	struct grant grant;

	(void)state;
	assert_denies(exchange_code, codes_with(form, "&scope=read+write"),
		OAUTH_INVALID_SCOPE, "scope asks for more than was allowed");
	assert_int_equal(world.batches, 0);
	issue = codes_given(codes_with(form, "&scope=read"));
	assert_span(issue.scope, SPAN("read"));
	/* What the user allowed is kept. */
	assert_true(issue.refresh_token.n > 0);
	assert_int_equal(grant_find(world.context.grants, world.arena,
				 issue.grant.id, &grant),
		OST_OK);
	assert_span(grant.scope, codes_offline.scope);
	issue = codes_given(codes_asked((struct code){ 0 }));
	assert_span(issue.scope, SPAN(""));
}

static void
refresh_tokens_are_for_whom_they_are_due(void **state)
{
	struct issue issue = codes_given(codes_asked(codes_plain));
	struct code told = codes_plain;

	(void)state;
	assert_true(span_is_absent(issue.refresh_token));
	assert_true(issue.grant.ends_ms == 0);
	assert_true(issue.grant.expires_ms == NOW_MS + HOUR_MS);
	assert_int_equal(records_count(world.context.grants, "refresh:"), 0);
	issue = codes_given(codes_asked(codes_offline));
	assert_true(issue.refresh_token.n > 0);
	assert_true(issue.grant.ends_ms == NOW_MS + 3 * DAY_MS);
	assert_true(issue.grant.expires_ms == NOW_MS + DAY_MS);
	assert_int_equal(world.batches, 1);
	/* Who allowed it was not told, for it was set since. */
	world.app.has_refresh = true;
	issue = codes_given(codes_asked(codes_plain));
	assert_true(span_is_absent(issue.refresh_token));
	told.is_offline = true;
	issue = codes_given(codes_asked(told));
	assert_true(issue.refresh_token.n > 0);
	/* He was, but it has none any more. */
	world.app.has_refresh = false;
	issue = codes_given(codes_asked(told));
	assert_true(span_is_absent(issue.refresh_token));
}

/* K17 */
static void
the_clock_jumps_back(void **state)
{
	const char *form = codes_asked(codes_offline);
	struct token token;
	struct issue issue;

	(void)state;
	clock_fake(NOW_MS - HOUR_MS);
	issue = codes_given(form);
	answered(&issue, &token);
	assert_true(token.expires_s * 1000 == NOW_MS);
	assert_code_refused(form, REUSED);
	form = codes_asked(codes_offline);
	clock_fake(NOW_MS - HOUR_MS + MINUTE_MS);
	assert_code_refused(form, "The code has expired");
}

static void
no_access_token_outlives_its_grant(void **state)
{
	struct issue issue = codes_given(codes_asked(codes_offline));
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
test_issue(void)
{
	const struct CMUnitTest tests[] = {
		TEST(scope_may_become_less),
		TEST(refresh_tokens_are_for_whom_they_are_due),
		TEST(the_clock_jumps_back),
		TEST(no_access_token_outlives_its_grant),
		TEST(an_app_has_a_token_of_its_own),
		TEST(an_app_has_no_more_tokens_of_its_own_than_it_can_use),
	};

	return cmocka_run_group_tests_name("issue", tests, NULL, NULL);
}
