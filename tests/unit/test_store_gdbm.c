#include "arena.h"
#include "clock.h"
#include "store_fixture.h"
#include "store_gdbm.h"
#include "workshop.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
/*
 * What can go wrong with files: full disks, rights, locks. Damage is in
 * test_store_damage.c, what every backend promises in test_store.c, many
 * processes in test_store_many.c.
 */
#define RECORDS 20

int test_store_gdbm(void);

static char base_path[FIXTURE_PATH], next_path[FIXTURE_PATH];

static int
setup(void **state)
{
	fixture_setup(state);
	fixture_path(base_path, ".gdbm");
	fixture_path(next_path, ".new");
	return 0;
}

/* Each record is as it was put. */
static void
check_records(int n)
{
	char key[16], value[16];

	for (int i = 0; i < n; i++) {
		struct span found = SPAN_ABSENT;

		assert_int_equal(
			fixture_get(fixture_word(key, "k", i), &found), OST_OK);
		assert_true(span_eq(found, fixture_word(value, "value", i)));
	}
	arena_reset(fixture.arena);
}

static void
write_file(const char *path, const void *bytes, size_t n)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

/* Puts all that the log says into a new base. */
static void
fold_all(void)
{
	assert_int_equal(
		store_settle(fixture.store, STORE_AT_ALL_COSTS), OST_OK);
}

/* A process looks once a second whether the files are still the same. */
static void
pass_second(void)
{
	static int64_t seconds;

	clock_fake(FIXTURE_NOW + ++seconds * 1000);
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
	assert_true(span_eq(value, fixture_word(want, "value", (int)i)));
	return OST_OK;
}

static void
test_folder(void **state)
{
	struct store *opened = NULL;
	struct span value;
	char path[FIXTURE_PATH], grants[FIXTURE_PATH];

	(void)state;
	assert_int_equal(store_open_with(&store_gdbm, span_of(fixture.folder),
				 "absent", 0, &opened),
		OST_STORE);
	snprintf(path, sizeof(path), "%s/file", fixture.folder);
	write_file(path, "x", 1);
	assert_int_equal(store_open_with(&store_gdbm, span_of(fixture.folder),
				 "file", 0, &opened),
		OST_STORE);
	/* A folder that goes away is no empty store. */
	assert_int_equal(fixture_get(SPAN("k0"), &value), OST_NOTFOUND);
	fixture_fill(1);
	snprintf(path, sizeof(path), "%s/moved", fixture.folder);
	snprintf(grants, sizeof(grants), "%s/grants", fixture.folder);
	assert_int_equal(rename(grants, path), 0);
	pass_second();
	assert_int_equal(fixture_get(SPAN("k0"), &value), OST_STORE);
	assert_int_equal(
		store_take(fixture.store, SPAN("k0"), fixture.arena, &value),
		OST_STORE);
	assert_int_equal(
		fixture_put(SPAN("k1"), SPAN("v"), STORE_ANY), OST_STORE);
	assert_int_equal(store_each(fixture.store, SPAN(""), each_record, NULL),
		OST_STORE);
	/* And one that comes back, as from a backup, is used. */
	assert_int_equal(rename(path, grants), 0);
	check_records(1);
	fixture_fill(2);
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
	fixture_fill(RECORDS);
	assert_int_equal(stat(base_path, &file), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_IGN);
	limit = old;
	for (rlim_t max = 0; max < 100000; max += 1500) {
		enum ost_err err;

		limit.rlim_cur = max;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		err = store_put(fixture.store, SPAN("large"),
			(struct span){ large, sizeof(large) }, 0, STORE_ANY);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_true(err == OST_STORE || err == OST_OK);
		failures += err == OST_STORE;
		check_records(RECORDS);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		err = store_settle(fixture.store, STORE_AT_ALL_COSTS);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_true(err == OST_STORE || err == OST_OK);
		assert_int_not_equal(access(next_path, F_OK), 0);
		check_records(RECORDS);
		assert_int_equal(stat(base_path, &file), 0);
	}
	signal(SIGXFSZ, SIG_DFL);
	assert_true(failures > 10);
	assert_int_equal(
		fixture_put(SPAN("k0"), SPAN("value0"), STORE_ANY), OST_OK);
}

static bool
read_only_work(void *arg, int i)
{
	struct span value;

	(void)arg;
	(void)i;
	if (geteuid() == 0 && setuid(65534) != 0)
		return false;
	return fixture_reopen(0) && fixture_get(SPAN("k0"), &value) == OST_OK &&
	       fixture_put(SPAN("k0"), SPAN("v"), STORE_ANY) == OST_STORE &&
	       fixture_get(SPAN("k0"), &value) == OST_OK &&
	       span_eq(value, SPAN("value0"));
}

static void
test_read_only(void **state)
{
	static const char *const suffixes[] = { ".ctl", ".gdbm", ".log1" };
	char path[FIXTURE_PATH];

	(void)state;
	fixture_fill(1);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		assert_int_equal(
			chmod(fixture_path(path, suffixes[i]), 0444), 0);
	snprintf(path, sizeof(path), "%s/grants", fixture.folder);
	assert_int_equal(chmod(fixture.folder, 0755), 0);
	assert_int_equal(chmod(path, 0555), 0);
	assert_true(workshop_run(1, read_only_work, NULL));
	assert_int_equal(chmod(path, 0755), 0);
}

static void
test_modes(void **state)
{
	static const char *const suffixes[] = { ".ctl", ".gdbm", ".log2" };
	struct stat file;
	mode_t old = umask(077);
	char path[FIXTURE_PATH];

	(void)state;
	fixture_fill(1);
	assert_int_equal(stat(base_path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0600);
	snprintf(path, sizeof(path), "%s/grants", fixture.folder);
	if (geteuid() == 0)
		assert_int_equal(chown(path, 65534, 65533), 0);
	assert_true(fixture_reopen(STORE_SHARED | STORE_FAST));
	fixture_fill(2);
	/* What was made before gets its mode in a fold. */
	fold_all();
	umask(old);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		assert_int_equal(
			stat(fixture_path(path, suffixes[i]), &file), 0);
		assert_int_equal(file.st_mode & 0777, 0660);
		if (geteuid() != 0)
			continue;
		assert_int_equal(file.st_uid, 65534);
		assert_int_equal(file.st_gid, 65533);
	}
}

/* The file stays within bounds, and what has expired leaves it. */
static void
test_rewrite(void **state)
{
	static char value[16000];
	static const char *const logs[] = { ".log0", ".log1", ".log2" };
	/* What has expired stays for a day. */
	const int64_t now = FIXTURE_NOW, step_ms = 86400000 / 8;
	char key[16], path[FIXTURE_PATH];
	struct stat file;

	(void)state;
	for (int i = 0; i < 200; i++) {
		clock_fake(now + i * step_ms);
		assert_int_equal(
			store_put(fixture.store, fixture_word(key, "k", i),
				(struct span){
					value, 100 + workshop_random(15900) },
				now + i * step_ms + 2 * step_ms, STORE_ABSENT),
			OST_OK);
		assert_int_equal(
			store_settle(fixture.store, STORE_BETWEEN), OST_OK);
		assert_int_equal(stat(base_path, &file), 0);
		assert_true(file.st_size < 1500000);
		for (size_t k = 0; k < 3; k++)
			assert_true(
				stat(fixture_path(path, logs[k]), &file) != 0 ||
				file.st_size < 1000000);
	}
}

static void
test_leaks(void **state)
{
	int open_files;

	(void)state;
	fixture_fill(RECORDS);
	open_files = workshop_open_files();
	for (int i = 0; i < 20; i++) {
		struct store *other = NULL;
		struct span value;

		assert_int_equal(
			store_open_with(&store_gdbm, span_of(fixture.folder),
				"grants", 0, &other),
			OST_OK);
		assert_int_equal(
			store_put(other, SPAN("k0"), SPAN("v"), 0, STORE_ANY),
			OST_OK);
		assert_int_equal(fixture_get(SPAN("k0"), &value), OST_OK);
		store_close(other);
	}
	assert_int_equal(workshop_open_files(), open_files);
}

/* Who holds the lock and does not go on is not waited for without end. */
static void
test_lock_deadline(void **state)
{
	struct span value;
	char path[FIXTURE_PATH];
	int fd;

	(void)state;
	fixture_fill(1);
	fixture_path(path, ".ctl");
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	workshop_interrupt(50);
	assert_int_equal(
		fixture_put(SPAN("k0"), SPAN("v"), STORE_ANY), OST_STORE);
	workshop_interrupt(0);
	assert_int_equal(fixture_get(SPAN("k0"), &value), OST_OK);
	assert_int_equal(close(fd), 0);
	fixture_fill(2);
	/* A lock file that was removed, or replaced with its folder. */
	assert_int_equal(unlink(path), 0);
	fixture_fill(3);
	assert_int_equal(access(path, F_OK), 0);
}

int
test_store_gdbm(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_folder),
		TEST(test_full_disk),
		TEST(test_read_only),
		TEST(test_modes),
		TEST(test_rewrite),
		TEST(test_leaks),
		TEST(test_lock_deadline),
	};

	fixture.backend = &store_gdbm;
	return cmocka_run_group_tests_name("store_gdbm", tests, NULL, NULL);
}
