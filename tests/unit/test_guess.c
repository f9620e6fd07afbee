/* What a guess at a password costs, counted and not timed: each hash that is
 * computed goes through password_verify(), which is linked with --wrap. */
#include "guess.h"
#include "password.h"
#include "vectors.h"
#include "workshop.h"
#include "world.h"

int test_guess(void);
enum ost_err __real_password_verify(struct span password, struct span phc);
enum ost_err __wrap_password_verify(struct span password, struct span phc);

#define LIMIT 10
#define RIGHT "correct horse"

/* In all processes since none() or setup. */
static struct hashes {
	atomic_int all, present; /* of the present cost */
} * hashes;

static const struct password_cost old_cost = { 10, 1, 1 };
static const struct password_cost present_cost = { 11, 1, 1 };

enum ost_err
__wrap_password_verify(struct span password, struct span phc)
{
	if (hashes != NULL && password.n <= PASSWORD_SIZE_MAX) {
		atomic_fetch_add(&hashes->all, 1);
		if (span_starts(phc, SPAN("$scrypt$ln=11,r=1,p=1$")))
			atomic_fetch_add(&hashes->present, 1);
	}
	return __real_password_verify(password, phc);
}

static void
none(void)
{
	atomic_store(&hashes->all, 0);
	atomic_store(&hashes->present, 0);
}

static void
assert_hashes(int all, int present)
{
	assert_int_equal(atomic_load(&hashes->all), all);
	assert_int_equal(atomic_load(&hashes->present), present);
	none();
}

/* A user of that name with the password RIGHT, at that cost. */
static struct user
person(const char *name, const struct password_cost *cost)
{
	struct user user = { .name = span_of(name) };
	struct buf buf;

	buf_init(&buf, world.arena);
	assert_int_equal(password_hash(&buf, SPAN(RIGHT), cost), OST_OK);
	assert_int_equal(buf_span(&buf, &user.password), OST_OK);
	assert_int_equal(
		user_create(world.context.accounts, world.arena, &user),
		OST_OK);
	return user;
}

static int
setup(void **state)
{
	if (world_open(state) != 0)
		return 1;
	world.config.password_cost = present_cost;
	world.config.limit_login =
		(struct limit_rule){ .count = LIMIT, .window_s = 900 };
	world.config.limit_login_address =
		(struct limit_rule){ .count = 1000, .window_s = 900 };
	world.config.limit_login_account = world.config.limit_login_address;
	hashes = workshop_share(sizeof(*hashes));
	person("present", &present_cost);
	none();
	return 0;
}

static int
teardown(void **state)
{
	workshop_unshare(hashes, sizeof(*hashes));
	hashes = NULL;
	return world_close(state);
}

static enum ost_err
guess_from(const char *address, struct span name, struct span password)
{
	struct request request = { .arena = world.arena,
		.address = span_of(address) };
	struct user user = { 0 };
	int64_t wait_s = 0;
	enum ost_err err = guess_password(&world.context, &request,
		GUESS_CREDENTIAL, name, password, &user, &wait_s);

	assert_true((err == OST_OK) == (user.id.n > 0));
	assert_true((err == OST_LIMITED) == (wait_s > 0));
	return err;
}

static enum ost_err
guess(const char *name, const char *password)
{
	return guess_from("192.0.2.7", span_of(name), span_of(password));
}

/* E01, E02 */
static void
who_cannot_be_signed_in_costs_one_hash(void **state)
{
	struct user disabled = person("disabled", &present_cost);

	(void)state;
	disabled.is_disabled = true;
	assert_int_equal(
		user_save(world.context.accounts, world.arena, &disabled),
		OST_OK);
	assert_int_equal(guess("present", "wrong"), OST_DENIED);
	assert_hashes(1, 1);
	assert_int_equal(guess("nobody", "wrong"), OST_DENIED);
	assert_hashes(1, 1);
	assert_int_equal(guess("no name at all\xff", "wrong"), OST_DENIED);
	assert_hashes(1, 1);
	assert_int_equal(guess("disabled", RIGHT), OST_DENIED);
	assert_hashes(1, 1);
	/* That of world_open() has no password. */
	assert_int_equal(guess("joe", "wrong"), OST_DENIED);
	assert_hashes(1, 1);
	assert_int_equal(guess("present", RIGHT), OST_OK);
	assert_hashes(1, 1);
}

/* E04: what was hashed cheaply once is no faster to refuse today. */
static void
an_old_hash_costs_the_present_one_too(void **state)
{
	(void)state;
	person("old", &old_cost);
	none();
	assert_int_equal(guess("old", "wrong"), OST_DENIED);
	assert_hashes(2, 1);
	assert_int_equal(guess("old", RIGHT), OST_OK);
	assert_hashes(1, 0); /* and one that was made anew: */
	assert_int_equal(guess("old", "wrong"), OST_DENIED);
	assert_hashes(1, 1);
}

/* E05: whoever's name it is tried with. */
static void
a_long_password_costs_nothing(void **state)
{
	static char text[PASSWORD_SIZE_MAX + 1];
	struct span longest = { text, PASSWORD_SIZE_MAX };

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(
		guess_from("192.0.2.7", SPAN("present"), BYTES_SPAN(text)),
		OST_DENIED);
	assert_int_equal(
		guess_from("192.0.2.7", SPAN("nobody"), BYTES_SPAN(text)),
		OST_DENIED);
	assert_hashes(0, 0);
	assert_int_equal(
		guess_from("192.0.2.7", SPAN("present"), longest), OST_DENIED);
	assert_int_equal(
		guess_from("192.0.2.7", SPAN("nobody"), longest), OST_DENIED);
	assert_hashes(2, 2);
}

/* E07: names are compared in lower case, and by nothing else. */
static void
spellings_of_a_name_have_one_counter(void **state)
{
	static const char *const spellings[] = { "bob", "Bob", "BOB", "bOb" };
	static const char *const others[] = { "b%6fb", "\xef\xbd\x82ob",
		"b\xd0\xbe"
		"b",
		"bob ", "bob.",
		"bo\xcc\x81"
		"b",
		"b\xc3\xb6"
		"b" };

	(void)state;
	person("Bob", &present_cost);
	for (size_t i = 0; i < COUNT(spellings); i++)
		assert_int_equal(guess(spellings[i], RIGHT), OST_OK);
	for (size_t i = 0; i < LIMIT; i++)
		assert_int_equal(
			guess(spellings[i % COUNT(spellings)], "wrong"),
			OST_DENIED);
	none();
	for (size_t i = 0; i < COUNT(spellings); i++)
		assert_int_equal(guess(spellings[i], RIGHT), OST_LIMITED);
	assert_hashes(0, 0);
	for (size_t i = 0; i < COUNT(others); i++) {
		assert_false(user_name_is_valid(span_of(others[i])));
		assert_int_equal(guess(others[i], RIGHT), OST_DENIED);
	}
	assert_hashes((int)COUNT(others), (int)COUNT(others));
}

/* E08: who has a network has no more tries than who has an address. */
static void
a_network_of_ipv6_has_one_counter(void **state)
{
	struct span name = SPAN("present");

	(void)state;
	for (size_t i = 0; i < LIMIT; i++)
		assert_int_equal(guess_from(i % 2 ? "2001:db8:0:1::9"
						  : "2001:db8:0:1:a:b:c:d",
					 name, SPAN("wrong")),
			OST_DENIED);
	none();
	assert_int_equal(guess_from("2001:db8:0:1:ffff::", name, SPAN(RIGHT)),
		OST_LIMITED);
	assert_hashes(0, 0);
	assert_int_equal(
		guess_from("2001:db8:0:2::9", name, SPAN(RIGHT)), OST_OK);
	assert_int_equal(guess_from("192.0.2.7", name, SPAN(RIGHT)), OST_OK);
}

/* E10, E11: the owner's way in, while others try his name. */
static void
others_do_not_lock_the_owner_out(void **state)
{
	struct span name = SPAN("present"), wrong = SPAN("wrong");

	(void)state;
	world.config.limit_login_account.count = 2 * LIMIT;
	assert_int_equal(guess_from("192.0.2.1", name, SPAN(RIGHT)), OST_OK);
	for (size_t i = 0; i < LIMIT; i++)
		assert_int_equal(
			guess_from("192.0.2.2", name, wrong), OST_DENIED);
	assert_int_equal(guess_from("192.0.2.2", name, wrong), OST_LIMITED);
	assert_int_equal(guess_from("192.0.2.3", name, SPAN(RIGHT)), OST_OK);
	for (size_t i = 0; i < LIMIT; i++)
		assert_int_equal(
			guess_from("192.0.2.4", name, wrong), OST_DENIED);
	assert_int_equal(
		guess_from("192.0.2.5", name, SPAN(RIGHT)), OST_LIMITED);
	assert_int_equal(guess_from("192.0.2.1", name, SPAN(RIGHT)), OST_OK);
	assert_int_equal(guess_from("192.0.2.3", name, SPAN(RIGHT)), OST_OK);
}

/* E13 */
static void
without_counters_or_permits_nothing_is_hashed(void **state)
{
	struct span path = world.config.state_path;

	(void)state;
	world.config.state_path = SPAN("/dev/null");
	assert_int_equal(guess("present", RIGHT), OST_STORE);
	assert_int_equal(guess("present", "wrong"), OST_STORE);
	assert_hashes(0, 0);
	world.config.state_path = path;
	for (size_t i = 0; i < LIMIT; i++) /* those were no tries */
		assert_int_equal(guess("present", "wrong"), OST_DENIED);
}

static bool
guess_twice(void *arg, int i)
{
	enum ost_err first = guess("present", "wrong");
	enum ost_err second = guess("present", "wrong");

	(void)arg;
	(void)i;
	return (first == OST_DENIED || first == OST_LIMITED) &&
	       (second == OST_DENIED || second == OST_LIMITED);
}

/* E16 */
static void
of_a_hundred_at_a_time_ten_are_hashed(void **state)
{
	(void)state;
	assert_true(workshop_run(50, guess_twice, NULL));
	assert_hashes(LIMIT, LIMIT);
}

int
test_guess(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(who_cannot_be_signed_in_costs_one_hash),
		TEST(an_old_hash_costs_the_present_one_too),
		TEST(a_long_password_costs_nothing),
		TEST(spellings_of_a_name_have_one_counter),
		TEST(a_network_of_ipv6_has_one_counter),
		TEST(others_do_not_lock_the_owner_out),
		TEST(without_counters_or_permits_nothing_is_hashed),
		TEST(of_a_hundred_at_a_time_ten_are_hashed),
	};

	return cmocka_run_group_tests_name("guess", tests, NULL, NULL);
}
