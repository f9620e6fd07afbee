/* What happened to a user's account. */
#include "clock.h"
#include "codec.h"
#include "event.h"
#include "log.h"
#include "messages.h"
#include "records.h"
#include "vectors.h"
#include "workshop.h"
#include "world.h"

int test_event(void);

#define U1   SPAN("u1")
#define FROM SPAN("192.0.2.1")

static void
note(enum event_kind kind, struct span address, struct span detail)
{
	event_note(&world.context, world.arena, U1, kind, address, detail);
}

static size_t
listed(struct event **list)
{
	size_t n;

	assert_int_equal(
		event_list(&world.context, world.arena, U1, list, &n), OST_OK);
	return n;
}

/* A page that shows one without would be none at all. */
static void
each_kind_has_a_text(void **state)
{
	char key[64];
	struct span text;

	(void)state;
	for (int i = 0; i < EVENT_KINDS; i++) {
		snprintf(key, sizeof(key), "event.%s",
			event_word((enum event_kind)i));
		if (!language_text(NULL, span_of(key), &text))
			fail_msg("no %s", key);
	}
}

static void
they_come_newest_first(void **state)
{
	struct event *list;

	(void)state;
	assert_int_equal(listed(&list), 0);
	note(EVENT_SIGNED_IN, FROM, SPAN_ABSENT);
	clock_fake(NOW_MS + 1);
	note(EVENT_KEY_CREATED, SPAN_ABSENT, SPAN("a key: 50%\n"));
	assert_int_equal(listed(&list), 2);
	assert_int_equal(list[0].kind, EVENT_KEY_CREATED);
	assert_true(list[0].at_ms == NOW_MS + 1);
	assert_true(span_is_absent(list[0].address));
	assert_span(list[0].detail, SPAN("a key: 50%?"));
	assert_int_equal(list[1].kind, EVENT_SIGNED_IN);
	assert_int_equal(list[1].count, 1);
	assert_span(list[1].address, FROM);
	assert_true(span_is_absent(list[1].detail));
	event_forget(&world.context, world.arena, U1);
	assert_int_equal(listed(&list), 0);
}

static void
each_kind_has_a_word_of_its_own(void **state)
{
	struct event *list;

	(void)state;
	for (unsigned int i = 0; i < EVENT_KINDS; i++) {
		assert_non_null(event_word((enum event_kind)i));
		note((enum event_kind)i, FROM, SPAN_ABSENT);
	}
	assert_int_equal(listed(&list), EVENT_KINDS);
	for (unsigned int i = 0; i < EVENT_KINDS; i++)
		assert_int_equal(list[i].kind, EVENT_KINDS - 1 - i);
	for (unsigned int i = 1; i < EVENT_KINDS; i++)
		assert_string_not_equal(event_word((enum event_kind)i),
			event_word((enum event_kind)(i - 1)));
}

static void
only_the_last_ones_are_kept(void **state)
{
	struct event *list;
	char detail[EVENT_DETAIL_MAX + 2];

	(void)state;
	memset(detail, '%', sizeof(detail));
	for (int i = 0; i < EVENT_MAX + 3; i++) {
		clock_fake(NOW_MS + i);
		note(EVENT_KEY_CREATED, SPAN("2001:db8::1"),
			(struct span){ detail, sizeof(detail) });
	}
	assert_int_equal(listed(&list), EVENT_MAX);
	assert_true(list[0].at_ms == NOW_MS + EVENT_MAX + 2);
	assert_true(list[EVENT_MAX - 1].at_ms == NOW_MS + 3);
	assert_int_equal(list[0].detail.n, EVENT_DETAIL_MAX);
}

static void
a_long_detail_is_cut_between_characters(void **state)
{
	struct event *list;
	char detail[EVENT_DETAIL_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(detail); i += 2)
		memcpy(detail + i, "\xc3\xa9", 2);
	detail[0] = 'a';
	detail[1] = 'b';
	memmove(detail + 1, detail + 2, sizeof(detail) - 2);
	note(EVENT_APP_CREATED, FROM,
		(struct span){ detail, sizeof(detail) - 1 });
	note(EVENT_APP_CREATED, FROM, SPAN("bad \xff\xc3 bytes"));
	assert_int_equal(listed(&list), 2);
	assert_int_equal(list[1].detail.n, EVENT_DETAIL_MAX - 1);
	assert_true(utf8_is_valid(list[1].detail));
	assert_span(list[0].detail, SPAN("bad ?? bytes"));
}

static void
failures_are_counted_by_address_and_hour(void **state)
{
	const int64_t hour_ms = NOW_MS - NOW_MS % HOUR_MS + HOUR_MS;
	struct event *list;

	(void)state;
	clock_fake(hour_ms);
	note(EVENT_SIGNIN_FAILED, FROM, SPAN_ABSENT);
	note(EVENT_SIGNIN_FAILED, SPAN("192.0.2.2"), SPAN_ABSENT);
	clock_fake(hour_ms + HOUR_MS - 1);
	note(EVENT_SIGNIN_FAILED, FROM, SPAN_ABSENT);
	assert_int_equal(listed(&list), 2);
	assert_span(list[0].address, FROM);
	assert_int_equal(list[0].count, 2);
	assert_true(list[0].at_ms == hour_ms + HOUR_MS - 1);
	assert_int_equal(list[1].count, 1);
	assert_true(list[1].at_ms == hour_ms);
	clock_fake(hour_ms + HOUR_MS);
	note(EVENT_SIGNIN_FAILED, FROM, SPAN_ABSENT);
	assert_int_equal(listed(&list), 3);
	assert_int_equal(list[0].count, 1);
}

static void
failures_do_not_push_out_the_rest(void **state)
{
	struct event *list;
	char address[32];
	size_t n, others = 0;

	(void)state;
	for (int i = 0; i < EVENT_MAX / 2; i++)
		note(EVENT_SIGNED_IN, FROM, SPAN_ABSENT);
	for (int i = 0; i < 3 * EVENT_MAX; i++) {
		snprintf(address, sizeof(address), "192.0.2.%d", i);
		note(EVENT_SIGNIN_FAILED, span_of(address), SPAN_ABSENT);
	}
	n = listed(&list);
	assert_int_equal(n, EVENT_MAX);
	for (size_t i = 0; i < n; i++)
		others += list[i].kind == EVENT_SIGNED_IN;
	assert_int_equal(others, EVENT_MAX / 2);
	assert_span(list[0].address, SPAN("192.0.2.191"));
}

static void
a_password_without_its_second_step_is_counted_by_itself(void **state)
{
	struct event *list;
	char address[32];
	size_t others = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		note(EVENT_SIGNIN_FAILED, FROM, SPAN_ABSENT);
		note(EVENT_ONE_STEP_REFUSED, FROM, SPAN_ABSENT);
	}
	assert_int_equal(listed(&list), 2);
	assert_int_equal(list[0].kind, EVENT_ONE_STEP_REFUSED);
	assert_int_equal(list[0].count, 3);
	assert_int_equal(list[1].count, 3);
	for (int i = 0; i < EVENT_MAX; i++)
		note(EVENT_SIGNED_IN, FROM, SPAN_ABSENT);
	for (int i = 0; i < EVENT_MAX; i++) {
		snprintf(address, sizeof(address), "192.0.2.%d", i);
		note(i % 2 ? EVENT_SIGNIN_FAILED : EVENT_ONE_STEP_REFUSED,
			span_of(address), SPAN_ABSENT);
	}
	assert_int_equal(listed(&list), EVENT_MAX);
	for (size_t i = 0; i < EVENT_MAX; i++)
		others += list[i].kind == EVENT_SIGNED_IN;
	assert_int_equal(others, EVENT_MAX / 2);
}

static int warnings;

static void
count_warnings(const char *level, const char *message)
{
	(void)message;
	warnings += strcmp(level, "warning") == 0;
}

static void
a_failure_is_only_a_warning(void **state)
{
	struct context broken = world.context;
	struct event *list;
	size_t n;

	(void)state;
	broken.activity = records_broken();
	warnings = 0;
	log_divert(count_warnings);
	event_note(
		&broken, world.arena, U1, EVENT_SIGNED_IN, FROM, SPAN_ABSENT);
	event_forget(&broken, world.arena, U1);
	assert_int_equal(warnings, 2);
	assert_int_equal(
		event_list(&broken, world.arena, U1, &list, &n), OST_STORE);
	store_close(broken.activity);
}

/* What a later version has noted is kept, though not shown. */
static void
unknown_kinds_stay(void **state)
{
	struct event *list;
	struct span key = SPAN("events:u1"), value;

	(void)state;
	assert_int_equal(store_put(world.context.activity, key,
				 SPAN("v=1\ne00=1 signed_in 1 - \n"
				      "e01=2 moon_landed 1 - the moon\n"
				      "e02=x\ne03=3 signed_out 1 - \n"),
				 0, STORE_ANY),
		OST_OK);
	assert_int_equal(listed(&list), 2);
	note(EVENT_SIGNED_IN, FROM, SPAN_ABSENT);
	assert_int_equal(listed(&list), 3);
	assert_int_equal(
		store_get(world.context.activity, key, world.arena, &value),
		OST_OK);
	assert_non_null(strstr(value.p, "e01=2 moon_landed 1 - the moon\n"));
}

#define WRITERS 8

static char *folder;

static bool
write_some(void *arg, int i)
{
	struct context c = { 0 };
	struct arena *arena = arena_new(1u << 20);
	struct buf url;
	struct span text;

	(void)arg;
	buf_init(&url, arena);
	buf_text(&url, "gdbm:");
	buf_text(&url, folder);
	if (buf_span(&url, &text) != OST_OK ||
		store_open(text, "activity", STORE_FAST, &c.activity) != OST_OK)
		return false;
	for (int k = 0; k < EVENT_MAX / WRITERS; k++) {
		char detail[32];

		snprintf(detail, sizeof(detail), "%d.%d", i, k);
		event_note(&c, arena, U1, EVENT_KEY_CREATED, FROM,
			span_of(detail));
	}
	store_close(c.activity);
	arena_free(arena);
	return true;
}

static void
none_of_many_processes_is_lost(void **state)
{
	struct context c = world.context;
	struct event *list;
	size_t n;
	bool seen[WRITERS][EVENT_MAX / WRITERS] = { { false } };

	(void)state;
	folder = workshop_open("activity", NULL);
	assert_true(workshop_run(WRITERS, write_some, NULL));
	assert_int_equal(
		store_open(span_of(world_joined("gdbm:", span_of(folder))),
			"activity", STORE_FAST, &c.activity),
		OST_OK);
	assert_int_equal(event_list(&c, world.arena, U1, &list, &n), OST_OK);
	store_close(c.activity);
	workshop_close(folder);
	assert_int_equal(n, EVENT_MAX);
	for (size_t i = 0; i < n; i++) {
		bool *one = &seen[list[i].detail.p[0] - '0']
				 [list[i].detail.p[2] - '0'];

		assert_false(*one);
		*one = true;
	}
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, world_open, world_close)

int
test_event(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_a_text),
		TEST(they_come_newest_first),
		TEST(each_kind_has_a_word_of_its_own),
		TEST(only_the_last_ones_are_kept),
		TEST(a_long_detail_is_cut_between_characters),
		TEST(failures_are_counted_by_address_and_hour),
		TEST(failures_do_not_push_out_the_rest),
		TEST(a_password_without_its_second_step_is_counted_by_itself),
		TEST(a_failure_is_only_a_warning),
		TEST(unknown_kinds_stay),
		TEST(none_of_many_processes_is_lost),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
