#define _GNU_SOURCE /* memmem */
#include "arena.h"
#include "clock.h"
#include "log.h"
#include "store.h"
#include "workshop.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
/*
 * What can only go wrong with files and processes: damage, full disks, kills,
 * many at once. tests/unit/test_store.c has what every backend promises.
 */
#define RECORDS 20

int test_store_gdbm(void);

static char *folder;
static char base_path[128], next_path[128], url[128];
static struct arena *arena;
static struct store *store;

static struct store *
open_store(unsigned int flags)
{
	struct store *opened = NULL;

	if (store_open(span_of(url), "grants", flags, &opened) != OST_OK)
		return NULL;
	return opened;
}

/* In a child: a handle of its own instead of the parent's. */
static bool
child_open(unsigned int flags)
{
	store_close(store);
	store = open_store(flags);
	return store != NULL;
}

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(log_open("/dev/null", "unit"), OST_OK);
	folder = workshop_open("grants", NULL);
	snprintf(url, sizeof(url), "gdbm:%s", folder);
	snprintf(base_path, sizeof(base_path), "%s/grants/grants.gdbm", folder);
	snprintf(next_path, sizeof(next_path), "%s/grants/grants.new", folder);
	arena = arena_new(1 << 20);
	store = open_store(0);
	assert_non_null(store);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	store_close(store);
	arena_free(arena);
	workshop_close(folder);
	clock_fake(0);
	return 0;
}

static struct span
numbered(char text[static 16], const char *prefix, int i)
{
	int n = snprintf(text, 16, "%s%d", prefix, i);

	return (struct span){ text, (size_t)n };
}

static void
put_records(int n)
{
	char key[16], value[16];

	for (int i = 0; i < n; i++)
		assert_int_equal(
			store_put(store, numbered(key, "k", i),
				numbered(value, "value", i), 0, STORE_ANY),
			OST_OK);
}

/* Each record is as it was put; or, where damage is allowed, not had at all.
 * Never something else. */
static void
check_records(int n, bool is_damaged)
{
	char key[16], value[16];

	for (int i = 0; i < n; i++) {
		struct span found = SPAN_ABSENT;
		enum ost_err err =
			store_get(store, numbered(key, "k", i), arena, &found);

		if (err == OST_OK)
			assert_true(
				span_eq(found, numbered(value, "value", i)));
		else
			assert_true(is_damaged &&
				    (err == OST_STORE || err == OST_NOTFOUND));
	}
	arena_reset(arena);
}

static void
write_file(const char *path, const void *bytes, size_t n)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static enum ost_err
each_record(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	char want[16];
	uint64_t i;

	(void)arg;
	(void)expires_ms;
	assert_int_equal(
		span_to_u64(span_skip(key, 1), 0, RECORDS - 1, &i), OST_OK);
	assert_true(span_eq(value, numbered(want, "value", (int)i)));
	return OST_OK;
}

static void
test_folder(void **state)
{
	struct store *opened = NULL;
	struct span value;
	char path[128];

	(void)state;
	assert_int_equal(
		store_open(span_of(url), "absent", 0, &opened), OST_STORE);
	snprintf(path, sizeof(path), "%s/file", folder);
	write_file(path, "x", 1);
	assert_int_equal(
		store_open(span_of(url), "file", 0, &opened), OST_STORE);
	/* A folder that goes away is no empty store. */
	assert_int_equal(
		store_get(store, SPAN("k0"), arena, &value), OST_NOTFOUND);
	put_records(1);
	snprintf(path, sizeof(path), "%s/moved", folder);
	snprintf(base_path, sizeof(base_path), "%s/grants", folder);
	assert_int_equal(rename(base_path, path), 0);
	assert_int_equal(
		store_get(store, SPAN("k0"), arena, &value), OST_STORE);
	assert_int_equal(
		store_take(store, SPAN("k0"), arena, &value), OST_STORE);
	assert_int_equal(store_put(store, SPAN("k1"), SPAN("v"), 0, STORE_ANY),
		OST_STORE);
	assert_int_equal(
		store_each(store, SPAN(""), each_record, NULL), OST_STORE);
	/* And one that comes back, as from a backup, is used. */
	assert_int_equal(rename(path, base_path), 0);
	check_records(1, false);
	put_records(2);
}

static void
test_garbage(void **state)
{
	static char garbage[20000];
	struct span value;
	int open_files;

	(void)state;
	put_records(RECORDS);
	for (size_t i = 0; i < sizeof(garbage); i++)
		garbage[i] = (char)workshop_random(256);
	open_files = workshop_open_files();
	for (size_t n = 0; n <= sizeof(garbage); n += 5000) {
		write_file(base_path, garbage, n);
		assert_int_equal(
			store_get(store, SPAN("k0"), arena, &value), OST_STORE);
		assert_int_equal(
			store_put(store, SPAN("k0"), SPAN("v"), 0, STORE_ANY),
			OST_STORE);
		assert_int_equal(store_each(store, SPAN(""), each_record, NULL),
			OST_STORE);
	}
	/* Two fewer: the base that was held open and is no longer. */
	assert_true(workshop_open_files() <= open_files);
	assert_int_not_equal(access(next_path, F_OK), 0);
}

static void
test_bit_flips(void **state)
{
	static char good[65536], bad[65536];
	int intact = 0;
	FILE *file;
	size_t n;

	(void)state;
	put_records(RECORDS);
	file = fopen(base_path, "r");
	assert_non_null(file);
	n = fread(good, 1, sizeof(good), file);
	fclose(file);
	assert_true(n > 4096 && n < sizeof(good));
	for (int i = 0; i < 1000; i++) {
		unsigned int at = workshop_random((unsigned int)n * 8);

		memcpy(bad, good, n);
		bad[at / 8] = (char)(bad[at / 8] ^ (1 << at % 8));
		write_file(next_path, bad, n);
		assert_int_equal(rename(next_path, base_path), 0);
		check_records(RECORDS, true);
		/* Whatever it answers: it ends, and calls with nothing wrong.
		 */
		if (store_each(store, SPAN(""), each_record, NULL) == OST_OK)
			intact++;
	}
	assert_true(intact > 0 && intact < 1000);
	write_file(next_path, good, n);
	assert_int_equal(rename(next_path, base_path), 0);
	check_records(RECORDS, false);
}

/* Bytes of a value, damaged where GDBM does not look. */
static void
test_damaged_value(void **state)
{
	static char bytes[65536];
	struct span value;
	FILE *file;
	char *at;
	size_t n;

	(void)state;
	put_records(RECORDS);
	file = fopen(base_path, "r+");
	assert_non_null(file);
	n = fread(bytes, 1, sizeof(bytes), file);
	at = memmem(bytes, n, "value7", 6);
	assert_non_null(at);
	fseek(file, (long)(at - bytes), SEEK_SET);
	fputs("VALUE7", file);
	fclose(file);
	assert_int_equal(
		store_get(store, SPAN("k7"), arena, &value), OST_STORE);
	assert_int_equal(
		store_take(store, SPAN("k7"), arena, &value), OST_STORE);
	assert_int_equal(
		store_put(store, SPAN("k7"), SPAN("v"), 0, STORE_ABSENT),
		OST_STORE);
	assert_int_equal(
		store_each(store, SPAN(""), each_record, NULL), OST_STORE);
	/* The others are not touched by it, and it can be written anew. */
	assert_int_equal(store_get(store, SPAN("k8"), arena, &value), OST_OK);
	assert_int_equal(
		store_put(store, SPAN("k7"), SPAN("value7"), 0, STORE_ANY),
		OST_OK);
	check_records(RECORDS, false);
}

/* RLIMIT_FSIZE fails writes as a full disk does, and needs no root. */
static void
test_full_disk(void **state)
{
	static char large[60000];
	struct rlimit limit, old;
	struct stat file;
	int failures = 0;

	(void)state;
	put_records(RECORDS);
	assert_int_equal(stat(base_path, &file), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_IGN);
	limit = old;
	for (rlim_t max = 0; max < 100000; max += 1500) {
		enum ost_err err;

		limit.rlim_cur = max;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		err = store_put(store, SPAN("large"),
			(struct span){ large, sizeof(large) }, 0, STORE_ANY);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_true(err == OST_STORE || err == OST_OK);
		if (err == OST_STORE)
			assert_int_not_equal(access(next_path, F_OK), 0);
		failures += err == OST_STORE;
		check_records(RECORDS, false);
		assert_int_equal(stat(base_path, &file), 0);
	}
	signal(SIGXFSZ, SIG_DFL);
	assert_true(failures > 10);
	assert_int_equal(
		store_put(store, SPAN("k0"), SPAN("value0"), 0, STORE_ANY),
		OST_OK);
}

static bool
read_only_work(void *arg, int i)
{
	struct span value;

	(void)arg;
	(void)i;
	if (geteuid() == 0 && setuid(65534) != 0)
		return false;
	return child_open(0) &&
	       store_get(store, SPAN("k0"), arena, &value) == OST_OK &&
	       store_put(store, SPAN("k0"), SPAN("v"), 0, STORE_ANY) ==
		       OST_STORE &&
	       store_get(store, SPAN("k0"), arena, &value) == OST_OK &&
	       span_eq(value, SPAN("value0"));
}

static void
test_read_only(void **state)
{
	char path[128];

	(void)state;
	put_records(1);
	snprintf(path, sizeof(path), "%s/grants", folder);
	assert_int_equal(chmod(base_path, 0444), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(chmod(path, 0555), 0);
	assert_true(workshop_run(1, read_only_work, NULL));
	assert_int_equal(chmod(path, 0755), 0);
}

static void
test_modes(void **state)
{
	struct stat file;
	mode_t old = umask(077);
	char path[128];

	(void)state;
	put_records(1);
	assert_int_equal(stat(base_path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0600);
	store_close(store);
	snprintf(path, sizeof(path), "%s/grants", folder);
	if (geteuid() == 0)
		assert_int_equal(chown(path, 65534, 65533), 0);
	store = open_store(STORE_SHARED | STORE_FAST);
	assert_non_null(store);
	put_records(2);
	umask(old);
	assert_int_equal(stat(base_path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0660);
	if (geteuid() != 0)
		return;
	assert_int_equal(file.st_uid, 65534);
	assert_int_equal(file.st_gid, 65533);
}

/* The file stays within bounds, and what has expired leaves it. */
static void
test_rewrite(void **state)
{
	static char value[8000];
	const int64_t now = INT64_C(1700000000000);
	struct stat file;
	char key[16];

	(void)state;
	clock_fake(now);
	for (int i = 0; i < 400; i++) {
		clock_fake(now + i * 1000);
		assert_int_equal(store_put(store, numbered(key, "k", i),
					 (struct span){ value,
						 100 + workshop_random(7900) },
					 now + i * 1000 + 10000, STORE_ABSENT),
			OST_OK);
		assert_int_equal(stat(base_path, &file), 0);
		assert_true(file.st_size < 500000);
	}
}

static void
test_leaks(void **state)
{
	int open_files;

	(void)state;
	put_records(RECORDS);
	open_files = workshop_open_files();
	for (int i = 0; i < 20; i++) {
		struct store *other = open_store(0);
		struct span value;

		assert_non_null(other);
		assert_int_equal(
			store_put(other, SPAN("k0"), SPAN("v"), 0, STORE_ANY),
			OST_OK);
		assert_int_equal(
			store_get(store, SPAN("k0"), arena, &value), OST_OK);
		store_close(other);
	}
	assert_int_equal(workshop_open_files(), open_files);
}

/* Who holds the lock and does not go on is not waited for without end. */
static void
test_lock_deadline(void **state)
{
	struct span value;
	char path[128];
	int fd;

	(void)state;
	put_records(1);
	snprintf(path, sizeof(path), "%s/grants/grants.lock", folder);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	workshop_interrupt(50);
	assert_int_equal(store_put(store, SPAN("k0"), SPAN("v"), 0, STORE_ANY),
		OST_STORE);
	workshop_interrupt(0);
	assert_int_equal(store_get(store, SPAN("k0"), arena, &value), OST_OK);
	assert_int_equal(close(fd), 0);
	put_records(2);
	/* A lock file that was removed, or replaced with its folder. */
	assert_int_equal(unlink(path), 0);
	put_records(3);
	assert_int_equal(access(path, F_OK), 0);
}

struct shared {
	atomic_int taken[RECORDS];
	atomic_int acked[2];
};

static bool
take_work(void *arg, int i)
{
	struct shared *shared = arg;
	char key[16];

	if (!child_open(0))
		return false;
	for (int k = 0; k < RECORDS; k++) {
		struct span value;
		int n = (k + i) % RECORDS;
		enum ost_err err =
			store_take(store, numbered(key, "k", n), arena, &value);

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
	put_records(RECORDS);
	assert_true(workshop_run(8, take_work, shared));
	for (int i = 0; i < RECORDS; i++)
		assert_int_equal(shared->taken[i], 1);
	workshop_unshare(shared, sizeof(*shared));
}

#define ROUNDS 25

static bool
swap_work(void *arg, int i)
{
	char text[16];
	int done = 0;

	(void)arg;
	(void)i;
	if (!child_open(STORE_FAST))
		return false;
	while (done < ROUNDS) {
		struct span value;
		uint64_t number;
		enum ost_err err;

		arena_reset(arena);
		if (store_get(store, SPAN("n"), arena, &value) != OST_OK ||
			span_to_u64(value, 0, 10000, &number) != OST_OK)
			return false;
		err = store_swap(store, SPAN("n"), value,
			numbered(text, "", (int)number + 1), 0);
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
	assert_int_equal(
		store_put(store, SPAN("n"), SPAN("0"), 0, STORE_ANY), OST_OK);
	assert_true(workshop_run(8, swap_work, NULL));
	assert_int_equal(store_get(store, SPAN("n"), arena, &value), OST_OK);
	assert_int_equal(
		span_to_u64(value, 8 * ROUNDS, 8 * ROUNDS, &number), OST_OK);
}

/* Writes i/a and i/b, always the same number in both, until it is killed. */
static bool
pair_work(void *arg, int i)
{
	struct shared *shared = arg;
	struct span key_a = i ? SPAN("1/a") : SPAN("0/a");
	struct span key_b = i ? SPAN("1/b") : SPAN("0/b");
	char text[16];

	if (!child_open(0))
		return false;
	for (int n = shared->acked[i] + 2;; n++) {
		struct span value = numbered(text, "", n);
		const struct store_item items[] = {
			{ STORE_PUT, STORE_ANY, key_a, value, SPAN_ABSENT, 0 },
			{ STORE_PUT, STORE_ANY, key_b, value, SPAN_ABSENT, 0 },
		};

		if (store_batch(store, items, 2) != OST_OK)
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
		store_each(store, SPAN(""), pair_read, &pairs), OST_OK);
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
		int i = kills % 2;

		/* Reading on while they write makes the moment a random one. */
		for (unsigned int n = workshop_random(2000); n > 0; n--)
			check_pairs(shared->acked[0], shared->acked[1]);
		workshop_kill(children[i]);
		check_pairs(shared->acked[0], shared->acked[1]);
		children[i] = workshop_start(pair_work, shared, i);
	}
	workshop_kill(children[0]);
	workshop_kill(children[1]);
	assert_true(shared->acked[0] > 20 && shared->acked[1] > 20);
	check_pairs(shared->acked[0], shared->acked[1]);
	put_records(1);
	workshop_unshare(shared, sizeof(*shared));
}

int
test_store_gdbm(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_folder),
		TEST(test_garbage),
		TEST(test_bit_flips),
		TEST(test_damaged_value),
		TEST(test_full_disk),
		TEST(test_read_only),
		TEST(test_modes),
		TEST(test_rewrite),
		TEST(test_leaks),
		TEST(test_lock_deadline),
		TEST(test_take_by_many),
		TEST(test_swap_by_many),
		TEST(test_kills),
	};

	return cmocka_run_group_tests_name("store_gdbm", tests, NULL, NULL);
}
