/* Applications and API keys; damage to them and to users. */
#include "app.h"
#include "clock.h"
#include "key.h"
#include "records.h"
#include "user.h"
#include "vectors.h"

int test_app_key(void);

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
	struct user user = { .name = SPAN("bob") };
	struct app app = new_app();
	struct span secret;
	struct key key = new_key(0, &secret);

	(void)state;
	assert_int_equal(user_create(store, arena, &user), OST_OK);
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
test_app_key(void)
{
	const struct CMUnitTest tests[] = {
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

	return cmocka_run_group_tests_name("app_key", tests, NULL, NULL);
}
