#include "arena.h"
#include "clock.h"
#include "store_fixture.h"
#include "store_gdbm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
/*
 * The page is never synced, and the log is: where the disk goes and comes back
 * while the kernel lives on, the page is older than the log and names it all
 * the same. What was acknowledged counts.
 */
int test_store_stale(void);

static char page[4096];

static void
page_keep(void)
{
	char path[FIXTURE_PATH];
	FILE *file = fopen(fixture_path(path, ".ctl"), "r");

	assert_non_null(file);
	assert_int_equal(fread(page, 1, sizeof(page), file), sizeof(page));
	fclose(file);
}

static void
page_put_back(void)
{
	char path[FIXTURE_PATH];
	FILE *file = fopen(fixture_path(path, ".ctl"), "r+");

	assert_non_null(file);
	assert_int_equal(fwrite(page, 1, sizeof(page), file), sizeof(page));
	assert_int_equal(fclose(file), 0);
}

static void
delete_live(void)
{
	const struct store_item item = {
		.action = STORE_DELETE,
		.key = SPAN("live"),
	};

	assert_int_equal(
		fixture_put(SPAN("live"), SPAN("token"), STORE_ANY), OST_OK);
	page_keep();
	assert_int_equal(store_batch(fixture.store, &item, 1), OST_OK);
	assert_int_equal(
		fixture_put(SPAN("put"), SPAN("acked"), STORE_ANY), OST_OK);
	page_put_back();
}

static void
check_deleted(void)
{
	struct span value = SPAN_ABSENT;

	assert_int_equal(fixture_get(SPAN("live"), &value), OST_NOTFOUND);
	assert_int_equal(fixture_get(SPAN("put"), &value), OST_OK);
	assert_true(span_eq(value, SPAN("acked")));
}

static void
who_opens_it_reads_what_an_old_page_leaves_out(void **state)
{
	(void)state;
	delete_live();
	assert_true(fixture_reopen(0));
	check_deleted();
}

static void
who_has_it_open_does_not_go_back_with_the_page(void **state)
{
	(void)state;
	delete_live();
	check_deleted();
}

static void
who_has_it_open_writes_behind_what_is_there(void **state)
{
	struct span value = SPAN_ABSENT;

	(void)state;
	delete_live();
	assert_int_equal(
		fixture_put(SPAN("next"), SPAN("1"), STORE_ANY), OST_OK);
	check_deleted();
	assert_true(fixture_reopen(0));
	check_deleted();
	assert_int_equal(fixture_get(SPAN("next"), &value), OST_OK);
}

/* Of a page that goes back under who has only read as far as that. */
static void
a_writer_looks_before_he_writes(void **state)
{
	struct store *other = NULL;
	struct span value = SPAN_ABSENT;

	(void)state;
	assert_int_equal(
		fixture_put(SPAN("live"), SPAN("token"), STORE_ANY), OST_OK);
	assert_int_equal(store_open_with(&store_gdbm, span_of(fixture.folder),
				 "grants", 0, &other),
		OST_OK);
	assert_int_equal(
		store_get(other, SPAN("live"), fixture.arena, &value), OST_OK);
	delete_live();
	assert_int_equal(
		store_put(other, SPAN("next"), SPAN("1"), 0, STORE_ANY),
		OST_OK);
	store_close(other);
	assert_true(fixture_reopen(0));
	check_deleted();
	assert_int_equal(fixture_get(SPAN("next"), &value), OST_OK);
}

/* Of the log alone, as it was: the file is the same, and so is its time. */
static void
a_log_that_was_copied_over_is_noticed(void **state)
{
	static char log[1 << 18];
	char path[FIXTURE_PATH];
	FILE *file;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
			fixture_put(SPAN("a"), SPAN("1"), STORE_ANY), OST_OK);
		file = fopen(fixture_path(path, ".log1"), "r+");
		assert_non_null(file);
		assert_int_equal(fread(log, 1, sizeof(log), file), sizeof(log));
		assert_int_equal(
			fixture_put(SPAN("a"), SPAN("2"), STORE_ANY), OST_OK);
		rewind(file);
		assert_int_equal(
			fwrite(log, 1, sizeof(log), file), sizeof(log));
		assert_int_equal(fclose(file), 0);
		clock_fake(FIXTURE_NOW + 1100);
		if (i == 0)
			assert_int_equal(fixture_put(SPAN("b"), SPAN("acked"),
						 STORE_ANY),
				OST_STORE);
		assert_int_equal(
			fixture_get(SPAN("a"), &(struct span){ 0 }), OST_STORE);
		assert_false(fixture_reopen(0));
		fixture_teardown(state);
		fixture_setup(state);
	}
}

/* What a restart left out, because what came before it was lost, does not come
 * back when that place is taken again. */
static void
what_was_left_out_stays_out(void **state)
{
	char path[FIXTURE_PATH], record[48] = { 0 };
	struct span value = SPAN_ABSENT;
	FILE *file;

	(void)state;
	assert_true(fixture_reopen(STORE_FAST));
	assert_int_equal(fixture_put(SPAN("a"), SPAN("1"), STORE_ANY), OST_OK);
	assert_int_equal(
		fixture_put(SPAN("b"), SPAN("old"), STORE_ANY), OST_OK);
	file = fopen(fixture_path(path, ".log1"), "r+");
	assert_non_null(file);
	fseek(file, 64, SEEK_SET);
	assert_int_equal(fwrite(record, sizeof(record), 1, file), 1);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(unlink(fixture_path(path, ".ctl")), 0);
	assert_true(fixture_reopen(0));
	assert_int_equal(fixture_get(SPAN("b"), &value), OST_NOTFOUND);
	assert_int_equal(fixture_put(SPAN("a"), SPAN("2"), STORE_ANY), OST_OK);
	assert_true(fixture_reopen(0));
	assert_int_equal(fixture_get(SPAN("a"), &value), OST_OK);
	assert_int_equal(fixture_get(SPAN("b"), &value), OST_NOTFOUND);
}

/* A child has its parent's locks. */
static void
a_child_writes_nothing(void **state)
{
	int status = 0;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(fixture_put(SPAN("a"), SPAN("1"), STORE_ANY) == OST_STORE
				? 0
				: 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(fixture_put(SPAN("a"), SPAN("1"), STORE_ANY), OST_OK);
}

int
test_store_stale(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(who_opens_it_reads_what_an_old_page_leaves_out),
		TEST(who_has_it_open_does_not_go_back_with_the_page),
		TEST(who_has_it_open_writes_behind_what_is_there),
		TEST(a_writer_looks_before_he_writes),
		TEST(a_log_that_was_copied_over_is_noticed),
		TEST(what_was_left_out_stays_out),
		TEST(a_child_writes_nothing),
	};

	fixture.backend = &store_gdbm;
	return cmocka_run_group_tests_name("store_stale", tests, NULL, NULL);
}
