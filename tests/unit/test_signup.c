/* Links in mails, and what is done with them. */
#include "clock.h"
#include "crypto.h"
#include "mail.h"
#include "records.h"
#include "signup.h"
#include "vectors.h"
#include "workshop.h"
#include "world.h"

int test_signup(void);

static char *folder;
static struct request request;
static struct signup_problem problem;
static struct user made;

#define PASSWORD SPAN("correct horse")

static int
setup(void **state)
{
	if (world_open(state) != 0)
		return 1;
	folder = workshop_open("rates", NULL);
	world.config.state_path = span_of(folder);
	world.config.signup = SIGNUP_OPEN;
	world.config.site_name = SPAN("Trees");
	world.config.mail_from.address = SPAN("no-reply@trees.example");
	world.config.ticket_lifetime_s = 24 * 3600;
	world.config.password_cost = (struct password_cost){ 10, 1, 1 };
	world.user.email = SPAN("Joe@Example.org");
	world.user.generation = 3;
	world_save_user();
	request = (struct request){ .arena = world.arena,
		.address = SPAN("192.0.2.1") };
	return 0;
}

static int
teardown(void **state)
{
	workshop_close(folder);
	return world_close(state);
}

/* What a start has written. */
struct work {
	int batches;
	size_t files, tickets;
};

static struct spooled *
list(size_t *n)
{
	struct spool spool = mail_spool(&world.context, world.arena);
	struct spooled *files;
	size_t strangers;

	assert_int_equal(
		spool_list(&spool, SPOOL_NEW, &files, n, &strangers), OST_OK);
	return files;
}

static struct work
work_of(enum ost_err (*start)(const struct context *, const struct request *,
		struct span, struct span, int64_t *),
	const char *who)
{
	struct work before = { .batches = world.batches }, after;
	int64_t wait_s;

	before.tickets = records_count(world.context.grants, "ticket:");
	list(&before.files);
	assert_int_equal(start(&world.context, &request, span_of(who),
				 SPAN("en-GB"), &wait_s),
		OST_OK);
	list(&after.files);
	after.files -= before.files;
	after.tickets =
		records_count(world.context.grants, "ticket:") - before.tickets;
	after.batches = world.batches - before.batches;
	return after;
}

/* The only mail that waits, taken out; its link's ticket, or absent. */
static struct span
take_mail(struct spool_message *message)
{
	struct spool spool = mail_spool(&world.context, world.arena);
	struct span ticket = SPAN_ABSENT;
	struct spooled *files;
	const char *link;
	size_t n;

	files = list(&n);
	assert_int_equal(n, 1);
	assert_int_equal(spool_read(&spool, &files[0], message), OST_OK);
	assert_int_equal(spool_remove(&spool, &files[0]), OST_OK);
	link = strstr(message->text.p, "?ticket=");
	if (link != NULL)
		ticket = (struct span){ link + 8, CRYPTO_TEXT_SIZE };
	return ticket;
}

static struct span
started(enum ost_err (*start)(const struct context *, const struct request *,
		struct span, struct span, int64_t *),
	const char *who)
{
	struct spool_message message;

	(void)work_of(start, who);
	return take_mail(&message);
}

static enum ost_err
finish(struct span ticket, const char *name)
{
	const struct signup_form form = { .name = span_of(name),
		.password = PASSWORD };

	return signup_finish(
		&world.context, world.arena, ticket, &form, &problem, &made);
}

static enum ost_err
set_anew(struct span ticket)
{
	return reset_finish(
		&world.context, world.arena, ticket, PASSWORD, &problem, &made);
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
		(void)take_mail(&message);
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
		(void)take_mail(&message);
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
		request.address = i == 0   ? SPAN("192.0.2.1")
				  : i == 1 ? SPAN("192.0.2.2")
					   : SPAN("192.0.2.3");
		for (int k = 0; k < 3; k++)
			(void)work_of(reset_start, typed[i]);
		assert_int_equal(
			reset_start(&world.context, &request, span_of(typed[i]),
				SPAN_ABSENT, &wait_s),
			OST_LIMITED);
		assert_true(wait_s >= 1 && wait_s <= 3600);
	}
	assert_int_equal(signup_start(&world.context, &request,
				 SPAN("JOE@example.org"), SPAN_ABSENT, &wait_s),
		OST_LIMITED);
	request.address = SPAN("192.0.2.9");
	for (int k = 0; k < 10; k++) {
		char name[16];

		snprintf(name, sizeof(name), "n%d", k);
		(void)work_of(reset_start, name);
	}
	assert_int_equal(reset_start(&world.context, &request, SPAN("other"),
				 SPAN_ABSENT, &wait_s),
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
	(void)work_of(reset_start, "joe");
	(void)work_of(reset_start, "jim");
	assert_int_equal(reset_start(&world.context, &request, SPAN("ann"),
				 SPAN_ABSENT, &wait_s),
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
	assert_int_equal(signup_start(c, &request, SPAN("a@b\nBcc: c@d"),
				 SPAN_ABSENT, &wait_s),
		OST_BADINPUT);
	assert_int_equal(
		reset_start(c, &request, SPAN(""), SPAN_ABSENT, &wait_s),
		OST_BADINPUT);
	world.config.signup = SIGNUP_INVITE;
	assert_int_equal(
		signup_start(c, &request, SPAN("a@b"), SPAN_ABSENT, &wait_s),
		OST_DENIED);
	world.config.mail_from.address = SPAN_ABSENT;
	assert_int_equal(
		reset_start(c, &request, SPAN("a@b"), SPAN_ABSENT, &wait_s),
		OST_DENIED);
	list(&n);
	assert_int_equal(n, 0);
	assert_int_equal(world.batches, 0);
}

static void
a_link_makes_one_account(void **state)
{
	struct span ticket = started(signup_start, "ann@example.org");
	struct ticket looked;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(signup_look(&world.context, world.arena,
					 ticket, &looked),
			OST_OK);
	assert_true(span_eq(looked.email, SPAN("ann@example.org")));
	assert_true(span_eq(looked.language, SPAN("en-GB")));
	assert_int_equal(finish(ticket, "JOE"), OST_CONFLICT);
	assert_int_equal(problem.field, SIGNUP_NAME);
	assert_int_equal(finish(ticket, ".ann"), OST_BADINPUT);
	assert_int_equal(finish(ticket, "ann"), OST_OK);
	assert_true(span_eq(made.email, SPAN("ann@example.org")));
	assert_int_equal(user_by_name(world.context.accounts, world.arena,
				 SPAN("Ann"), &made),
		OST_OK);
	assert_int_equal(password_verify(PASSWORD, made.password), OST_OK);
	assert_int_equal(finish(ticket, "ann2"), OST_NOTFOUND);
	assert_int_equal(finish(SPAN("short"), "ann2"), OST_NOTFOUND);
	assert_int_equal(records_count(world.context.accounts, "user:"), 2);
}

/* Killed, or failed, when the user was made and the ticket was not deleted. */
static void
a_link_that_is_left_opens_nothing(void **state)
{
	struct span ticket = started(signup_start, "ann@example.org");
	struct span reset = started(reset_start, "joe");

	(void)state;
	world.fail_at = world.batches + 1;
	assert_int_equal(finish(ticket, "ann"), OST_OK);
	assert_int_equal(records_count(world.context.grants, "ticket:"), 2);
	assert_int_equal(finish(ticket, "ann2"), OST_NOTFOUND);
	world.fail_at = world.batches + 1;
	assert_int_equal(set_anew(reset), OST_OK);
	assert_int_equal(made.generation, 4);
	assert_int_equal(records_count(world.context.grants, "ticket:"), 2);
	assert_int_equal(set_anew(reset), OST_NOTFOUND);
	assert_int_equal(records_count(world.context.accounts, "user:"), 2);
}

static void
the_password_has_rules(void **state)
{
	struct span ticket = started(signup_start, "ann@example.org");
	struct signup_form form = { .name = SPAN("ann"),
		.password = SPAN("short77") };
	char name[SIGNUP_DISPLAY_NAME_MAX + 1];

	(void)state;
	memset(name, 'x', sizeof(name));
	assert_int_equal(signup_finish(&world.context, world.arena, ticket,
				 &form, &problem, &made),
		OST_BADINPUT);
	assert_int_equal(problem.field, SIGNUP_PASSWORD);
	form.password = PASSWORD;
	form.display_name = (struct span){ name, sizeof(name) };
	assert_int_equal(signup_finish(&world.context, world.arena, ticket,
				 &form, &problem, &made),
		OST_BADINPUT);
	assert_int_equal(problem.field, SIGNUP_DISPLAY_NAME);
	form.display_name = SPAN("Ann \xc3\x84");
	assert_int_equal(signup_finish(&world.context, world.arena, ticket,
				 &form, &problem, &made),
		OST_OK);
	assert_true(span_eq(made.display_name, form.display_name));
}

static void
a_new_password_ends_every_other_link(void **state)
{
	struct span first = started(reset_start, "joe"),
		    second = started(reset_start, "JOE@EXAMPLE.ORG");
	struct ticket ticket;

	(void)state;
	assert_int_equal(
		reset_look(&world.context, world.arena, first, &ticket, &made),
		OST_OK);
	assert_true(span_eq(made.id, world.user.id));
	assert_int_equal(set_anew(second), OST_OK);
	assert_int_equal(made.generation, 4);
	assert_int_equal(password_verify(PASSWORD, made.password), OST_OK);
	assert_int_equal(set_anew(second), OST_NOTFOUND);
	assert_int_equal(set_anew(first), OST_NOTFOUND);
	/* Links of one kind open nothing of the other. */
	assert_int_equal(
		finish(started(reset_start, "joe"), "ann"), OST_NOTFOUND);
	assert_int_equal(set_anew(started(signup_start, "ann@example.org")),
		OST_NOTFOUND);
}

static void
a_link_ends(void **state)
{
	struct span ticket = started(signup_start, "ann@example.org"),
		    reset = started(reset_start, "joe");

	(void)state;
	world.config.signup = SIGNUP_INVITE;
	assert_int_equal(finish(ticket, "ann"), OST_NOTFOUND);
	world.config.signup = SIGNUP_OPEN;
	clock_fake(NOW_MS + 24 * HOUR_MS - 1);
	assert_int_equal(finish(ticket, "ann"), OST_OK);
	clock_fake(NOW_MS + 24 * HOUR_MS);
	assert_int_equal(set_anew(reset), OST_NOTFOUND);
	assert_int_equal(set_anew(started(reset_start, "joe")), OST_OK);
	/* To who is disabled nothing is sent, and an old link is dead. */
	reset = started(reset_start, "joe");
	assert_int_equal(user_by_id(world.context.accounts, world.arena,
				 world.user.id, &world.user),
		OST_OK);
	world.user.is_disabled = true;
	world_save_user();
	assert_int_equal(set_anew(reset), OST_NOTFOUND);
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
	assert_int_equal(finish(text, "joe2"), OST_NOTFOUND);
	world.config.signup = SIGNUP_INVITE;
	assert_int_equal(finish(text, "joe2"), OST_OK);
	assert_true(span_eq(made.roles, SPAN("reader editor")));
	assert_int_equal(
		ticket_use(grants, world.arena, &ticket), OST_CONFLICT);
	/* Withdrawn. */
	assert_int_equal(
		ticket_create(grants, world.arena, &ticket, HOUR_MS, &text),
		OST_OK);
	assert_int_equal(ticket_use(grants, world.arena, &ticket), OST_OK);
	assert_int_equal(finish(text, "joe3"), OST_NOTFOUND);
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
	assert_int_equal(finish(text, "ann"), OST_NOTFOUND);
	world.user.roles = roles;
	world.user.is_disabled = true;
	world_save_user();
	assert_int_equal(finish(text, "ann"), OST_NOTFOUND);
	world.user.is_disabled = false;
	world_save_user();
	assert_int_equal(
		signup_look(&world.context, world.arena, text, &looked),
		OST_OK);
	assert_true(span_eq(looked.by, world.user.id));
	assert_int_equal(finish(text, "ann"), OST_OK);
	/* What ended when he was disabled does not come back with him. */
	ticket.by_epoch = world.user.epoch;
	assert_int_equal(ticket_create(world.context.grants, world.arena,
				 &ticket, HOUR_MS, &text),
		OST_OK);
	world.user.epoch++;
	world_save_user();
	assert_int_equal(finish(text, "ann1"), OST_NOTFOUND);
	ticket.by_epoch = world.user.epoch;
	assert_int_equal(ticket_create(world.context.grants, world.arena,
				 &ticket, HOUR_MS, &text),
		OST_OK);
	assert_int_equal(finish(text, "ann1"), OST_OK);
	ticket.by = SPAN("uNobody");
	assert_int_equal(ticket_create(world.context.grants, world.arena,
				 &ticket, HOUR_MS, &text),
		OST_OK);
	assert_int_equal(finish(text, "ann2"), OST_NOTFOUND);
}

static void
an_address_that_got_an_account_meanwhile_gets_no_second(void **state)
{
	struct span first = started(signup_start, "ann@example.org"),
		    second = started(signup_start, "ANN@example.org");

	(void)state;
	assert_int_equal(finish(first, "ann"), OST_OK);
	assert_int_equal(finish(second, "ann2"), OST_CONFLICT);
	assert_int_equal(problem.field, SIGNUP_EMAIL);
}

/* Else the mail to the address would lead to who took it as his name. */
static void
a_name_that_is_an_address_is_the_links(void **state)
{
	struct span ticket = started(signup_start, "Ann@example.org"), reset;
	struct user squatter = { .name = SPAN("joe@example.org"),
		.email = SPAN("evil@example.com"),
		.created_ms = 1 };

	(void)state;
	assert_int_equal(finish(ticket, "joe@example.org"), OST_BADINPUT);
	assert_int_equal(problem.field, SIGNUP_NAME_ADDRESS);
	assert_int_equal(finish(ticket, "ann@example.orgs"), OST_BADINPUT);
	assert_int_equal(finish(ticket, "ann@EXAMPLE.org"), OST_OK);
	/* One from before, or that the operator made. */
	assert_int_equal(
		user_create(world.context.accounts, world.arena, &squatter),
		OST_OK);
	reset = started(reset_start, "joe@example.org");
	assert_int_equal(set_anew(reset), OST_OK);
	assert_true(span_eq(made.id, world.user.id));
	/* A name without an account of that address is a name. */
	squatter = (struct user){ .name = SPAN("jim@example.org"),
		.email = SPAN("jim@example.com") };
	assert_int_equal(
		user_create(world.context.accounts, world.arena, &squatter),
		OST_OK);
	reset = started(reset_start, "jim@example.org");
	assert_int_equal(set_anew(reset), OST_OK);
	assert_true(span_eq(made.id, squatter.id));
}

static void
a_store_that_fails_is_never_a_no(void **state)
{
	struct store *broken = records_broken(), *grants = world.context.grants;
	struct span ticket = started(signup_start, "ann@example.org");
	int64_t wait_s;

	(void)state;
	world.context.grants = broken;
	assert_int_equal(finish(ticket, "ann"), OST_STORE);
	assert_int_equal(set_anew(ticket), OST_STORE);
	assert_int_equal(reset_start(&world.context, &request, SPAN("joe"),
				 SPAN_ABSENT, &wait_s),
		OST_STORE);
	world.context.grants = grants;
	store_close(broken);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
test_signup(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(known_and_unknown_cost_the_same),
		TEST(the_limits_count_what_was_typed),
		TEST(mails_over_all_and_the_operators_are_not_stopped_soon),
		TEST(what_is_no_address_and_what_is_not_open_is_told),
		TEST(a_link_makes_one_account),
		TEST(a_link_that_is_left_opens_nothing),
		TEST(the_password_has_rules),
		TEST(a_new_password_ends_every_other_link),
		TEST(a_link_ends),
		TEST(an_invitation_gives_roles_and_may_give_a_second_account),
		TEST(an_operators_invitation_ends_with_his_power),
		TEST(an_address_that_got_an_account_meanwhile_gets_no_second),
		TEST(a_name_that_is_an_address_is_the_links),
		TEST(a_store_that_fails_is_never_a_no),
	};

	return cmocka_run_group_tests_name("signup", tests, NULL, NULL);
}
