#define _GNU_SOURCE /* memmem */
#include "arena.h"
#include "clock.h"
#include "envelope.h"
#include "gdbmfile.h"
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
/*
 * Files that were damaged, destroyed, or are of an earlier format. What a
 * power cut may do is in tests/torture.
 */
#define RECORDS 20

int test_store_damage(void);

static char base_path[FIXTURE_PATH], next_path[FIXTURE_PATH];
static char prev_path[FIXTURE_PATH];

static int
setup(void **state)
{
	fixture_setup(state);
	fixture_path(base_path, ".gdbm");
	fixture_path(next_path, ".new");
	fixture_path(prev_path, ".prev");
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

/* A base that is destroyed is made anew of the previous one and the logs;
 * where these are not there, the store is closed. */
static void
test_garbage(void **state)
{
	static char garbage[20000];
	int open_files;

	(void)state;
	fixture_fill(RECORDS);
	for (size_t i = 0; i < sizeof(garbage); i++)
		garbage[i] = (char)workshop_random(256);
	open_files = workshop_open_files();
	for (size_t n = 0; n <= sizeof(garbage); n += 5000) {
		fold_all();
		write_file(base_path, garbage, n);
		pass_second();
		check_records(RECORDS);
		fixture_fill(RECORDS);
		fold_all();
		assert_int_equal(unlink(base_path), 0);
		assert_true(fixture_reopen(0));
		check_records(RECORDS);
	}
	assert_int_equal(workshop_open_files(), open_files);
	assert_int_not_equal(access(next_path, F_OK), 0);
	assert_int_equal(unlink(prev_path), 0);
	write_file(base_path, garbage, 20000);
	assert_false(fixture_reopen(0));
	assert_int_equal(unlink(base_path), 0);
	assert_false(fixture_reopen(0));
}

static void
test_bit_flips(void **state)
{
	static char bytes[65536];
	FILE *file;
	size_t n;

	(void)state;
	fixture_fill(RECORDS);
	for (int i = 0; i < 100; i++) {
		unsigned int at;

		/* Twice: so that there is a previous one. */
		fold_all();
		fold_all();
		file = fopen(base_path, "r");
		assert_non_null(file);
		n = fread(bytes, 1, sizeof(bytes), file);
		fclose(file);
		assert_true(n > 4096 && n < sizeof(bytes));
		at = workshop_random((unsigned int)n * 8);
		bytes[at / 8] = (char)(bytes[at / 8] ^ (1 << at % 8));
		write_file(next_path, bytes, n);
		assert_int_equal(rename(next_path, base_path), 0);
		pass_second();
		check_records(RECORDS);
		assert_int_equal(
			store_each(fixture.store, SPAN(""), each_record, NULL),
			OST_OK);
	}
}

static void
damage_value(const char *path, const char *value)
{
	static char bytes[300000];
	FILE *file = fopen(path, "r+");
	struct timespec times[2];
	struct stat before;
	size_t n;
	char *at;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &before), 0);
	n = fread(bytes, 1, sizeof(bytes), file);
	at = memmem(bytes, n, value, strlen(value));
	assert_non_null(at);
	fseek(file, (long)(at - bytes), SEEK_SET);
	fputc('V', file);
	fclose(file);
	/* A disk that forgets does not tell when. */
	times[0] = before.st_atim;
	times[1] = before.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* Bytes of a value, damaged where GDBM does not look. */
static void
test_damaged_value(void **state)
{
	struct span value;

	(void)state;
	fixture_fill(RECORDS);
	fold_all();
	damage_value(base_path, "value7");
	assert_int_equal(fixture_get(SPAN("k7"), &value), OST_STORE);
	assert_int_equal(
		store_take(fixture.store, SPAN("k7"), fixture.arena, &value),
		OST_STORE);
	assert_int_equal(
		fixture_put(SPAN("k7"), SPAN("v"), STORE_ABSENT), OST_STORE);
	assert_int_equal(store_each(fixture.store, SPAN(""), each_record, NULL),
		OST_STORE);
	/* The others are not touched by it. */
	assert_int_equal(fixture_get(SPAN("k8"), &value), OST_OK);
	/* Whoever has a moment makes the base anew. */
	assert_int_equal(store_settle(fixture.store, STORE_BETWEEN), OST_OK);
	check_records(RECORDS);
	fold_all();
	assert_int_equal(unlink(prev_path), 0);
	damage_value(base_path, "value7");
	assert_int_equal(fixture_get(SPAN("k7"), &value), OST_STORE);
	assert_int_equal(store_settle(fixture.store, STORE_BETWEEN), OST_STORE);
	/* That it cannot be made anew stops no others, and it can be put. */
	assert_int_equal(
		fixture_put(SPAN("k7"), SPAN("value7"), STORE_ANY), OST_OK);
	check_records(RECORDS);
}

/* In the log there is one copy of a record: the store says so, and closes when
 * what was acknowledged cannot be read. */
static void
test_damaged_log(void **state)
{
	struct span value;

	(void)state;
	fixture_fill(RECORDS);
	damage_value(
		fixture_path((char[FIXTURE_PATH]){ 0 }, ".log1"), "value7");
	check_records(RECORDS); /* from memory */
	assert_true(fixture_reopen(0));
	assert_int_equal(fixture_get(SPAN("k7"), &value), OST_STORE);
	assert_int_equal(fixture_get(SPAN("k8"), &value), OST_OK);
	assert_int_equal(
		unlink(fixture_path((char[FIXTURE_PATH]){ 0 }, ".ctl")), 0);
	assert_false(fixture_reopen(0));
}

/* A file of the time before there were logs. */
static void
test_migration(void **state)
{
	struct span sealed, value;
	struct gdbmfile *file;
	char key[16], text[16];
	const char *const suffixes[] = { ".ctl", ".log0", ".log1", ".gdbm" };
	char path[FIXTURE_PATH];
	int fd;

	(void)state;
	store_close(fixture.store);
	fixture.store = NULL;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		unlink(fixture_path(path, suffixes[i]));
	fd = open(base_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(
		gdbmfile_open(fd, base_path, GDBMFILE_NEW, &file), OST_OK);
	assert_int_equal(
		gdbmfile_put(file, SPAN("\001size"), SPAN("\0\1\0\0\0\0\0\0")),
		OST_OK);
	for (int i = 0; i < RECORDS; i++) {
		struct span name = fixture_word(key, "k", i);

		assert_int_equal(
			envelope_seal(name, fixture_word(text, "value", i), 0,
				fixture.arena, &sealed),
			OST_OK);
		assert_int_equal(gdbmfile_put(file, name, sealed), OST_OK);
	}
	assert_int_equal(gdbmfile_close(file), OST_OK);
	assert_true(fixture_reopen(0));
	check_records(RECORDS);
	assert_int_equal(
		store_each(fixture.store, SPAN(""), each_record, NULL), OST_OK);
	assert_int_equal(
		fixture_put(SPAN("k20"), SPAN("value20"), STORE_ABSENT),
		OST_OK);
	assert_int_equal(
		store_take(fixture.store, SPAN("k20"), fixture.arena, &value),
		OST_OK);
	fold_all();
	check_records(RECORDS);
	assert_int_equal(
		store_each(fixture.store, SPAN(""), each_record, NULL), OST_OK);
}

int
test_store_damage(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_garbage),
		TEST(test_bit_flips),
		TEST(test_damaged_value),
		TEST(test_damaged_log),
		TEST(test_migration),
	};

	fixture.backend = &store_gdbm;
	return cmocka_run_group_tests_name("store_damage", tests, NULL, NULL);
}
