/* Which links prove an address, and for whom. */
#include "clock.h"
#include "confirm.h"
#include "mailed.h"
#include "records.h"
#include "vectors.h"

int test_confirm(void);

#define ADDRESS SPAN("joe@example.org")
#define OTHER	SPAN("joe@example.com")

static int
setup(void **state)
{
	if (mailed_open(state) != 0)
		return 1;
	world.user.email = ADDRESS;
	world_save_user();
	return 0;
}

/* The ticket of the link in the only mail that waits, which is for to. */
static struct span
mailed_to(struct span to)
{
	struct spool_message message;
	struct span ticket = mailed_take(&message);

	assert_span(message.address, to);
	assert_false(span_is_absent(ticket));
	return ticket;
}

static struct span
asked(void)
{
	int64_t wait_s;

	assert_int_equal(confirm_start(&world.context, &mailed.request,
				 &world.user, SPAN_ABSENT, &wait_s),
		OST_OK);
	return mailed_to(world.user.email);
}

static enum ost_err
follow(struct span text)
{
	return confirm_finish(&world.context, world.arena, text, world.user.id);
}

static void
read_user(void)
{
	assert_int_equal(user_by_id(world.context.accounts, world.arena,
				 world.user.id, &world.user),
		OST_OK);
}

static bool
is_proven(void)
{
	read_user();
	return user_has_proven_email(&world.user);
}

static void
move_to(struct span address)
{
	read_user();
	world.user.email = address;
	world_save_user();
}

/* OIDC-08 */
static void
a_mailed_link_proves_the_address(void **state)
{
	struct span text = asked();
	int64_t wait_s;

	(void)state;
	assert_false(is_proven());
	assert_int_equal(follow(text), OST_OK);
	assert_true(is_proven());
	assert_int_equal(follow(text), OST_NOTFOUND);
	assert_false(confirm_is_possible(&world.config, &world.user));
	assert_int_equal(confirm_start(&world.context, &mailed.request,
				 &world.user, SPAN_ABSENT, &wait_s),
		OST_DENIED);
}

/* OIDC-08 */
static void
it_proves_no_address_but_its_own(void **state)
{
	struct span text = asked();

	(void)state;
	move_to(OTHER);
	assert_int_equal(follow(text), OST_NOTFOUND);
	assert_false(is_proven());
	/* One that is spelled differently is another one. */
	move_to(SPAN("Joe@example.org"));
	assert_int_equal(follow(text), OST_NOTFOUND);
	move_to(ADDRESS);
	assert_int_equal(follow(text), OST_OK);
	assert_true(is_proven());
	move_to(OTHER);
	assert_false(is_proven());
	move_to(ADDRESS);
	assert_false(is_proven());
}

/* OIDC-08 */
static void
it_proves_nothing_for_another_account(void **state)
{
	struct user twin = { .name = SPAN("twin"), .email = ADDRESS };
	struct span text = asked();
	struct ticket ticket;

	(void)state;
	assert_int_equal(
		user_create(world.context.accounts, world.arena, &twin),
		OST_OK);
	assert_int_equal(
		confirm_finish(&world.context, world.arena, text, twin.id),
		OST_NOTFOUND);
	assert_int_equal(
		confirm_look(&world.context, world.arena, text, &twin, &ticket),
		OST_NOTFOUND);
	read_user();
	world.user.is_disabled = true;
	world_save_user();
	assert_int_equal(follow(text), OST_NOTFOUND);
	clock_fake(NOW_MS + 24 * HOUR_MS);
	world.user.is_disabled = false;
	world_save_user();
	assert_int_equal(follow(text), OST_NOTFOUND);
}

static void
links_of_one_kind_open_nothing_of_another(void **state)
{
	struct span text = asked();
	const struct signup_form form = { .name = SPAN("ann"),
		.password = PASSWORD };
	struct signup_problem problem;
	struct user user;
	int64_t wait_s;

	(void)state;
	assert_int_equal(signup_finish(&world.context, world.arena, text, &form,
				 &problem, &user),
		OST_NOTFOUND);
	assert_int_equal(reset_finish(&world.context, world.arena, text,
				 PASSWORD, &problem, &user),
		OST_NOTFOUND);
	assert_int_equal(reset_start(&world.context, &mailed.request, ADDRESS,
				 SPAN_ABSENT, &wait_s),
		OST_OK);
	assert_int_equal(follow(mailed_to(ADDRESS)), OST_NOTFOUND);
}

/* OIDC-08 */
static void
a_lost_password_proves_the_address_that_got_the_mail(void **state)
{
	struct signup_problem problem;
	struct span first, second;
	struct user user;
	int64_t wait_s;

	(void)state;
	assert_int_equal(reset_start(&world.context, &mailed.request, ADDRESS,
				 SPAN_ABSENT, &wait_s),
		OST_OK);
	first = mailed_to(ADDRESS);
	assert_int_equal(
		reset_send(&world.context, world.arena, &world.user), OST_OK);
	second = mailed_to(ADDRESS);
	move_to(OTHER);
	/* Who has the mail of an address of before is nobody here. */
	assert_int_equal(reset_finish(&world.context, world.arena, first,
				 PASSWORD, &problem, &user),
		OST_NOTFOUND);
	assert_false(is_proven());
	move_to(ADDRESS);
	assert_int_equal(reset_finish(&world.context, world.arena, second,
				 PASSWORD, &problem, &user),
		OST_OK);
	assert_true(user_has_proven_email(&user));
	assert_true(is_proven());
}

/* A link of before addresses stood in its record. */
static void
an_old_link_sets_a_password_and_proves_nothing(void **state)
{
	struct ticket ticket = { .kind = TICKET_RESET,
		.user_id = world.user.id,
		.generation = world.user.generation };
	struct signup_problem problem;
	struct span text;
	struct user user;

	(void)state;
	assert_int_equal(ticket_create(world.context.grants, world.arena,
				 &ticket, HOUR_MS, &text),
		OST_OK);
	assert_int_equal(reset_finish(&world.context, world.arena, text,
				 PASSWORD, &problem, &user),
		OST_OK);
	assert_false(is_proven());
}

static bool
is_proven_by_invitation(bool is_mailed, const char *name)
{
	struct ticket ticket = {
		.kind = TICKET_INVITE, .email = OTHER, .is_mailed = is_mailed
	};
	const struct signup_form form = { .name = span_of(name),
		.password = PASSWORD };
	struct signup_problem problem;
	struct span text;
	struct user user;

	assert_int_equal(ticket_create(world.context.grants, world.arena,
				 &ticket, HOUR_MS, &text),
		OST_OK);
	assert_int_equal(signup_finish(&world.context, world.arena, text, &form,
				 &problem, &user),
		OST_OK);
	assert_int_equal(
		user_by_id(world.context.accounts, world.arena, user.id, &user),
		OST_OK);
	return user_has_proven_email(&user);
}

/* OIDC-08 */
static void
signing_up_proves_the_address_when_the_link_was_mailed(void **state)
{
	const struct signup_form form = { .name = SPAN("ann"),
		.password = PASSWORD };
	struct signup_problem problem;
	struct user user;
	int64_t wait_s;

	(void)state;
	assert_int_equal(signup_start(&world.context, &mailed.request,
				 SPAN("ann@example.org"), SPAN_ABSENT, &wait_s),
		OST_OK);
	assert_int_equal(signup_finish(&world.context, world.arena,
				 mailed_to(SPAN("ann@example.org")), &form,
				 &problem, &user),
		OST_OK);
	assert_true(user_has_proven_email(&user));
	assert_true(is_proven_by_invitation(true, "bea"));
	assert_false(is_proven_by_invitation(false, "cleo"));
}

static void
the_limits_are_those_of_lost_passwords(void **state)
{
	int64_t wait_s = 0;

	(void)state;
	(void)asked();
	(void)asked();
	assert_int_equal(reset_start(&world.context, &mailed.request, ADDRESS,
				 SPAN_ABSENT, &wait_s),
		OST_OK);
	assert_int_equal(confirm_start(&world.context, &mailed.request,
				 &world.user, SPAN_ABSENT, &wait_s),
		OST_LIMITED);
	assert_true(wait_s >= 1 && wait_s <= 3600);
	world.config.mail_from.address = SPAN_ABSENT;
	assert_false(confirm_is_possible(&world.config, &world.user));
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, mailed_close)

int
test_confirm(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_mailed_link_proves_the_address),
		TEST(it_proves_no_address_but_its_own),
		TEST(it_proves_nothing_for_another_account),
		TEST(links_of_one_kind_open_nothing_of_another),
		TEST(a_lost_password_proves_the_address_that_got_the_mail),
		TEST(an_old_link_sets_a_password_and_proves_nothing),
		TEST(signing_up_proves_the_address_when_the_link_was_mailed),
		TEST(the_limits_are_those_of_lost_passwords),
	};

	return cmocka_run_group_tests_name("confirm", tests, NULL, NULL);
}
