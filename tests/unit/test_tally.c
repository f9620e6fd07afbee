/* What the tally counts, and the refusals that it remembers. */
#include "clock.h"
#include "counting.h"
#include "log.h"
#include "tallyentry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW_MIN (NOW_S / 60)

int test_tally(void);

static struct tally_refusal *
recent(enum tally_filter filter, size_t offset, size_t max, size_t want)
{
	struct tally_refusal *found = NULL;
	size_t n = 0;

	assert_int_equal(tally_recent(counting.tally, counting.arena, filter,
				 offset, max, &found, &n),
		OST_OK);
	assert_int_equal(n, want);
	return found;
}

static void
test_series(void **state)
{
	uint64_t counts[4];

	(void)state;
	counting_note(200, "ok");
	counting_note(303, "ok");
	counting_note(399, "code_given");
	counting_note(400, "ok");
	clock_fake((NOW_S + 60) * 1000);
	counting_note(200, "ok");
	counting_note(503, "store");
	assert_int_equal(tally_series(counting.tally, SPAN("ok"), true,
				 NOW_MIN - 1, 1, 4, counts),
		OST_OK);
	assert_true(counts[0] == 0 && counts[1] == 2 && counts[2] == 1 &&
		    counts[3] == 0);
	assert_int_equal(tally_series(counting.tally, SPAN_ABSENT, true,
				 NOW_MIN - 2, 3, 2, counts),
		OST_OK);
	assert_true(counts[0] == 3 && counts[1] == 1);
	assert_true(counting_sum("ok", false) == 1);
	assert_true(counting_sum(NULL, false) == 2);
	assert_true(counting_sum("never", true) == 0);
	assert_true(counting_sum("other", true) == 0);
	/* A day later nothing of it is known. */
	clock_fake((NOW_S + 24 * 3600) * 1000);
	assert_true(counting_sum("ok", true) == 1);
	counting_note(200, "ok");
	clock_fake((NOW_S + 24 * 3600 + 60) * 1000);
	assert_true(counting_sum("ok", true) == 1);
	/* A clock that was ahead does not stop the counting. */
	clock_fake(NOW_S * 1000);
	counting_note(200, "ok");
	assert_true(counting_sum("ok", true) == 1);
	/* Minutes that no clock has. */
	assert_int_equal(tally_series(counting.tally, SPAN("ok"), true, -5, 1,
				 4, counts),
		OST_OK);
	assert_int_equal(tally_series(counting.tally, SPAN("ok"), true,
				 INT64_C(1) << 40, 1, 4, counts),
		OST_OK);
}

static void
test_reasons(void **state)
{
	struct tally_reason *found = NULL;
	size_t n = 0;

	(void)state;
	counting_note(401, "token_expired");
	counting_note(200, "ok");
	clock_fake((NOW_S + 3600) * 1000);
	counting_note(200, "ok");
	counting_note(404, "ok");
	counting_note(429, "rate_limited");
	assert_int_equal(
		tally_reasons(counting.tally, counting.arena, &found, &n),
		OST_OK);
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
		counting_note(200, word);
		counting_note(200, word);
	}
	assert_true(counting_sum(NULL, true) == 400);
	assert_true(counting_sum("other", true) == 2 * (200 - 127));
	assert_true(counting_sum("reason_0", true) == 2);
	assert_true(counting_sum("reason_199", true) == 0);
	memset(word, 'x', sizeof(word));
	word[79] = '\0';
	counting_note(400, word);
	counting_note(400, "");
	assert_true(counting_sum("other", false) == 2);
}

static void
test_recent(void **state)
{
	struct tally_refusal *found;

	(void)state;
	recent(TALLY_ALL, 0, 10, 0);
	counting_note(401, "token_expired");
	counting_note(200, "ok");
	clock_fake(NOW_S * 1000 + 5);
	counting_note(429, "rate_limited");
	counting_note(403, "signin_failed");
	counting_note(403, "forbidden");
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
		counting_note(429, "rate_limited");
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
	tally_note(counting.tally, "x", &decision);
	decision.subject.n = 65;
	tally_note(counting.tally, "x", &decision);
	decision.subject = SPAN("a\n\x1b[1m\x7f\xff");
	tally_note(counting.tally, "x", &decision);
	decision.subject = SPAN("caf\xc3\xa9");
	tally_note(counting.tally, "x", &decision);
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
	assert_int_equal(tallyentry_read(&entry, 0, counting.arena, &found),
		OST_NOTFOUND);
	tallyentry_write(&entry, 7, &refusal);
	assert_int_equal(
		tallyentry_read(&entry, 7, counting.arena, &found), OST_OK);
	assert_int_equal(
		tallyentry_read(&entry, 7 + 1024, counting.arena, &found),
		OST_NOTFOUND);
	for (size_t i = 0; i < TALLYFILE_ENTRY / 8; i++) {
		entry.words[i] ^= 1;
		assert_int_equal(
			tallyentry_read(&entry, 7, counting.arena, &found),
			OST_NOTFOUND);
		entry.words[i] ^= 1;
	}
	assert_int_equal(
		tallyentry_read(&entry, 7, counting.arena, &found), OST_OK);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, counting_open, counting_close)

int
test_tally(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_series),
		TEST(test_reasons),
		TEST(test_names),
		TEST(test_recent),
		TEST(test_texts),
		TEST(test_torn_entry),
	};

	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
