#include "arena.h"
#include "basefile.h"
#include "clock.h"
#include "store_fixture.h"
#include "store_gdbm.h"
#include "workshop.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
/* When a store is folded, and what then leaves it; with bases that are large
 * enough to be copied. */
#define HOUR_MS INT64_C(3600000)
#define DAY_MS	(24 * HOUR_MS)

int test_store_fold(void);

static char value[65536];

static int
setup(void **state)
{
	fixture_setup(state);
	assert_true(fixture_reopen(STORE_FAST));
	return 0;
}

static struct stat
base_stat(void)
{
	char path[FIXTURE_PATH];
	struct stat file;

	assert_int_equal(stat(fixture_path(path, ".gdbm"), &file), 0);
	return file;
}

/* n records of that size under prefix0 and so on. */
static void
fill(const char *prefix, int n, size_t size, int64_t expires_ms)
{
	char key[16];

	for (int i = 0; i < n; i++)
		assert_int_equal(
			store_put(fixture.store, fixture_word(key, prefix, i),
				(struct span){ value, size }, expires_ms,
				STORE_ANY),
			OST_OK);
}

static void
fold_all(void)
{
	assert_int_equal(
		store_settle(fixture.store, STORE_AT_ALL_COSTS), OST_OK);
}

static enum ost_err
count_one(void *arg, struct span key, struct span sealed)
{
	int *n = arg;

	(void)sealed;
	*n += !basefile_is_stamp(key);
	return OST_OK;
}

/* What lies in the base, whether a reader sees it or not. */
static int
records_in(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), n = 0;
	struct gdbmfile *file;

	assert_int_equal(gdbmfile_open(fd, path, GDBMFILE_READ, &file), OST_OK);
	assert_int_equal(gdbmfile_walk(file, count_one, &n), OST_OK);
	assert_int_equal(gdbmfile_close(file), OST_OK);
	return n;
}

static void
many_expired_records_leave_a_large_base(void **state)
{
	struct stat before, after;
	struct span found;

	(void)state;
	fill("keep", 3000, 1000, 0);
	fill("go", 3000, 1000, FIXTURE_NOW + HOUR_MS);
	fold_all();
	before = base_stat();
	assert_true(before.st_size > 5 << 20);
	/* Their time is not over: copied. */
	fill("more", 1, 10, 0);
	fold_all();
	assert_true(base_stat().st_size >= before.st_size);
	clock_fake(FIXTURE_NOW + HOUR_MS + DAY_MS);
	fill("more", 1, 10, 0);
	fold_all();
	after = base_stat();
	assert_true(after.st_size < before.st_size * 2 / 3);
	assert_int_equal(fixture_get(SPAN("keep2999"), &found), OST_OK);
	assert_int_equal(fixture_get(SPAN("more0"), &found), OST_OK);
	assert_int_equal(fixture_get(SPAN("go7"), &found), OST_NOTFOUND);
}

/* One more day than it is given out, and not two: the decision of fold.h. */
static void
what_has_expired_is_gone_a_day_later(void **state)
{
	char path[FIXTURE_PATH];
	struct span found;

	(void)state;
	fixture_path(path, ".gdbm");
	fill("old", 1, 10, FIXTURE_NOW + HOUR_MS);
	fill("late", 1, 10, FIXTURE_NOW + HOUR_MS + 1);
	fill("kept", 1, 10, 0);
	fold_all();
	assert_int_equal(records_in(path), 3);
	/* Just past: nobody sees it, and it is there. */
	clock_fake(FIXTURE_NOW + HOUR_MS + 1);
	fold_all();
	assert_int_equal(fixture_get(SPAN("old0"), &found), OST_NOTFOUND);
	assert_int_equal(fixture_get(SPAN("late0"), &found), OST_NOTFOUND);
	assert_int_equal(records_in(path), 3);
	/* A day past, to the millisecond. */
	clock_fake(FIXTURE_NOW + HOUR_MS + DAY_MS);
	fold_all();
	assert_int_equal(records_in(path), 2);
	clock_fake(FIXTURE_NOW + HOUR_MS + 1 + DAY_MS);
	fold_all();
	assert_int_equal(records_in(path), 1);
	assert_int_equal(fixture_get(SPAN("kept0"), &found), OST_OK);
}

/* A clock that was ahead while a store was folded. */
static void
a_revocation_outlives_a_wrong_clock(void **state)
{
	struct span found;

	(void)state;
	fill("revoked", 2, 10, FIXTURE_NOW + HOUR_MS);
	for (int i = 0; i < 2; i++) {
		/* Of the log, and of the base. */
		clock_fake(FIXTURE_NOW + DAY_MS);
		fold_all();
		clock_fake(FIXTURE_NOW);
		assert_int_equal(fixture_get(SPAN("revoked1"), &found), OST_OK);
	}
}

static void
epochs_come_to_an_end(void **state)
{
	char path[FIXTURE_PATH];
	struct gdbmfile *file;
	int fd;

	(void)state;
	for (int i = 0; i < 2; i++) {
		fill("keep", 3, 10, 0);
		store_close(fixture.store);
		fixture.store = NULL;
		for (size_t j = 0; j < 4; j++) {
			static const char *const all[] = { ".ctl", ".log1",
				".log2", ".log0" };

			unlink(fixture_path(path, all[j]));
		}
		/* As of a copy that lacks its log. */
		fixture_path(path, ".gdbm");
		fd = open(path, O_RDWR | O_CLOEXEC);
		assert_int_equal(
			gdbmfile_open(fd, path, GDBMFILE_MODIFY, &file),
			OST_OK);
		assert_int_equal(
			basefile_stamp(file, BASEFILE_EPOCH_MAX + (uint64_t)i,
				0, (struct baseorigin){ 1, 1, 64 }),
			OST_OK);
		assert_int_equal(
			gdbmfile_put(file, SPAN("\001origin"), SPAN("1 1 64")),
			OST_OK);
		assert_int_equal(gdbmfile_close(file), OST_OK);
		/* There is none for the one that makes it a living store. */
		assert_false(fixture_reopen(0));
		unlink(path);
		assert_true(fixture_reopen(0));
	}
}

/* Records that come and go in a store of many that stay: what has expired is
 * never more than a small share of the base. */
static void
expired_records_stay_a_small_share(void **state)
{
	off_t least, most = 0;
	int64_t now = FIXTURE_NOW;

	(void)state;
	fill("keep", 4500, 1000, 0);
	fold_all();
	least = base_stat().st_size;
	for (int i = 0; i < 16; i++, now += DAY_MS) {
		char prefix[16];

		clock_fake(now);
		snprintf(prefix, sizeof(prefix), "go%d/", i);
		fill(prefix, 400, 1000, now + HOUR_MS / 2);
		fold_all();
		if (base_stat().st_size > most)
			most = base_stat().st_size;
	}
	/* 6400 were put; an eighth is 560, and twice 400 come before it is
	 * seen.
	 */
	assert_true(most < least * 3 / 2);
}

static int
puts_until_fold(enum store_leisure leisure)
{
	ino_t before = base_stat().st_ino;
	char key[16];

	for (int i = 1; i < 40000; i++) {
		assert_int_equal(store_put(fixture.store,
					 fixture_word(key, "put", i % 50),
					 SPAN("x"), 0, STORE_ANY),
			OST_OK);
		assert_int_equal(store_settle(fixture.store, leisure), OST_OK);
		if (base_stat().st_ino != before)
			return i;
	}
	return -1;
}

static void
the_larger_the_base_the_longer_the_log(void **state)
{
	(void)state;
	assert_int_equal(puts_until_fold(STORE_BETWEEN), 2001);
	assert_int_equal(puts_until_fold(STORE_BRIEF), 4001);
	fill("large", 300, 60000, 0);
	fold_all();
	assert_true(base_stat().st_size / (8 << 20) == 2);
	assert_int_equal(puts_until_fold(STORE_BETWEEN), 4001);
	assert_int_equal(puts_until_fold(STORE_BRIEF), 8001);
}

int
test_store_fold(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(many_expired_records_leave_a_large_base),
		TEST(what_has_expired_is_gone_a_day_later),
		TEST(a_revocation_outlives_a_wrong_clock),
		TEST(epochs_come_to_an_end),
		TEST(expired_records_stay_a_small_share),
		TEST(the_larger_the_base_the_longer_the_log),
	};

	fixture.backend = &store_gdbm;
	return cmocka_run_group_tests_name("store_fold", tests, NULL, NULL);
}
