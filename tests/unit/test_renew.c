/* Refresh tokens: rotation, grace, reuse, lifetimes, scope (RFC 6749 section 6,
 * RFC 9700 section 4.14.2). */
#include "clock.h"
#include "limit.h"
#include "renewal.h"
#include "secret.h"
#include "vectors.h"

int test_renew(void);

/* 6749-26 */
static void
a_token_is_replaced(void **state)
{
	struct span first = renewal_begin(), second, third;
	struct issue issue;

	(void)state;
	assert_true(secret_is_wellformed(first, "osr_"));
	assert_int_equal(world_ask(renew, renewal_form(first), &issue), OST_OK);
	second = issue.refresh_token;
	assert_string_equal(issue.reason, "token_refreshed");
	assert_true(secret_is_wellformed(second, "osr_"));
	assert_span(issue.scope, renewal_grant.scope);
	assert_span(issue.user.id, world.user.id);
	third = renewed(second);
	assert_false(span_eq(first, second) || span_eq(second, third));
	/* One family, and nobody who reads the store can use it. */
	assert_int_equal(records_count(world.context.grants, "refresh:"), 3);
	assert_int_equal(records_count(world.context.grants, "grant:"), 1);
	assert_int_equal(world.batches, 2);
}

static void
no_token_is_stored(void **state)
{
	struct span first = renewal_begin(), second = renewed(first),
		    keys[] = { first, second };
	struct refresh refresh;

	(void)state;
	for (size_t k = 0; k < COUNT(keys); k++) {
		assert_int_equal(refresh_find(world.context.grants, world.arena,
					 keys[k], &refresh),
			OST_OK);
		for (size_t i = 0; i + 40 <= refresh.raw.n; i++)
			assert_memory_not_equal(
				refresh.raw.p + i, keys[k].p, 40);
	}
}

static void
asked_again_in_time_it_gives_the_same(void **state)
{
	struct span first = renewal_begin(), second = renewed(first);
	struct refresh refresh;
	struct issue issue;

	(void)state;
	for (int i = 0; i < 32; i++) {
		assert_int_equal(
			world_ask(renew, renewal_form(first), &issue), OST_OK);
		assert_span(issue.refresh_token, second);
		assert_string_equal(issue.reason, "refresh_repeated");
	}
	clock_fake(NOW_MS + GRACE_MS - 1);
	assert_span(renewed(first), second);
	/* It does not live longer for it. */
	assert_int_equal(refresh_find(world.context.grants, world.arena, second,
				 &refresh),
		OST_OK);
	assert_true(refresh.expires_ms == NOW_MS + DAY_MS);
	assert_int_equal(records_count(world.context.grants, "refresh:"), 2);
	assert_true(renewal_is_alive());
	renewed(second);
}

static void
asked_too_late_it_ends_the_grant(void **state)
{
	struct span first = renewal_begin(), second = renewed(first);
	struct issue issue;

	(void)state;
	clock_fake(NOW_MS + GRACE_MS);
	assert_int_equal(
		world_ask(renew, renewal_form(first), &issue), OST_DENIED);
	assert_string_equal(issue.reason, "refresh_reused");
	assert_string_equal(issue.why, REUSED);
	assert_false(renewal_is_alive());
	assert_refused(second, ENDED);
	assert_refused(first, ENDED);
}

/* 6749-26: a used one is known as long as anything of its grant may live. */
static void
asked_days_later_it_ends_the_grant(void **state)
{
	struct span first = renewal_begin(), token = first;

	(void)state;
	for (int i = 0; i < 4; i++) {
		clock_fake(NOW_MS + i * 17 * HOUR_MS);
		token = renewed(token);
	}
	clock_fake(NOW_MS + 72 * HOUR_MS - SECOND_MS);
	assert_refused(first, REUSED);
	assert_false(renewal_is_alive());
	assert_refused(token, ENDED);
}

static void
a_used_successor_is_reuse(void **state)
{
	struct span first = renewal_begin(), second = renewed(first), third;

	(void)state;
	third = renewed(second);
	assert_refused(first, REUSED);
	assert_false(renewal_is_alive());
	assert_refused(third, ENDED);
}

/* Each answer counts, the same one again too, and 429 uses nothing up. */
static void
one_user_and_one_app_have_a_limit(void **state)
{
	struct span token = renewal_begin(), first = token;
	struct issue issue;

	(void)state;
	for (int i = 0; i < LIMIT_PAIR_MAX - 1; i++)
		token = renewed(token);
	assert_int_equal(world_ask(renew, renewal_form(token), &issue), OST_OK);
	assert_int_equal(
		world_ask(renew, renewal_form(token), &issue), OST_LIMITED);
	token = issue.refresh_token;
	assert_int_equal(world.batches, LIMIT_PAIR_MAX);
	assert_true(issue.retry_after_s >= 1 &&
		    issue.retry_after_s <= LIMIT_PAIR_WINDOW_S);
	assert_true(renewal_is_alive());
	/* Reuse ends it all the same. */
	assert_refused(first, REUSED);
	assert_false(renewal_is_alive());
}

static void
one_that_was_turned_away_is_good_later(void **state)
{
	struct span token = renewal_begin();
	struct issue issue;
	int64_t wait_s;

	(void)state;
	for (int i = 0; i < LIMIT_PAIR_MAX; i++)
		assert_int_equal(
			limit_pair(&world.context, world.arena, world.user.id,
				world.app.client_id, &wait_s),
			OST_OK);
	assert_int_equal(
		world_ask(renew, renewal_form(token), &issue), OST_LIMITED);
	assert_int_equal(world.batches, 0);
	clock_fake(NOW_MS + issue.retry_after_s * 1000);
	renewed(token);
}

/* What the user allowed by name stays, what the app had anyway does not. */
static void
an_app_may_lose_them(void **state)
{
	struct span first;
	struct issue issue;

	(void)state;
	world.app.has_refresh = true;
	first = renewal_begin_for(SPAN("read"));
	world.app.has_refresh = false;
	assert_refused(first, "The application has no refresh tokens any more");
	assert_true(renewal_is_alive());
	world.app.has_refresh = true;
	assert_int_equal(world_ask(renew, renewal_form(first), &issue), OST_OK);
	world.app.has_refresh = false;
	first = renewal_begin();
	renewed(first);
}

/* What would be refused anyway is reuse all the same. */
static void
reuse_is_seen_before_all_else(void **state)
{
	struct span first = renewal_begin();

	(void)state;
	renewed(first);
	clock_fake(NOW_MS + GRACE_MS);
	world.user.is_disabled = true;
	world_save_user();
	assert_denies(renew, world_joined("scope=more&refresh_token=", first),
		OAUTH_INVALID_GRANT, REUSED);
	assert_false(renewal_is_alive());
}

static void
one_that_is_not_used_dies(void **state)
{
	struct span first = renewal_begin(), second;

	(void)state;
	clock_fake(NOW_MS + DAY_MS - 1);
	second = renewed(first);
	clock_fake(NOW_MS + 2 * DAY_MS - 2);
	second = renewed(second);
	clock_fake(NOW_MS + 3 * DAY_MS - 2);
	assert_refused(second, NOT_VALID);
	first = renewal_begin();
	clock_fake(clock_wall_ms() + DAY_MS);
	assert_refused(first, NOT_VALID);
}

/* However often it is used. */
static void
all_of_them_die_in_the_end(void **state)
{
	struct span token = renewal_begin();
	struct issue issue;

	(void)state;
	for (int i = 1; i < 6; i++) {
		clock_fake(NOW_MS + i * DAY_MS / 2);
		token = renewed(token);
		assert_true(
			renewal_stored().expires_ms <= renewal_grant.ends_ms);
	}
	clock_fake(renewal_grant.ends_ms - 1500);
	assert_int_equal(world_ask(renew, renewal_form(token), &issue), OST_OK);
	assert_true(issue.grant.expires_ms == renewal_grant.ends_ms);
	token = renewed(issue.refresh_token);
	clock_fake(renewal_grant.ends_ms);
	assert_refused(token, NOT_VALID);
	assert_int_equal(records_count(world.context.grants, ""), 0);
	/* Too late for an access token of a second. */
	clock_fake(NOW_MS + 500);
	token = renewal_begin();
	world.config.refresh_token_idle_s = 90 * 3600;
	token = renewed(token);
	clock_fake(renewal_grant.ends_ms - 1);
	assert_refused(token, ENDED);
}

static void
it_is_for_one_application(void **state)
{
	struct span first = renewal_begin();
	struct app mine = world.app;

	(void)state;
	world.app = (struct app){ .name = SPAN("Other"),
		.owner_id = world.user.id };
	assert_int_equal(
		app_create(world.context.accounts, world.arena, &world.app),
		OST_OK);
	assert_refused(first, NOT_VALID);
	assert_int_equal(world.batches, 0);
	world.app = mine;
	renewed(first);
	/* Nor can another end it with one that was used. */
	clock_fake(NOW_MS + GRACE_MS);
	world.app.client_id = SPAN("aOther");
	assert_refused(first, NOT_VALID);
	assert_true(renewal_is_alive());
}

static void
scope_may_become_less_for_a_while(void **state)
{
	struct span first = renewal_begin();
	struct issue issue;

	(void)state;
	assert_denies(renew,
		world_joined("scope=read+more&refresh_token=", first),
		OAUTH_INVALID_SCOPE, "scope asks for more than was allowed");
	assert_denies(renew,
		world_joined("scope=read+read&refresh_token=", first),
		OAUTH_INVALID_SCOPE, "scope asks for more than was allowed");
	assert_int_equal(
		world_ask(renew,
			world_joined("scope=read&refresh_token=", first),
			&issue),
		OST_OK);
	assert_span(issue.scope, SPAN("read"));
	assert_int_equal(
		world_ask(renew, renewal_form(issue.refresh_token), &issue),
		OST_OK);
	assert_span(issue.scope, renewal_grant.scope);
	assert_span(renewal_stored().scope, renewal_grant.scope);
}

static void
what_is_no_token_is_none(void **state)
{
	struct span first = renewal_begin();
	struct refresh refresh;
	char changed[SECRET_SIZE + 1];

	(void)state;
	for (size_t i = 0; i < first.n; i++) {
		memcpy(changed, first.p, first.n);
		changed[i] ^= 1;
		assert_int_equal(
			refresh_find(world.context.grants, world.arena,
				(struct span){ changed, first.n }, &refresh),
			OST_NOTFOUND);
		assert_int_equal(refresh_find(world.context.grants, world.arena,
					 (struct span){ first.p, i }, &refresh),
			OST_NOTFOUND);
	}
	assert_denies(
		renew, "", OAUTH_INVALID_REQUEST, "refresh_token is missing");
	assert_denies(renew, "refresh_token=", OAUTH_INVALID_REQUEST,
		"refresh_token is missing");
	assert_refused(SPAN("x"), NOT_VALID);
	renewed(first);
}

/* 256 bits as a number in base 62. */
static void
a_successor_is_spelled_as_a_number(void **state)
{
	unsigned char bits[32] = { 0 };
	struct span text;

	(void)state;
	assert_int_equal(
		secret_of_bits(world.arena, "osr_", bits, &text), OST_OK);
	assert_memory_equal(
		text.p, "osr_0000000000000000000000000000000000000000000", 47);
	assert_true(secret_is_wellformed(text, "osr_"));
	bits[31] = 61;
	assert_int_equal(
		secret_of_bits(world.arena, "osr_", bits, &text), OST_OK);
	assert_int_equal(text.p[46], 'z');
	bits[30] = 1;
	bits[31] = 0;
	assert_int_equal(
		secret_of_bits(world.arena, "osr_", bits, &text), OST_OK);
	assert_memory_equal(text.p + 45, "48", 2); /* 256 = 4 * 62 + 8 */
	memset(bits, 0xff, sizeof(bits));
	assert_int_equal(
		secret_of_bits(world.arena, "osr_", bits, &text), OST_OK);
	assert_memory_equal(
		text.p + 4, "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1", 43);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, world_open, world_close)

int
test_renew(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_token_is_replaced),
		TEST(no_token_is_stored),
		TEST(asked_again_in_time_it_gives_the_same),
		TEST(asked_too_late_it_ends_the_grant),
		TEST(asked_days_later_it_ends_the_grant),
		TEST(a_used_successor_is_reuse),
		TEST(one_user_and_one_app_have_a_limit),
		TEST(one_that_was_turned_away_is_good_later),
		TEST(an_app_may_lose_them),
		TEST(reuse_is_seen_before_all_else),
		TEST(one_that_is_not_used_dies),
		TEST(all_of_them_die_in_the_end),
		TEST(it_is_for_one_application),
		TEST(scope_may_become_less_for_a_while),
		TEST(what_is_no_token_is_none),
		TEST(a_successor_is_spelled_as_a_number),
	};

	return cmocka_run_group_tests_name("renew", tests, NULL, NULL);
}
