/* Accounts that are made by the link in a mail. */
#include "mailed.h"
#include "records.h"
#include "vectors.h"

int test_signup(void);

static void
a_link_makes_one_account(void **state)
{
	struct span ticket = mailed_link(signup_start, "ann@example.org");
	struct ticket looked;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(signup_look(&world.context, world.arena,
					 ticket, &looked),
			OST_OK);
	assert_true(span_eq(looked.email, SPAN("ann@example.org")));
	assert_true(span_eq(looked.language, SPAN("en-GB")));
	assert_int_equal(mailed_finish(ticket, "JOE"), OST_CONFLICT);
	assert_int_equal(mailed.problem.field, SIGNUP_NAME);
	assert_int_equal(mailed_finish(ticket, ".ann"), OST_BADINPUT);
	assert_int_equal(mailed_finish(ticket, "ann"), OST_OK);
	assert_true(span_eq(mailed.made.email, SPAN("ann@example.org")));
	assert_int_equal(user_by_name(world.context.accounts, world.arena,
				 SPAN("Ann"), &mailed.made),
		OST_OK);
	assert_int_equal(
		password_verify(PASSWORD, mailed.made.password), OST_OK);
	assert_int_equal(mailed_finish(ticket, "ann2"), OST_NOTFOUND);
	assert_int_equal(mailed_finish(SPAN("short"), "ann2"), OST_NOTFOUND);
	assert_int_equal(records_count(world.context.accounts, "user:"), 2);
}

static void
the_password_has_rules(void **state)
{
	struct span ticket = mailed_link(signup_start, "ann@example.org");
	struct signup_form form = { .name = SPAN("ann"),
		.password = SPAN("short77") };
	char name[SIGNUP_DISPLAY_NAME_MAX + 1];

	(void)state;
	memset(name, 'x', sizeof(name));
	assert_int_equal(signup_finish(&world.context, world.arena, ticket,
				 &form, &mailed.problem, &mailed.made),
		OST_BADINPUT);
	assert_int_equal(mailed.problem.field, SIGNUP_PASSWORD);
	form.password = PASSWORD;
	form.display_name = (struct span){ name, sizeof(name) };
	assert_int_equal(signup_finish(&world.context, world.arena, ticket,
				 &form, &mailed.problem, &mailed.made),
		OST_BADINPUT);
	assert_int_equal(mailed.problem.field, SIGNUP_DISPLAY_NAME);
	form.display_name = SPAN("Ann \xc3\x84");
	assert_int_equal(signup_finish(&world.context, world.arena, ticket,
				 &form, &mailed.problem, &mailed.made),
		OST_OK);
	assert_true(span_eq(mailed.made.display_name, form.display_name));
}

static void
an_invitation_gives_roles_and_may_give_a_second_account(void **state)
{
	struct store *grants = world.context.grants;
	struct ticket ticket = { .kind = TICKET_INVITE,
		.email = SPAN("joe@example.org"),
		.roles = SPAN("reader editor") };
	struct span text;

	(void)state;
	world.config.signup = SIGNUP_INVITE;
	assert_int_equal(
		ticket_create(grants, world.arena, &ticket, HOUR_MS, &text),
		OST_OK);
	world.config.signup = SIGNUP_OFF;
	assert_int_equal(mailed_finish(text, "joe2"), OST_NOTFOUND);
	world.config.signup = SIGNUP_INVITE;
	assert_int_equal(mailed_finish(text, "joe2"), OST_OK);
	assert_true(span_eq(mailed.made.roles, SPAN("reader editor")));
	assert_int_equal(
		ticket_use(grants, world.arena, &ticket), OST_CONFLICT);
	/* Withdrawn. */
	assert_int_equal(
		ticket_create(grants, world.arena, &ticket, HOUR_MS, &text),
		OST_OK);
	assert_int_equal(ticket_use(grants, world.arena, &ticket), OST_OK);
	assert_int_equal(mailed_finish(text, "joe3"), OST_NOTFOUND);
	ticket.email = SPAN("joe");
	assert_int_equal(
		ticket_create(grants, world.arena, &ticket, HOUR_MS, &text),
		OST_BADINPUT);
}

static void
an_operators_invitation_ends_with_his_power(void **state)
{
	struct ticket ticket = { .kind = TICKET_INVITE,
		.email = SPAN("ann@example.org"),
		.roles = SPAN("admin"),
		.by = world.user.id };
	struct ticket looked;
	struct span text, roles = SPAN("reader admin");

	(void)state;
	assert_int_equal(ticket_create(world.context.grants, world.arena,
				 &ticket, HOUR_MS, &text),
		OST_OK);
	assert_int_equal(mailed_finish(text, "ann"), OST_NOTFOUND);
	world.user.roles = roles;
	world.user.is_disabled = true;
	world_save_user();
	assert_int_equal(mailed_finish(text, "ann"), OST_NOTFOUND);
	world.user.is_disabled = false;
	world_save_user();
	assert_int_equal(
		signup_look(&world.context, world.arena, text, &looked),
		OST_OK);
	assert_true(span_eq(looked.by, world.user.id));
	assert_int_equal(mailed_finish(text, "ann"), OST_OK);
	/* What ended when he was disabled does not come back with him. */
	ticket.by_epoch = world.user.epoch;
	assert_int_equal(ticket_create(world.context.grants, world.arena,
				 &ticket, HOUR_MS, &text),
		OST_OK);
	world.user.epoch++;
	world_save_user();
	assert_int_equal(mailed_finish(text, "ann1"), OST_NOTFOUND);
	ticket.by_epoch = world.user.epoch;
	assert_int_equal(ticket_create(world.context.grants, world.arena,
				 &ticket, HOUR_MS, &text),
		OST_OK);
	assert_int_equal(mailed_finish(text, "ann1"), OST_OK);
	ticket.by = SPAN("uNobody");
	assert_int_equal(ticket_create(world.context.grants, world.arena,
				 &ticket, HOUR_MS, &text),
		OST_OK);
	assert_int_equal(mailed_finish(text, "ann2"), OST_NOTFOUND);
}

static void
an_address_that_got_an_account_meanwhile_gets_no_second(void **state)
{
	struct span first = mailed_link(signup_start, "ann@example.org"),
		    second = mailed_link(signup_start, "ANN@example.org");

	(void)state;
	assert_int_equal(mailed_finish(first, "ann"), OST_OK);
	assert_int_equal(mailed_finish(second, "ann2"), OST_CONFLICT);
	assert_int_equal(mailed.problem.field, SIGNUP_EMAIL);
}

/* Else the mail to the address would lead to who took it as his name. */
static void
a_name_that_is_an_address_is_the_links(void **state)
{
	struct span ticket = mailed_link(signup_start, "Ann@example.org"),
		    reset;
	struct user squatter = { .name = SPAN("joe@example.org"),
		.email = SPAN("evil@example.com"),
		.created_ms = 1 };

	(void)state;
	assert_int_equal(
		mailed_finish(ticket, "joe@example.org"), OST_BADINPUT);
	assert_int_equal(mailed.problem.field, SIGNUP_NAME_ADDRESS);
	assert_int_equal(
		mailed_finish(ticket, "ann@example.orgs"), OST_BADINPUT);
	assert_int_equal(mailed_finish(ticket, "ann@EXAMPLE.org"), OST_OK);
	/* One from before, or that the operator made. */
	assert_int_equal(
		user_create(world.context.accounts, world.arena, &squatter),
		OST_OK);
	reset = mailed_link(reset_start, "joe@example.org");
	assert_int_equal(mailed_reset(reset), OST_OK);
	assert_true(span_eq(mailed.made.id, world.user.id));
	/* A name without an account of that address is a name. */
	squatter = (struct user){ .name = SPAN("jim@example.org"),
		.email = SPAN("jim@example.com") };
	assert_int_equal(
		user_create(world.context.accounts, world.arena, &squatter),
		OST_OK);
	reset = mailed_link(reset_start, "jim@example.org");
	assert_int_equal(mailed_reset(reset), OST_OK);
	assert_true(span_eq(mailed.made.id, squatter.id));
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, mailed_open, mailed_close)

int
test_signup(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_link_makes_one_account),
		TEST(the_password_has_rules),
		TEST(an_invitation_gives_roles_and_may_give_a_second_account),
		TEST(an_operators_invitation_ends_with_his_power),
		TEST(an_address_that_got_an_account_meanwhile_gets_no_second),
		TEST(a_name_that_is_an_address_is_the_links),
	};

	return cmocka_run_group_tests_name("signup", tests, NULL, NULL);
}
