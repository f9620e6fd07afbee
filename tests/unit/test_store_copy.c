#include "arena.h"
#include "clock.h"
#include "store_fixture.h"
#include "store_gdbm.h"
#include "workshop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
/*
 * What a copy of the files may lack, a store that lives may not: there it was
 * lost. Copies that are made while a store is written are in tests/torture.
 */
#define RECORDS 20

int test_store_copy(void);

static const char *const suffixes[] = { ".gdbm", ".prev", ".log0", ".log1",
	".log2", ".ctl" };
#define SUFFIXES (sizeof(suffixes) / sizeof(suffixes[0]))

static char bytes[1 << 21];

static size_t
file_read(const char *suffix)
{
	char path[FIXTURE_PATH];
	FILE *file = fopen(fixture_path(path, suffix), "r");
	size_t n;

	if (file == NULL)
		return 0;
	n = fread(bytes, 1, sizeof(bytes), file);
	assert_true(n > 0 && n < sizeof(bytes));
	fclose(file);
	return n;
}

static void
file_write(const char *suffix, size_t n)
{
	char path[FIXTURE_PATH];
	FILE *file = fopen(fixture_path(path, suffix), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static void
file_remove(const char *suffix)
{
	char path[FIXTURE_PATH];

	assert_int_equal(unlink(fixture_path(path, suffix)), 0);
}

/* Each file gives way to a copy of it. */
static void
put_copies(void)
{
	char path[FIXTURE_PATH], away[FIXTURE_PATH];

	for (size_t i = 0; i < SUFFIXES; i++) {
		size_t n = file_read(suffixes[i]);

		if (n == 0)
			continue;
		/* Not removed yet, so that no number is used again. */
		assert_int_equal(rename(fixture_path(path, suffixes[i]),
					 fixture_path(away, ".away")),
			0);
		file_write(suffixes[i], n);
	}
}

static void
become_copy(void)
{
	store_close(fixture.store);
	fixture.store = NULL;
	put_copies();
}

static void
fold_all(void)
{
	assert_int_equal(
		store_settle(fixture.store, STORE_AT_ALL_COSTS), OST_OK);
}

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

/* Epochs 1 to 3: base 3, logs 2 and 3; the last record only in log 3. */
static void
fill_and_fold(void)
{
	fixture_fill(RECORDS);
	fold_all();
	assert_int_equal(
		fixture_put(SPAN("gone"), SPAN("x"), STORE_ANY), OST_OK);
	fold_all();
	assert_int_equal(store_batch(fixture.store,
				 &(struct store_item){ .action = STORE_DELETE,
					 .key = SPAN("gone") },
				 1),
		OST_OK);
}

static void
a_missing_log_closes_a_living_store(void **state)
{
	(void)state;
	fill_and_fold();
	file_remove(".log0");
	assert_false(fixture_reopen(0));
	/* Nor after a restart, nor when all of them are gone. */
	file_remove(".ctl");
	assert_false(fixture_reopen(0));
	file_remove(".log1");
	file_remove(".log2");
	assert_false(fixture_reopen(0));
}

/* Of what is left one could make the store as it was a fold ago. */
static void
nor_is_it_made_of_older_files(void **state)
{
	(void)state;
	fill_and_fold();
	file_remove(".log0");
	file_remove(".gdbm");
	assert_false(fixture_reopen(0));
	file_remove(".ctl");
	assert_false(fixture_reopen(0));
}

static void
nor_after_it_was_made_anew(void **state)
{
	(void)state;
	fill_and_fold();
	file_remove(".gdbm");
	assert_true(fixture_reopen(0));
	check_records(RECORDS);
	assert_int_equal(
		fixture_put(SPAN("k1"), SPAN("new"), STORE_ANY), OST_OK);
	file_remove(".log1");
	assert_false(fixture_reopen(0));
	file_remove(".ctl");
	assert_false(fixture_reopen(0));
}

static void
a_copy_may_lack_the_log_of_its_base(void **state)
{
	struct span value;

	(void)state;
	fill_and_fold();
	become_copy();
	file_remove(".log0");
	assert_true(fixture_reopen(0));
	check_records(RECORDS);
	assert_int_equal(fixture_get(SPAN("gone"), &value), OST_OK);
	/* From then on it lives, and so do its files. */
	assert_int_equal(
		fixture_put(SPAN("k1"), SPAN("new"), STORE_ANY), OST_OK);
	file_remove(".log1");
	assert_false(fixture_reopen(0));
	file_remove(".ctl");
	assert_false(fixture_reopen(0));
}

static void
a_copy_with_all_files_lives_on(void **state)
{
	struct span value;

	(void)state;
	for (int i = 0; i < 3; i++) {
		fill_and_fold();
		become_copy();
		assert_true(fixture_reopen(0));
		check_records(RECORDS);
		assert_int_equal(
			fixture_get(SPAN("gone"), &value), OST_NOTFOUND);
	}
	/* Also when it has not been folded since. */
	file_remove(".gdbm");
	assert_false(fixture_reopen(0));
}

static bool
open_and_read(void *arg, int i)
{
	char key[16];
	struct span value;

	(void)arg;
	return fixture_reopen(0) && fixture_get(SPAN("k7"), &value) == OST_OK &&
	       span_eq(value, SPAN("value7")) &&
	       fixture_put(fixture_word(key, "new", i), SPAN("x"),
		       STORE_ABSENT) == OST_OK;
}

static void
many_open_a_copy_at_once(void **state)
{
	struct span value;
	char key[16];

	(void)state;
	fill_and_fold();
	become_copy();
	file_remove(".log0");
	assert_true(workshop_run(4, open_and_read, NULL));
	assert_true(fixture_reopen(0));
	for (int i = 0; i < 4; i++)
		assert_int_equal(
			fixture_get(fixture_word(key, "new", i), &value),
			OST_OK);
	check_records(RECORDS);
}

static void
a_copy_put_under_a_running_program_is_noticed(void **state)
{
	struct span value;

	(void)state;
	fill_and_fold();
	put_copies();
	file_remove(".log0");
	clock_fake(FIXTURE_NOW + 1000);
	assert_int_equal(fixture_get(SPAN("gone"), &value), OST_OK);
	check_records(RECORDS);
	assert_int_equal(
		fixture_put(SPAN("k1"), SPAN("value1"), STORE_ANY), OST_OK);
	fold_all();
	check_records(RECORDS);
}

static void
a_base_alone_is_a_store_if_it_is_a_copy(void **state)
{
	(void)state;
	fill_and_fold();
	become_copy();
	for (size_t i = 1; i < SUFFIXES; i++)
		file_remove(suffixes[i]);
	assert_true(fixture_reopen(0));
	check_records(RECORDS);
}

static void
a_younger_log_closes_a_copy_without_its_own(void **state)
{
	size_t n;

	(void)state;
	fill_and_fold();
	n = file_read(".gdbm");
	assert_true(n > 0);
	file_write(".kept", n);
	for (int i = 0; i < 3; i++)
		fold_all();
	become_copy();
	n = file_read(".kept");
	file_write(".gdbm", n);
	file_remove(".prev");
	assert_false(fixture_reopen(0));
}

/* Where the last n records of log 1 begin. */
static size_t
records_at(size_t total, int back)
{
	size_t ends[RECORDS + 1], at = 64, n = 0;

	while (at < total && n <= RECORDS) {
		uint32_t size;

		memcpy(&size, bytes + at + 8, sizeof(size));
		if (size == 0)
			break;
		ends[n++] = at;
		at += size;
	}
	assert_true(n > (size_t)back);
	return ends[n - (size_t)back];
}

static void
only_a_copy_may_have_a_seam(void **state)
{
	size_t n, from, to;

	(void)state;
	fixture_fill(RECORDS);
	store_close(fixture.store);
	fixture.store = NULL;
	n = file_read(".log1");
	/* Zeros up to a piece's end, then what was written later. */
	from = records_at(n, 12);
	to = from / 512 * 512 + 512;
	assert_true(to < records_at(n, 2));
	for (int is_copy = 0; is_copy < 2; is_copy++) {
		if (is_copy)
			become_copy();
		file_read(".log1");
		memset(bytes + from, 0, to - from);
		if (is_copy)
			file_remove(".ctl");
		file_write(".log1", n);
		if (!is_copy)
			file_remove(".ctl");
		assert_int_equal(fixture_reopen(0), is_copy);
	}
	check_records(RECORDS - 12);
}

static void
damage_is_no_seam(void **state)
{
	size_t n, at;

	(void)state;
	fixture_fill(RECORDS);
	become_copy();
	n = file_read(".log1");
	at = records_at(n, 12) + 40;
	bytes[at] = (char)(bytes[at] ^ 1);
	file_write(".log1", n);
	assert_false(fixture_reopen(0));
}

int
test_store_copy(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_missing_log_closes_a_living_store),
		TEST(nor_is_it_made_of_older_files),
		TEST(nor_after_it_was_made_anew),
		TEST(a_copy_may_lack_the_log_of_its_base),
		TEST(a_copy_with_all_files_lives_on),
		TEST(many_open_a_copy_at_once),
		TEST(a_copy_put_under_a_running_program_is_noticed),
		TEST(a_base_alone_is_a_store_if_it_is_a_copy),
		TEST(a_younger_log_closes_a_copy_without_its_own),
		TEST(only_a_copy_may_have_a_seam),
		TEST(damage_is_no_seam),
	};

	fixture.backend = &store_gdbm;
	return cmocka_run_group_tests_name("store_copy", tests, NULL, NULL);
}
