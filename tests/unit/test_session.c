/* Who is signed in at the pages. */
#include "clock.h"
#include "crypto.h"
#include "records.h"
#include "session.h"
#include "vectors.h"

int test_session(void);

#define LIFETIME_MS (12 * HOUR_MS)
#define IDLE_MS	    HOUR_MS

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

static const struct user user = { .id = { "u1", 2 }, .generation = 4 };

static struct span
new_session(void)
{
	struct span cookie;

	assert_int_equal(
		session_create(store, arena, &user, LIFETIME_MS, &cookie),
		OST_OK);
	return cookie;
}

static enum ost_err
look(struct span cookie)
{
	struct session session;

	return session_find(
		store, arena, cookie, LIFETIME_MS, IDLE_MS, &session);
}

static void
a_session_is_found_by_its_cookie(void **state)
{
	struct span cookie = new_session(), other = new_session();
	struct session session;

	(void)state;
	assert_int_equal(cookie.n, CRYPTO_TEXT_SIZE);
	assert_false(span_eq(cookie, other));
	assert_int_equal(session_find(store, arena, cookie, LIFETIME_MS,
				 IDLE_MS, &session),
		OST_OK);
	assert_span(session.user_id, SPAN("u1"));
	assert_int_equal(session.generation, 4);
	assert_int_equal(
		look((struct span){ cookie.p, cookie.n - 1 }), OST_NOTFOUND);
	assert_int_equal(look(SPAN("")), OST_NOTFOUND);
	assert_int_equal(look(SPAN_ABSENT), OST_NOTFOUND);
	assert_int_equal(session_end(store, arena, cookie), OST_OK);
	assert_int_equal(session_end(store, arena, cookie), OST_OK);
	assert_int_equal(look(cookie), OST_NOTFOUND);
	assert_int_equal(look(other), OST_OK);
}

static void
an_unused_session_ends(void **state)
{
	struct span cookie = new_session();

	(void)state;
	clock_fake(NOW_MS + IDLE_MS - 1);
	assert_int_equal(look(cookie), OST_OK);
	clock_fake(NOW_MS + 2 * IDLE_MS - 2);
	assert_int_equal(look(cookie), OST_OK);
	clock_fake(NOW_MS + 3 * IDLE_MS - 2);
	assert_int_equal(look(cookie), OST_NOTFOUND);
}

static void
a_used_session_ends_too(void **state)
{
	struct span cookie = new_session();

	(void)state;
	for (int64_t ms = 0; ms < LIFETIME_MS; ms += IDLE_MS / 2) {
		clock_fake(NOW_MS + ms);
		assert_int_equal(look(cookie), OST_OK);
	}
	clock_fake(NOW_MS + LIFETIME_MS - 1);
	assert_int_equal(look(cookie), OST_OK);
	clock_fake(NOW_MS + LIFETIME_MS);
	assert_int_equal(look(cookie), OST_NOTFOUND);
	assert_int_equal(records_count(store, "session:"), 0);
}

static void
a_use_is_noted_every_tenth_of_idle(void **state)
{
	struct span cookie = new_session();
	struct session session;

	(void)state;
	for (int i = 0; i < 2; i++) {
		clock_fake(NOW_MS + IDLE_MS / 10 - 1 + i);
		assert_int_equal(look(cookie), OST_OK);
		assert_int_equal(session_find(store, arena, cookie, LIFETIME_MS,
					 IDLE_MS, &session),
			OST_OK);
		assert_true(session.seen_ms ==
			    (i == 0 ? NOW_MS : NOW_MS + IDLE_MS / 10));
	}
}

static void
damage_is_not_absence(void **state)
{
	static const char *const damaged[] = { "damaged", "v=1\n", "v=2\n" };
	struct store *broken = records_broken(), *whole = store;
	struct span cookie = new_session(), untouched = SPAN("untouched");

	(void)state;
	store = broken;
	assert_int_equal(look(cookie), OST_STORE);
	assert_int_equal(session_end(store, arena, cookie), OST_STORE);
	assert_int_equal(
		session_create(store, arena, &user, LIFETIME_MS, &untouched),
		OST_STORE);
	assert_span(untouched, SPAN("untouched"));
	store = whole;
	store_close(broken);
	for (size_t i = 0; i < COUNT(damaged); i++) {
		records_overwrite(store, arena, "session:", damaged[i]);
		assert_int_equal(look(cookie), OST_STORE);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_session(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_is_found_by_its_cookie),
		TEST(an_unused_session_ends),
		TEST(a_used_session_ends_too),
		TEST(a_use_is_noted_every_tenth_of_idle),
		TEST(damage_is_not_absence),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
