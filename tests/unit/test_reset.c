/* What asking for a link costs, when one ends, and new passwords by one. */
#include "clock.h"
#include "mailed.h"
#include "records.h"
#include "vectors.h"

int test_reset(void);

/* What a start has written. */
struct work {
	int batches;
	size_t files, tickets;
};

static struct work
work_of(mailed_start *start, const char *who)
{
	struct work before = { .batches = world.batches }, after;

	before.tickets = records_count(world.context.grants, "ticket:");
	mailed_list(&before.files);
	mailed_ask(start, who);
	mailed_list(&after.files);
	after.files -= before.files;
	after.tickets =
		records_count(world.context.grants, "ticket:") - before.tickets;
	after.batches = world.batches - before.batches;
	return after;
}

/* Nobody can tell by the work whether there is an account. */
static void
known_and_unknown_cost_the_same(void **state)
{
	static const char *const typed[] = { "joe@example.org",
		"joe@example.com", "joe", "jim" };
	struct spool_message message;

	(void)state;
	for (size_t i = 0; i < COUNT(typed); i++) {
		struct work work = work_of(reset_start, typed[i]);

		assert_int_equal(work.batches, 1);
		assert_int_equal(work.tickets, 1);
		assert_int_equal(work.files, 1);
		(void)mailed_take(&message);
		assert_int_equal(span_is_absent(message.address), i % 2);
		if (i % 2 == 0)
			assert_true(span_eq(
				message.address, SPAN("Joe@Example.org")));
	}
	for (size_t i = 0; i < 2; i++) {
		struct work work = work_of(signup_start, typed[i]);

		assert_int_equal(work.batches, 1);
		assert_int_equal(work.tickets, 1);
		assert_int_equal(work.files, 1);
		(void)mailed_take(&message);
		assert_true(span_eq(message.address, span_of(typed[i])));
		assert_int_equal(
			strstr(message.text.p, "/account/signup?") != NULL, i);
		assert_int_equal(
			strstr(message.text.p, "/account/reset\n") != NULL,
			1 - i);
	}
}

static void
the_limits_count_what_was_typed(void **state)
{
	static const char *const typed[] = { "joe@example.org", "nobody@b",
		"jim" };
	int64_t wait_s = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(typed); i++) {
		mailed.request.address = i == 0	  ? SPAN("192.0.2.1")
					 : i == 1 ? SPAN("192.0.2.2")
						  : SPAN("192.0.2.3");
		for (int k = 0; k < 3; k++)
			mailed_ask(reset_start, typed[i]);
		assert_int_equal(
			reset_start(&world.context, &mailed.request,
				span_of(typed[i]), SPAN_ABSENT, &wait_s),
			OST_LIMITED);
		assert_true(wait_s >= 1 && wait_s <= 3600);
	}
	assert_int_equal(signup_start(&world.context, &mailed.request,
				 SPAN("JOE@example.org"), SPAN_ABSENT, &wait_s),
		OST_LIMITED);
	mailed.request.address = SPAN("192.0.2.9");
	for (int k = 0; k < 10; k++) {
		char name[16];

		snprintf(name, sizeof(name), "n%d", k);
		mailed_ask(reset_start, name);
	}
	assert_int_equal(reset_start(&world.context, &mailed.request,
				 SPAN("other"), SPAN_ABSENT, &wait_s),
		OST_LIMITED);
}

static void
mails_over_all_and_the_operators_are_not_stopped_soon(void **state)
{
	struct rate_result result;
	int64_t wait_s = 0;

	(void)state;
	for (int i = 0; i < 1998; i++)
		assert_int_equal(rate_hit(world.context.rate, RATE_ADDRESSES,
					 SPAN("mail-all"), 2000, 3600, &result),
			OST_OK);
	mailed_ask(reset_start, "joe");
	mailed_ask(reset_start, "jim");
	assert_int_equal(reset_start(&world.context, &mailed.request,
				 SPAN("ann"), SPAN_ABSENT, &wait_s),
		OST_LIMITED);
	assert_true(wait_s >= 1 && wait_s <= 3600);
	for (int i = 0; i < 5; i++)
		assert_int_equal(
			reset_send(&world.context, world.arena, &world.user),
			OST_OK);
	world.user.is_disabled = true;
	assert_int_equal(reset_send(&world.context, world.arena, &world.user),
		OST_DENIED);
}

static void
what_is_no_address_and_what_is_not_open_is_told(void **state)
{
	struct context *c = &world.context;
	int64_t wait_s;
	size_t n;

	(void)state;
	assert_int_equal(signup_start(c, &mailed.request, SPAN("a@b\nBcc: c@d"),
				 SPAN_ABSENT, &wait_s),
		OST_BADINPUT);
	assert_int_equal(
		reset_start(c, &mailed.request, SPAN(""), SPAN_ABSENT, &wait_s),
		OST_BADINPUT);
	world.config.signup = SIGNUP_INVITE;
	assert_int_equal(signup_start(c, &mailed.request, SPAN("a@b"),
				 SPAN_ABSENT, &wait_s),
		OST_DENIED);
	world.config.mail_from.address = SPAN_ABSENT;
	assert_int_equal(reset_start(c, &mailed.request, SPAN("a@b"),
				 SPAN_ABSENT, &wait_s),
		OST_DENIED);
	(void)mailed_list(&n);
	assert_int_equal(n, 0);
	assert_int_equal(world.batches, 0);
}

/* Killed, or failed, when the user was made and the ticket was not deleted. */
static void
a_link_that_is_left_opens_nothing(void **state)
{
	struct span ticket = mailed_link(signup_start, "ann@example.org");
	struct span reset = mailed_link(reset_start, "joe");

	(void)state;
	world.fail_at = world.batches + 1;
	assert_int_equal(mailed_finish(ticket, "ann"), OST_OK);
	assert_int_equal(records_count(world.context.grants, "ticket:"), 2);
	assert_int_equal(mailed_finish(ticket, "ann2"), OST_NOTFOUND);
	world.fail_at = world.batches + 1;
	assert_int_equal(mailed_reset(reset), OST_OK);
	assert_int_equal(mailed.made.generation, 4);
	assert_int_equal(records_count(world.context.grants, "ticket:"), 2);
	assert_int_equal(mailed_reset(reset), OST_NOTFOUND);
	assert_int_equal(records_count(world.context.accounts, "user:"), 2);
}

static void
a_new_password_ends_every_other_link(void **state)
{
	struct span first = mailed_link(reset_start, "joe"),
		    second = mailed_link(reset_start, "JOE@EXAMPLE.ORG");
	struct ticket ticket;

	(void)state;
	assert_int_equal(reset_look(&world.context, world.arena, first, &ticket,
				 &mailed.made),
		OST_OK);
	assert_true(span_eq(mailed.made.id, world.user.id));
	assert_int_equal(mailed_reset(second), OST_OK);
	assert_int_equal(mailed.made.generation, 4);
	assert_int_equal(
		password_verify(PASSWORD, mailed.made.password), OST_OK);
	assert_int_equal(mailed_reset(second), OST_NOTFOUND);
	assert_int_equal(mailed_reset(first), OST_NOTFOUND);
	/* Links of one kind open nothing of the other. */
	assert_int_equal(mailed_finish(mailed_link(reset_start, "joe"), "ann"),
		OST_NOTFOUND);
	assert_int_equal(
		mailed_reset(mailed_link(signup_start, "ann@example.org")),
		OST_NOTFOUND);
}

static void
a_link_ends(void **state)
{
	struct span ticket = mailed_link(signup_start, "ann@example.org"),
		    reset = mailed_link(reset_start, "joe");

	(void)state;
	world.config.signup = SIGNUP_INVITE;
	assert_int_equal(mailed_finish(ticket, "ann"), OST_NOTFOUND);
	world.config.signup = SIGNUP_OPEN;
	clock_fake(NOW_MS + 24 * HOUR_MS - 1);
	assert_int_equal(mailed_finish(ticket, "ann"), OST_OK);
	clock_fake(NOW_MS + 24 * HOUR_MS);
	assert_int_equal(mailed_reset(reset), OST_NOTFOUND);
	assert_int_equal(mailed_reset(mailed_link(reset_start, "joe")), OST_OK);
	/* To who is disabled nothing is sent, and an old link is dead. */
	reset = mailed_link(reset_start, "joe");
	assert_int_equal(user_by_id(world.context.accounts, world.arena,
				 world.user.id, &world.user),
		OST_OK);
	world.user.is_disabled = true;
	world_save_user();
	assert_int_equal(mailed_reset(reset), OST_NOTFOUND);
}

static void
a_store_that_fails_is_never_a_no(void **state)
{
	struct store *broken = records_broken(), *grants = world.context.grants;
	struct span ticket = mailed_link(signup_start, "ann@example.org");
	int64_t wait_s;

	(void)state;
	world.context.grants = broken;
	assert_int_equal(mailed_finish(ticket, "ann"), OST_STORE);
	assert_int_equal(mailed_reset(ticket), OST_STORE);
	assert_int_equal(reset_start(&world.context, &mailed.request,
				 SPAN("joe"), SPAN_ABSENT, &wait_s),
		OST_STORE);
	world.context.grants = grants;
	store_close(broken);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, mailed_open, mailed_close)

int
test_reset(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(known_and_unknown_cost_the_same),
		TEST(the_limits_count_what_was_typed),
		TEST(mails_over_all_and_the_operators_are_not_stopped_soon),
		TEST(what_is_no_address_and_what_is_not_open_is_told),
		TEST(a_link_that_is_left_opens_nothing),
		TEST(a_new_password_ends_every_other_link),
		TEST(a_link_ends),
		TEST(a_store_that_fails_is_never_a_no),
	};

	return cmocka_run_group_tests_name("reset", tests, NULL, NULL);
}
