/* Making API keys: names, how many, which are forgotten, the secret. */
#include "clock.h"
#include "key_issue.h"
#include "records.h"
#include "user.h"
#include "vectors.h"

int test_key_issue(void);

static struct arena *arena;
static struct store *store;
static struct user user;

static int
setup(void **state)
{
	(void)state;
	if (records_open(&arena, &store) != 0)
		return 1;
	user = (struct user){ .name = SPAN("bob") };
	return user_create(store, arena, &user) != OST_OK;
}

static int
teardown(void **state)
{
	(void)state;
	return records_close(arena, store);
}

static enum ost_err
issue(const char *name, int64_t expires_ms, struct key *key)
{
	struct span secret;

	return key_issue_own(store, arena, user.id, span_of(name), expires_ms,
		NULL, &secret, key);
}

static enum ost_err
issue_numbered(int number, struct key *key)
{
	char *name = arena_alloc(arena, 16);

	snprintf(name, 16, "k%d", number);
	return issue(name, 0, key);
}

static void
names(void **state)
{
	static const struct {
		const char *name;
		enum key_name_fault fault;
	} cases[] = {
		{ "x", KEY_NAME_OK },
		{ "a b", KEY_NAME_OK },
		{ "\xd7\x90 \xf0\x9f\x98\x80", KEY_NAME_OK },
		{ "", KEY_NAME_EMPTY },
		{ " ", KEY_NAME_NOT_PLAIN },
		{ " x", KEY_NAME_NOT_PLAIN },
		{ "x\t", KEY_NAME_NOT_PLAIN },
		{ "a\nb", KEY_NAME_NOT_PLAIN },
		{ "a\x7f", KEY_NAME_NOT_PLAIN },
		{ "a\xc2\x85", KEY_NAME_NOT_PLAIN },
		{ "a\xff", KEY_NAME_NOT_PLAIN },
	};
	char text[2 * (KEY_NAME_LENGTH_MAX + 1)];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
			key_name_check(span_of(cases[i].name)), cases[i].fault);
	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	assert_int_equal(
		key_name_check((struct span){ text, sizeof(text) - 2 }),
		KEY_NAME_OK);
	assert_int_equal(key_name_check((struct span){ text, sizeof(text) }),
		KEY_NAME_TOO_LONG);
	assert_int_equal(key_name_check(SPAN("a\0b")), KEY_NAME_NOT_PLAIN);
}

static void
the_secret_opens_what_was_made(void **state)
{
	struct span secret;
	struct key key, found;

	(void)state;
	assert_int_equal(key_issue(store, arena, user.id, SPAN("a"),
				 NOW_MS + HOUR_MS, &secret, &key),
		OST_OK);
	assert_int_equal(key_by_secret(store, arena, secret, &found), OST_OK);
	assert_span(found.id, key.id);
	assert_span(found.name, SPAN("a"));
	assert_true(found.expires_ms == NOW_MS + HOUR_MS);
	/* the command may use a name twice */
	assert_int_equal(
		key_issue(store, arena, user.id, SPAN("a"), 0, &secret, &key),
		OST_OK);
	assert_int_equal(
		key_issue(store, arena, user.id, SPAN(""), 0, &secret, &key),
		OST_BADINPUT);
}

static void
a_live_name_is_taken(void **state)
{
	struct key key, other;

	(void)state;
	assert_int_equal(issue("a", NOW_MS + HOUR_MS, &key), OST_OK);
	assert_int_equal(issue("a", 0, &other), OST_CONFLICT);
	assert_int_equal(issue("A", 0, &other), OST_OK);
	clock_fake(NOW_MS + HOUR_MS);
	assert_int_equal(issue("a", 0, &key), OST_OK);
	assert_int_equal(key_revoke(store, arena, &key), OST_OK);
	assert_true(key.revoked_ms == NOW_MS + HOUR_MS);
	assert_int_equal(issue("a", 0, &key), OST_OK);
}

static void
at_most_so_many_live_ones(void **state)
{
	struct key key;

	(void)state;
	for (int i = 0; i < KEYS_LIVE_MAX; i++)
		assert_int_equal(issue_numbered(i, &key), OST_OK);
	assert_int_equal(issue("more", 0, &key), OST_LIMITED);
	assert_int_equal(issue("k0", 0, &key), OST_CONFLICT);
	assert_int_equal(records_count(store, "key:"), KEYS_LIVE_MAX);
}

static void
dead_ones_are_forgotten_in_the_end(void **state)
{
	struct arena *whole = arena;
	struct key key;

	(void)state;
	for (int i = 0; i < KEYS_DEAD_MAX + 5; i++) {
		clock_fake(NOW_MS + i * SECOND_MS);
		arena = arena_new(4 << 20); /* as of one request */
		assert_int_equal(issue_numbered(i, &key), OST_OK);
		assert_int_equal(key_revoke(store, arena, &key), OST_OK);
		arena_free(arena);
	}
	arena = whole;
	assert_int_equal(records_count(store, "key:"), KEYS_DEAD_MAX + 1);
	assert_int_equal(records_count(store, "keyhash:"), KEYS_DEAD_MAX + 1);
	assert_int_equal(issue("k0", 0, &key), OST_OK);
}

static void
of_a_user_who_is_there(void **state)
{
	struct span secret;
	struct key key;

	(void)state;
	assert_int_equal(key_issue_own(store, arena, SPAN("u0"), SPAN("a"), 0,
				 NULL, &secret, &key),
		OST_NOTFOUND);
	assert_int_equal(records_count(store, "key:"), 0);
}

static void
only_ones_own_are_listed(void **state)
{
	struct user other = { .name = SPAN("eve") };
	struct span secret;
	struct key key, *keys;
	size_t n;

	(void)state;
	assert_int_equal(user_create(store, arena, &other), OST_OK);
	assert_int_equal(key_issue(store, arena, other.id, SPAN("user=x"), 0,
				 &secret, &key),
		OST_OK);
	assert_int_equal(
		keys_of_user(store, arena, user.id, &keys, &n), OST_OK);
	assert_int_equal(n, 0);
	for (int i = 9; i > 0; i--) {
		clock_fake(NOW_MS - i * SECOND_MS);
		assert_int_equal(issue_numbered(i, &key), OST_OK);
	}
	assert_int_equal(
		keys_of_user(store, arena, user.id, &keys, &n), OST_OK);
	assert_int_equal(n, 9);
	assert_span(keys[0].name, SPAN("k9"));
	assert_span(keys[8].name, SPAN("k1"));
}

static void
a_leaked_old_secret_ends_alone(void **state)
{
	struct span old, new_hash = SPAN("0123");
	struct key key, found;

	(void)state;
	assert_int_equal(
		key_issue(store, arena, user.id, SPAN("a"), 0, &old, &key),
		OST_OK);
	assert_int_equal(
		key_rotate(store, arena, &key, new_hash, NOW_MS + HOUR_MS),
		OST_OK);
	assert_int_equal(key_of_secret(store, arena, old, &found), OST_OK);
	assert_int_equal(key_end_overlap(store, arena, &found), OST_OK);
	assert_int_equal(key_by_secret(store, arena, old, &key), OST_NOTFOUND);
	assert_int_equal(key_of_secret(store, arena, old, &key), OST_NOTFOUND);
	assert_int_equal(records_count(store, "keyhash:"), 1);
	assert_int_equal(key_by_id(store, arena, found.id, &key), OST_OK);
	assert_false(key.is_revoked);
	assert_span(key.secret.hash, new_hash);
	assert_true(span_is_absent(key.secret.old_hash));
}

static void
a_store_that_does_not_answer(void **state)
{
	struct store *broken = records_broken();
	struct span secret;
	struct key key, *keys;
	size_t n;

	(void)state;
	assert_int_equal(key_issue_own(broken, arena, user.id, SPAN("a"), 0,
				 NULL, &secret, &key),
		OST_STORE);
	assert_int_equal(
		keys_of_user(broken, arena, user.id, &keys, &n), OST_STORE);
	store_close(broken);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Whoever had a key for a day has no more than that day. */
static void
a_key_ends_what_it_made(void **state)
{
	int64_t end_ms = clock_wall_ms() + 1000;
	struct span secret, last;
	struct key first, second, third, *keys;
	size_t n;

	(void)state;
	assert_int_equal(issue("first", end_ms, &first), OST_OK);
	assert_int_equal(key_issue_own(store, arena, user.id, SPAN("second"), 0,
				 &first, &secret, &second),
		OST_OK);
	assert_int_equal(second.expires_ms, end_ms);
	assert_int_equal(key_issue_own(store, arena, user.id, SPAN("third"),
				 end_ms - 1, &second, &last, &third),
		OST_OK);
	assert_int_equal(third.expires_ms, end_ms - 1);
	assert_int_equal(key_by_secret(store, arena, last, &third), OST_OK);
	assert_int_equal(key_revoke(store, arena, &first), OST_OK);
	assert_int_equal(
		key_by_secret(store, arena, last, &third), OST_NOTFOUND);
	assert_int_equal(
		key_by_secret(store, arena, secret, &second), OST_NOTFOUND);
	assert_int_equal(
		keys_of_user(store, arena, user.id, &keys, &n), OST_OK);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		assert_true(keys[i].is_revoked);
	assert_int_equal(key_issue_own(store, arena, user.id, SPAN("fourth"), 0,
				 &first, &secret, &second),
		OST_DENIED);
}

int
test_key_issue(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names),
		TEST(the_secret_opens_what_was_made),
		TEST(a_live_name_is_taken),
		TEST(at_most_so_many_live_ones),
		TEST(dead_ones_are_forgotten_in_the_end),
		TEST(of_a_user_who_is_there),
		TEST(only_ones_own_are_listed),
		TEST(a_key_ends_what_it_made),
		TEST(a_leaked_old_secret_ends_alone),
		TEST(a_store_that_does_not_answer),
	};

	return cmocka_run_group_tests_name("key_issue", tests, NULL, NULL);
}
