#include "clock.h"
#include "log.h"
#include "rate.h"
#include "ratetable.h"
#include "siphash.h"
#include "workshop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* On the border of a window of any length that is used here. */
#define NOW_S INT64_C(1699999200)

int test_rate(void);

static char *folder;
static struct rate *rate;

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(log_open("/dev/null", "unit"), OST_OK);
	clock_fake(NOW_S * 1000);
	folder = workshop_open("rates", NULL);
	assert_int_equal(rate_open(span_of(folder), false, &rate), OST_OK);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rate_close(rate);
	workshop_close(folder);
	clock_fake(0);
	return 0;
}

static struct rate_result
hit(enum rate_table table, const char *key, uint32_t limit, uint32_t window_s)
{
	struct rate_result result;

	assert_int_equal(
		rate_hit(rate, table, span_of(key), limit, window_s, &result),
		OST_OK);
	return result;
}

static struct rate_result
peek(const char *key, uint32_t limit, uint32_t window_s)
{
	struct rate_result result;

	assert_int_equal(rate_peek(rate, RATE_SUBJECTS, span_of(key), limit,
				 window_s, &result),
		OST_OK);
	return result;
}

static void
give_back(const char *key, uint32_t window_s, int64_t reset_s)
{
	assert_int_equal(rate_give_back(rate, RATE_SUBJECTS, span_of(key),
				 window_s, reset_s),
		OST_OK);
}

/* The vectors of the reference implementation: key 00 .. 0f, message 00 .. */
static void
test_siphash(void **state)
{
	static const uint64_t want[] = {
		UINT64_C(0x726fdb47dd0e0e31),
		UINT64_C(0x74f839c593dc67fd),
		UINT64_C(0x0d6c8009d9a94f5a),
	};
	const uint64_t key[2] = { UINT64_C(0x0706050403020100),
		UINT64_C(0x0f0e0d0c0b0a0908) };
	char message[15];

	(void)state;
	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (char)i;
	for (size_t n = 0; n < 3; n++)
		assert_true(
			siphash(key, (struct span){ message, n }) == want[n]);
	assert_true(siphash(key, (struct span){ message, 15 }) ==
		    UINT64_C(0xa129ca6149be45e5));
}

/* RL-03 */
static void
test_counts(void **state)
{
	struct rate_result r;

	(void)state;
	for (uint32_t i = 1; i <= 3; i++) {
		r = hit(RATE_SUBJECTS, "user/1", 3, 900);
		assert_true(r.is_admitted);
		assert_int_equal(r.limit, 3);
		assert_int_equal(r.remaining, 3 - i);
		assert_int_equal(r.reset_s, NOW_S + 900);
	}
	r = hit(RATE_SUBJECTS, "user/1", 3, 900);
	assert_false(r.is_admitted);
	assert_int_equal(r.remaining, 0);
	assert_int_equal(r.reset_s, NOW_S + 900);
	/* What else differs is another counter. */
	assert_true(hit(RATE_SUBJECTS, "user/2", 3, 900).is_admitted);
	assert_true(hit(RATE_SUBJECTS, "user/1", 3, 60).is_admitted);
	assert_true(hit(RATE_ADDRESSES, "user/1", 3, 900).is_admitted);
	assert_int_equal(hit(RATE_SUBJECTS, "", 3, 900).remaining, 2);
	/* A limit is the question's, not the counter's. */
	assert_int_equal(hit(RATE_SUBJECTS, "user/1", 10, 900).remaining, 6);
	assert_false(hit(RATE_SUBJECTS, "user/1", 2, 900).is_admitted);
	assert_false(hit(RATE_SUBJECTS, "user/3", 0, 900).is_admitted);
}

static void
test_peek(void **state)
{
	(void)state;
	assert_true(peek("k", 1, 900).is_admitted);
	assert_int_equal(peek("k", 1, 900).remaining, 1);
	assert_true(hit(RATE_SUBJECTS, "k", 1, 900).is_admitted);
	assert_false(peek("k", 1, 900).is_admitted);
	assert_int_equal(peek("k", 1, 900).remaining, 0);
	assert_int_equal(peek("k", 1, 900).reset_s, NOW_S + 900);
}

/* RL-03 */
static void
test_windows(void **state)
{
	(void)state;
	clock_fake(NOW_S * 1000 + 899999);
	assert_true(hit(RATE_SUBJECTS, "k", 1, 900).is_admitted);
	assert_false(hit(RATE_SUBJECTS, "k", 1, 900).is_admitted);
	clock_fake(NOW_S * 1000 + 900000);
	assert_int_equal(hit(RATE_SUBJECTS, "k", 1, 900).reset_s, NOW_S + 1800);
	assert_false(hit(RATE_SUBJECTS, "k", 1, 900).is_admitted);
	/* A clock that goes back a little opens no new window ... */
	clock_fake(NOW_S * 1000);
	assert_false(hit(RATE_SUBJECTS, "k", 1, 900).is_admitted);
	assert_int_equal(peek("k", 1, 900).reset_s, NOW_S + 1800);
	/* ... and one that was far ahead closes none for ever. */
	clock_fake(NOW_S * 1000 - 900001);
	assert_true(hit(RATE_SUBJECTS, "k", 1, 900).is_admitted);
	assert_int_equal(peek("k", 1, 900).reset_s, NOW_S - 900);
}

static void
test_give_back(void **state)
{
	struct rate_result r = hit(RATE_SUBJECTS, "k", 2, 900);

	(void)state;
	assert_int_equal(hit(RATE_SUBJECTS, "k", 2, 900).remaining, 0);
	give_back("k", 900, r.reset_s - 900);
	give_back("k", 60, r.reset_s);
	give_back("other", 900, r.reset_s);
	assert_int_equal(peek("k", 2, 900).remaining, 0);
	give_back("k", 900, r.reset_s);
	assert_int_equal(peek("k", 2, 900).remaining, 1);
	give_back("k", 900, r.reset_s);
	give_back("k", 900, r.reset_s);
	assert_int_equal(peek("k", 2, 900).remaining, 2);
	assert_true(hit(RATE_SUBJECTS, "k", 2, 900).is_admitted);
	clock_fake((NOW_S + 900) * 1000);
	assert_true(hit(RATE_SUBJECTS, "k", 2, 900).is_admitted);
	give_back("k", 900, r.reset_s);
	assert_int_equal(peek("k", 2, 900).remaining, 1);
}

static void
test_bounds(void **state)
{
	struct rate_result r;

	(void)state;
	r = hit(RATE_SUBJECTS, "k", UINT32_MAX, UINT32_MAX);
	assert_int_equal(r.limit, 0xffffff);
	assert_int_equal(r.remaining, 0xfffffe);
	assert_true(r.reset_s > NOW_S && r.reset_s <= NOW_S + UINT32_MAX);
	assert_false(hit(RATE_SUBJECTS, "k", 1, UINT32_MAX).is_admitted);
	assert_int_equal(rate_hit(rate, RATE_SUBJECTS, SPAN("k"), 1, 0, &r),
		OST_BADINPUT);
	clock_fake(INT64_C(1) << 60);
	assert_int_equal(
		rate_hit(rate, RATE_SUBJECTS, SPAN("k"), 1, 60, &r), OST_STORE);
}

/* Tags of several window lengths crowd one bucket while time goes on: none is
 * admitted more than LIMIT times in one of its windows. */
static void
test_crowded_bucket(void **state)
{
	enum { TAGS = 60, LIMIT = 3 };
	static const uint32_t lengths[] = { 10, 60, 90 };
	struct bucket bucket;
	int64_t ends[TAGS] = { 0 }, now_s = NOW_S;
	int counts[TAGS] = { 0 }, admitted = 0;

	(void)state;
	memset(&bucket, 0, sizeof(bucket));
	for (int i = 0; i < 200000; i++) {
		unsigned int tag = workshop_random(TAGS);
		uint32_t window_s = lengths[tag % 3];
		int64_t end_s = now_s - now_s % window_s + window_s;
		struct place place =
			ratetable_find(&bucket, tag + 1, window_s, now_s);

		if (ends[tag] != end_s)
			counts[tag] = 0;
		ends[tag] = end_s;
		if (place.window.count < LIMIT) {
			place.window.count++;
			ratetable_store(&place);
			counts[tag]++;
			admitted++;
		}
		assert_true(counts[tag] <= LIMIT);
		assert_true(place.window.end_s >= end_s);
		now_s += workshop_random(20) == 0;
	}
	assert_true(admitted > 1000);
}

/* The sixteenth key and all after it share one counter, until it ends. */
static void
test_common_counter(void **state)
{
	struct bucket bucket;
	struct place place;

	(void)state;
	memset(&bucket, 0, sizeof(bucket));
	for (uint64_t tag = 1; tag <= 20; tag++) {
		place = ratetable_find(&bucket, tag, 60, NOW_S);
		assert_int_equal(place.window.count, tag <= 16 ? 0 : tag - 16);
		place.window.count++;
		ratetable_store(&place);
	}
	assert_int_equal(
		ratetable_find(&bucket, 1, 60, NOW_S + 59).window.count, 1);
	assert_int_equal(
		ratetable_find(&bucket, 99, 60, NOW_S + 59).window.count, 5);
	place = ratetable_find(&bucket, 99, 60, NOW_S + 60);
	assert_int_equal(place.window.count, 0);
	assert_int_equal(place.tag, 99);
}

static void
test_files(void **state)
{
	static const char *const names[] = { "key", "subjects.tab",
		"addresses.tab" };
	struct rate *other = NULL;
	char path[128];
	struct stat file;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/rates/%s", folder, names[i]);
		assert_int_equal(stat(path, &file), 0);
		assert_int_equal(file.st_mode & 0777, 0600);
		assert_int_equal(file.st_size, i == 0 ? 32 : 1 << 20);
		assert_true(file.st_blocks * 512 >= file.st_size);
	}
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/rates/%s", folder, names[i]);
		assert_int_equal(truncate(path, 31), 0);
		assert_int_equal(
			rate_open(span_of(folder), false, &other), OST_STORE);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(
			rate_open(span_of(folder), false, &other), OST_OK);
		rate_close(other);
	}
	assert_int_equal(
		rate_open(SPAN("/nonexistent"), false, &other), OST_STORE);
	rate_close(NULL);
}

struct shared {
	atomic_int admitted, refused;
};

static bool
many_work(void *arg, int i)
{
	struct shared *shared = arg;

	(void)i;
	if (rate_open(span_of(folder), true, &rate) != OST_OK)
		return false;
	for (int n = 0; n < 2000; n++)
		if (hit(RATE_ADDRESSES, "one", 1000, 900).is_admitted)
			shared->admitted++;
		else
			shared->refused++;
	return true;
}

/* The first of them make the files: all must agree on the secret. */
static void
test_many_processes(void **state)
{
	struct shared *shared = workshop_share(sizeof(*shared));

	(void)state;
	teardown(NULL);
	clock_fake(NOW_S * 1000);
	folder = workshop_open("rates", NULL);
	rate = NULL;
	assert_true(workshop_run(8, many_work, shared));
	assert_int_equal(shared->admitted, 1000);
	assert_int_equal(shared->refused, 15000);
	workshop_unshare(shared, sizeof(*shared));
}

static bool
killed_work(void *arg, int i)
{
	struct shared *shared = arg;

	(void)i;
	if (rate_open(span_of(folder), false, &rate) != OST_OK)
		return false;
	for (;;)
		if (hit(RATE_SUBJECTS, "one", 16000000, 900).is_admitted)
			shared->admitted++;
}

static void
test_kills(void **state)
{
	struct shared *shared = workshop_share(sizeof(*shared));
	pid_t children[4];
	int used, kills = 0;

	(void)state;
	for (int i = 0; i < 4; i++)
		children[i] = workshop_start(killed_work, shared, i);
	while (kills < 100) {
		int until = shared->admitted + (int)workshop_random(2000);
		int i = kills++ % 4;

		/* Wait by work: until so many more have been admitted. */
		for (int n = 0; shared->admitted < until; n++) {
			assert_true(n < 100000000);
			assert_true(peek("one", 16000000, 900).is_admitted);
		}
		workshop_kill(children[i]);
		children[i] = workshop_start(killed_work, shared, i);
	}
	for (int i = 0; i < 4; i++, kills++)
		workshop_kill(children[i]);
	used = 16000000 - (int)peek("one", 16000000, 900).remaining;
	assert_in_range(used, shared->admitted, shared->admitted + kills);
	workshop_unshare(shared, sizeof(*shared));
}

int
test_rate(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siphash),
		TEST(test_counts),
		TEST(test_peek),
		TEST(test_windows),
		TEST(test_give_back),
		TEST(test_bounds),
		cmocka_unit_test(test_crowded_bucket),
		cmocka_unit_test(test_common_counter),
		TEST(test_files),
		TEST(test_many_processes),
		TEST(test_kills),
	};

	return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
