#include "clock.h"
#include "store_fixture.h"
#include "store_gdbm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
/* Files of a living store that are gone: what was lost with them is never taken
 * for what was never there. */
#define RECORDS 20

int test_store_lost(void);

static void
file_remove(const char *suffix)
{
	char path[FIXTURE_PATH];

	assert_int_equal(unlink(fixture_path(path, suffix)), 0);
}

/* Also in the first epoch, before anything was folded. */
static void
the_first_log_may_not_be_missing(void **state)
{
	(void)state;
	fixture_fill(RECORDS);
	file_remove(".log1");
	assert_false(fixture_reopen(0));
	file_remove(".ctl");
	assert_false(fixture_reopen(0));
}

/* Who has it open notices within a second, and acknowledges nothing. */
static void
who_has_it_open_notices_a_missing_log(void **state)
{
	struct span value;

	(void)state;
	fixture_fill(RECORDS);
	file_remove(".log1");
	clock_fake(FIXTURE_NOW + 1100);
	assert_int_equal(fixture_get(SPAN("k1"), &value), OST_STORE);
	assert_int_equal(
		fixture_put(SPAN("k1"), SPAN("v"), STORE_ANY), OST_STORE);
	assert_false(fixture_reopen(0));
}

/* A folder in which only the page is left was a store. */
static void
files_that_are_all_gone_are_not_made_anew(void **state)
{
	(void)state;
	fixture_fill(RECORDS);
	file_remove(".log1");
	file_remove(".gdbm");
	assert_false(fixture_reopen(0));
}

static void
a_creation_that_was_killed_is_made_again(void **state)
{
	(void)state;
	file_remove(".gdbm");
	assert_true(fixture_reopen(0));
	file_remove(".gdbm");
	file_remove(".ctl");
	assert_true(fixture_reopen(0));
	fixture_fill(RECORDS);
	file_remove(".gdbm");
	assert_false(fixture_reopen(0));
	file_remove(".ctl");
	assert_false(fixture_reopen(0));
}

/* Who may write to the folder may not write to all that we may. */
static void
no_link_is_followed(void **state)
{
	static const char *const all[] = { ".ctl", ".gdbm", ".log1" };
	char path[FIXTURE_PATH], victim[FIXTURE_PATH];
	struct stat before, after;

	(void)state;
	fixture_fill(RECORDS);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		fixture_path(victim, ".victim");
		fixture_path(path, all[i]);
		assert_int_equal(rename(path, victim), 0);
		assert_int_equal(truncate(victim, i == 0 ? 100 : 8192), 0);
		assert_int_equal(chmod(victim, 0640), 0);
		assert_int_equal(stat(victim, &before), 0);
		assert_int_equal(symlink(victim, path), 0);
		assert_false(fixture_reopen(STORE_SHARED));
		assert_int_equal(stat(victim, &after), 0);
		assert_int_equal(after.st_size, before.st_size);
		assert_int_equal(after.st_mode, before.st_mode);
		assert_int_equal(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
		/* Nor does anybody wait for the other end of a pipe. */
		file_remove(all[i]);
		assert_int_equal(mkfifo(path, 0600), 0);
		assert_false(fixture_reopen(0));
		file_remove(all[i]);
	}
}

int
test_store_lost(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_first_log_may_not_be_missing),
		TEST(who_has_it_open_notices_a_missing_log),
		TEST(files_that_are_all_gone_are_not_made_anew),
		TEST(a_creation_that_was_killed_is_made_again),
		TEST(no_link_is_followed),
	};

	fixture.backend = &store_gdbm;
	return cmocka_run_group_tests_name("store_lost", tests, NULL, NULL);
}
