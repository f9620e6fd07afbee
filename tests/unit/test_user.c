/* Users. */
#include "records.h"
#include "user.h"
#include "vectors.h"

int test_user(void);

static struct arena *arena;
static struct store *store;

static int
setup(void **state)
{
	(void)state;
	return records_open(&arena, &store);
}

static int
teardown(void **state)
{
	(void)state;
	return records_close(arena, store);
}

static void
display_names(void **state)
{
	static const char *const bad[] = { "", " a", "a ", "a\nb", "a\177",
		"\377", "a\302\205b" };
	char name[USER_DISPLAY_NAME_MAX * 2 + 1] = "";

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(user_display_name_is_valid(span_of(bad[i])));
	assert_false(user_display_name_is_valid(SPAN_ABSENT));
	for (size_t i = 0; i < USER_DISPLAY_NAME_MAX; i++)
		memcpy(name + 2 * i, "\303\261", 3);
	assert_true(user_display_name_is_valid(span_of(name)));
	memset(name, 'x', USER_DISPLAY_NAME_MAX + 1);
	name[USER_DISPLAY_NAME_MAX + 1] = '\0';
	assert_false(user_display_name_is_valid(span_of(name)));
}

static void
user_names(void **state)
{
	static const char *const good[] = { "a", "7", "bob", "Bob.Smith",
		"a_b@c+d-e.f" };
	static const char *const bad[] = { "", ".a", "a.", "a ", " a", "a b",
		"a:b", "a/b", "a%b", "../a", "a\n", "\303\251", "-a", "a@" };
	char name[USER_NAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(user_name_is_valid(span_of(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		if (user_name_is_valid(span_of(bad[i])))
			fail_msg("taken: %s", bad[i]);
	memset(name, 'a', sizeof(name));
	assert_true(user_name_is_valid((struct span){ name, USER_NAME_MAX }));
	assert_false(user_name_is_valid(BYTES_SPAN(name)));
	assert_false(user_name_is_valid(SPAN("a\0b")));
	assert_true(user_role_is_valid(SPAN("data-editor_2")));
	assert_false(user_role_is_valid(SPAN("data editor")));
	assert_false(user_role_is_valid(SPAN("")));
}

static struct user
new_user(const char *name)
{
	struct user user = { .name = span_of(name),
		.email = SPAN("b@example.org"),
		.roles = SPAN("reader editor"),
		.password = SPAN("$scrypt$x"),
		.generation = 3 };

	assert_int_equal(user_create(store, arena, &user), OST_OK);
	return user;
}

static void
a_user_returns_as_written(void **state)
{
	struct user made = new_user("Bob"), user;

	(void)state;
	assert_int_equal(user_by_id(store, arena, made.id, &user), OST_OK);
	assert_span(user.name, SPAN("Bob"));
	assert_span(user.display_name, SPAN("Bob"));
	assert_span(user.email, SPAN("b@example.org"));
	assert_span(user.roles, SPAN("reader editor"));
	assert_span(user.password, SPAN("$scrypt$x"));
	assert_true(user.generation == 3 && user.created_ms == NOW_MS);
	assert_false(user.is_disabled);
	user.is_disabled = true;
	user.email = SPAN_ABSENT;
	assert_int_equal(user_save(store, arena, &user), OST_OK);
	/* Over what was read before that. */
	assert_int_equal(user_save(store, arena, &made), OST_CONFLICT);
	assert_int_equal(user_by_id(store, arena, made.id, &user), OST_OK);
	assert_true(user.is_disabled);
	assert_true(span_is_absent(user.email));
}

/* What is not set is not written: records of before stay as they are. */
static void
two_steps_and_language_return(void **state)
{
	static const char *const good[] = { "en", "es", "pt-BR", "zh-Hant" };
	static const char *const bad[] = { "", "-en", "1", "en_US", "e n" };
	struct user made = new_user("Bob"), user;

	(void)state;
	assert_null(strstr(made.raw.p, "totp"));
	assert_null(strstr(made.raw.p, "recovery"));
	assert_null(strstr(made.raw.p, "language"));
	assert_false(user_has_two_steps(&made));
	made.totp_secret = SPAN("MZXW6YTB");
	made.totp_step = 7;
	made.recovery = SPAN("aa bb");
	made.language = SPAN("es");
	assert_int_equal(user_update(store, arena, &made), OST_OK);
	assert_int_equal(user_by_id(store, arena, made.id, &user), OST_OK);
	assert_span(user.totp_secret, SPAN("MZXW6YTB"));
	assert_true(user.totp_step == 7 && user_has_two_steps(&user));
	assert_span(user.recovery, SPAN("aa bb"));
	assert_span(user.language, SPAN("es"));
	/* A secret that was left out is not none. */
	made.totp_secret = SPAN("");
	assert_int_equal(user_update(store, arena, &made), OST_OK);
	assert_int_equal(user_by_id(store, arena, made.id, &user), OST_OK);
	assert_true(user_has_two_steps(&user));
	user_clear_two_steps(&user);
	assert_false(user_has_two_steps(&user));
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(user_language_is_valid(span_of(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(user_language_is_valid(span_of(bad[i])));
}

/* However the address came to be another one: a record that was changed by
 * hand, a load, a program of before. */
static void
a_proven_address_counts_while_it_is_the_address(void **state)
{
	struct user made = new_user("Bob"), user;

	(void)state;
	assert_null(strstr(made.raw.p, "proven"));
	assert_false(user_has_proven_email(&made));
	made.email_proven = made.email;
	assert_int_equal(user_update(store, arena, &made), OST_OK);
	assert_int_equal(user_by_id(store, arena, made.id, &user), OST_OK);
	assert_true(user_has_proven_email(&user));
	user.email = SPAN("c@example.org");
	assert_false(user_has_proven_email(&user));
	assert_int_equal(user_update(store, arena, &user), OST_OK);
	assert_null(strstr(user.raw.p, "proven"));
	assert_int_equal(user_decode(arena,
				 SPAN("v=1\nid=u1\nname=a\nemail=b@c\n"
				      "email_proven=a@c\n"),
				 &user),
		OST_OK);
	assert_false(user_has_proven_email(&user));
	user.email = SPAN("a@c");
	assert_false(user_has_proven_email(&user));
	assert_int_equal(
		user_decode(arena, SPAN("v=1\nid=u1\nname=a\nemail_proven=\n"),
			&user),
		OST_OK);
	assert_false(user_has_proven_email(&user));
}

static void
names_ignore_case_and_are_unique(void **state)
{
	struct user made = new_user("Bob"), user;
	struct user second = { .name = SPAN("bOB") };

	(void)state;
	assert_int_equal(
		user_by_name(store, arena, SPAN("BOB"), &user), OST_OK);
	assert_span(user.id, made.id);
	assert_span(user.name, SPAN("Bob"));
	assert_int_equal(user_create(store, arena, &second), OST_CONFLICT);
	assert_int_equal(records_count(store, ""), 2);
	second = (struct user){ .name = SPAN("b b") };
	assert_int_equal(user_create(store, arena, &second), OST_BADINPUT);
	assert_int_equal(
		user_by_name(store, arena, SPAN("bo"), &user), OST_NOTFOUND);
	/* No key of the store: it would not be asked for "not found". */
	assert_int_equal(user_by_name(store, arena, SPAN("\303\251"), &user),
		OST_NOTFOUND);
	assert_int_equal(
		user_by_name(store, arena, made.id, &user), OST_NOTFOUND);
}

static void
a_name_that_returns_is_another_user(void **state)
{
	struct user first = new_user("bob"), second, user;

	(void)state;
	assert_int_equal(user_delete(store, arena, &first), OST_OK);
	assert_int_equal(records_count(store, ""), 0);
	assert_int_equal(
		user_by_id(store, arena, first.id, &user), OST_NOTFOUND);
	assert_int_equal(
		user_by_name(store, arena, SPAN("bob"), &user), OST_NOTFOUND);
	second = new_user("Bob");
	assert_false(span_eq(first.id, second.id));
	assert_int_equal(
		user_by_id(store, arena, first.id, &user), OST_NOTFOUND);
	/* The late deletion of the first must not unname the second. */
	assert_int_equal(user_delete(store, arena, &first), OST_CONFLICT);
	assert_int_equal(
		user_by_name(store, arena, SPAN("bob"), &user), OST_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_user(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(display_names),
		TEST(user_names),
		TEST(a_user_returns_as_written),
		TEST(two_steps_and_language_return),
		TEST(a_proven_address_counts_while_it_is_the_address),
		TEST(names_ignore_case_and_are_unique),
		TEST(a_name_that_returns_is_another_user),
	};

	return cmocka_run_group_tests_name("user", tests, NULL, NULL);
}
