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

#include <stdio.h>

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
	const struct remembered_page page = { .scope = span_of(scope),
		.callback = SPAN("app.example") };
	struct store_item item;

	assert_int_equal(
		remembered_item(world.context.grants, world.arena, &world.user,
			&world.app, &page, 24 * HOUR_MS, &item),
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
	assert_int_equal(withdraw(&world.context, world.user.id,
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

#define MANY 20000

static void
any_number_of_grants_is_one_entry(void **state)
{
	struct arena *request = arena_new((size_t)1024 * 1024);
	struct grant grant = { .user_id = world.user.id,
		.client_id = world.app.client_id,
		.user_epoch = world.user.epoch,
		.app_epoch = world.app.epoch,
		.created_ms = NOW_MS,
		.expires_ms = NOW_MS + HOUR_MS };
	struct arena *scratch = arena_new((size_t)1024 * 1024);
	struct withdrawn ended;
	struct allowed *list, one;
	char key[64], scope[64];
	size_t n;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		struct span value;

		snprintf(key, sizeof(key), "grant:g%015d", i);
		snprintf(scope, sizeof(scope), "read scope%d", i);
		grant.scope = span_of(scope);
		grant.id = span_of(key + strlen("grant:"));
		assert_int_equal(grant_encode(scratch, &grant, &value), OST_OK);
		assert_int_equal(store_put(world.context.grants, span_of(key),
					 value, 0, STORE_ABSENT),
			OST_OK);
		arena_reset(scratch);
	}
	arena_free(scratch);
	assert_int_equal(
		allowed_list(&world.context, request, world.user.id, &list, &n),
		OST_OK);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].grants, MANY);
	assert_true(scope_is_within(SPAN("read"), list[0].scope));
	assert_true(list[0].scope.n > 3900 && list[0].scope.n <= 4000);
	assert_int_equal(allowed_find(&world.context, request, world.user.id,
				 world.app.client_id, &one),
		OST_OK);
	assert_span(one.name, SPAN("App"));
	assert_int_equal(allowed_find(&world.context, request, world.user.id,
				 SPAN("a\n"), &one),
		OST_NOTFOUND);
	assert_int_equal(withdraw(&world.context, world.user.id,
				 world.app.client_id, &ended),
		OST_OK);
	assert_int_equal(ended.grants, MANY);
	assert_int_equal(allowed_find(&world.context, request, world.user.id,
				 world.app.client_id, &one),
		OST_NOTFOUND);
	arena_free(request);
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
		TEST(any_number_of_grants_is_one_entry),
	};

	return cmocka_run_group_tests_name("allowed", tests, NULL, NULL);
}
