/* A new password for a user, and what it may be. */
#include "crypto.h"
#include "messages.h"
#include "password.h"
#include "password_change.h"
#include "password_rule.h"
#include "records.h"
#include "vectors.h"
#include "workshop.h"
#include "world.h"

int test_password_change(void);

#define PASSWORD SPAN("correct horse")

static char *folder;

static int
setup(void **state)
{
	if (world_open(state) != 0)
		return 1;
	folder = workshop_open("rates", NULL);
	world.config.state_path = span_of(folder);
	world.config.password_cost = (struct password_cost){ 10, 1, 1 };
	world.user.generation = 3;
	world_save_user();
	return 0;
}

static int
teardown(void **state)
{
	workshop_close(folder);
	return world_close(state);
}

static struct user
stored(void)
{
	struct user user;

	assert_int_equal(user_by_id(world.context.accounts, world.arena,
				 world.user.id, &user),
		OST_OK);
	return user;
}

static void
it_is_hashed_and_a_new_generation_begins(void **state)
{
	struct user user = world.user;

	(void)state;
	assert_int_equal(
		password_change(&world.context, world.arena, &user, PASSWORD),
		OST_OK);
	assert_true(user.generation == 4);
	assert_span(user.raw, stored().raw);
	assert_true(stored().generation == 4);
	assert_true(
		span_starts(stored().password, SPAN("$scrypt$ln=10,r=1,p=1$")));
	assert_int_equal(password_verify(PASSWORD, stored().password), OST_OK);
}

static void
who_was_changed_meanwhile_keeps_the_password(void **state)
{
	struct user user = world.user;

	(void)state;
	world.user.display_name = SPAN("Somebody else");
	world_save_user();
	assert_int_equal(
		password_change(&world.context, world.arena, &user, PASSWORD),
		OST_CONFLICT);
	assert_true(user.generation == 3);
	assert_true(stored().generation == 3);
	assert_span(stored().display_name, SPAN("Somebody else"));
}

static void
without_a_permit_nothing_changes(void **state)
{
	struct user user = world.user;

	(void)state;
	world.config.state_path = SPAN("/nowhere");
	assert_int_equal(
		password_change(&world.context, world.arena, &user, PASSWORD),
		OST_STORE);
	assert_true(stored().generation == 3);
}

static void
each_fault_has_a_sentence_and_a_text(void **state)
{
	static const struct {
		const char *password, *key;
	} cases[] = {
		{ "correct horse", NULL },
		{ "\303\261\303\261\303\261\303\261\303\261\303\261\303\261"
		  "\303\261",
			NULL },
		{ "1234567", "password.too_short" },
		{ "", "password.too_short" },
		{ "correct\nhorse", "password.control" },
		{ "correct \377 horse", "password.not_utf8" },
		{ "osk_correct", "password.like_key" },
	};
	struct span text;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span password = span_of(cases[i].password);
		const char *key = password_fault_key(password);

		assert_true(
			(key == NULL) == (password_fault(password) == NULL));
		assert_span(span_of(key), span_of(cases[i].key));
		if (key != NULL)
			assert_true(language_text(NULL, span_of(key), &text));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_password_change(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_hashed_and_a_new_generation_begins),
		TEST(who_was_changed_meanwhile_keeps_the_password),
		TEST(without_a_permit_nothing_changes),
		cmocka_unit_test(each_fault_has_a_sentence_and_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
