#include "arena.h"
#include "store_fixture.h"
#include "store_gdbm.h"
#include "workshop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>

#include <cmocka.h>
/* Many processes on one store, some of them killed. */
#define RECORDS 20
#define ROUNDS	25

int test_store_many(void);

struct shared {
	atomic_int taken[RECORDS];
	atomic_int acked[2];
};

static bool
take_work(void *arg, int i)
{
	struct shared *shared = arg;
	char key[16];

	if (!fixture_reopen(0))
		return false;
	for (int k = 0; k < RECORDS; k++) {
		struct span value;
		int n = (k + i) % RECORDS;
		enum ost_err err = store_take(fixture.store,
			fixture_word(key, "k", n), fixture.arena, &value);

		if (err == OST_OK)
			shared->taken[n]++;
		else if (err != OST_NOTFOUND)
			return false;
	}
	return true;
}

static void
test_take_by_many(void **state)
{
	struct shared *shared = workshop_share(sizeof(*shared));

	(void)state;
	fixture_fill(RECORDS);
	assert_true(workshop_run(8, take_work, shared));
	for (int i = 0; i < RECORDS; i++)
		assert_int_equal(shared->taken[i], 1);
	workshop_unshare(shared, sizeof(*shared));
}

static bool
swap_work(void *arg, int i)
{
	char text[16];
	int done = 0;

	(void)arg;
	(void)i;
	if (!fixture_reopen(STORE_FAST))
		return false;
	while (done < ROUNDS) {
		struct span value;
		uint64_t number;
		enum ost_err err;

		arena_reset(fixture.arena);
		if (fixture_get(SPAN("n"), &value) != OST_OK ||
			span_to_u64(value, 0, 10000, &number) != OST_OK)
			return false;
		err = store_swap(fixture.store, SPAN("n"), value,
			fixture_word(text, "", (int)number + 1), 0);
		if (err == OST_OK)
			done++;
		else if (err != OST_CONFLICT)
			return false;
	}
	return true;
}

static void
test_swap_by_many(void **state)
{
	struct span value;
	uint64_t number;

	(void)state;
	assert_int_equal(fixture_put(SPAN("n"), SPAN("0"), STORE_ANY), OST_OK);
	assert_true(workshop_run(8, swap_work, NULL));
	assert_int_equal(fixture_get(SPAN("n"), &value), OST_OK);
	assert_int_equal(
		span_to_u64(value, 8 * ROUNDS, 8 * ROUNDS, &number), OST_OK);
}

static bool
pair_work(void *arg, int i)
{
	struct shared *shared = arg;
	struct span key_a = i ? SPAN("1/a") : SPAN("0/a");
	struct span key_b = i ? SPAN("1/b") : SPAN("0/b");
	char text[16];

	if (!fixture_reopen(0))
		return false;
	for (int n = shared->acked[i] + 2;; n++) {
		struct span value = fixture_word(text, "", n);
		const struct store_item items[] = {
			{ STORE_PUT, STORE_ANY, key_a, value, SPAN_ABSENT, 0 },
			{ STORE_PUT, STORE_ANY, key_b, value, SPAN_ABSENT, 0 },
		};

		if (store_batch(fixture.store, items, 2) != OST_OK)
			return false;
		shared->acked[i] = n;
	}
}

struct pairs {
	uint64_t a[2], b[2];
};

static enum ost_err
pair_read(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct pairs *pairs = arg;
	uint64_t *half = key.p[2] == 'a' ? pairs->a : pairs->b;

	(void)expires_ms;
	return span_to_u64(value, 1, INT32_MAX, &half[key.p[0] - '0']);
}

static void
check_pairs(int acked_0, int acked_1)
{
	struct pairs pairs = { { 0, 0 }, { 0, 0 } };

	assert_int_equal(
		store_each(fixture.store, SPAN(""), pair_read, &pairs), OST_OK);
	assert_int_equal(pairs.a[0], pairs.b[0]);
	assert_int_equal(pairs.a[1], pairs.b[1]);
	assert_true(pairs.a[0] >= (uint64_t)acked_0);
	assert_true(pairs.a[1] >= (uint64_t)acked_1);
}

static void
test_kills(void **state)
{
	struct shared *shared = workshop_share(sizeof(*shared));
	pid_t children[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		children[i] = workshop_start(pair_work, shared, i);
	for (int kills = 0; kills < 100; kills++) {
		int i = kills % 2, until = shared->acked[i] + 1, least;

		/* Reading on while they write makes the moment a random one:
		 * but each has written since the last kill, however slow the
		 * machine and its disk. */
		least = (int)workshop_random(2000);
		for (int n = 0; n < least || shared->acked[i] < until; n++) {
			assert_true(n < 10000000);
			check_pairs(shared->acked[0], shared->acked[1]);
		}
		workshop_kill(children[i]);
		check_pairs(shared->acked[0], shared->acked[1]);
		children[i] = workshop_start(pair_work, shared, i);
	}
	workshop_kill(children[0]);
	workshop_kill(children[1]);
	assert_true(shared->acked[0] >= 50 && shared->acked[1] >= 50);
	check_pairs(shared->acked[0], shared->acked[1]);
	fixture_fill(1);
	workshop_unshare(shared, sizeof(*shared));
}

int
test_store_many(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_take_by_many),
		TEST(test_swap_by_many),
		TEST(test_kills),
	};

	fixture.backend = &store_gdbm;
	return cmocka_run_group_tests_name("store_many", tests, NULL, NULL);
}
