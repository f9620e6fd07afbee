/* The second step of signing in: used once, counted, begun and ended. */
#include "activity.h"
#include "base32.h"
#include "clock.h"
#include "records.h"
#include "second_step.h"
#include "store_memory.h"
#include "totp.h"
#include "vectors.h"
#include "world.h"

int test_second_step(void);

#define ADDRESS SPAN("192.0.2.7")

static struct span secret, codes[RECOVERY_CODES];
static char code[TOTP_DIGITS];

/* The code of a step, counted from the one at NOW_MS. */
static struct span
code_at(int64_t offset)
{
	assert_int_equal(
		totp_code(secret, totp_step(NOW_MS) + offset, code), OST_OK);
	return BYTES_SPAN(code);
}

static enum ost_err
enable(struct span typed)
{
	return second_step_enable(world.context.accounts, world.arena,
		&world.user, secret, typed, clock_wall_ms(), codes);
}

static int
setup(void **state)
{
	if (world_open(state) != 0)
		return 1;
	world.config.limit_login = (struct limit_rule){ 5, 900 };
	world.config.limit_login_address = (struct limit_rule){ 50, 900 };
	world.config.limit_login_account = (struct limit_rule){ 8, 900 };
	assert_int_equal(totp_new_secret(world.arena, &secret), OST_OK);
	assert_int_equal(enable(code_at(0)), OST_OK);
	return 0;
}

static int
teardown(void **state)
{
	return world_close(state);
}

static enum ost_err
check_from(struct span address, const struct user *user, struct span typed,
	struct user *changed)
{
	struct request request = { .arena = world.arena, .address = address };
	int64_t retry_after_s = 0;
	enum ost_err err = second_step_check(
		&world.context, &request, user, typed, changed, &retry_after_s);

	assert_int_equal(err == OST_LIMITED, retry_after_s > 0);
	return err;
}

static enum ost_err
check(struct span typed)
{
	return check_from(ADDRESS, &world.user, typed, &world.user);
}

static void
read_user(struct user *user)
{
	assert_int_equal(user_by_id(world.context.accounts, world.arena,
				 world.user.id, user),
		OST_OK);
}

static void
it_begins_with_a_code(void **state)
{
	int64_t generation = world.user.generation;
	struct user user;
	struct span base32;
	struct buf buf;

	(void)state;
	read_user(&user);
	buf_init(&buf, world.arena);
	base32_encode(&buf, secret);
	assert_int_equal(buf_span(&buf, &base32), OST_OK);
	assert_true(user_has_two_steps(&user));
	assert_span(user.totp_secret, base32);
	assert_true(user.totp_step == totp_step(NOW_MS));
	assert_int_equal(recovery_count(user.recovery), RECOVERY_CODES);
	assert_true(user.generation == 1 && generation == 1);
	/* A wrong code changes nothing. */
	assert_int_equal(enable(SPAN("12345")), OST_DENIED);
	assert_int_equal(enable(code_at(2)), OST_DENIED);
	assert_int_equal(
		second_step_enable(world.context.accounts, world.arena,
			&world.user, SPAN("short"), code_at(0), NOW_MS, codes),
		OST_BADINPUT);
	read_user(&user);
	assert_true(user.generation == generation);
	/* Another authenticator: the recovery codes before end. */
	assert_int_equal(totp_new_secret(world.arena, &secret), OST_OK);
	assert_int_equal(enable(code_at(1)), OST_OK);
	assert_true(world.user.generation == generation + 1);
	assert_int_equal(recovery_count(world.user.recovery), RECOVERY_CODES);
}

static void
a_code_is_used_once(void **state)
{
	struct user user;

	(void)state;
	/* That of the beginning is used. */
	assert_int_equal(check(code_at(0)), OST_DENIED);
	assert_int_equal(check(code_at(-1)), OST_DENIED);
	assert_int_equal(check(code_at(1)), OST_OK);
	assert_int_equal(check(code_at(1)), OST_DENIED);
	read_user(&user);
	assert_true(user.totp_step == totp_step(NOW_MS) + 1);
	clock_fake(NOW_MS + 2 * TOTP_STEP_MS);
	assert_int_equal(check(code_at(2)), OST_OK);
}

/* Both have read the user before either writes. */
static void
of_two_uses_at_a_time_one_wins(void **state)
{
	struct user first = world.user, second = world.user, changed;
	struct span typed = code_at(1);

	(void)state;
	assert_int_equal(check_from(ADDRESS, &first, typed, &changed), OST_OK);
	assert_int_equal(
		check_from(ADDRESS, &second, typed, &changed), OST_DENIED);
	first = second = changed;
	assert_int_equal(
		check_from(ADDRESS, &first, codes[4], &changed), OST_OK);
	assert_int_equal(
		check_from(ADDRESS, &second, codes[4], &changed), OST_DENIED);
	/* Another code at the same time is another matter. */
	assert_int_equal(
		check_from(ADDRESS, &second, codes[5], &changed), OST_OK);
	assert_int_equal(recovery_count(changed.recovery), RECOVERY_CODES - 2);
}

static void
recovery_codes_open_once_each(void **state)
{
	struct user user;

	(void)state;
	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		assert_int_equal(check(codes[i]), OST_OK);
		read_user(&user);
		assert_int_equal(
			recovery_count(user.recovery), RECOVERY_CODES - 1 - i);
	}
	assert_int_equal(check(codes[3]), OST_DENIED);
	/* The authenticator goes on. */
	assert_int_equal(check(code_at(1)), OST_OK);
}

static void
new_codes_end_the_old_ones(void **state)
{
	struct span old = codes[0];

	(void)state;
	assert_int_equal(second_step_new_codes(world.context.accounts,
				 world.arena, &world.user, codes),
		OST_OK);
	assert_int_equal(check(old), OST_DENIED);
	assert_int_equal(check(codes[0]), OST_OK);
}

static void
it_ends(void **state)
{
	struct store *accounts = world.context.accounts;
	struct user stale = world.user, user;
	struct span before, after;

	(void)state;
	assert_int_equal(
		second_step_disable(accounts, world.arena, &world.user),
		OST_OK);
	read_user(&user);
	assert_false(user_has_two_steps(&user));
	assert_true(span_is_absent(user.recovery) && user.totp_step == 0);
	/* Nothing of it is left in the record, and so no code opens. */
	before = user.raw;
	assert_int_equal(user_update(accounts, world.arena, &user), OST_OK);
	after = user.raw;
	assert_span(after, before);
	assert_null(strstr(after.p, "totp"));
	assert_int_equal(check(code_at(1)), OST_DENIED);
	assert_int_equal(
		check_from(ADDRESS, &stale, codes[0], &user), OST_DENIED);
	assert_int_equal(second_step_disable(accounts, world.arena, &stale),
		OST_CONFLICT);
	assert_int_equal(second_step_new_codes(
				 accounts, world.arena, &world.user, codes),
		OST_DENIED);
}

static void
failures_are_counted_by_account(void **state)
{
	struct user changed;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(check(codes[i]), OST_OK);
	for (int i = 0; i < 5; i++)
		assert_int_equal(check(SPAN("nonsense")), OST_DENIED);
	assert_int_equal(check(code_at(1)), OST_LIMITED);
	for (int i = 0; i < 3; i++)
		assert_int_equal(check_from(SPAN("192.0.2.8"), &world.user,
					 SPAN("000000"), &changed),
			OST_DENIED);
	/* Eight over all addresses, and also from where he signed in. */
	assert_int_equal(check_from(SPAN("192.0.2.9"), &world.user, code_at(1),
				 &changed),
		OST_LIMITED);
	assert_true(activity_knows(
		world.context.activity, world.arena, world.user.id, ADDRESS));
	assert_false(activity_knows(world.context.activity, world.arena,
		world.user.id, SPAN("192.0.2.8")));
}

/* Also of who is careful with his addresses, and whatever succeeds between. */
static void
failures_are_counted_by_the_day(void **state)
{
	char address[20];
	struct user changed = world.user;

	(void)state;
	world.config.limit_login_account = (struct limit_rule){ 1000, 900 };
	for (int i = 0; i < SECOND_STEP_DAY_MAX; i++) {
		snprintf(address, sizeof(address), "198.51.100.%d", i);
		assert_int_equal(check_from(span_of(address), &changed,
					 SPAN("000000"), &changed),
			OST_DENIED);
		if (i == 20)
			assert_int_equal(check(codes[0]), OST_OK);
		changed = world.user;
	}
	assert_int_equal(check(codes[1]), OST_LIMITED);
	clock_fake(NOW_MS + 900000);
	assert_int_equal(check(codes[1]), OST_LIMITED);
	clock_fake(NOW_MS + SECOND_STEP_DAY_S * INT64_C(1000));
	assert_int_equal(check(codes[1]), OST_OK);
}

/* Who knew the password before cannot shut its new owner out. */
static void
a_new_password_has_a_new_day(void **state)
{
	char address[20];
	struct user changed = world.user;

	(void)state;
	world.config.limit_login_account = (struct limit_rule){ 1000, 900 };
	for (int i = 0; i < SECOND_STEP_DAY_MAX; i++) {
		snprintf(address, sizeof(address), "198.51.100.%d", i);
		assert_int_equal(check_from(span_of(address), &world.user,
					 SPAN("000000"), &changed),
			OST_DENIED);
	}
	assert_int_equal(check(codes[1]), OST_LIMITED);
	world.user.generation++;
	world_save_user();
	assert_int_equal(check(codes[1]), OST_OK);
}

/* As of a dump without a passphrase. */
static void
without_its_secret_only_recovery_codes_open(void **state)
{
	(void)state;
	world.user.totp_secret = SPAN("");
	world_save_user();
	assert_true(user_has_two_steps(&world.user));
	assert_int_equal(check(code_at(1)), OST_DENIED);
	assert_int_equal(check(codes[0]), OST_OK);
	world.user.totp_secret = SPAN("not base32!");
	world_save_user();
	assert_int_equal(check(code_at(1)), OST_DENIED);
}

static void
who_changed_meanwhile_is_not_let_in(void **state)
{
	struct user stale = world.user, changed;

	(void)state;
	world.user.generation++;
	world_save_user();
	assert_int_equal(
		check_from(ADDRESS, &stale, code_at(1), &changed), OST_DENIED);
	stale = world.user;
	world.user.is_disabled = true;
	world_save_user();
	assert_int_equal(
		check_from(ADDRESS, &stale, code_at(1), &changed), OST_DENIED);
	assert_int_equal(check(code_at(1)), OST_DENIED);
	assert_int_equal(
		user_delete(world.context.accounts, world.arena, &world.user),
		OST_OK);
	assert_int_equal(
		check_from(ADDRESS, &stale, code_at(1), &changed), OST_DENIED);
}

static void
no_store_lets_nobody_in(void **state)
{
	struct store *accounts = world.context.accounts;
	struct user changed = { .name = SPAN("untouched") };

	(void)state;
	world.context.accounts = records_broken();
	for (int i = 0; i < 8; i++) /* and counts as no failure */
		assert_int_equal(
			check_from(ADDRESS, &world.user, codes[0], &changed),
			OST_STORE);
	assert_span(changed.name, SPAN("untouched"));
	store_close(world.context.accounts);
	world.context.accounts = accounts;
	assert_int_equal(check(codes[0]), OST_OK);
}

static void
roles_that_need_it(void **state)
{
	static const struct {
		const char *roles, *needed;
		bool must;
	} cases[] = {
		{ "", "", false },
		{ "", "admin", false },
		{ "admin", NULL, false },
		{ "admin", "admin", true },
		{ "reader admin", "editor admin", true },
		{ "reader", "editor admin", false },
		{ "adm", "admin", false },
		{ "administrator", "admin", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct user user = { .roles = span_of(cases[i].roles) };
		struct config config = { .two_step_roles =
						 span_of(cases[i].needed) };

		if (user_must_have_two_steps(&config, &user) != cases[i].must)
			fail_msg("case %zu", i);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_second_step(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_begins_with_a_code),
		TEST(a_code_is_used_once),
		TEST(of_two_uses_at_a_time_one_wins),
		TEST(recovery_codes_open_once_each),
		TEST(new_codes_end_the_old_ones),
		TEST(it_ends),
		TEST(failures_are_counted_by_account),
		TEST(failures_are_counted_by_the_day),
		TEST(a_new_password_has_a_new_day),
		TEST(without_its_secret_only_recovery_codes_open),
		TEST(who_changed_meanwhile_is_not_let_in),
		TEST(no_store_lets_nobody_in),
		cmocka_unit_test(roles_that_need_it),
	};

	return cmocka_run_group_tests_name("second_step", tests, NULL, NULL);
}
