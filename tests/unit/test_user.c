/* Users, applications and API keys. */
#include "app.h"
#include "clock.h"
#include "key.h"
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

static struct app
new_app(void)
{
	struct app app = { .name = SPAN("Trees & more"),
		.owner_id = SPAN("u1"),
		.prefixes = SPAN("https://a.example/x https://b.example/y"),
		.redirect_uris = SPAN("https://c.example/%C3%A9?a=b"),
		.secret = { .hash = SPAN("aa") } };

	assert_int_equal(app_create(store, arena, &app), OST_OK);
	return app;
}

static void
an_app_returns_as_written(void **state)
{
	struct app made = new_app(), app;

	(void)state;
	assert_int_equal(app_by_id(store, arena, made.client_id, &app), OST_OK);
	assert_span(app.name, made.name);
	assert_span(app.owner_id, made.owner_id);
	assert_span(app.prefixes, made.prefixes);
	assert_span(app.redirect_uris, made.redirect_uris);
	assert_span(app.secret.hash, SPAN("aa"));
	assert_true(span_is_absent(app.website));
	assert_false(app.is_public || app.is_disabled);
	app.is_disabled = app.is_public = true;
	secret_replace(&app.secret, SPAN("bb"), NOW_MS + 1);
	assert_int_equal(app_save(store, arena, &app), OST_OK);
	assert_int_equal(app_save(store, arena, &app), OST_CONFLICT);
	assert_int_equal(app_by_id(store, arena, made.client_id, &app), OST_OK);
	assert_true(app.is_public && app.is_disabled);
	assert_span(app.secret.old_hash, SPAN("aa"));
	assert_true(app.secret.old_until_ms == NOW_MS + 1);
	assert_int_equal(app_delete(store, arena, &app), OST_OK);
	assert_int_equal(
		app_by_id(store, arena, made.client_id, &app), OST_NOTFOUND);
}

static void
app_names(void **state)
{
	const struct span good[] = { SPAN("a"), SPAN("Trees & <b>"),
		SPAN("\xe6\x97\xa5 \xf0\x9f\x8c\xb3"),
		SPAN("\xe2\x80\xae eert"), SPAN("\xe2\x80\xa8\xef\xbf\xbd"),
		SPAN("\xc2\xa0") };
	const struct span bad[] = { SPAN_ABSENT, SPAN(""), SPAN(" "),
		SPAN(" a"), SPAN("a "), SPAN("a\tb"), SPAN("a\nb"),
		SPAN("a\0b"), SPAN("\x1b[1m"), SPAN("\x7f"), SPAN("\xc2\x85"),
		SPAN("\xef\xbf\xbe"), SPAN("a\xef\xbf\xbf"),
		SPAN("\xed\xa0\x80"), SPAN("\xc0\xaf"), SPAN("\xff") };
	char longest[4 * APP_NAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!app_name_is_valid(good[i]))
			fail_msg("refused: %.*s", SPAN_ARG(good[i]));
	for (size_t i = 0; i < COUNT(bad); i++)
		if (app_name_is_valid(bad[i]))
			fail_msg("taken: %.*s", SPAN_ARG(bad[i]));
	for (size_t i = 0; i < sizeof(longest); i++)
		longest[i] = "\xf0\x9f\x8c\xb3"[i % 4];
	assert_true(
		app_name_is_valid((struct span){ longest, 4 * APP_NAME_MAX }));
	memset(longest, 'a', sizeof(longest));
	assert_true(app_name_is_valid((struct span){ longest, APP_NAME_MAX }));
	assert_false(
		app_name_is_valid((struct span){ longest, APP_NAME_MAX + 1 }));
	assert_false(app_name_is_valid(BYTES_SPAN(longest)));
}

static void
client_ids_that_cannot_be(void **state)
{
	static const char *const ids[] = { "", "a b", "a:b", "../x", "a\n" };
	char long_id[65];
	struct app app = new_app();

	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++)
		assert_int_equal(app_by_id(store, arena, span_of(ids[i]), &app),
			OST_NOTFOUND);
	memset(long_id, 'a', sizeof(long_id));
	assert_int_equal(app_by_id(store, arena, BYTES_SPAN(long_id), &app),
		OST_NOTFOUND);
	app.client_id = SPAN("a b");
	assert_int_equal(app_create(store, arena, &app), OST_BADINPUT);
}

/* A new secret of a key and its hash. */
static struct span
new_secret(struct span *hash)
{
	struct span text;

	assert_int_equal(secret_new(arena, SECRET_KEY_PREFIX, &text), OST_OK);
	assert_int_equal(secret_hash(arena, text, hash), OST_OK);
	return text;
}

static struct key
new_key(int64_t expires_ms, struct span *secret)
{
	struct key key = { .user_id = SPAN("u1"),
		.name = SPAN("my key"),
		.expires_ms = expires_ms };

	*secret = new_secret(&key.secret.hash);
	assert_int_equal(key_create(store, arena, &key), OST_OK);
	return key;
}

static enum ost_err
open_with(struct span secret)
{
	struct key key;

	return key_by_secret(store, arena, secret, &key);
}

static void
a_secret_finds_its_key(void **state)
{
	struct span secret, other, hash;
	struct key made = new_key(0, &secret), key;

	(void)state;
	assert_int_equal(key_by_secret(store, arena, secret, &key), OST_OK);
	assert_span(key.id, made.id);
	assert_span(key.name, SPAN("my key"));
	assert_span(key.user_id, SPAN("u1"));
	assert_int_equal(key_by_id(store, arena, made.id, &key), OST_OK);
	other = new_secret(&hash);
	assert_int_equal(open_with(other), OST_NOTFOUND);
	assert_int_equal(open_with(SPAN("osk_x")), OST_NOTFOUND);
	/* The index alone opens nothing. */
	assert_int_equal(record_key(arena, "keyhash:", hash, &hash), OST_OK);
	assert_int_equal(
		store_put(store, hash, made.id, 0, STORE_ABSENT), OST_OK);
	assert_int_equal(open_with(other), OST_NOTFOUND);
	assert_int_equal(store_take(store, hash, arena, &hash), OST_OK);
	assert_int_equal(
		key_by_id(store, arena, SPAN("k:1"), &key), OST_NOTFOUND);
	assert_int_equal(key_by_id(store, arena, SPAN(""), &key), OST_NOTFOUND);
	assert_int_equal(key_delete(store, arena, &made), OST_OK);
	assert_int_equal(open_with(secret), OST_NOTFOUND);
	assert_int_equal(records_count(store, ""), 0);
}

static void
rotation_with_overlap(void **state)
{
	struct span first, second, hash;
	struct key key = new_key(0, &first);

	(void)state;
	second = new_secret(&hash);
	assert_int_equal(
		key_rotate(store, arena, &key, hash, NOW_MS + HOUR_MS), OST_OK);
	assert_int_equal(open_with(first), OST_OK);
	assert_int_equal(open_with(second), OST_OK);
	clock_fake(NOW_MS + HOUR_MS - 1);
	assert_int_equal(open_with(first), OST_OK);
	clock_fake(NOW_MS + HOUR_MS);
	assert_int_equal(open_with(first), OST_NOTFOUND);
	assert_int_equal(open_with(second), OST_OK);
}

static void
rotation_without_overlap(void **state)
{
	struct span first, second, hash;
	struct key key = new_key(0, &first);

	(void)state;
	second = new_secret(&hash);
	assert_int_equal(key_rotate(store, arena, &key, hash, 0), OST_OK);
	assert_int_equal(open_with(first), OST_NOTFOUND);
	assert_int_equal(open_with(second), OST_OK);
	assert_int_equal(records_count(store, "keyhash:"), 1);
}

static void
a_second_rotation_ends_the_oldest(void **state)
{
	struct span first, second, third, hash;
	struct key key = new_key(0, &first), stale = key;

	(void)state;
	second = new_secret(&hash);
	assert_int_equal(
		key_rotate(store, arena, &key, hash, NOW_MS + DAY_MS), OST_OK);
	third = new_secret(&hash);
	assert_int_equal(
		key_rotate(store, arena, &stale, hash, 0), OST_CONFLICT);
	assert_true(span_is_absent(stale.secret.old_hash));
	assert_int_equal(
		key_rotate(store, arena, &key, hash, NOW_MS + DAY_MS), OST_OK);
	assert_int_equal(open_with(first), OST_NOTFOUND);
	assert_int_equal(open_with(second), OST_OK);
	assert_int_equal(open_with(third), OST_OK);
	assert_int_equal(key_delete(store, arena, &key), OST_OK);
	assert_int_equal(records_count(store, ""), 0);
}

static void
revoked_and_expired_keys_open_nothing(void **state)
{
	struct span revoked_secret, secret;
	struct key revoked = new_key(0, &revoked_secret), stale = revoked, key;

	(void)state;
	new_key(NOW_MS + HOUR_MS, &secret);
	assert_int_equal(key_revoke(store, arena, &revoked), OST_OK);
	assert_true(revoked.is_revoked);
	assert_int_equal(key_revoke(store, arena, &stale), OST_CONFLICT);
	assert_false(stale.is_revoked);
	assert_int_equal(open_with(revoked_secret), OST_NOTFOUND);
	assert_int_equal(key_by_id(store, arena, revoked.id, &key), OST_OK);
	assert_true(key.is_revoked);
	clock_fake(NOW_MS + HOUR_MS - 1);
	assert_int_equal(open_with(secret), OST_OK);
	clock_fake(NOW_MS + HOUR_MS);
	assert_int_equal(open_with(secret), OST_NOTFOUND);
}

static void
assert_all_say_store(struct store *from, struct span user_id,
	struct span client_id, struct span key_id, struct span secret)
{
	struct user user;
	struct app app;
	struct key key;

	assert_int_equal(user_by_id(from, arena, user_id, &user), OST_STORE);
	assert_int_equal(
		user_by_name(from, arena, SPAN("bob"), &user), OST_STORE);
	assert_int_equal(app_by_id(from, arena, client_id, &app), OST_STORE);
	assert_int_equal(key_by_id(from, arena, key_id, &key), OST_STORE);
	assert_int_equal(key_by_secret(from, arena, secret, &key), OST_STORE);
}

static void
damage_is_not_absence(void **state)
{
	static const char *const damaged[] = { "damaged", "v=1\n", "v=2\n" };
	struct store *broken = records_broken();
	struct user user = new_user("bob");
	struct app app = new_app();
	struct span secret;
	struct key key = new_key(0, &secret);

	(void)state;
	assert_all_say_store(broken, user.id, app.client_id, key.id, secret);
	assert_int_equal(user_create(broken, arena, &user), OST_STORE);
	assert_int_equal(user_save(broken, arena, &user), OST_STORE);
	assert_int_equal(user_delete(broken, arena, &user), OST_STORE);
	store_close(broken);
	for (size_t i = 0; i < COUNT(damaged); i++) {
		records_overwrite(store, arena, "user:", damaged[i]);
		records_overwrite(store, arena, "app:", damaged[i]);
		records_overwrite(store, arena, "key:", damaged[i]);
		assert_all_say_store(
			store, user.id, app.client_id, key.id, secret);
	}
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
		TEST(an_app_returns_as_written),
		TEST(app_names),
		TEST(client_ids_that_cannot_be),
		TEST(a_secret_finds_its_key),
		TEST(rotation_with_overlap),
		TEST(rotation_without_overlap),
		TEST(a_second_rotation_ends_the_oldest),
		TEST(revoked_and_expired_keys_open_nothing),
		TEST(damage_is_not_absence),
	};

	return cmocka_run_group_tests_name("user", tests, NULL, NULL);
}
