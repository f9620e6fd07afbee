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
/* store_check() looks at the files of a store that others use, and neither
 * opens it nor mends it. */

int test_store_check(void);

struct seen {
	int records, errors, warnings;
};

static void
report(void *arg, bool is_error, struct span key, const char *message)
{
	struct seen *seen = arg;

	(void)key;
	assert_true(message[0] != '\0');
	if (is_error)
		seen->errors++;
	else
		seen->warnings++;
}

static enum ost_err
each(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct seen *seen = arg;

	assert_true(key.n > 0 && value.n > 0);
	assert_true(expires_ms == 0 || expires_ms > FIXTURE_NOW);
	seen->records++;
	return OST_OK;
}

static enum ost_err
look(struct seen *seen, struct store_size *size)
{
	const struct store_checker checker = { report, each, seen };
	char url[FIXTURE_PATH];

	memset(seen, 0, sizeof(*seen));
	snprintf(url, sizeof(url), "gdbm:%s", fixture.folder);
	return store_check(span_of(url), "grants", &checker, size);
}

static void
flip(const char *suffix, long offset)
{
	char path[FIXTURE_PATH];
	FILE *file = fopen(fixture_path(path, suffix), "r+");
	int byte;

	assert_non_null(file);
	assert_int_equal(fseek(file, offset, SEEK_SET), 0);
	byte = fgetc(file);
	assert_int_equal(fseek(file, offset, SEEK_SET), 0);
	assert_true(fputc(byte ^ 255, file) != EOF);
	assert_int_equal(fclose(file), 0);
}

static void
sees_what_readers_see(void **state)
{
	const int64_t soon = FIXTURE_NOW + 1000;
	struct store_size size;
	struct seen seen;

	(void)state;
	fixture_fill(20);
	assert_int_equal(store_put(fixture.store, SPAN("k0"), SPAN("other"), 0,
				 STORE_ANY),
		OST_OK);
	assert_int_equal(store_put(fixture.store, SPAN("soon"), SPAN("x"), soon,
				 STORE_ANY),
		OST_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(look(&seen, &size), OST_OK);
		assert_int_equal(seen.errors + seen.warnings, 0);
		assert_int_equal(seen.records, 21);
		assert_int_equal(size.records, 21);
		assert_int_equal(size.log_records, i == 0 ? 22 : 0);
		assert_true(size.bytes > 0);
		assert_int_equal(
			store_settle(fixture.store, STORE_AT_ALL_COSTS),
			OST_OK);
	}
}

static void
expired_records_are_not_there(void **state)
{
	struct store_size size;
	struct seen seen;

	(void)state;
	assert_int_equal(store_put(fixture.store, SPAN("a"), SPAN("x"),
				 FIXTURE_NOW + 1, STORE_ANY),
		OST_OK);
	clock_fake(FIXTURE_NOW + 1);
	assert_int_equal(look(&seen, &size), OST_OK);
	assert_int_equal(seen.records + seen.errors, 0);
}

static void
looking_makes_and_mends_nothing(void **state)
{
	char ctl[FIXTURE_PATH], prev[FIXTURE_PATH], damaged[FIXTURE_PATH];
	struct store_size size;
	struct seen seen;

	(void)state;
	fixture_fill(20);
	assert_int_equal(
		store_settle(fixture.store, STORE_AT_ALL_COSTS), OST_OK);
	assert_int_equal(unlink(fixture_path(ctl, ".ctl")), 0);
	flip(".gdbm", 20);
	assert_int_equal(look(&seen, &size), OST_OK);
	assert_true(seen.errors > 0);
	assert_int_not_equal(access(ctl, F_OK), 0);
	assert_int_equal(access(fixture_path(prev, ".prev"), F_OK), 0);
	assert_int_not_equal(
		access(fixture_path(damaged, ".damaged"), F_OK), 0);
	/* Who opens it mends it. */
	assert_true(fixture_reopen(0));
	assert_int_equal(look(&seen, &size), OST_OK);
	assert_int_equal(seen.errors, 0);
	assert_int_equal(seen.records, 20);
}

static void
damage_in_the_published_log_is_seen(void **state)
{
	static const long offsets[] = { 20, 64, 100 };
	struct store_size size;
	struct seen seen;

	(void)state;
	fixture_fill(20);
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		flip(".log1", offsets[i]);
		assert_int_equal(look(&seen, &size), OST_OK);
		assert_true(seen.errors > 0);
		flip(".log1", offsets[i]);
	}
	assert_int_equal(look(&seen, &size), OST_OK);
	assert_int_equal(seen.errors, 0);
}

static void
what_cannot_be_looked_at_is_no_finding(void **state)
{
	const struct store_checker checker = { report, each, NULL };
	char url[FIXTURE_PATH];
	struct store_size size;

	(void)state;
	snprintf(url, sizeof(url), "gdbm:%s", fixture.folder);
	assert_int_equal(store_check(span_of(url), "nowhere", &checker, &size),
		OST_STORE);
	assert_int_equal(store_check(span_of(url), "../x", &checker, &size),
		OST_BADINPUT);
	assert_int_equal(
		store_check(SPAN("memory:/x"), "grants", &checker, &size),
		OST_BADINPUT);
	assert_int_equal(store_check(SPAN("gdbm:x"), "grants", &checker, &size),
		OST_BADINPUT);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
test_store_check(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sees_what_readers_see),
		TEST(expired_records_are_not_there),
		TEST(looking_makes_and_mends_nothing),
		TEST(damage_in_the_published_log_is_seen),
		TEST(what_cannot_be_looked_at_is_no_finding),
	};

	fixture.backend = &store_gdbm;
	return cmocka_run_group_tests_name("store_check", tests, NULL, NULL);
}
