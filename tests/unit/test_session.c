/* Who is signed in at the pages. */
#include "clock.h"
#include "crypto.h"
#include "signedin.h"
#include "vectors.h"

int test_session(void);

static void
a_session_is_found_by_its_cookie(void **state)
{
	struct span cookie = signedin_new(), other = signedin_new();
	struct session session;

	(void)state;
	assert_int_equal(cookie.n, CRYPTO_TEXT_SIZE);
	assert_false(span_eq(cookie, other));
	assert_int_equal(session_find(signedin.store, signedin.arena, cookie,
				 LIFETIME_MS, IDLE_MS, &session),
		OST_OK);
	assert_span(session.user_id, SPAN("u1"));
	assert_int_equal(session.generation, 4);
	assert_int_equal(signedin_look((struct span){ cookie.p, cookie.n - 1 }),
		OST_NOTFOUND);
	assert_int_equal(signedin_look(SPAN("")), OST_NOTFOUND);
	assert_int_equal(signedin_look(SPAN_ABSENT), OST_NOTFOUND);
	assert_int_equal(
		session_end(signedin.store, signedin.arena, cookie), OST_OK);
	assert_int_equal(
		session_end(signedin.store, signedin.arena, cookie), OST_OK);
	assert_int_equal(signedin_look(cookie), OST_NOTFOUND);
	assert_int_equal(signedin_look(other), OST_OK);
}

static void
an_unused_session_ends(void **state)
{
	struct span cookie = signedin_new();

	(void)state;
	clock_fake(NOW_MS + IDLE_MS - 1);
	assert_int_equal(signedin_look(cookie), OST_OK);
	clock_fake(NOW_MS + 2 * IDLE_MS - 2);
	assert_int_equal(signedin_look(cookie), OST_OK);
	clock_fake(NOW_MS + 3 * IDLE_MS - 2);
	assert_int_equal(signedin_look(cookie), OST_NOTFOUND);
}

static void
a_used_session_ends_too(void **state)
{
	struct span cookie = signedin_new();

	(void)state;
	for (int64_t ms = 0; ms < LIFETIME_MS; ms += IDLE_MS / 2) {
		clock_fake(NOW_MS + ms);
		assert_int_equal(signedin_look(cookie), OST_OK);
	}
	clock_fake(NOW_MS + LIFETIME_MS - 1);
	assert_int_equal(signedin_look(cookie), OST_OK);
	clock_fake(NOW_MS + LIFETIME_MS);
	assert_int_equal(signedin_look(cookie), OST_NOTFOUND);
	assert_int_equal(records_count(signedin.store, "session:"), 0);
}

static void
a_use_is_noted_every_tenth_of_idle(void **state)
{
	struct span cookie = signedin_new();
	struct session session;

	(void)state;
	for (int i = 0; i < 2; i++) {
		clock_fake(NOW_MS + IDLE_MS / 10 - 1 + i);
		assert_int_equal(signedin_look(cookie), OST_OK);
		assert_int_equal(
			session_find(signedin.store, signedin.arena, cookie,
				LIFETIME_MS, IDLE_MS, &session),
			OST_OK);
		assert_true(session.seen_ms ==
			    (i == 0 ? NOW_MS : NOW_MS + IDLE_MS / 10));
	}
}

static void
damage_is_not_absence(void **state)
{
	static const char *const damaged[] = { "damaged", "v=1\n", "v=2\n" };
	struct store *broken = records_broken(), *whole = signedin.store;
	struct span cookie = signedin_new(), untouched = SPAN("untouched");
	struct session *list;
	size_t n;

	(void)state;
	signedin.store = broken;
	assert_int_equal(signedin_look(cookie), OST_STORE);
	assert_int_equal(
		session_end(signedin.store, signedin.arena, cookie), OST_STORE);
	assert_int_equal(
		session_create(signedin.store, signedin.arena, &signedin_user,
			&signedin.origin, LIFETIME_MS, &untouched),
		OST_STORE);
	assert_span(untouched, SPAN("untouched"));
	assert_int_equal(
		session_list(signedin.store, signedin.arena, &signedin_user,
			LIFETIME_MS, IDLE_MS, &list, &n),
		OST_STORE);
	assert_int_equal(session_end_others(signedin.store, signedin.arena,
				 signedin_user.id, cookie, &n),
		OST_STORE);
	signedin.store = whole;
	store_close(broken);
	for (size_t i = 0; i < COUNT(damaged); i++) {
		records_overwrite(
			signedin.store, signedin.arena, "session:", damaged[i]);
		assert_int_equal(signedin_look(cookie), OST_STORE);
	}
}

static void
it_says_where_it_began(void **state)
{
	char agent[300];
	struct session session = signedin_found(signedin_new());

	(void)state;
	assert_span(session.address, SPAN("192.0.2.1"));
	assert_true(span_is_absent(session.agent));
	assert_int_equal(session.steps, SESSION_PASSWORD);
	memset(agent, 'a', sizeof(agent));
	memcpy(agent, "B\x01\xc3\xa9 100%\x7f", 10);
	signedin.origin.agent = (struct span){ agent, sizeof(agent) };
	signedin.origin.steps = SESSION_OTP;
	session = signedin_found(signedin_new());
	assert_int_equal(session.agent.n, SESSION_AGENT_MAX);
	assert_true(span_starts(session.agent, SPAN("B??? 100%?aaa")));
	assert_int_equal(session.steps, SESSION_OTP);
	assert_span(session_amr(&session), SPAN("pwd otp mfa"));
	signedin.origin.steps = SESSION_RECOVERY;
	session = signedin_found(signedin_new());
	assert_int_equal(session.steps, SESSION_RECOVERY);
	assert_span(session_amr(&session), SPAN("pwd mfa"));
}

static void
it_knows_when_the_password_was_shown(void **state)
{
	struct span cookie = signedin_new();

	(void)state;
	assert_true(signedin_found(cookie).proved_ms == NOW_MS);
	clock_fake(NOW_MS + IDLE_MS / 2);
	assert_true(signedin_found(cookie).proved_ms == NOW_MS);
	assert_int_equal(session_prove(signedin.store, signedin.arena, cookie,
				 LIFETIME_MS, NOW_MS + IDLE_MS / 2),
		OST_OK);
	assert_true(signedin_found(cookie).proved_ms == NOW_MS + IDLE_MS / 2);
	assert_true(signedin_found(cookie).created_ms == NOW_MS);
	assert_span(signedin_found(cookie).address, SPAN("192.0.2.1"));
	assert_int_equal(
		session_end(signedin.store, signedin.arena, cookie), OST_OK);
	assert_int_equal(session_prove(signedin.store, signedin.arena, cookie,
				 LIFETIME_MS, 1),
		OST_NOTFOUND);
	assert_int_equal(records_count(signedin.store, "session:"), 0);
	/* To prove something does not make it live longer. */
	clock_fake(NOW_MS);
	cookie = signedin_new();
	assert_int_equal(session_prove(signedin.store, signedin.arena, cookie,
				 LIFETIME_MS, NOW_MS + 1),
		OST_OK);
	clock_fake(NOW_MS + LIFETIME_MS);
	assert_int_equal(records_count(signedin.store, "session:"), 0);
}

static void
an_old_record_is_read(void **state)
{
	struct span cookie = signedin_new();
	struct session session;

	(void)state;
	records_overwrite(signedin.store, signedin.arena, "session:",
		"v=1\nuser=u1\ngeneration=4\ncreated=1699999999999\n"
		"seen=1700000000000\n");
	session = signedin_found(cookie);
	assert_true(session.proved_ms == NOW_MS - 1);
	assert_true(span_is_absent(session.address));
	assert_true(span_is_absent(session.agent));
	assert_span(session_amr(&session), SPAN("pwd"));
	records_overwrite(signedin.store, signedin.arena, "session:",
		"v=1\nuser=u1\ngeneration=4\ncreated=1699999999999\n"
		"seen=1700000000000\ntwo_step=1\n");
	assert_int_equal(signedin_found(cookie).steps, SESSION_RECOVERY);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, signedin_open, signedin_close)

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
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
