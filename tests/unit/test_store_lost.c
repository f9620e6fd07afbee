#include "clock.h"
#include "store_fixture.h"
#include "store_gdbm.h"

#include <setjmp.h>
#include <stdarg.h>
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
	};

	fixture.backend = &store_gdbm;
	return cmocka_run_group_tests_name("store_lost", tests, NULL, NULL);
}
