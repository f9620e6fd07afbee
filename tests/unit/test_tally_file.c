/* The file of the tally: damage, and several processes at once. */
#include "clock.h"
#include "counting.h"
#include "log.h"
#include "tallyfile.h"
#include "tallyname.h"
#include "workshop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

int test_tally_file(void);

static void
test_file(void **state)
{
	struct tally *other = NULL;
	struct stat file;

	(void)state;
	assert_int_equal(stat(counting.path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0600);
	assert_true(file.st_blocks * 512 >= file.st_size);
	/* Who only looks makes none, and mends none. */
	counting_note(200, "ok");
	assert_int_equal(
		tally_open_there(span_of(counting.folder), &other), OST_OK);
	tally_close(other);
	assert_int_equal(truncate(counting.path, 4096), 0);
	assert_int_equal(
		tally_open_there(span_of(counting.folder), &other), OST_STORE);
	assert_int_equal(unlink(counting.path), 0);
	assert_int_equal(tally_open_there(span_of(counting.folder), &other),
		OST_NOTFOUND);
	assert_int_equal(stat(counting.path, &file), -1);
	assert_int_equal(
		tally_open(SPAN("/nonexistent"), false, &other), OST_STORE);
	tally_close(NULL);
	tally_note(NULL, "x", &(struct log_decision){ .reason = "ok" });
	assert_int_equal(
		tally_open(span_of(counting.folder), true, &other), OST_OK);
	tally_close(other);
	assert_int_equal(stat(counting.path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0660);
}

/* Whatever is done to the file of a program that runs: it counts on. */
static void
test_damage_while_open(void **state)
{
	struct stat file;
	FILE *f;

	(void)state;
	counting_note(200, "ok");
	assert_int_equal(truncate(counting.path, 100), 0);
	counting_note(200, "ok");
	assert_true(counting_sum("ok", true) == 1);
	assert_int_equal(unlink(counting.path), 0);
	counting_note(200, "ok");
	counting_note(200, "ok");
	assert_true(counting_sum("ok", true) == 2);
	f = fopen(counting.path, "r+");
	assert_non_null(f);
	assert_int_equal(fputs("nothing", f) >= 0, 1);
	assert_int_equal(fclose(f), 0);
	counting_note(200, "ok");
	assert_true(counting_sum("ok", true) == 1);
	assert_int_equal(stat(counting.path, &file), 0);
	assert_true(file.st_blocks * 512 >= file.st_size);
	/* A copy with holes is filled before it is mapped. */
	assert_int_equal(truncate(counting.path, 8192), 0);
	assert_int_equal(truncate(counting.path, file.st_size), 0);
	tally_close(counting.tally);
	assert_int_equal(
		tally_open(span_of(counting.folder), false, &counting.tally),
		OST_OK);
	assert_int_equal(stat(counting.path, &file), 0);
	assert_true(file.st_blocks * 512 >= file.st_size);
	/* Where no new one can be made, it is not counted any more. */
	assert_int_equal(unlink(counting.path), 0);
	assert_int_equal(mkdir(counting.path, 0700), 0);
	counting_note(200, "ok");
	counting_note(200, "ok");
	assert_int_equal(rmdir(counting.path), 0);
	counting_note(200, "ok");
	assert_int_equal(access(counting.path, F_OK), -1);
}

static int reports;

static void
count_report(void *arg, const char *file, const char *message)
{
	(void)arg;
	assert_string_equal(file, "tally");
	assert_true(strlen(message) > 5);
	reports++;
}

static void
test_check(void **state)
{
	/* magic, size of the header, a tag, a word of a name */
	static const long places[] = { 0, 62, -1, -2 };
	struct tallyfile file;

	(void)state;
	reports = 0;
	counting_note(200, "ok");
	tallyfile_check(span_of(counting.folder), count_report, NULL);
	assert_int_equal(reports, 0);
	for (size_t i = 0; i < 4; i++) {
		size_t place;

		counting_note(200, "ok");
		assert_int_equal(tallyfile_open(span_of(counting.folder), true,
					 false, &file),
			OST_OK);
		assert_true(tallyname_find(file.map, SPAN("ok"), &place));
		if (places[i] >= 0)
			file.map->head[places[i]] ^= 1;
		else if (places[i] == -1)
			file.map->names[place].tag ^= 4;
		else
			file.map->names[place].word[0] ^= 4;
		tallyfile_close(&file);
		tallyfile_check(span_of(counting.folder), count_report, NULL);
		assert_int_equal(reports, i + 1);
		assert_int_equal(
			tallyfile_repair(span_of(counting.folder), false),
			OST_OK);
		tallyfile_check(span_of(counting.folder), count_report, NULL);
		assert_int_equal(reports, i + 1);
	}
	assert_int_equal(truncate(counting.path, 100), 0);
	tallyfile_check(span_of(counting.folder), count_report, NULL);
	assert_int_equal(reports, 5);
}

enum { CHILDREN = 4, EACH = 100000 };

static bool
many_work(void *arg, int i)
{
	char own[16];

	(void)arg;
	snprintf(own, sizeof(own), "own_%d", i);
	if (tally_open(span_of(counting.folder), false, &counting.tally) !=
		OST_OK)
		return false;
	for (int n = 0; n < EACH; n++) {
		counting_note(200, n % 2 == 0 ? "ok" : own);
		if (n % 100 == 0)
			counting_note(429, "rate_limited");
	}
	return true;
}

/* The first of them make the file and the names. */
static void
test_many_processes(void **state)
{
	size_t n = 0;
	struct tally_refusal *found = NULL;

	(void)state;
	tally_close(counting.tally);
	counting.tally = NULL;
	assert_int_equal(unlink(counting.path), 0);
	assert_true(workshop_run(CHILDREN, many_work, NULL));
	assert_int_equal(
		tally_open(span_of(counting.folder), false, &counting.tally),
		OST_OK);
	assert_true(counting_sum(NULL, true) == CHILDREN * EACH);
	assert_true(counting_sum("ok", true) == CHILDREN * EACH / 2);
	assert_true(counting_sum("own_0", true) == EACH / 2);
	assert_true(counting_sum("own_3", true) == EACH / 2);
	assert_true(counting_sum(NULL, false) == CHILDREN * EACH / 100);
	assert_int_equal(tally_recent(counting.tally, counting.arena, TALLY_ALL,
				 0, 2000, &found, &n),
		OST_OK);
	/* Two may have met at one entry, of which neither is left. */
	assert_in_range(n, 1024 - CHILDREN, 1024);
}

static bool
minutes_work(void *arg, int i)
{
	(void)arg;
	(void)i;
	if (tally_open(span_of(counting.folder), false, &counting.tally) !=
		OST_OK)
		return false;
	for (int n = 0; n < 20000; n++) {
		clock_fake((NOW_S + n / 20 * 60) * 1000);
		counting_note(200, "ok");
	}
	return true;
}

/* As fast as each can, through minutes that begin anew for each of them: what
 * one counts in a minute in which another has begun is not lost. */
static void
test_minutes_of_many(void **state)
{
	(void)state;
	tally_close(counting.tally);
	counting.tally = NULL;
	assert_true(workshop_run(CHILDREN, minutes_work, NULL));
	assert_int_equal(
		tally_open(span_of(counting.folder), false, &counting.tally),
		OST_OK);
	clock_fake((NOW_S + 999 * 60) * 1000);
	assert_true(counting_sum("ok", true) == CHILDREN * 20000);
}

static bool
damaged_work(void *arg, int i)
{
	(void)arg;
	(void)i;
	if (tally_open(span_of(counting.folder), false, &counting.tally) !=
		OST_OK)
		return false;
	for (int n = 0; n < 100; n++)
		counting_note(200, "ok");
	return true;
}

/* Several find it damaged at once: all go on with the same new one. */
static void
test_damage_of_many(void **state)
{
	(void)state;
	tally_close(counting.tally);
	counting.tally = NULL;
	for (int round = 0; round < 20; round++) {
		assert_int_equal(truncate(counting.path, round), 0);
		assert_true(workshop_run(CHILDREN, damaged_work, NULL));
		assert_int_equal(tally_open(span_of(counting.folder), false,
					 &counting.tally),
			OST_OK);
		assert_true(counting_sum("ok", true) == CHILDREN * 100);
		tally_close(counting.tally);
		counting.tally = NULL;
	}
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, counting_open, counting_close)

int
test_tally_file(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_file),
		TEST(test_damage_while_open),
		TEST(test_check),
		TEST(test_many_processes),
		TEST(test_minutes_of_many),
		TEST(test_damage_of_many),
	};

	return cmocka_run_group_tests_name("tally_file", tests, NULL, NULL);
}
