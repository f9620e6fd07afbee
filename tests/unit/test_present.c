/* Tokens that applications show to revoke and introspect. */
#include "app.h"
#include "clock.h"
#include "forge.h"
#include "present.h"
#include "records.h"
#include "secret.h"
#include "vectors.h"

int test_present(void);

#define NOW_S (NOW_MS / 1000)

static struct config config;
static struct context context;
static struct user user;
static struct app app;
static struct grant grant;

static void
put(const char *key, struct span id, const char *value)
{
	struct span name;

	assert_int_equal(record_key(forge.arena, key, id, &name), OST_OK);
	assert_int_equal(
		store_put(forge.store, name, span_of(value), 0, STORE_ANY),
		OST_OK);
}

static void
put_grant(void)
{
	struct span key, value;

	assert_int_equal(
		record_key(forge.arena, "grant:", grant.id, &key), OST_OK);
	assert_int_equal(grant_encode(forge.arena, &grant, &value), OST_OK);
	assert_int_equal(
		store_put(forge.store, key, value, 0, STORE_ANY), OST_OK);
}

static int
setup(void **state)
{
	if (forge_open(state) != 0)
		return 1;
	config = (struct config){ .issuer = SPAN(FORGE_ISSUER) };
	context = (struct context){ .config = &config,
		.accounts = forge.store,
		.grants = forge.store,
		.activity = forge.store,
		.ring = forge.ring };
	user = (struct user){ .id = SPAN("u1"),
		.name = SPAN("bob"),
		.display_name = SPAN("Bob"),
		.generation = 1 };
	app = (struct app){ .client_id = SPAN("a1"),
		.name = SPAN("App"),
		.owner_id = SPAN("u1"),
		.has_refresh = true };
	grant = (struct grant){ .id = SPAN("g1"),
		.user_id = SPAN("u1"),
		.client_id = SPAN("a1"),
		.scope = SPAN("read write"),
		.created_ms = NOW_MS,
		.expires_ms = NOW_MS + DAY_MS,
		.ends_ms = NOW_MS + 2 * DAY_MS };
	if (user_create(forge.store, forge.arena, &user) != OST_OK ||
		app_create(forge.store, forge.arena, &app) != OST_OK)
		return 1;
	put_grant();
	return 0;
}

static struct present
found(struct span text)
{
	struct present present;

	assert_int_equal(
		present_find(&context, forge.arena, text, &present), OST_OK);
	return present;
}

static bool
ended(struct span text)
{
	struct present present = found(text);
	bool was_live;

	assert_int_equal(
		present_end(&context, forge.arena, &present, &was_live),
		OST_OK);
	return was_live;
}

/* A refresh token of g1; more is "used=1\n" or nothing. */
static struct span
refresh_token(const char *record)
{
	struct span text, hash;

	assert_int_equal(secret_new(forge.arena, "osr_", &text), OST_OK);
	assert_int_equal(secret_hash(forge.arena, text, &hash), OST_OK);
	put("refresh:", hash, record);
	return text;
}
#define LIVE "v=1\ngrant=g1\nclient_id=a1\n"
#define USED LIVE "used=1699999999000\nkid=k\n"

static void
an_access_token_dies_alone(void **state)
{
	struct span text = forge_issued(TOKEN_ACCESS),
		    other = forge_issued(TOKEN_ACCESS);
	struct present present = found(text);

	(void)state;
	assert_int_equal(present.kind, PRESENT_ACCESS);
	assert_true(present.is_live);
	assert_span(present.client_id, SPAN("a1"));
	assert_span(present.user.name, SPAN("bob"));
	assert_true(ended(text));
	assert_false(found(text).is_live);
	assert_true(found(other).is_live);
	/* What is dead already causes no write. */
	assert_int_equal(records_count(forge.store, "jti:"), 1);
	assert_false(ended(text));
	clock_fake(NOW_MS + 600 * SECOND_MS);
	assert_int_equal(found(other).kind, PRESENT_UNKNOWN);
	assert_false(ended(other));
	clock_fake(NOW_MS);
	assert_int_equal(records_count(forge.store, "jti:"), 1);
}

/* K20, 7009-04: and it does not come back before it expires. */
static void
what_is_revoked_stays_so_to_its_last_second(void **state)
{
	struct span text = forge_issued(TOKEN_ACCESS);

	(void)state;
	assert_true(ended(text));
	clock_fake(NOW_MS + 600 * SECOND_MS - 1);
	assert_int_equal(found(text).kind, PRESENT_ACCESS);
	assert_false(found(text).is_live);
}

static void
a_login_token_belongs_to_no_application(void **state)
{
	struct present present = found(forge_issued(TOKEN_LOGIN));

	(void)state;
	assert_int_equal(present.kind, PRESENT_LOGIN);
	assert_true(present.is_live);
	assert_int_equal(present.client_id.n, 0);
}

static void
what_is_no_token_is_unknown(void **state)
{
	static const struct span texts[] = { LITERAL(""), LITERAL("x"),
		LITERAL("osr_"), LITERAL("a.b.c"), LITERAL("osr_\0") };
	char *big = arena_alloc(forge.arena, TOKEN_SIZE_MAX + 1);

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_int_equal(found(texts[i]).kind, PRESENT_UNKNOWN);
		assert_false(ended(texts[i]));
	}
	assert_non_null(big);
	memset(big, 'a', TOKEN_SIZE_MAX + 1);
	memcpy(big, "osr_", 4);
	assert_int_equal(found((struct span){ big, TOKEN_SIZE_MAX + 1 }).kind,
		PRESENT_UNKNOWN);
}

static void
a_refresh_token_takes_its_grant_along(void **state)
{
	struct span text = refresh_token(LIVE), used = refresh_token(USED),
		    access = forge_issued(TOKEN_ACCESS);
	struct present present = found(text);

	(void)state;
	assert_int_equal(present.kind, PRESENT_REFRESH);
	assert_true(present.is_live);
	assert_span(present.client_id, SPAN("a1"));
	assert_span(present.grant.scope, SPAN("read write"));
	assert_span(present.user.name, SPAN("bob"));
	assert_false(found(used).is_live);
	assert_true(ended(text));
	assert_false(found(text).is_live);
	assert_false(found(access).is_live);
	assert_false(ended(text));
	assert_int_equal(found(text).kind, PRESENT_REFRESH);
	put_grant();
	assert_true(ended(used));
	assert_int_equal(records_count(forge.store, "grant:"), 0);
}

static void
set_disabled(bool is_user, bool is_app)
{
	assert_int_equal(
		user_by_id(forge.store, forge.arena, SPAN("u1"), &user),
		OST_OK);
	user.is_disabled = is_user;
	assert_int_equal(user_save(forge.store, forge.arena, &user), OST_OK);
	assert_int_equal(
		app_by_id(forge.store, forge.arena, SPAN("a1"), &app), OST_OK);
	app.is_disabled = is_app;
	assert_int_equal(app_save(forge.store, forge.arena, &app), OST_OK);
}

static void
a_refresh_token_dies_with_what_is_behind_it(void **state)
{
	struct span text = refresh_token(LIVE);

	(void)state;
	user.epoch++;
	assert_int_equal(user_save(forge.store, forge.arena, &user), OST_OK);
	assert_false(found(text).is_live);
	grant.user_epoch++;
	put_grant();
	assert_true(found(text).is_live);
	app.epoch++;
	assert_int_equal(app_save(forge.store, forge.arena, &app), OST_OK);
	assert_false(found(text).is_live);
	grant.app_epoch++;
	grant.ends_ms = 0; /* one that never had any */
	put_grant();
	assert_false(found(text).is_live);
	grant.ends_ms = NOW_MS + DAY_MS;
	put_grant();
	assert_true(found(text).is_live);
	/* Whatever its epoch. */
	set_disabled(true, false);
	assert_false(found(text).is_live);
	set_disabled(false, true);
	assert_false(found(text).is_live);
	set_disabled(false, false);
	assert_true(found(text).is_live);
	/* The app may have none any more, unless the user allowed it. */
	assert_int_equal(
		app_by_id(forge.store, forge.arena, SPAN("a1"), &app), OST_OK);
	app.has_refresh = false;
	assert_int_equal(app_save(forge.store, forge.arena, &app), OST_OK);
	assert_false(found(text).is_live);
	grant.scope = SPAN("read offline_access");
	put_grant();
	assert_true(found(text).is_live);
	assert_int_equal(
		app_by_id(forge.store, forge.arena, SPAN("a1"), &app), OST_OK);
	assert_int_equal(app_delete(forge.store, forge.arena, &app), OST_OK);
	assert_false(found(text).is_live);
}

static void
set_epochs(int64_t user_epoch, int64_t generation, int64_t app_epoch)
{
	set_disabled(false, false);
	assert_int_equal(
		user_by_id(forge.store, forge.arena, SPAN("u1"), &user),
		OST_OK);
	user.epoch = user_epoch;
	user.generation = generation;
	assert_int_equal(user_save(forge.store, forge.arena, &user), OST_OK);
	assert_int_equal(
		app_by_id(forge.store, forge.arena, SPAN("a1"), &app), OST_OK);
	app.epoch = app_epoch;
	assert_int_equal(app_save(forge.store, forge.arena, &app), OST_OK);
}

/* K13, K14: so does every other token; what was disabled once is not what it
 * was. */
static void
signed_tokens_die_with_what_is_behind_them(void **state)
{
	struct span access = forge_issued(TOKEN_ACCESS),
		    login = forge_issued(TOKEN_LOGIN);
	static const struct {
		int64_t user_epoch, generation, app_epoch;
		bool is_access_live, is_login_live;
	} cases[] = {
		{ 0, 1, 0, true, true },
		{ 1, 1, 0, false, false },
		{ 0, 2, 0, true, false },
		{ 0, 1, 1, false, true },
		{ 0, 1, 0, true, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		set_epochs(cases[i].user_epoch, cases[i].generation,
			cases[i].app_epoch);
		assert_int_equal(
			found(access).is_live, cases[i].is_access_live);
		assert_int_equal(found(login).is_live, cases[i].is_login_live);
	}
	set_disabled(true, false);
	assert_false(found(access).is_live || found(login).is_live);
	set_disabled(false, true);
	assert_false(found(access).is_live);
	set_disabled(false, false);
	/* A password alone buys none where a second step is asked for. */
	assert_int_equal(
		user_by_id(forge.store, forge.arena, SPAN("u1"), &user),
		OST_OK);
	user.totp_secret = SPAN("12345678901234567890");
	assert_int_equal(user_save(forge.store, forge.arena, &user), OST_OK);
	assert_true(found(access).is_live);
	assert_false(found(login).is_live);
}

static void
damage_is_not_absence(void **state)
{
	struct span access = forge_issued(TOKEN_ACCESS);
	struct span text = refresh_token(LIVE);
	struct present present = found(text), live = found(access);
	struct store *broken = records_broken();
	bool was_live;

	(void)state;
	context.grants = broken;
	assert_int_equal(
		present_find(&context, forge.arena, text, &present), OST_STORE);
	assert_int_equal(present_find(&context, forge.arena, access, &present),
		OST_STORE);
	assert_int_equal(present_end(&context, forge.arena, &live, &was_live),
		OST_STORE);
	assert_false(was_live);
	context.grants = forge.store;
	store_close(broken);
	assert_int_equal(present_find(&context, forge.arena,
				 refresh_token("v=1\n"), &present),
		OST_STORE);
	assert_int_equal(present_find(&context, forge.arena,
				 refresh_token("damaged"), &present),
		OST_STORE);
	records_overwrite(forge.store, forge.arena, "grant:", "damaged");
	assert_int_equal(
		present_find(&context, forge.arena, text, &present), OST_STORE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, forge_close)

int
test_present(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_access_token_dies_alone),
		TEST(what_is_revoked_stays_so_to_its_last_second),
		TEST(a_login_token_belongs_to_no_application),
		TEST(what_is_no_token_is_unknown),
		TEST(a_refresh_token_takes_its_grant_along),
		TEST(a_refresh_token_dies_with_what_is_behind_it),
		TEST(signed_tokens_die_with_what_is_behind_them),
		TEST(damage_is_not_absence),
	};

	return cmocka_run_group_tests_name("present", tests, NULL, NULL);
}
