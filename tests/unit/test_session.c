/* Who is signed in at the pages. */
#include "clock.h"
#include "crypto.h"
#include "records.h"
#include "session.h"
#include "vectors.h"

#include <stdio.h>

int test_session(void);

#define LIFETIME_MS (12 * HOUR_MS)
#define IDLE_MS	    HOUR_MS

static struct arena *arena;
static struct store *store;
static struct session_origin origin;

static int
setup(void **state)
{
	(void)state;
	origin = (struct session_origin){ .address = SPAN("192.0.2.1") };
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

	assert_int_equal(session_create(store, arena, &user, &origin,
				 LIFETIME_MS, &cookie),
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
	struct session *list;
	size_t n;

	(void)state;
	store = broken;
	assert_int_equal(look(cookie), OST_STORE);
	assert_int_equal(session_end(store, arena, cookie), OST_STORE);
	assert_int_equal(session_create(store, arena, &user, &origin,
				 LIFETIME_MS, &untouched),
		OST_STORE);
	assert_span(untouched, SPAN("untouched"));
	assert_int_equal(session_list(store, arena, &user, LIFETIME_MS, IDLE_MS,
				 &list, &n),
		OST_STORE);
	assert_int_equal(session_end_others(store, arena, user.id, cookie, &n),
		OST_STORE);
	store = whole;
	store_close(broken);
	for (size_t i = 0; i < COUNT(damaged); i++) {
		records_overwrite(store, arena, "session:", damaged[i]);
		assert_int_equal(look(cookie), OST_STORE);
	}
}

static struct session
found(struct span cookie)
{
	struct session session;

	assert_int_equal(session_find(store, arena, cookie, LIFETIME_MS,
				 IDLE_MS, &session),
		OST_OK);
	return session;
}

static void
it_says_where_it_began(void **state)
{
	char agent[300];
	struct session session = found(new_session());

	(void)state;
	assert_span(session.address, SPAN("192.0.2.1"));
	assert_true(span_is_absent(session.agent));
	assert_int_equal(session.steps, SESSION_PASSWORD);
	memset(agent, 'a', sizeof(agent));
	memcpy(agent, "B\x01\xc3\xa9 100%\x7f", 10);
	origin.agent = (struct span){ agent, sizeof(agent) };
	origin.steps = SESSION_OTP;
	session = found(new_session());
	assert_int_equal(session.agent.n, SESSION_AGENT_MAX);
	assert_true(span_starts(session.agent, SPAN("B??? 100%?aaa")));
	assert_int_equal(session.steps, SESSION_OTP);
	assert_span(session_amr(&session), SPAN("pwd otp mfa"));
	origin.steps = SESSION_RECOVERY;
	session = found(new_session());
	assert_int_equal(session.steps, SESSION_RECOVERY);
	assert_span(session_amr(&session), SPAN("pwd mfa"));
}

static void
it_knows_when_the_password_was_shown(void **state)
{
	struct span cookie = new_session();

	(void)state;
	assert_true(found(cookie).proved_ms == NOW_MS);
	clock_fake(NOW_MS + IDLE_MS / 2);
	assert_true(found(cookie).proved_ms == NOW_MS);
	assert_int_equal(session_prove(store, arena, cookie, LIFETIME_MS,
				 NOW_MS + IDLE_MS / 2),
		OST_OK);
	assert_true(found(cookie).proved_ms == NOW_MS + IDLE_MS / 2);
	assert_true(found(cookie).created_ms == NOW_MS);
	assert_span(found(cookie).address, SPAN("192.0.2.1"));
	assert_int_equal(session_end(store, arena, cookie), OST_OK);
	assert_int_equal(session_prove(store, arena, cookie, LIFETIME_MS, 1),
		OST_NOTFOUND);
	assert_int_equal(records_count(store, "session:"), 0);
	/* To prove something does not make it live longer. */
	clock_fake(NOW_MS);
	cookie = new_session();
	assert_int_equal(
		session_prove(store, arena, cookie, LIFETIME_MS, NOW_MS + 1),
		OST_OK);
	clock_fake(NOW_MS + LIFETIME_MS);
	assert_int_equal(records_count(store, "session:"), 0);
}

static void
an_old_record_is_read(void **state)
{
	struct span cookie = new_session();
	struct session session;

	(void)state;
	records_overwrite(store, arena, "session:",
		"v=1\nuser=u1\ngeneration=4\ncreated=1699999999999\n"
		"seen=1700000000000\n");
	session = found(cookie);
	assert_true(session.proved_ms == NOW_MS - 1);
	assert_true(span_is_absent(session.address));
	assert_true(span_is_absent(session.agent));
	assert_span(session_amr(&session), SPAN("pwd"));
	records_overwrite(store, arena, "session:",
		"v=1\nuser=u1\ngeneration=4\ncreated=1699999999999\n"
		"seen=1700000000000\ntwo_step=1\n");
	assert_int_equal(found(cookie).steps, SESSION_RECOVERY);
}

static size_t
listed(const struct user *who, struct session **list)
{
	size_t n;

	assert_int_equal(
		session_list(store, arena, who, LIFETIME_MS, IDLE_MS, list, &n),
		OST_OK);
	return n;
}

static void
those_that_live_are_listed(void **state)
{
	struct user other = { .id = SPAN("u11"), .generation = 1 };
	struct user changed = user, disabled = user;
	struct session *list;
	struct span first = new_session(), second;

	(void)state;
	assert_int_equal(session_create(store, arena, &other, &origin,
				 LIFETIME_MS, &second),
		OST_OK);
	clock_fake(NOW_MS + 1);
	second = new_session();
	assert_int_equal(listed(&user, &list), 2);
	assert_span(list[0].id, found(second).id);
	assert_span(list[1].id, found(first).id);
	assert_int_equal(list[0].id.n, SESSION_ID_SIZE);
	assert_false(span_starts(second, list[0].id));
	assert_int_equal(listed(&other, &list), 1);
	clock_fake(NOW_MS + IDLE_MS / 2);
	found(first);
	assert_int_equal(listed(&user, &list), 2);
	assert_span(list[0].id, found(first).id);
	clock_fake(NOW_MS + IDLE_MS + 1);
	assert_int_equal(listed(&user, &list), 1);
	changed.generation++;
	assert_int_equal(listed(&changed, &list), 0);
	disabled.is_disabled = true;
	assert_int_equal(listed(&disabled, &list), 0);
}

static void
one_of_one_s_own_is_ended_by_its_id(void **state)
{
	struct span first = new_session(), second = new_session();
	struct span id = found(first).id;

	(void)state;
	assert_int_equal(
		session_end_id(store, arena, SPAN("u2"), id), OST_NOTFOUND);
	assert_int_equal(
		session_end_id(store, arena, SPAN_ABSENT, id), OST_NOTFOUND);
	assert_int_equal(session_end_id(store, arena, user.id,
				 (struct span){ id.p, id.n - 1 }),
		OST_NOTFOUND);
	assert_int_equal(
		session_end_id(store, arena, user.id, SPAN("")), OST_NOTFOUND);
	assert_int_equal(look(first), OST_OK);
	assert_int_equal(session_end_id(store, arena, user.id, id), OST_OK);
	assert_int_equal(look(first), OST_NOTFOUND);
	assert_int_equal(look(second), OST_OK);
	assert_int_equal(
		session_end_id(store, arena, user.id, id), OST_NOTFOUND);
}

static void
all_others_are_ended(void **state)
{
	struct user other = { .id = SPAN("u2") };
	struct span kept = new_session(), gone = new_session(), theirs;
	size_t ended;

	(void)state;
	assert_int_equal(session_create(store, arena, &other, &origin,
				 LIFETIME_MS, &theirs),
		OST_OK);
	assert_int_equal(
		session_end_others(store, arena, SPAN_ABSENT, kept, &ended),
		OST_BADINPUT);
	assert_int_equal(
		session_end_others(store, arena, user.id, kept, &ended),
		OST_OK);
	assert_int_equal(ended, 1);
	assert_int_equal(look(gone), OST_NOTFOUND);
	assert_int_equal(look(kept), OST_OK);
	assert_int_equal(look(theirs), OST_OK);
	assert_int_equal(
		session_end_others(store, arena, user.id, SPAN_ABSENT, &ended),
		OST_OK);
	assert_int_equal(ended, 1);
	assert_int_equal(look(kept), OST_NOTFOUND);
	assert_int_equal(look(theirs), OST_OK);
}

static void
a_hundred_at_a_time(void **state)
{
	struct user other = { .id = SPAN("u2") };
	struct span cookies[120], theirs;
	struct session *list, used;
	size_t n;

	(void)state;
	assert_int_equal(session_create(store, arena, &other, &origin,
				 LIFETIME_MS, &theirs),
		OST_OK);
	for (size_t i = 0; i < 120; i++) {
		clock_fake(NOW_MS + (int64_t)i * SECOND_MS);
		cookies[i] = new_session();
		/* The first is used all the time. */
		assert_int_equal(session_find(store, arena, cookies[0],
					 LIFETIME_MS, 2 * SECOND_MS, &used),
			OST_OK);
	}
	assert_int_equal(records_count(store, "session:"), SESSIONS_MAX + 1);
	assert_int_equal(listed(&user, &list), SESSIONS_MAX);
	assert_int_equal(
		session_count(store, &user, LIFETIME_MS, IDLE_MS, &n), OST_OK);
	assert_int_equal(n, SESSIONS_MAX);
	assert_int_equal(look(theirs), OST_OK);
	assert_int_equal(look(cookies[0]), OST_OK);
	for (size_t i = 1; i < 120; i++)
		assert_int_equal(
			look(cookies[i]), i <= 20 ? OST_NOTFOUND : OST_OK);
}

static void
those_of_the_same_moment_make_room_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < SESSIONS_MAX + 5; i++)
		assert_int_equal(look(new_session()), OST_OK);
	assert_int_equal(records_count(store, "session:"), SESSIONS_MAX);
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
		assert_int_equal(store_put(store, span_of(key), span_of(value),
					 0, STORE_ABSENT),
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
		session_count(store, NULL, LIFETIME_MS, IDLE_MS, &n), OST_OK);
	assert_int_equal(n, MANY);
	assert_int_equal(
		session_count(store, &user, LIFETIME_MS, IDLE_MS, &n), OST_OK);
	assert_int_equal(n, MANY);
	assert_int_equal(session_list(store, request, &user, LIFETIME_MS,
				 IDLE_MS, &list, &n),
		OST_OK);
	assert_int_equal(n, SESSIONS_MAX);
	assert_true(list[0].seen_ms == NOW_MS + MANY - 1);
	assert_true(list[n - 1].seen_ms == NOW_MS + MANY - SESSIONS_MAX);
	assert_int_equal(
		session_end_others(store, request, user.id, SPAN_ABSENT, &n),
		OST_OK);
	assert_int_equal(n, MANY);
	assert_int_equal(records_count(store, "session:"), 0);
	arena_free(request);
}

static void
who_had_too_many_signs_in(void **state)
{
	struct span cookie;

	(void)state;
	put_many();
	clock_fake(NOW_MS + MANY);
	cookie = new_session();
	assert_int_equal(records_count(store, "session:"), SESSIONS_MAX);
	assert_int_equal(look(cookie), OST_OK);
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
		TEST(it_says_where_it_began),
		TEST(it_knows_when_the_password_was_shown),
		TEST(an_old_record_is_read),
		TEST(those_that_live_are_listed),
		TEST(one_of_one_s_own_is_ended_by_its_id),
		TEST(all_others_are_ended),
		TEST(a_hundred_at_a_time),
		TEST(those_of_the_same_moment_make_room_too),
		TEST(any_number_is_counted_listed_and_ended),
		TEST(who_had_too_many_signs_in),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
