/* How records are spelled; secrets; the activity store. */
#include "activity.h"
#include "clock.h"
#include "crypto.h"
#include "records.h"
#include "secret.h"
#include "vectors.h"

int test_record(void);

#define SECRETS 100000

static struct arena *arena;
static struct store *store;

static int
setup(void **state)
{
	(void)state;
	return records_open(&arena, &store);
}

static int
teardown(void **state)
{
	(void)state;
	return records_close(arena, store);
}

static void
every_byte_returns(void **state)
{
	char bytes[256];
	struct record *record;
	struct span text;
	struct buf buf;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	buf_init(&buf, arena);
	record_begin(&buf);
	record_add(&buf, "bytes", BYTES_SPAN(bytes));
	record_add(&buf, "empty", SPAN(""));
	record_add(&buf, "absent", SPAN_ABSENT);
	record_add_i64(&buf, "number", INT64_MAX);
	assert_int_equal(buf_span(&buf, &text), OST_OK);
	assert_int_equal(record_parse(arena, text, &record), OST_OK);
	assert_span(record_get(record, "bytes"), BYTES_SPAN(bytes));
	assert_int_equal(record_get(record, "empty").n, 0);
	assert_false(span_is_absent(record_get(record, "empty")));
	assert_true(span_is_absent(record_get(record, "absent")));
	assert_true(record_get_i64(record, "number") == INT64_MAX);
	/* What a person reads in gdbmtool: a field is a line. */
	for (size_t i = 0; i < text.n; i++)
		assert_true(text.p[i] == '\n' || !char_is_control(text.p[i]));
}

static void
fields_are_walked_in_order(void **state)
{
	struct record *record;
	struct span name, value;

	(void)state;
	assert_int_equal(record_parse(arena,
				 SPAN("v=1\nkey=a\nnew=?\nkey=b=c\n"), &record),
		OST_OK);
	assert_span(record_get(record, "key"), SPAN("a"));
	assert_true(record_field(record, 3, &name, &value));
	assert_span(name, SPAN("key"));
	assert_span(value, SPAN("b=c"));
	assert_false(record_field(record, 4, &name, &value));
}

static void
damage_is_no_record(void **state)
{
	static const char *const damaged[] = { "", "v=1", "v=2\n", "v=\n",
		"a=b\n", "a=b\nv=1\n", "v=1\na\n", "v=1\na=b", "v=1\n\n",
		"v=1\na=%\n", "v=1\na=%4\n", "v=1\na=%zz\n", "v=1\na=%0a\n",
		" v=1\n", "{\"v\":1}" };
	struct record *record = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(damaged); i++)
		if (record_parse(arena, span_of(damaged[i]), &record) !=
			OST_STORE)
			fail_msg("taken: %s", damaged[i]);
	assert_int_equal(
		record_parse(arena, SPAN("v=1\0\n"), &record), OST_STORE);
	assert_int_equal(record_parse(arena, SPAN_ABSENT, &record), OST_STORE);
	assert_null(record);
}

/* -1 is past as a time and true as a flag. */
static void
a_damaged_number_opens_nothing(void **state)
{
	static const char *const numbers[] = { "", "x", "-1", "+1", " 1", "01",
		"1 ", "1.0", "0x1", "9223372036854775808" };
	struct record *record;
	char text[64];

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		snprintf(text, sizeof(text), "v=1\nn=%s\n", numbers[i]);
		assert_int_equal(
			record_parse(arena, span_of(text), &record), OST_OK);
		assert_int_equal(record_get_i64(record, "n"), -1);
		assert_int_equal(record_get_i64(record, "m"), 0);
	}
}

static void
lists_hold_whole_words(void **state)
{
	const struct span list = SPAN("reader editor admin2");

	(void)state;
	assert_true(list_has(list, SPAN("reader")));
	assert_true(list_has(list, SPAN("admin2")));
	assert_false(list_has(list, SPAN("admin")));
	assert_false(list_has(list, SPAN("Reader")));
	assert_false(list_has(list, SPAN("reader editor")));
	assert_false(list_has(list, SPAN("")));
	assert_false(list_has(SPAN("a  b"), SPAN("")));
	assert_false(list_has(SPAN_ABSENT, SPAN("a")));
}

static void
ids_tell_what_they_are(void **state)
{
	struct span id, other;

	(void)state;
	assert_int_equal(record_new_id(arena, 'u', &id), OST_OK);
	assert_int_equal(record_new_id(arena, 'u', &other), OST_OK);
	assert_int_equal(id.n, 16);
	assert_int_equal(id.p[0], 'u');
	assert_false(span_eq(id, other));
	for (size_t i = 0; i < id.n; i++)
		assert_true(char_is_alnum(id.p[i]));
}

static void
a_secret_has_its_form(void **state)
{
	struct span text, changed;

	(void)state;
	assert_int_equal(secret_new(arena, SECRET_KEY_PREFIX, &text), OST_OK);
	assert_int_equal(text.n, SECRET_SIZE);
	assert_true(secret_is_wellformed(text, SECRET_KEY_PREFIX));
	assert_false(secret_is_wellformed(text, SECRET_APP_PREFIX));
	assert_false(secret_is_wellformed(
		(struct span){ text.p, text.n - 1 }, SECRET_KEY_PREFIX));
	assert_false(secret_is_wellformed(SPAN_ABSENT, SECRET_KEY_PREFIX));
	for (size_t i = 0; i < SECRET_SIZE; i++) {
		char *p;

		assert_int_equal(arena_copy(arena, text, &changed), OST_OK);
		p = (char *)(uintptr_t)changed.p;
		p[i] = p[i] == 'A' ? 'B' : 'A';
		assert_false(secret_is_wellformed(changed, SECRET_KEY_PREFIX));
	}
}

static int
compare_secrets(const void *a, const void *b)
{
	return memcmp(a, b, SECRET_SIZE);
}

/* RFC 6749 section 10.10. */
static void
no_secret_comes_twice(void **state)
{
	char(*secrets)[SECRET_SIZE] = malloc((size_t)SECRETS * SECRET_SIZE);
	struct span text;

	(void)state;
	assert_non_null(secrets);
	for (size_t i = 0; i < SECRETS; i++) {
		assert_int_equal(
			secret_new(arena, SECRET_APP_PREFIX, &text), OST_OK);
		assert_true(secret_is_wellformed(text, SECRET_APP_PREFIX));
		memcpy(secrets[i], text.p, SECRET_SIZE);
		arena_reset(arena);
	}
	qsort(secrets, SECRETS, SECRET_SIZE, compare_secrets);
	for (size_t i = 1; i < SECRETS; i++)
		assert_memory_not_equal(
			secrets[i], secrets[i - 1], SECRET_SIZE);
	free(secrets);
}

static struct span
hash_of(struct span text)
{
	struct span hash;

	assert_int_equal(secret_hash(arena, text, &hash), OST_OK);
	return hash;
}

static void
an_old_secret_has_its_time(void **state)
{
	const struct span a = hash_of(SPAN("a")), b = hash_of(SPAN("b"));
	struct secret secret = { .hash = a };

	(void)state;
	assert_span(a, SPAN("ca978112ca1bbdcafac231b39a23dc4d"
			    "a786eff8147c4e72b9807785afee48bb"));
	assert_true(secret_matches(&secret, a, NOW_MS));
	assert_false(secret_matches(&secret, b, NOW_MS));
	assert_false(secret_matches(&secret, SPAN_ABSENT, NOW_MS));
	assert_false(secret_matches(&(struct secret){ 0 }, SPAN_ABSENT, 0));
	assert_false(secret_matches(
		&(struct secret){ .hash = SPAN("") }, SPAN(""), 0));
	secret_replace(&secret, b, NOW_MS + 1);
	assert_true(secret_matches(&secret, a, NOW_MS));
	assert_true(secret_matches(&secret, b, NOW_MS));
	assert_false(secret_matches(&secret, a, NOW_MS + 1));
	secret_replace(&secret, a, 0);
	assert_false(secret_matches(&secret, b, NOW_MS));
}

static void
a_use_is_written_once_an_hour(void **state)
{
	const struct span id = SPAN("k123");
	int64_t used_ms = 0;

	(void)state;
	assert_int_equal(
		activity_last(store, arena, id, &used_ms), OST_NOTFOUND);
	activity_touch(store, arena, id);
	clock_fake(NOW_MS + HOUR_MS - 1);
	activity_touch(store, arena, id);
	assert_int_equal(activity_last(store, arena, id, &used_ms), OST_OK);
	assert_true(used_ms == NOW_MS);
	clock_fake(NOW_MS + HOUR_MS);
	activity_touch(store, arena, id);
	assert_int_equal(activity_last(store, arena, id, &used_ms), OST_OK);
	assert_true(used_ms == NOW_MS + HOUR_MS);
	/* A clock that was set back. */
	clock_fake(NOW_MS);
	activity_touch(store, arena, id);
	assert_int_equal(activity_last(store, arena, id, &used_ms), OST_OK);
	assert_true(used_ms == NOW_MS);
}

static void
an_address_is_known_for_thirty_days(void **state)
{
	const struct span user = SPAN("u1"), address = SPAN("192.0.2.1");

	(void)state;
	assert_false(activity_knows(store, arena, user, address));
	activity_signed_in(store, arena, user, address);
	assert_true(activity_knows(store, arena, user, address));
	assert_false(activity_knows(store, arena, SPAN("u2"), address));
	assert_false(activity_knows(store, arena, user, SPAN("192.0.2.10")));
	clock_fake(NOW_MS + DAY_MS);
	activity_signed_in(store, arena, user, address);
	clock_fake(NOW_MS + 31 * DAY_MS - 1);
	assert_true(activity_knows(store, arena, user, address));
	clock_fake(NOW_MS + 31 * DAY_MS);
	assert_false(activity_knows(store, arena, user, address));
}

static void
activity_survives_damage_and_silence(void **state)
{
	struct store *broken = records_broken();
	int64_t used_ms = 0;

	(void)state;
	activity_touch(broken, arena, SPAN("k1"));
	activity_signed_in(broken, arena, SPAN("u1"), SPAN("192.0.2.1"));
	assert_false(
		activity_knows(broken, arena, SPAN("u1"), SPAN("192.0.2.1")));
	assert_int_equal(
		activity_last(broken, arena, SPAN("k1"), &used_ms), OST_STORE);
	store_close(broken);
	activity_touch(store, arena, SPAN("k1"));
	assert_int_equal(records_overwrite(store, arena, "used:", NULL), 1);
	assert_int_equal(
		activity_last(store, arena, SPAN("k1"), &used_ms), OST_STORE);
	activity_touch(store, arena, SPAN("k1"));
	assert_int_equal(
		activity_last(store, arena, SPAN("k1"), &used_ms), OST_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_record(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_byte_returns),
		TEST(fields_are_walked_in_order),
		TEST(damage_is_no_record),
		TEST(a_damaged_number_opens_nothing),
		TEST(lists_hold_whole_words),
		TEST(ids_tell_what_they_are),
		TEST(a_secret_has_its_form),
		TEST(no_secret_comes_twice),
		TEST(an_old_secret_has_its_time),
		TEST(a_use_is_written_once_an_hour),
		TEST(an_address_is_known_for_thirty_days),
		TEST(activity_survives_damage_and_silence),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
