/* The applications that a user has let in. */
#include "activity.h"
#include "allowed.h"
#include "clock.h"
#include "records.h"
#include "refresh.h"
#include "remembered.h"
#include "scope.h"
#include "vectors.h"
#include "withdraw.h"
#include "world.h"

int test_allowed(void);

static void
put_grant(const struct app *app, const char *scope, int64_t total_ms)
{
	const struct grant_terms terms = {
		.access_ms = HOUR_MS, .total_ms = total_ms, .idle_ms = HOUR_MS
	};
	struct grant grant = { .user_id = world.user.id,
		.client_id = app->client_id,
		.scope = span_of(scope),
		.user_epoch = world.user.epoch,
		.app_epoch = app->epoch };
	struct store_item items[GRANT_ITEMS];
	size_t n;

	assert_int_equal(
		grant_begin(world.arena, &terms, &grant, items, &n), OST_OK);
	assert_int_equal(store_batch(world.context.grants, items, n), OST_OK);
}

static void
remember(const char *scope)
{
	struct store_item item;

	assert_int_equal(
		remembered_item(world.context.grants, world.arena, &world.user,
			&world.app, span_of(scope), false, 24 * HOUR_MS, &item),
		OST_OK);
	assert_int_equal(store_batch(world.context.grants, &item, 1), OST_OK);
}

static size_t
listed(struct allowed **list)
{
	size_t n;

	world.config.consent_lifetime_s = 24 * 3600;
	assert_int_equal(allowed_list(&world.context, world.arena,
				 world.user.id, list, &n),
		OST_OK);
	return n;
}

static void
one_entry_for_each_application(void **state)
{
	struct app other = { .name = SPAN("Aaa"), .owner_id = world.user.id };
	struct allowed *list;
	struct span pair;

	(void)state;
	assert_int_equal(listed(&list), 0);
	assert_int_equal(
		app_create(world.context.accounts, world.arena, &other),
		OST_OK);
	put_grant(&world.app, "read", 0);
	clock_fake(NOW_MS + SECOND_MS);
	put_grant(&world.app, "read write", 2 * HOUR_MS);
	put_grant(&other, "read", 0);
	remember("email");
	assert_int_equal(activity_pair(world.arena, world.user.id,
				 world.app.client_id, &pair),
		OST_OK);
	activity_touch(world.context.activity, world.arena, pair);
	assert_int_equal(listed(&list), 2);
	assert_span(list[0].name, SPAN("Aaa"));
	assert_span(list[0].scope, SPAN("read"));
	assert_int_equal(list[0].grants, 1);
	assert_true(list[0].used_ms == 0);
	assert_false(list[0].is_remembered);
	assert_false(list[0].is_offline);
	assert_span(list[1].name, SPAN("App"));
	assert_true(scope_is_within(SPAN("read write email"), list[1].scope));
	assert_int_equal(list[1].scope.n, strlen("read write email"));
	assert_int_equal(list[1].grants, 2);
	assert_true(list[1].since_ms == NOW_MS);
	assert_true(list[1].used_ms == NOW_MS + SECOND_MS);
	assert_true(list[1].is_remembered);
	assert_true(list[1].is_offline);
	assert_false(list[1].is_gone);
}

static void
what_is_dead_is_not_listed(void **state)
{
	struct allowed *list;

	(void)state;
	put_grant(&world.app, "read", 0);
	assert_int_equal(listed(&list), 1);
	clock_fake(NOW_MS + HOUR_MS);
	assert_int_equal(listed(&list), 0);
	put_grant(&world.app, "read", 0);
	remember("read");
	assert_int_equal(listed(&list), 1);
	/* A new password: it asks again, the grant stays. */
	world.user.generation++;
	world_save_user();
	assert_int_equal(listed(&list), 1);
	assert_false(list[0].is_remembered);
	world.app.epoch++;
	world_save_app();
	assert_int_equal(listed(&list), 0);
}

static void
an_application_that_is_gone_has_its_id(void **state)
{
	struct allowed *list;
	struct withdrawn ended;

	(void)state;
	put_grant(&world.app, "read", 0);
	assert_int_equal(app_by_id(world.context.accounts, world.arena,
				 world.app.client_id, &world.app),
		OST_OK);
	assert_int_equal(
		app_delete(world.context.accounts, world.arena, &world.app),
		OST_OK);
	assert_int_equal(listed(&list), 1);
	assert_true(list[0].is_gone);
	assert_span(list[0].name, world.app.client_id);
	assert_int_equal(list[0].grants, 0);
	assert_int_equal(withdraw(&world.context, world.arena, world.user.id,
				 world.app.client_id, &ended),
		OST_OK);
	assert_int_equal(listed(&list), 0);
}

static void
a_store_that_fails_is_no_empty_list(void **state)
{
	struct context broken = world.context;
	struct allowed *list;
	size_t n;

	(void)state;
	broken.grants = records_broken();
	assert_int_equal(
		allowed_list(&broken, world.arena, world.user.id, &list, &n),
		OST_STORE);
	store_close(broken.grants);
	assert_int_equal(allowed_list(&world.context, world.arena, SPAN("u0"),
				 &list, &n),
		OST_NOTFOUND);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, world_open, world_close)

int
test_allowed(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_entry_for_each_application),
		TEST(what_is_dead_is_not_listed),
		TEST(an_application_that_is_gone_has_its_id),
		TEST(a_store_that_fails_is_no_empty_list),
	};

	return cmocka_run_group_tests_name("allowed", tests, NULL, NULL);
}
