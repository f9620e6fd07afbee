/* Registering applications: the rules, how many, the secret, the end. */
#include "clock.h"
#include "records.h"
#include "registration.h"
#include "store_memory.h"
#include "vectors.h"
#include "world.h"

int test_registration(void);

static struct app
new_app(bool is_public)
{
	return (struct app){ .name = SPAN("New"),
		.owner_id = world.user.id,
		.description = SPAN_ABSENT,
		.website = SPAN_ABSENT,
		.prefixes = SPAN("https://a.example/cb"),
		.redirect_uris = SPAN(""),
		.own_scope = SPAN_ABSENT,
		.is_public = is_public };
}

static enum ost_err
add(struct store *accounts, struct app *app)
{
	struct span secret;

	*app = new_app(false);
	return registration_add(accounts, world.arena, app, &secret);
}

static void
websites(void **state)
{
	static const struct {
		const char *url;
		bool is_good;
	} cases[] = {
		{ "https://h.example", true },
		{ "http://h.example/a?b=c#d", true },
		{ "https://b\xc3\xbcrger.example/@name", true },
		{ "https://[::1]:8443/", true },
		{ "", false },
		{ "https://", false },
		{ "https:///a", false },
		{ "https://?a", false },
		{ "https://:80/", false },
		{ "HTTPS://h.example", false },
		{ "ftp://h.example", false },
		{ "javascript:alert(1)//https://h.example", false },
		{ "//h.example", false },
		{ "https://good.example@evil.example/", false },
		{ "https://h.example\\@x", false },
		{ "https://h example", false },
		{ "https://h.example/\"", false },
		{ "https://h.example/<b>", false },
		{ "https://h.example/\n", false },
		{ "https://h.example/\xff", false },
	};
	char *lengthy = arena_alloc(world.arena, URI_SIZE_MAX + 1);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (app_website_is_valid(span_of(cases[i].url)) !=
			cases[i].is_good)
			fail_msg("%s", cases[i].url);
	memset(lengthy, 'a', URI_SIZE_MAX + 1);
	memcpy(lengthy, "https://", 8);
	assert_true(
		app_website_is_valid((struct span){ lengthy, URI_SIZE_MAX }));
	assert_false(app_website_is_valid(
		(struct span){ lengthy, URI_SIZE_MAX + 1 }));
}

static void
callbacks(void **state)
{
	static const struct {
		const char *typed, *stored;
		enum uri_rule rule;
		bool is_prefix, is_public;
	} cases[] = {
		{ "HTTPS://A.Example/x", "https://a.example/x", URI_OK, true,
			false },
		{ "https://a.example/", NULL, URI_ROOT_PREFIX, true, false },
		{ "https://a.example/x", "https://a.example/x", URI_OK, false,
			false },
		{ "http://127.0.0.1/x", NULL, URI_NOT_HTTPS, false, false },
		{ "http://127.0.0.1/x", "http://127.0.0.1/x", URI_OK, false,
			true },
		{ "http://127.0.0.1/x", NULL, URI_NOT_HTTPS, true, true },
		{ "", NULL, URI_MISSING, true, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct callback callback = { .typed = span_of(cases[i].typed),
			.is_prefix = cases[i].is_prefix };

		assert_int_equal(callback_check(world.arena, cases[i].is_public,
					 &callback),
			OST_OK);
		assert_int_equal(callback.rule, cases[i].rule);
		if (cases[i].stored == NULL)
			assert_true(span_is_absent(callback.stored));
		else
			assert_true(span_eq(
				callback.stored, span_of(cases[i].stored)));
	}
}

static void
a_secret_for_who_can_keep_one(void **state)
{
	struct store *accounts = world.context.accounts;
	struct app app = new_app(false), read;
	struct span secret, next, hash;

	(void)state;
	assert_int_equal(
		registration_add(accounts, world.arena, &app, &secret), OST_OK);
	assert_true(secret_is_wellformed(secret, SECRET_APP_PREFIX));
	assert_int_equal(
		app_by_id(accounts, world.arena, app.client_id, &read), OST_OK);
	assert_int_equal(secret_hash(world.arena, secret, &hash), OST_OK);
	assert_true(secret_matches(&read.secret, hash, NOW_MS));
	assert_int_equal(registration_rotate(accounts, world.arena, &read,
				 NOW_MS + DAY_MS, &next),
		OST_OK);
	assert_int_equal(
		app_by_id(accounts, world.arena, app.client_id, &read), OST_OK);
	assert_true(secret_matches(&read.secret, hash, NOW_MS + DAY_MS - 1));
	assert_false(secret_matches(&read.secret, hash, NOW_MS + DAY_MS));
	assert_int_equal(secret_hash(world.arena, next, &hash), OST_OK);
	assert_true(secret_matches(&read.secret, hash, NOW_MS + DAY_MS));
	/* what was read before is too old to be written back */
	assert_int_equal(
		registration_rotate(accounts, world.arena, &app, 0, &next),
		OST_CONFLICT);
	app = new_app(true);
	assert_int_equal(
		registration_add(accounts, world.arena, &app, &secret), OST_OK);
	assert_true(span_is_absent(secret));
	app = new_app(false);
	app.owner_id = SPAN("unobody");
	assert_int_equal(registration_add(accounts, world.arena, &app, &secret),
		OST_NOTFOUND);
}

/* Somebody registers for the same user just before each batch. */
static int interruptions;
static enum ost_err
disturbed_batch(void *handle, const struct store_item *items, size_t n)
{
	struct app other;

	if (interruptions > 0) {
		interruptions--;
		assert_int_equal(add(world.context.accounts, &other), OST_OK);
	}
	return store_memory.batch(handle, items, n);
}

static void
so_many_and_no_more_also_at_once(void **state)
{
	struct store_backend backend = store_memory;
	struct store *accounts = world.context.accounts, *disturbed;
	struct app app;
	struct app *apps;
	size_t n;

	(void)state;
	backend.batch = disturbed_batch;
	assert_int_equal(store_open_with(&backend, SPAN("/memory"), "accounts",
				 0, &disturbed),
		OST_OK);
	/* world.app is one */
	for (int i = 0; i < APPS_OWN_MAX - 3; i++)
		assert_int_equal(add(accounts, &app), OST_OK);
	interruptions = 1;
	assert_int_equal(add(disturbed, &app), OST_OK);
	assert_int_equal(add(accounts, &app), OST_LIMITED);
	assert_int_equal(registration_list(accounts, world.arena, world.user.id,
				 &apps, &n),
		OST_OK);
	assert_int_equal(n, APPS_OWN_MAX);
	/* the last place is taken by another one meanwhile */
	assert_int_equal(app_delete(accounts, world.arena, &apps[0]), OST_OK);
	interruptions = 1;
	assert_int_equal(add(disturbed, &app), OST_LIMITED);
	for (int i = 1; i <= 10; i++)
		assert_int_equal(
			app_delete(accounts, world.arena, &apps[i]), OST_OK);
	interruptions = 9;
	assert_int_equal(add(disturbed, &app), OST_BUSY);
	interruptions = 0;
	store_close(disturbed);
}

static void
the_newest_first_and_only_ones_own(void **state)
{
	struct store *accounts = world.context.accounts;
	struct app first, second, theirs = new_app(true);
	struct app *apps;
	struct span secret;
	size_t n;
	struct user other = { .name = SPAN("ann") };

	(void)state;
	assert_int_equal(user_create(accounts, world.arena, &other), OST_OK);
	theirs.owner_id = other.id;
	/* says the other's id, but in another field */
	theirs.description = world.user.id;
	assert_int_equal(
		registration_add(accounts, world.arena, &theirs, &secret),
		OST_OK);
	clock_fake(NOW_MS + 1);
	assert_int_equal(add(accounts, &first), OST_OK);
	clock_fake(NOW_MS + 2);
	assert_int_equal(add(accounts, &second), OST_OK);
	assert_int_equal(registration_list(accounts, world.arena, world.user.id,
				 &apps, &n),
		OST_OK);
	assert_int_equal(n, 3);
	assert_true(span_eq(apps[0].client_id, second.client_id));
	assert_true(span_eq(apps[1].client_id, first.client_id));
	assert_true(span_eq(apps[2].client_id, world.app.client_id));
}

static void
a_store_that_does_not_answer(void **state)
{
	struct store *broken = records_broken();
	struct context context = world.context;
	struct app app = world.app, *apps;
	struct span secret;
	size_t n;

	(void)state;
	assert_int_equal(add(broken, &app), OST_STORE);
	app = world.app;
	assert_int_equal(
		registration_rotate(broken, world.arena, &app, 0, &secret),
		OST_STORE);
	assert_int_equal(registration_list(
				 broken, world.arena, world.user.id, &apps, &n),
		OST_STORE);
	context.grants = broken;
	assert_int_equal(
		registration_people(&context, world.arena, app.client_id, &n),
		OST_STORE);
	/* it stays, but disabled, and can be ended again */
	app = world.app;
	assert_int_equal(
		registration_end(&context, world.arena, &app), OST_STORE);
	assert_int_equal(app_by_id(context.accounts, world.arena,
				 world.app.client_id, &app),
		OST_OK);
	assert_true(app.is_disabled);
	assert_int_equal(
		registration_end(&world.context, world.arena, &app), OST_OK);
	assert_int_equal(app_by_id(context.accounts, world.arena,
				 world.app.client_id, &app),
		OST_NOTFOUND);
	store_close(broken);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, world_open, world_close)

int
test_registration(void)
{
	const struct CMUnitTest tests[] = {
		TEST(websites),
		TEST(callbacks),
		TEST(a_secret_for_who_can_keep_one),
		TEST(so_many_and_no_more_also_at_once),
		TEST(the_newest_first_and_only_ones_own),
		TEST(a_store_that_does_not_answer),
	};

	return cmocka_run_group_tests_name("registration", tests, NULL, NULL);
}
