/* What an operator does to accounts and applications. */
#include "operate.h"
#include "records.h"
#include "vectors.h"
#include "world.h"

int test_operate(void);

static void
roles_are_added_and_taken_once(void **state)
{
	static const struct {
		const char *before, *gone, *added, *want;
		enum ost_err err;
	} cases[] = {
		{ "", "", "", "", OST_OK },
		{ "", "", "a", "a", OST_OK },
		{ "a b", "", "b  c c ", "a b c", OST_OK },
		{ "a b c", "b", "", "a c", OST_OK },
		{ "a", "a", "", "", OST_OK },
		{ "a b", "a", "a", "b a", OST_OK },
		{ "ab", "a", "", "ab", OST_OK },
		{ "a", "nosuch", "", "a", OST_OK },
		{ "a", "", "b <", NULL, OST_BADINPUT },
		{ "a", "", "b,c", NULL, OST_BADINPUT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span roles = SPAN("untouched");

		assert_int_equal(
			operate_roles(world.arena, span_of(cases[i].before),
				span_of(cases[i].gone), span_of(cases[i].added),
				&roles),
			cases[i].err);
		assert_span(roles, cases[i].want == NULL
					   ? SPAN("untouched")
					   : span_of(cases[i].want));
	}
}

static void
roles_have_an_end(void **state)
{
	struct span roles;
	struct buf buf;

	(void)state;
	buf_init(&buf, world.arena);
	for (int i = 0; i < ROLES_MAX / 4; i++)
		buf_printf(&buf, "%s%03d", i > 0 ? " " : "", i);
	assert_int_equal(buf.n, ROLES_MAX - 1);
	assert_int_equal(operate_roles(world.arena, SPAN(""), SPAN(""),
				 (struct span){ buf.p, buf.n }, &roles),
		OST_OK);
	assert_int_equal(operate_roles(world.arena, roles, SPAN(""),
				 SPAN("xyz"), &roles),
		OST_TOOBIG);
}

static void
what_is_disabled_twice_ages_once(void **state)
{
	struct store *accounts = world.context.accounts;
	int64_t epoch, generation;
	bool is_changed;

	(void)state;
	assert_int_equal(
		user_by_id(accounts, world.arena, world.user.id, &world.user),
		OST_OK);
	epoch = world.user.epoch;
	generation = world.user.generation;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(operate_user_state(accounts, world.arena,
					 &world.user, true, &is_changed),
			OST_OK);
		assert_true(is_changed == (i == 0));
		assert_int_equal(user_by_id(accounts, world.arena,
					 world.user.id, &world.user),
			OST_OK);
		assert_true(world.user.is_disabled);
		assert_true(world.user.epoch == epoch + 1);
		assert_true(world.user.generation == generation + 1);
	}
	assert_int_equal(operate_user_state(accounts, world.arena, &world.user,
				 false, &is_changed),
		OST_OK);
	assert_true(is_changed);
	assert_true(world.user.epoch == epoch + 1);
}

static void
a_change_meanwhile_is_a_conflict(void **state)
{
	struct store *accounts = world.context.accounts;
	struct user seen;
	struct app app;
	bool is_changed;

	(void)state;
	assert_int_equal(
		user_by_id(accounts, world.arena, world.user.id, &seen),
		OST_OK);
	assert_int_equal(
		app_by_id(accounts, world.arena, world.app.client_id, &app),
		OST_OK);
	world.user = seen;
	world.user.display_name = SPAN("Another");
	world_save_user();
	assert_int_equal(operate_user_state(accounts, world.arena, &seen, true,
				 &is_changed),
		OST_CONFLICT);
	world.app = app;
	world.app.name = SPAN("Another");
	world_save_app();
	assert_int_equal(operate_app_state(accounts, world.arena, &app, true,
				 &is_changed),
		OST_CONFLICT);
	assert_int_equal(
		user_by_id(accounts, world.arena, world.user.id, &seen),
		OST_OK);
	assert_false(seen.is_disabled);
}

/* The newest event's detail for that name and operator. */
static struct span
noted(struct span name, struct span who)
{
	struct event *list;
	size_t n;

	operate_note(&world.context, world.arena, SPAN("u1"), EVENT_KEY_REVOKED,
		name, who);
	assert_int_equal(
		event_list(&world.context, world.arena, SPAN("u1"), &list, &n),
		OST_OK);
	return list[0].detail;
}

static void
a_note_says_what_and_who_and_is_cut_between_characters(void **state)
{
	struct span detail;
	struct buf name;

	(void)state;
	assert_span(noted(SPAN_ABSENT, SPAN_ABSENT), SPAN("by the operator"));
	assert_span(noted(SPAN("a key"), SPAN_ABSENT),
		SPAN("a key, by the operator"));
	event_forget(&world.context, world.arena, SPAN("u1"));
	assert_span(noted(SPAN("a key"), SPAN("carol")),
		SPAN("a key, by the operator carol"));
	buf_init(&name, world.arena);
	for (int i = 0; i < 100; i++)
		buf_text(&name, "\xe2\x82\xac");
	event_forget(&world.context, world.arena, SPAN("u1"));
	detail = noted((struct span){ name.p, name.n }, SPAN("carol"));
	assert_true(span_ends(detail, SPAN("\xac, by the operator carol")));
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, world_open, world_close)

int
test_operate(void)
{
	const struct CMUnitTest tests[] = {
		TEST(roles_are_added_and_taken_once),
		TEST(roles_have_an_end),
		TEST(what_is_disabled_twice_ages_once),
		TEST(a_change_meanwhile_is_a_conflict),
		TEST(a_note_says_what_and_who_and_is_cut_between_characters),
	};

	return cmocka_run_group_tests_name("operate", tests, NULL, NULL);
}
