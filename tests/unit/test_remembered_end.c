/* How remembered consents grow, end and are withdrawn. */
#include "clock.h"
#include "code.h"
#include "consents.h"
#include "scope.h"
#include "vectors.h"

int test_remembered_end(void);

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
	consents_remember(first);
	clock_fake(NOW_MS + DAY_MS);
	consents_remember(second);
	assert_int_equal(consents_found().scope.n, SCOPE_LIST_MAX);
	assert_int_equal(consents_found().created_ms, NOW_MS);
	consents_remember("c");
	assert_span(consents_found().scope, SPAN("c"));
	assert_int_equal(consents_found().created_ms, NOW_MS + DAY_MS);
}

/* Withdrawn or changed between reading and writing. */
static void
what_was_withdrawn_stays_so(void **state)
{
	struct store_item item, other;

	(void)state;
	consents_remember("read");
	item = consents_item("write", false);
	assert_int_equal(remembered_forget(consents.store, consents.arena,
				 consents_user.id, consents_app.client_id),
		OST_OK);
	assert_int_equal(store_batch(consents.store, &item, 1), OST_CONFLICT);
	assert_int_equal(records_count(consents.store, "consent:"), 0);
	item = consents_item("write", false);
	other = consents_item("read", false);
	assert_int_equal(store_batch(consents.store, &item, 1), OST_OK);
	assert_int_equal(store_batch(consents.store, &other, 1), OST_CONFLICT);
	other = consents_item("read", false);
	item = consents_item("budget", false);
	assert_int_equal(store_batch(consents.store, &other, 1), OST_OK);
	assert_int_equal(store_batch(consents.store, &item, 1), OST_CONFLICT);
	assert_span(consents_found().scope, SPAN("write read"));
}

static void
it_ends(void **state)
{
	struct remembered remembered;

	(void)state;
	consents_remember("read");
	remembered = consents_found();
	clock_fake(NOW_MS + CONSENT_LIFETIME_MS - 1);
	assert_true(consents_cover(&consents_app, "read"));
	/* a lifetime that was shortened in the configuration */
	assert_false(remembered_covers(&remembered, &consents_user,
		&consents_app, SPAN("read"), HOST, DAY_MS, clock_wall_ms()));
	assert_false(remembered_covers(&remembered, &consents_user,
		&consents_app, SPAN("read"), HOST, DAY_MS, NOW_MS + DAY_MS));
	assert_true(
		remembered_covers(&remembered, &consents_user, &consents_app,
			SPAN("read"), HOST, DAY_MS, NOW_MS + DAY_MS - 1));
	/* a clock that was set back */
	assert_false(
		remembered_covers(&remembered, &consents_user, &consents_app,
			SPAN("read"), HOST, CONSENT_LIFETIME_MS, NOW_MS - 1));
	clock_fake(NOW_MS + CONSENT_LIFETIME_MS);
	assert_false(consents_cover(&consents_app, "read"));
}

static void
more_is_added_but_nothing_lasts_longer(void **state)
{
	(void)state;
	consents_remember("read");
	clock_fake(NOW_MS + DAY_MS);
	consents_remember("write");
	assert_true(consents_cover(&consents_app, "read write"));
	assert_int_equal(consents_found().created_ms, NOW_MS);
	/* all of it was shown again */
	consents_remember("read write");
	assert_int_equal(consents_found().created_ms, NOW_MS + DAY_MS);
	/* what is over adds nothing */
	clock_fake(NOW_MS + DAY_MS + CONSENT_LIFETIME_MS);
	consents_remember("budget");
	assert_span(consents_found().scope, SPAN("budget"));
}

static void
it_can_be_withdrawn(void **state)
{
	struct remembered remembered;
	struct store_item unchanged;
	struct code code = { .client_id = consents_app.client_id,
		.user_id = consents_user.id };
	struct span text;

	(void)state;
	consents_remember("read");
	remembered = consents_found();
	assert_int_equal(
		remembered_unchanged(consents.arena, &remembered, &unchanged),
		OST_OK);
	assert_int_equal(code_create(consents.store, consents.arena, &code,
				 SECOND_MS, SPAN_ABSENT, &unchanged, &text),
		OST_OK);
	assert_int_equal(remembered_forget(consents.store, consents.arena,
				 consents_user.id, consents_app.client_id),
		OST_OK);
	assert_false(consents_cover(&consents_app, "read"));
	assert_int_equal(remembered_forget(consents.store, consents.arena,
				 consents_user.id, consents_app.client_id),
		OST_OK);
	assert_int_equal(code_create(consents.store, consents.arena, &code,
				 SECOND_MS, SPAN_ABSENT, &unchanged, &text),
		OST_CONFLICT);
	assert_int_equal(records_count(consents.store, "code:"), 1);
}

static void
damage_is_no_consent(void **state)
{
	struct remembered remembered;
	struct store *broken = records_broken();

	(void)state;
	consents_remember("read");
	assert_int_equal(records_overwrite(consents.store, consents.arena,
				 "consent:", "v=1\ncreated=1\n"),
		1);
	assert_int_equal(
		remembered_find(consents.store, consents.arena,
			consents_user.id, consents_app.client_id, &remembered),
		OST_STORE);
	assert_int_equal(
		remembered_find(broken, consents.arena, consents_user.id,
			consents_app.client_id, &remembered),
		OST_STORE);
	store_close(broken);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, consents_open, consents_close)

int
test_remembered_end(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_no_longer_than_a_scope),
		TEST(what_was_withdrawn_stays_so),
		TEST(it_ends),
		TEST(more_is_added_but_nothing_lasts_longer),
		TEST(it_can_be_withdrawn),
		TEST(damage_is_no_consent),
	};

	return cmocka_run_group_tests_name("remembered_end", tests, NULL, NULL);
}
