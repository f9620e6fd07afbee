/* Several sessions of one user: listed, counted and ended. */
#include "clock.h"
#include "signedin.h"
#include "vectors.h"

#include <stdio.h>

int test_session_many(void);

static size_t
listed(const struct user *who, struct session **list)
{
	size_t n;

	assert_int_equal(session_list(signedin.store, signedin.arena, who,
				 LIFETIME_MS, IDLE_MS, list, &n),
		OST_OK);
	return n;
}

static void
those_that_live_are_listed(void **state)
{
	struct user other = { .id = SPAN("u11"), .generation = 1 };
	struct user changed = signedin_user, disabled = signedin_user;
	struct session *list;
	struct span first = signedin_new(), second;

	(void)state;
	assert_int_equal(session_create(signedin.store, signedin.arena, &other,
				 &signedin.origin, LIFETIME_MS, &second),
		OST_OK);
	clock_fake(NOW_MS + 1);
	second = signedin_new();
	assert_int_equal(listed(&signedin_user, &list), 2);
	assert_span(list[0].id, signedin_found(second).id);
	assert_span(list[1].id, signedin_found(first).id);
	assert_int_equal(list[0].id.n, SESSION_ID_SIZE);
	assert_false(span_starts(second, list[0].id));
	assert_int_equal(listed(&other, &list), 1);
	clock_fake(NOW_MS + IDLE_MS / 2);
	signedin_found(first);
	assert_int_equal(listed(&signedin_user, &list), 2);
	assert_span(list[0].id, signedin_found(first).id);
	clock_fake(NOW_MS + IDLE_MS + 1);
	assert_int_equal(listed(&signedin_user, &list), 1);
	changed.generation++;
	assert_int_equal(listed(&changed, &list), 0);
	disabled.is_disabled = true;
	assert_int_equal(listed(&disabled, &list), 0);
}

static void
one_of_one_s_own_is_ended_by_its_id(void **state)
{
	struct span first = signedin_new(), second = signedin_new();
	struct span id = signedin_found(first).id;

	(void)state;
	assert_int_equal(
		session_end_id(signedin.store, signedin.arena, SPAN("u2"), id),
		OST_NOTFOUND);
	assert_int_equal(
		session_end_id(signedin.store, signedin.arena, SPAN_ABSENT, id),
		OST_NOTFOUND);
	assert_int_equal(
		session_end_id(signedin.store, signedin.arena, signedin_user.id,
			(struct span){ id.p, id.n - 1 }),
		OST_NOTFOUND);
	assert_int_equal(session_end_id(signedin.store, signedin.arena,
				 signedin_user.id, SPAN("")),
		OST_NOTFOUND);
	assert_int_equal(signedin_look(first), OST_OK);
	assert_int_equal(session_end_id(signedin.store, signedin.arena,
				 signedin_user.id, id),
		OST_OK);
	assert_int_equal(signedin_look(first), OST_NOTFOUND);
	assert_int_equal(signedin_look(second), OST_OK);
	assert_int_equal(session_end_id(signedin.store, signedin.arena,
				 signedin_user.id, id),
		OST_NOTFOUND);
}

static void
all_others_are_ended(void **state)
{
	struct user other = { .id = SPAN("u2") };
	struct span kept = signedin_new(), gone = signedin_new(), theirs;
	size_t ended;

	(void)state;
	assert_int_equal(session_create(signedin.store, signedin.arena, &other,
				 &signedin.origin, LIFETIME_MS, &theirs),
		OST_OK);
	assert_int_equal(session_end_others(signedin.store, signedin.arena,
				 SPAN_ABSENT, kept, &ended),
		OST_BADINPUT);
	assert_int_equal(session_end_others(signedin.store, signedin.arena,
				 signedin_user.id, kept, &ended),
		OST_OK);
	assert_int_equal(ended, 1);
	assert_int_equal(signedin_look(gone), OST_NOTFOUND);
	assert_int_equal(signedin_look(kept), OST_OK);
	assert_int_equal(signedin_look(theirs), OST_OK);
	assert_int_equal(session_end_others(signedin.store, signedin.arena,
				 signedin_user.id, SPAN_ABSENT, &ended),
		OST_OK);
	assert_int_equal(ended, 1);
	assert_int_equal(signedin_look(kept), OST_NOTFOUND);
	assert_int_equal(signedin_look(theirs), OST_OK);
}

static void
a_hundred_at_a_time(void **state)
{
	struct user other = { .id = SPAN("u2") };
	struct span cookies[120], theirs;
	struct session *list, used;
	size_t n;

	(void)state;
	assert_int_equal(session_create(signedin.store, signedin.arena, &other,
				 &signedin.origin, LIFETIME_MS, &theirs),
		OST_OK);
	for (size_t i = 0; i < 120; i++) {
		clock_fake(NOW_MS + (int64_t)i * SECOND_MS);
		cookies[i] = signedin_new();
		/* The first is used all the time. */
		assert_int_equal(
			session_find(signedin.store, signedin.arena, cookies[0],
				LIFETIME_MS, 2 * SECOND_MS, &used),
			OST_OK);
	}
	assert_int_equal(
		records_count(signedin.store, "session:"), SESSIONS_MAX + 1);
	assert_int_equal(listed(&signedin_user, &list), SESSIONS_MAX);
	assert_int_equal(session_count(signedin.store, &signedin_user,
				 LIFETIME_MS, IDLE_MS, &n),
		OST_OK);
	assert_int_equal(n, SESSIONS_MAX);
	assert_int_equal(signedin_look(theirs), OST_OK);
	assert_int_equal(signedin_look(cookies[0]), OST_OK);
	for (size_t i = 1; i < 120; i++)
		assert_int_equal(signedin_look(cookies[i]),
			i <= 20 ? OST_NOTFOUND : OST_OK);
}

static void
those_of_the_same_moment_make_room_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < SESSIONS_MAX + 5; i++)
		assert_int_equal(signedin_look(signedin_new()), OST_OK);
	assert_int_equal(
		records_count(signedin.store, "session:"), SESSIONS_MAX);
}

#define MANY 20000

/* As an earlier version let them be. */
static void
put_many(void)
{
	char key[64], value[512];

	for (int i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), "session:%043d", i);
		snprintf(value, sizeof(value),
			"v=1\nuser=u1\ngeneration=4\ncreated=%lld\nseen=%lld\n"
			"address=192.0.2.1\nagent=%0200d\n",
			(long long)NOW_MS, (long long)NOW_MS + i, 0);
		assert_int_equal(store_put(signedin.store, span_of(key),
					 span_of(value), 0, STORE_ABSENT),
			OST_OK);
	}
}

static void
any_number_is_counted_listed_and_ended(void **state)
{
	struct arena *request = arena_new((size_t)1024 * 1024);
	struct session *list;
	size_t n;

	(void)state;
	assert_non_null(request);
	put_many();
	clock_fake(NOW_MS + MANY);
	assert_int_equal(
		session_count(signedin.store, NULL, LIFETIME_MS, IDLE_MS, &n),
		OST_OK);
	assert_int_equal(n, MANY);
	assert_int_equal(session_count(signedin.store, &signedin_user,
				 LIFETIME_MS, IDLE_MS, &n),
		OST_OK);
	assert_int_equal(n, MANY);
	assert_int_equal(session_list(signedin.store, request, &signedin_user,
				 LIFETIME_MS, IDLE_MS, &list, &n),
		OST_OK);
	assert_int_equal(n, SESSIONS_MAX);
	assert_true(list[0].seen_ms == NOW_MS + MANY - 1);
	assert_true(list[n - 1].seen_ms == NOW_MS + MANY - SESSIONS_MAX);
	assert_int_equal(session_end_others(signedin.store, request,
				 signedin_user.id, SPAN_ABSENT, &n),
		OST_OK);
	assert_int_equal(n, MANY);
	assert_int_equal(records_count(signedin.store, "session:"), 0);
	arena_free(request);
}

static void
who_had_too_many_signs_in(void **state)
{
	struct span cookie;

	(void)state;
	put_many();
	clock_fake(NOW_MS + MANY);
	cookie = signedin_new();
	assert_int_equal(
		records_count(signedin.store, "session:"), SESSIONS_MAX);
	assert_int_equal(signedin_look(cookie), OST_OK);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, signedin_open, signedin_close)

int
test_session_many(void)
{
	const struct CMUnitTest tests[] = {
		TEST(those_that_live_are_listed),
		TEST(one_of_one_s_own_is_ended_by_its_id),
		TEST(all_others_are_ended),
		TEST(a_hundred_at_a_time),
		TEST(those_of_the_same_moment_make_room_too),
		TEST(any_number_is_counted_listed_and_ended),
		TEST(who_had_too_many_signs_in),
	};

	return cmocka_run_group_tests_name("session_many", tests, NULL, NULL);
}
