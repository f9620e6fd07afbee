/* Consents that are remembered. */
#include "clock.h"
#include "code.h"
#include "records.h"
#include "remembered.h"
#include "scope.h"
#include "vectors.h"

int test_remembered(void);

#define LIFETIME_MS (180 * DAY_MS)

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

static const struct app app = { .client_id = { "a1", 2 }, .epoch = 3 };
static const struct span user_id = { "u1", 2 };
static const struct user user = {
	.id = { "u1", 2 }, .epoch = 4, .generation = 5
};

#define HOST SPAN("app.example")

static struct store_item
item_of(const struct remembered_page *page)
{
	struct store_item item;

	assert_int_equal(remembered_item(store, arena, &user, &app, page,
				 LIFETIME_MS, &item),
		OST_OK);
	return item;
}

static struct store_item
item_for(const char *scope, bool is_offline)
{
	return item_of(&(struct remembered_page){ .scope = span_of(scope),
		.callback = HOST,
		.is_offline = is_offline });
}

static void
remember(const char *scope)
{
	struct store_item item = item_for(scope, false);

	assert_int_equal(store_batch(store, &item, 1), OST_OK);
}

static struct remembered
found(void)
{
	struct remembered remembered;

	assert_int_equal(remembered_find(store, arena, user_id, app.client_id,
				 &remembered),
		OST_OK);
	return remembered;
}

static bool
covers(const struct app *asking, const char *scope)
{
	struct remembered remembered;
	enum ost_err err = remembered_find(
		store, arena, user_id, asking->client_id, &remembered);

	return err == OST_OK &&
	       remembered_covers(&remembered, &user, asking, span_of(scope),
		       HOST, LIFETIME_MS, clock_wall_ms());
}

static void
it_covers_the_scope_that_was_allowed(void **state)
{
	(void)state;
	assert_false(covers(&app, ""));
	remember("read write");
	assert_true(covers(&app, "read write"));
	assert_true(covers(&app, "write"));
	assert_true(covers(&app, ""));
	assert_false(covers(&app, "read write budget"));
	assert_false(covers(&app, "rea"));
	assert_span(found().user_id, user_id);
	assert_span(found().client_id, app.client_id);
	remember("");
	assert_true(covers(&app, "read"));
}

static void
it_is_of_one_user_and_one_app(void **state)
{
	struct remembered other;
	struct app second = app;

	(void)state;
	remember("read");
	second.client_id = SPAN("a2");
	assert_false(covers(&second, "read"));
	assert_int_equal(remembered_find(store, arena, SPAN("u2"),
				 app.client_id, &other),
		OST_NOTFOUND);
	assert_int_equal(
		remembered_find(store, arena, SPAN("u"), SPAN("1:a1"), &other),
		OST_NOTFOUND);
}

/* 8252-03; an app that was disabled is asked for again. */
static void
it_is_for_the_app_as_it_was(void **state)
{
	struct app changed = app;

	(void)state;
	remember("read");
	changed.epoch++;
	assert_false(covers(&changed, "read"));
	changed = app;
	changed.is_public = true;
	assert_false(covers(&changed, "read"));
}

/* A user who was disabled, or has a new password, is asked again; so is one of
 * whom a record does not know it. */
static void
it_is_of_the_user_as_he_was(void **state)
{
	struct user changed = user;
	struct remembered remembered;

	(void)state;
	remember("read");
	remembered = found();
	changed.epoch++;
	assert_false(remembered_covers(&remembered, &changed, &app,
		SPAN("read"), HOST, LIFETIME_MS, clock_wall_ms()));
	changed = user;
	changed.generation++;
	assert_false(remembered_covers(&remembered, &changed, &app,
		SPAN("read"), HOST, LIFETIME_MS, clock_wall_ms()));
	assert_int_equal(records_overwrite(store, arena, "consent:",
				 "v=1\nscope=read\napp_epoch=3\n"
				 "created=1700000000000\n"),
		1);
	assert_false(covers(&app, "read"));
	changed = (struct user){ .id = user_id };
	remembered = found();
	assert_false(remembered_covers(&remembered, &changed, &app,
		SPAN("read"), HOST, LIFETIME_MS, clock_wall_ms()));
	/* It adds nothing either. */
	remember("write");
	assert_span(found().scope, SPAN("write"));
}

/* Refresh tokens are given in silence only to whom that was told. */
static void
it_goes_on_alone_if_it_was_told(void **state)
{
	struct app refreshed = app;
	struct store_item item;

	(void)state;
	refreshed.has_refresh = true;
	remember("read offline_access");
	assert_true(covers(&app, "read"));
	assert_false(covers(&app, "read offline_access"));
	assert_false(covers(&refreshed, "read"));
	item = item_for("read offline_access", true);
	assert_int_equal(store_batch(store, &item, 1), OST_OK);
	assert_true(covers(&app, "read offline_access"));
	assert_true(covers(&refreshed, "read"));
	/* one of several things that are remembered */
	remember("write");
	assert_true(found().is_offline);
	/* all of it was shown again, without it */
	remember("read write offline_access");
	assert_false(found().is_offline);
}

/* A list that is too long could not be loaded from a dump. */
static void
it_is_no_longer_than_a_scope(void **state)
{
	static char first[500], second[501];

	(void)state;
	for (size_t i = 0; i < sizeof(second); i++) {
		first[i < sizeof(first) ? i : 0] = 'a';
		second[i] = 'b';
	}
	first[sizeof(first) - 1] = '\0';
	second[sizeof(second) - 1] = '\0';
	remember(first);
	clock_fake(NOW_MS + DAY_MS);
	remember(second);
	assert_int_equal(found().scope.n, SCOPE_LIST_MAX);
	assert_int_equal(found().created_ms, NOW_MS);
	remember("c");
	assert_span(found().scope, SPAN("c"));
	assert_int_equal(found().created_ms, NOW_MS + DAY_MS);
}

/* Withdrawn or changed between reading and writing. */
static void
what_was_withdrawn_stays_so(void **state)
{
	struct store_item item, other;

	(void)state;
	remember("read");
	item = item_for("write", false);
	assert_int_equal(
		remembered_forget(store, arena, user_id, app.client_id),
		OST_OK);
	assert_int_equal(store_batch(store, &item, 1), OST_CONFLICT);
	assert_int_equal(records_count(store, "consent:"), 0);
	item = item_for("write", false);
	other = item_for("read", false);
	assert_int_equal(store_batch(store, &item, 1), OST_OK);
	assert_int_equal(store_batch(store, &other, 1), OST_CONFLICT);
	other = item_for("read", false);
	item = item_for("budget", false);
	assert_int_equal(store_batch(store, &other, 1), OST_OK);
	assert_int_equal(store_batch(store, &item, 1), OST_CONFLICT);
	assert_span(found().scope, SPAN("write read"));
}

static void
it_ends(void **state)
{
	struct remembered remembered;

	(void)state;
	remember("read");
	remembered = found();
	clock_fake(NOW_MS + LIFETIME_MS - 1);
	assert_true(covers(&app, "read"));
	/* a lifetime that was shortened in the configuration */
	assert_false(remembered_covers(&remembered, &user, &app, SPAN("read"),
		HOST, DAY_MS, clock_wall_ms()));
	assert_false(remembered_covers(&remembered, &user, &app, SPAN("read"),
		HOST, DAY_MS, NOW_MS + DAY_MS));
	assert_true(remembered_covers(&remembered, &user, &app, SPAN("read"),
		HOST, DAY_MS, NOW_MS + DAY_MS - 1));
	/* a clock that was set back */
	assert_false(remembered_covers(&remembered, &user, &app, SPAN("read"),
		HOST, LIFETIME_MS, NOW_MS - 1));
	clock_fake(NOW_MS + LIFETIME_MS);
	assert_false(covers(&app, "read"));
}

static void
more_is_added_but_nothing_lasts_longer(void **state)
{
	(void)state;
	remember("read");
	clock_fake(NOW_MS + DAY_MS);
	remember("write");
	assert_true(covers(&app, "read write"));
	assert_int_equal(found().created_ms, NOW_MS);
	/* all of it was shown again */
	remember("read write");
	assert_int_equal(found().created_ms, NOW_MS + DAY_MS);
	/* what is over adds nothing */
	clock_fake(NOW_MS + DAY_MS + LIFETIME_MS);
	remember("budget");
	assert_span(found().scope, SPAN("budget"));
}

static void
allow_at(const char *scope, const char *callback)
{
	struct store_item item = item_of(&(struct remembered_page){
		.scope = span_of(scope), .callback = span_of(callback) });

	assert_int_equal(store_batch(store, &item, 1), OST_OK);
}

static bool
covers_at(const char *scope, const char *callback)
{
	struct remembered remembered = found();

	return remembered_covers(&remembered, &user, &app, span_of(scope),
		span_of(callback), LIFETIME_MS, clock_wall_ms());
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
	assert_int_equal(found().created_ms, NOW_MS);
	/* of one that is known, but not of both, as little as of a third */
	allow_at("budget", "two");
	assert_false(covers_at("read", "two"));
	assert_false(covers_at("budget", "one"));
	assert_true(covers_at("budget", "two"));
	allow_at("read budget", "one");
	assert_false(covers_at("budget", "two"));
	assert_span(found().callbacks, SPAN("one"));
	/* a record of before callbacks were kept */
	assert_int_equal(records_overwrite(store, arena, "consent:",
				 "v=1\nscope=read\nuser_epoch=4\n"
				 "generation=5\napp_epoch=3\n"
				 "created=1700000000000\n"),
		1);
	assert_false(covers_at("read", "one"));
	allow_at("write", "one");
	assert_span(found().scope, SPAN("write"));
}

static void
it_can_be_withdrawn(void **state)
{
	struct remembered remembered;
	struct store_item unchanged;
	struct code code = { .client_id = app.client_id, .user_id = user_id };
	struct span text;

	(void)state;
	remember("read");
	remembered = found();
	assert_int_equal(
		remembered_unchanged(arena, &remembered, &unchanged), OST_OK);
	assert_int_equal(code_create(store, arena, &code, SECOND_MS,
				 SPAN_ABSENT, &unchanged, &text),
		OST_OK);
	assert_int_equal(
		remembered_forget(store, arena, user_id, app.client_id),
		OST_OK);
	assert_false(covers(&app, "read"));
	assert_int_equal(
		remembered_forget(store, arena, user_id, app.client_id),
		OST_OK);
	assert_int_equal(code_create(store, arena, &code, SECOND_MS,
				 SPAN_ABSENT, &unchanged, &text),
		OST_CONFLICT);
	assert_int_equal(records_count(store, "code:"), 1);
}

static void
damage_is_no_consent(void **state)
{
	struct remembered remembered;
	struct store *broken = records_broken();

	(void)state;
	remember("read");
	assert_int_equal(
		records_overwrite(store, arena, "consent:", "v=1\ncreated=1\n"),
		1);
	assert_int_equal(remembered_find(store, arena, user_id, app.client_id,
				 &remembered),
		OST_STORE);
	assert_int_equal(remembered_find(broken, arena, user_id, app.client_id,
				 &remembered),
		OST_STORE);
	store_close(broken);
}

int
test_remembered(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			it_covers_the_scope_that_was_allowed, setup, teardown),
		cmocka_unit_test_setup_teardown(
			it_is_of_one_user_and_one_app, setup, teardown),
		cmocka_unit_test_setup_teardown(
			it_is_for_the_app_as_it_was, setup, teardown),
		cmocka_unit_test_setup_teardown(
			it_is_of_the_user_as_he_was, setup, teardown),
		cmocka_unit_test_setup_teardown(
			it_goes_on_alone_if_it_was_told, setup, teardown),
		cmocka_unit_test_setup_teardown(
			it_is_no_longer_than_a_scope, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_was_withdrawn_stays_so, setup, teardown),
		cmocka_unit_test_setup_teardown(it_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(
			more_is_added_but_nothing_lasts_longer, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			it_can_be_withdrawn, setup, teardown),
		cmocka_unit_test_setup_teardown(
			it_is_for_the_callback_that_was_shown, setup, teardown),
		cmocka_unit_test_setup_teardown(
			damage_is_no_consent, setup, teardown),
	};

	return cmocka_run_group_tests_name("remembered", tests, NULL, NULL);
}
