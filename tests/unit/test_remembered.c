/* What consents that are remembered cover, and for whom. */
#include "clock.h"
#include "consents.h"
#include "vectors.h"

int test_remembered(void);

static void
it_covers_the_scope_that_was_allowed(void **state)
{
	(void)state;
	assert_false(consents_cover(&consents_app, ""));
	consents_remember("read write");
	assert_true(consents_cover(&consents_app, "read write"));
	assert_true(consents_cover(&consents_app, "write"));
	assert_true(consents_cover(&consents_app, ""));
	assert_false(consents_cover(&consents_app, "read write budget"));
	assert_false(consents_cover(&consents_app, "rea"));
	assert_span(consents_found().user_id, consents_user.id);
	assert_span(consents_found().client_id, consents_app.client_id);
	consents_remember("");
	assert_true(consents_cover(&consents_app, "read"));
}

static void
it_is_of_one_user_and_one_app(void **state)
{
	struct remembered other;
	struct app second = consents_app;

	(void)state;
	consents_remember("read");
	second.client_id = SPAN("a2");
	assert_false(consents_cover(&second, "read"));
	assert_int_equal(remembered_find(consents.store, consents.arena,
				 SPAN("u2"), consents_app.client_id, &other),
		OST_NOTFOUND);
	assert_int_equal(remembered_find(consents.store, consents.arena,
				 SPAN("u"), SPAN("1:a1"), &other),
		OST_NOTFOUND);
}

/* 8252-03; an app that was disabled is asked for again. */
static void
it_is_for_the_app_as_it_was(void **state)
{
	struct app changed = consents_app;

	(void)state;
	consents_remember("read");
	changed.epoch++;
	assert_false(consents_cover(&changed, "read"));
	changed = consents_app;
	changed.is_public = true;
	assert_false(consents_cover(&changed, "read"));
}

/* A user who was disabled, or has a new password, is asked again; so is one of
 * whom a record does not know it. */
static void
it_is_of_the_user_as_he_was(void **state)
{
	struct user changed = consents_user;
	struct remembered remembered;

	(void)state;
	consents_remember("read");
	remembered = consents_found();
	changed.epoch++;
	assert_false(remembered_covers(&remembered, &changed, &consents_app,
		SPAN("read"), HOST, CONSENT_LIFETIME_MS, clock_wall_ms()));
	changed = consents_user;
	changed.generation++;
	assert_false(remembered_covers(&remembered, &changed, &consents_app,
		SPAN("read"), HOST, CONSENT_LIFETIME_MS, clock_wall_ms()));
	assert_int_equal(
		records_overwrite(consents.store, consents.arena, "consent:",
			"v=1\nscope=read\napp_epoch=3\n"
			"created=1700000000000\n"),
		1);
	assert_false(consents_cover(&consents_app, "read"));
	changed = (struct user){ .id = consents_user.id };
	remembered = consents_found();
	assert_false(remembered_covers(&remembered, &changed, &consents_app,
		SPAN("read"), HOST, CONSENT_LIFETIME_MS, clock_wall_ms()));
	/* It adds nothing either. */
	consents_remember("write");
	assert_span(consents_found().scope, SPAN("write"));
}

/* Refresh tokens are given in silence only to whom that was told. */
static void
it_goes_on_alone_if_it_was_told(void **state)
{
	struct app refreshed = consents_app;
	struct store_item item;

	(void)state;
	refreshed.has_refresh = true;
	consents_remember("read offline_access");
	assert_true(consents_cover(&consents_app, "read"));
	assert_false(consents_cover(&consents_app, "read offline_access"));
	assert_false(consents_cover(&refreshed, "read"));
	item = consents_item("read offline_access", true);
	assert_int_equal(store_batch(consents.store, &item, 1), OST_OK);
	assert_true(consents_cover(&consents_app, "read offline_access"));
	assert_true(consents_cover(&refreshed, "read"));
	/* one of several things that are remembered */
	consents_remember("write");
	assert_true(consents_found().is_offline);
	/* all of it was shown again, without it */
	consents_remember("read write offline_access");
	assert_false(consents_found().is_offline);
}

static void
allow_at(const char *scope, const char *callback)
{
	struct store_item item = consents_item_of(&(struct remembered_page){
		.scope = span_of(scope), .callback = span_of(callback) });

	assert_int_equal(store_batch(consents.store, &item, 1), OST_OK);
}

static bool
covers_at(const char *scope, const char *callback)
{
	struct remembered remembered = consents_found();

	return remembered_covers(&remembered, &consents_user, &consents_app,
		span_of(scope), span_of(callback), CONSENT_LIFETIME_MS,
		clock_wall_ms());
}

/* Where people were told that they go back to. */
static void
it_is_for_the_callback_that_was_shown(void **state)
{
	(void)state;
	allow_at("read write", "one");
	assert_true(covers_at("read", "one"));
	assert_false(covers_at("read", "two"));
	assert_false(covers_at("read", "one two"));
	assert_false(covers_at("read", ""));
	/* the same at another one: both, no longer than the first */
	clock_fake(NOW_MS + DAY_MS);
	allow_at("write read", "two");
	assert_true(covers_at("read write", "one two"));
	assert_int_equal(consents_found().created_ms, NOW_MS);
	/* of one that is known, but not of both, as little as of a third */
	allow_at("budget", "two");
	assert_false(covers_at("read", "two"));
	assert_false(covers_at("budget", "one"));
	assert_true(covers_at("budget", "two"));
	allow_at("read budget", "one");
	assert_false(covers_at("budget", "two"));
	assert_span(consents_found().callbacks, SPAN("one"));
	/* a record of before callbacks were kept */
	assert_int_equal(
		records_overwrite(consents.store, consents.arena, "consent:",
			"v=1\nscope=read\nuser_epoch=4\n"
			"generation=5\napp_epoch=3\n"
			"created=1700000000000\n"),
		1);
	assert_false(covers_at("read", "one"));
	allow_at("write", "one");
	assert_span(consents_found().scope, SPAN("write"));
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, consents_open, consents_close)

int
test_remembered(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_covers_the_scope_that_was_allowed),
		TEST(it_is_of_one_user_and_one_app),
		TEST(it_is_for_the_app_as_it_was),
		TEST(it_is_of_the_user_as_he_was),
		TEST(it_goes_on_alone_if_it_was_told),
		TEST(it_is_for_the_callback_that_was_shown),
	};

	return cmocka_run_group_tests_name("remembered", tests, NULL, NULL);
}
