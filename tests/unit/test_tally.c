#include "clock.h"
#include "log.h"
#include "tallyentry.h"
#include "tallyname.h"
#include "workshop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW_S	INT64_C(1699999200) /* on the border of an hour */
#define NOW_MIN (NOW_S / 60)

int test_tally(void);

static char *folder, path[256];
static struct tally *tally;
static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(log_open("/dev/null", "unit"), OST_OK);
	clock_fake(NOW_S * 1000);
	folder = workshop_open("rates", NULL);
	snprintf(path, sizeof(path), "%s/rates/tally", folder);
	assert_int_equal(tally_open(span_of(folder), false, &tally), OST_OK);
	arena = arena_new((size_t)8 << 20);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	clock_fake(0);
	tally_close(tally);
	tally = NULL;
	arena_free(arena);
	workshop_close(folder);
	return 0;
}

static void
note(int status, const char *reason)
{
	const struct log_decision decision = {
		.subject = SPAN("alice"),
		.address = SPAN("192.0.2.1"),
		.path = SPAN("/v1/x"),
		.status = status,
		.reason = reason,
	};

	tally_note(tally, "protect", &decision);
}

static uint64_t
sum(const char *reason, bool is_yes)
{
	uint64_t count = 99;

	assert_int_equal(tally_series(tally, span_of(reason), is_yes,
				 tally_minute() - 1439, 1440, 1, &count),
		OST_OK);
	return count;
}

static struct tally_refusal *
recent(enum tally_filter filter, size_t offset, size_t max, size_t want)
{
	struct tally_refusal *found = NULL;
	size_t n = 0;

	assert_int_equal(
		tally_recent(tally, arena, filter, offset, max, &found, &n),
		OST_OK);
	assert_int_equal(n, want);
	return found;
}

static void
test_series(void **state)
{
	uint64_t counts[4];

	(void)state;
	note(200, "ok");
	note(303, "ok");
	note(399, "code_given");
	note(400, "ok");
	clock_fake((NOW_S + 60) * 1000);
	note(200, "ok");
	note(503, "store");
	assert_int_equal(tally_series(tally, SPAN("ok"), true, NOW_MIN - 1, 1,
				 4, counts),
		OST_OK);
	assert_true(counts[0] == 0 && counts[1] == 2 && counts[2] == 1 &&
		    counts[3] == 0);
	assert_int_equal(tally_series(tally, SPAN_ABSENT, true, NOW_MIN - 2, 3,
				 2, counts),
		OST_OK);
	assert_true(counts[0] == 3 && counts[1] == 1);
	assert_true(sum("ok", false) == 1);
	assert_true(sum(NULL, false) == 2);
	assert_true(sum("never", true) == 0);
	assert_true(sum("other", true) == 0);
	/* A day later nothing of it is known. */
	clock_fake((NOW_S + 24 * 3600) * 1000);
	assert_true(sum("ok", true) == 1);
	note(200, "ok");
	clock_fake((NOW_S + 24 * 3600 + 60) * 1000);
	assert_true(sum("ok", true) == 1);
	/* A clock that was ahead does not stop the counting. */
	clock_fake(NOW_S * 1000);
	note(200, "ok");
	assert_true(sum("ok", true) == 1);
	/* Minutes that no clock has. */
	assert_int_equal(
		tally_series(tally, SPAN("ok"), true, -5, 1, 4, counts),
		OST_OK);
	assert_int_equal(tally_series(tally, SPAN("ok"), true, INT64_C(1) << 40,
				 1, 4, counts),
		OST_OK);
}

static void
test_reasons(void **state)
{
	struct tally_reason *found = NULL;
	size_t n = 0;

	(void)state;
	note(401, "token_expired");
	note(200, "ok");
	clock_fake((NOW_S + 3600) * 1000);
	note(200, "ok");
	note(404, "ok");
	note(429, "rate_limited");
	assert_int_equal(tally_reasons(tally, arena, &found, &n), OST_OK);
	assert_int_equal(n, 4);
	assert_string_equal(found[0].word.p, "ok");
	assert_true(found[0].is_yes && found[0].hour == 1 && found[0].day == 2);
	assert_string_equal(found[1].word.p, "ok");
	assert_true(!found[1].is_yes && found[1].day == 1);
	assert_string_equal(found[2].word.p, "rate_limited");
	assert_string_equal(found[3].word.p, "token_expired");
	assert_true(found[3].hour == 0 && found[3].day == 1);
}

/* 127 names have a place of their own; nothing is lost of the others. */
static void
test_names(void **state)
{
	char word[80];

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(word, sizeof(word), "reason_%d", i);
		note(200, word);
		note(200, word);
	}
	assert_true(sum(NULL, true) == 400);
	assert_true(sum("other", true) == 2 * (200 - 127));
	assert_true(sum("reason_0", true) == 2);
	assert_true(sum("reason_199", true) == 0);
	memset(word, 'x', sizeof(word));
	word[79] = '\0';
	note(400, word);
	note(400, "");
	assert_true(sum("other", false) == 2);
}

static void
test_recent(void **state)
{
	struct tally_refusal *found;

	(void)state;
	recent(TALLY_ALL, 0, 10, 0);
	note(401, "token_expired");
	note(200, "ok");
	clock_fake(NOW_S * 1000 + 5);
	note(429, "rate_limited");
	note(403, "signin_failed");
	note(403, "forbidden");
	found = recent(TALLY_ALL, 0, 10, 4);
	assert_string_equal(found[0].reason.p, "forbidden");
	assert_string_equal(found[3].reason.p, "token_expired");
	assert_true(found[0].time_ms == NOW_S * 1000 + 5);
	assert_true(found[3].time_ms == NOW_S * 1000);
	assert_int_equal(found[3].status, 401);
	assert_string_equal(found[3].program.p, "protect");
	assert_string_equal(found[3].subject.p, "alice");
	assert_string_equal(found[3].address.p, "192.0.2.1");
	assert_string_equal(found[3].path.p, "/v1/x");
	found = recent(TALLY_LIMITED, 0, 10, 1);
	assert_string_equal(found[0].reason.p, "rate_limited");
	found = recent(TALLY_FAILED, 0, 10, 2);
	assert_string_equal(found[0].reason.p, "signin_failed");
	found = recent(TALLY_ALL, 1, 2, 2);
	assert_string_equal(found[0].reason.p, "signin_failed");
	assert_string_equal(found[1].reason.p, "rate_limited");
	recent(TALLY_ALL, 4, 10, 0);
	recent(TALLY_ALL, 0, 0, 0);
	for (int i = 0; i < 3000; i++)
		note(429, "rate_limited");
	recent(TALLY_ALL, 0, 5000, 1024);
	recent(TALLY_ALL, 1000, 5000, 24);
}

static void
test_texts(void **state)
{
	char text[200];
	struct log_decision decision = {
		.subject = { text, 63 },
		.path = { text, 200 },
		.status = 400,
		.reason = "bad_request",
	};
	struct tally_refusal *found;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + 62, "\xe2\x82\xac", 3);
	tally_note(tally, "x", &decision);
	decision.subject.n = 65;
	tally_note(tally, "x", &decision);
	decision.subject = SPAN("a\n\x1b[1m\x7f\xff");
	tally_note(tally, "x", &decision);
	decision.subject = SPAN("caf\xc3\xa9");
	tally_note(tally, "x", &decision);
	found = recent(TALLY_ALL, 0, 4, 4);
	assert_string_equal(found[0].subject.p, "caf\xc3\xa9");
	assert_string_equal(found[1].subject.p, "a??[1m??");
	assert_int_equal(found[2].subject.n, 62);
	assert_true(span_is_absent(found[2].address));
	assert_int_equal(found[2].path.n, 96);
	assert_int_equal(found[3].subject.n, 63);
	assert_true(found[3].subject.p[62] == '?');
}

/* An entry that is half written, or whose number is another, is left out. */
static void
test_torn_entry(void **state)
{
	struct tally_refusal refusal = { .status = 401, .reason = SPAN("x") };
	struct tally_refusal found;
	struct tally_entry entry;

	(void)state;
	memset(&entry, 0, sizeof(entry));
	assert_int_equal(
		tallyentry_read(&entry, 0, arena, &found), OST_NOTFOUND);
	tallyentry_write(&entry, 7, &refusal);
	assert_int_equal(tallyentry_read(&entry, 7, arena, &found), OST_OK);
	assert_int_equal(
		tallyentry_read(&entry, 7 + 1024, arena, &found), OST_NOTFOUND);
	for (size_t i = 0; i < TALLYFILE_ENTRY / 8; i++) {
		entry.words[i] ^= 1;
		assert_int_equal(tallyentry_read(&entry, 7, arena, &found),
			OST_NOTFOUND);
		entry.words[i] ^= 1;
	}
	assert_int_equal(tallyentry_read(&entry, 7, arena, &found), OST_OK);
}

static void
test_file(void **state)
{
	struct tally *other = NULL;
	struct stat file;

	(void)state;
	assert_int_equal(stat(path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0600);
	assert_true(file.st_blocks * 512 >= file.st_size);
	/* Who only looks makes none, and mends none. */
	note(200, "ok");
	assert_int_equal(tally_open_there(span_of(folder), &other), OST_OK);
	tally_close(other);
	assert_int_equal(truncate(path, 4096), 0);
	assert_int_equal(tally_open_there(span_of(folder), &other), OST_STORE);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(
		tally_open_there(span_of(folder), &other), OST_NOTFOUND);
	assert_int_equal(stat(path, &file), -1);
	assert_int_equal(
		tally_open(SPAN("/nonexistent"), false, &other), OST_STORE);
	tally_close(NULL);
	tally_note(NULL, "x", &(struct log_decision){ .reason = "ok" });
	assert_int_equal(tally_open(span_of(folder), true, &other), OST_OK);
	tally_close(other);
	assert_int_equal(stat(path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0660);
}

/* Whatever is done to the file of a program that runs: it counts on. */
static void
test_damage_while_open(void **state)
{
	struct stat file;
	FILE *f;

	(void)state;
	note(200, "ok");
	assert_int_equal(truncate(path, 100), 0);
	note(200, "ok");
	assert_true(sum("ok", true) == 1);
	assert_int_equal(unlink(path), 0);
	note(200, "ok");
	note(200, "ok");
	assert_true(sum("ok", true) == 2);
	f = fopen(path, "r+");
	assert_non_null(f);
	assert_int_equal(fputs("nothing", f) >= 0, 1);
	assert_int_equal(fclose(f), 0);
	note(200, "ok");
	assert_true(sum("ok", true) == 1);
	assert_int_equal(stat(path, &file), 0);
	assert_true(file.st_blocks * 512 >= file.st_size);
	/* A copy with holes is filled before it is mapped. */
	assert_int_equal(truncate(path, 8192), 0);
	assert_int_equal(truncate(path, file.st_size), 0);
	tally_close(tally);
	assert_int_equal(tally_open(span_of(folder), false, &tally), OST_OK);
	assert_int_equal(stat(path, &file), 0);
	assert_true(file.st_blocks * 512 >= file.st_size);
	/* Where no new one can be made, it is not counted any more. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	note(200, "ok");
	note(200, "ok");
	assert_int_equal(rmdir(path), 0);
	note(200, "ok");
	assert_int_equal(access(path, F_OK), -1);
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
	note(200, "ok");
	tallyfile_check(span_of(folder), count_report, NULL);
	assert_int_equal(reports, 0);
	for (size_t i = 0; i < 4; i++) {
		size_t place;

		note(200, "ok");
		assert_int_equal(
			tallyfile_open(span_of(folder), true, false, &file),
			OST_OK);
		assert_true(tallyname_find(file.map, SPAN("ok"), &place));
		if (places[i] >= 0)
			file.map->head[places[i]] ^= 1;
		else if (places[i] == -1)
			file.map->names[place].tag ^= 4;
		else
			file.map->names[place].word[0] ^= 4;
		tallyfile_close(&file);
		tallyfile_check(span_of(folder), count_report, NULL);
		assert_int_equal(reports, i + 1);
		assert_int_equal(
			tallyfile_repair(span_of(folder), false), OST_OK);
		tallyfile_check(span_of(folder), count_report, NULL);
		assert_int_equal(reports, i + 1);
	}
	assert_int_equal(truncate(path, 100), 0);
	tallyfile_check(span_of(folder), count_report, NULL);
	assert_int_equal(reports, 5);
}

enum { CHILDREN = 4, EACH = 100000 };

static bool
many_work(void *arg, int i)
{
	char own[16];

	(void)arg;
	snprintf(own, sizeof(own), "own_%d", i);
	if (tally_open(span_of(folder), false, &tally) != OST_OK)
		return false;
	for (int n = 0; n < EACH; n++) {
		note(200, n % 2 == 0 ? "ok" : own);
		if (n % 100 == 0)
			note(429, "rate_limited");
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
	tally_close(tally);
	tally = NULL;
	assert_int_equal(unlink(path), 0);
	assert_true(workshop_run(CHILDREN, many_work, NULL));
	assert_int_equal(tally_open(span_of(folder), false, &tally), OST_OK);
	assert_true(sum(NULL, true) == CHILDREN * EACH);
	assert_true(sum("ok", true) == CHILDREN * EACH / 2);
	assert_true(sum("own_0", true) == EACH / 2);
	assert_true(sum("own_3", true) == EACH / 2);
	assert_true(sum(NULL, false) == CHILDREN * EACH / 100);
	assert_int_equal(
		tally_recent(tally, arena, TALLY_ALL, 0, 2000, &found, &n),
		OST_OK);
	/* Two may have met at one entry, of which neither is left. */
	assert_in_range(n, 1024 - CHILDREN, 1024);
}

static bool
minutes_work(void *arg, int i)
{
	(void)arg;
	(void)i;
	if (tally_open(span_of(folder), false, &tally) != OST_OK)
		return false;
	for (int n = 0; n < 20000; n++) {
		clock_fake((NOW_S + n / 20 * 60) * 1000);
		note(200, "ok");
	}
	return true;
}

/* As fast as each can, through minutes that begin anew for each of them: what
 * one counts in a minute in which another has begun is not lost. */
static void
test_minutes_of_many(void **state)
{
	(void)state;
	tally_close(tally);
	tally = NULL;
	assert_true(workshop_run(CHILDREN, minutes_work, NULL));
	assert_int_equal(tally_open(span_of(folder), false, &tally), OST_OK);
	clock_fake((NOW_S + 999 * 60) * 1000);
	assert_true(sum("ok", true) == CHILDREN * 20000);
}

static bool
damaged_work(void *arg, int i)
{
	(void)arg;
	(void)i;
	if (tally_open(span_of(folder), false, &tally) != OST_OK)
		return false;
	for (int n = 0; n < 100; n++)
		note(200, "ok");
	return true;
}

/* Several find it damaged at once: all go on with the same new one. */
static void
test_damage_of_many(void **state)
{
	(void)state;
	tally_close(tally);
	tally = NULL;
	for (int round = 0; round < 20; round++) {
		assert_int_equal(truncate(path, round), 0);
		assert_true(workshop_run(CHILDREN, damaged_work, NULL));
		assert_int_equal(
			tally_open(span_of(folder), false, &tally), OST_OK);
		assert_true(sum("ok", true) == CHILDREN * 100);
		tally_close(tally);
		tally = NULL;
	}
}

int
test_tally(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_series),
		TEST(test_reasons),
		TEST(test_names),
		TEST(test_recent),
		TEST(test_texts),
		TEST(test_torn_entry),
		TEST(test_file),
		TEST(test_damage_while_open),
		TEST(test_check),
		TEST(test_many_processes),
		TEST(test_minutes_of_many),
		TEST(test_damage_of_many),
	};

	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
