/* Refresh tokens when something is in the way: two at once, a revocation in
 * between, another key, another time, a store that fails. */
#include "clock.h"
#include "keyring_write.h"
#include "limit.h"
#include "renewal.h"
#include "vectors.h"

int test_renew_faults(void);

/* K17 */
static void
the_clock_jumps(void **state)
{
	struct span first = renewal_begin(), second, third;

	(void)state;
	clock_fake(NOW_MS - HOUR_MS); /* between issue and use */
	second = renewed(first);
	assert_true(renewal_stored().expires_ms <= renewal_grant.ends_ms);
	clock_fake(NOW_MS - HOUR_MS - SECOND_MS); /* a little, in the grace */
	assert_span(renewed(first), second);
	clock_fake(NOW_MS);
	third = renewed(second);
	/* An hour back: the grace does not last an hour more for that. */
	clock_fake(NOW_MS - HOUR_MS);
	assert_refused(second, REUSED);
	assert_refused(third, ENDED);
}

/* K13 */
static void
it_does_not_survive_its_user_or_app(void **state)
{
	struct span first = renewal_begin();

	(void)state;
	world.user.is_disabled = true;
	world.user.epoch++;
	world_save_user();
	assert_refused(first, USER_GONE);
	world.user.is_disabled = false;
	world_save_user();
	assert_refused(first, USER_GONE);
	first = renewal_begin();
	world.app.epoch++;
	world_save_app();
	assert_refused(first, "The application was disabled meanwhile");
	first = renewal_begin();
	assert_int_equal(
		user_delete(world.context.accounts, world.arena, &world.user),
		OST_OK);
	assert_refused(first, USER_GONE);
}

static void
rotate_keys(int64_t keep_ms)
{
	assert_int_equal(keyring_rotate(world.context.ring, world.context.keys,
				 world.arena, keep_ms),
		OST_OK);
}

static void
keys_are_rotated_in_between(void **state)
{
	struct span first = renewal_begin(), second = renewed(first);

	(void)state;
	rotate_keys(DAY_MS);
	assert_span(renewed(first), second);
	rotate_keys(DAY_MS);
	assert_span(renewed(first), second);
	renewed(second);
	/* The key is gone: who asks again cannot be told from a thief. */
	first = renewal_begin();
	second = renewed(first);
	rotate_keys(DAY_MS);
	clock_fake(NOW_MS + 2 * SECOND_MS);
	rotate_keys(SECOND_MS);
	assert_refused(first, REUSED);
	assert_refused(second, ENDED);
}

static void
end_it(void)
{
	assert_int_equal(
		grant_end(world.context.grants, world.arena, renewal_grant.id),
		OST_OK);
}

/* K20: nothing that is written after the end revives the grant. */
static void
what_is_revoked_meanwhile_stays_so(void **state)
{
	struct span first = renewal_begin(), second;

	(void)state;
	world.before = end_it;
	assert_refused(first, ENDED);
	assert_false(renewal_is_alive());
	assert_int_equal(records_count(world.context.grants, "refresh:"), 1);
	first = renewal_begin();
	second = renewed(first);
	world.before = end_it; /* asked again */
	assert_refused(first, ENDED);
	assert_refused(second, ENDED);
	assert_false(renewal_is_alive());
}

static struct span raced, racer_got;

static void
race(void)
{
	racer_got = renewed(raced);
}

static void
race_on(void)
{
	renewed(renewed(raced));
}

static void
two_at_once_get_the_same(void **state)
{
	(void)state;
	raced = renewal_begin();
	world.before = race;
	assert_span(renewed(raced), racer_got);
	assert_int_equal(records_count(world.context.grants, "refresh:"), 2);
	assert_true(renewal_is_alive());
	/* The other went on already. */
	raced = renewal_begin();
	world.before = race_on;
	assert_refused(raced, REUSED);
	assert_false(renewal_is_alive());
}

static void
race_past(void)
{
	renewed(racer_got);
}

/* Who asks again while the successor is used does not make it good again. */
static void
a_successor_that_is_used_meanwhile_stays_used(void **state)
{
	(void)state;
	raced = renewal_begin();
	racer_got = renewed(raced);
	world.before = race_past;
	assert_refused(raced, REUSED);
	assert_false(renewal_is_alive());
}

/* Whoever was overtaken and tries again has asked once. */
static void
one_request_is_charged_once(void **state)
{
	int64_t wait_s;

	(void)state;
	for (int i = 0; i < LIMIT_PAIR_MAX - 2; i++)
		assert_int_equal(
			limit_pair(&world.context, world.arena, world.user.id,
				world.app.client_id, &wait_s),
			OST_OK);
	raced = renewal_begin();
	world.before = race;
	assert_span(renewed(raced), racer_got);
}

/* K19: for each batch that a request makes, it fails before or after it was
 * written. Nothing was given out; who asks again gets what is due. */
static void
a_store_that_fails_gives_nothing_out(void **state)
{
	(void)state;
	for (int is_written = 0; is_written < 2; is_written++) {
		struct span first = renewal_begin(), second;
		struct issue issue;

		world.is_written = is_written;
		world.fail_at = 1;
		assert_int_equal(world_ask(renew, renewal_form(first), &issue),
			OST_STORE);
		assert_true(span_is_absent(issue.refresh_token));
		assert_null(issue.reason);
		second = renewed(first);
		world.fail_at = world.batches + 1; /* asked again */
		assert_int_equal(world_ask(renew, renewal_form(first), &issue),
			OST_STORE);
		assert_true(span_is_absent(issue.refresh_token));
		assert_span(renewed(first), second);
		clock_fake(clock_wall_ms() + GRACE_MS);
		world.fail_at = world.batches + 1; /* its end */
		assert_int_equal(world_ask(renew, renewal_form(first), &issue),
			OST_STORE);
		assert_true(renewal_is_alive() == !is_written);
		assert_refused(first, is_written ? ENDED : REUSED);
		assert_false(renewal_is_alive());
	}
}

/* Damage is neither a token nor a reason to give one. */
static void
damage_gives_nothing_out(void **state)
{
	static const char *const damaged[] = { "damaged", "v=1\n",
		"v=1\ngrant=g\n" };
	struct span first = renewal_begin();
	struct issue issue;

	(void)state;
	for (size_t i = 0; i < COUNT(damaged); i++) {
		records_overwrite(world.context.grants, world.arena,
			"refresh:", damaged[i]);
		assert_int_equal(world_ask(renew, renewal_form(first), &issue),
			OST_STORE);
	}
	first = renewal_begin();
	records_overwrite(world.context.grants, world.arena, "grant:", "v=1\n");
	assert_int_equal(
		world_ask(renew, renewal_form(first), &issue), OST_STORE);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, world_open, world_close)

int
test_renew_faults(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_clock_jumps),
		TEST(it_does_not_survive_its_user_or_app),
		TEST(keys_are_rotated_in_between),
		TEST(what_is_revoked_meanwhile_stays_so),
		TEST(two_at_once_get_the_same),
		TEST(a_successor_that_is_used_meanwhile_stays_used),
		TEST(one_request_is_charged_once),
		TEST(a_store_that_fails_gives_nothing_out),
		TEST(damage_gives_nothing_out),
	};

	return cmocka_run_group_tests_name("renew_faults", tests, NULL, NULL);
}
