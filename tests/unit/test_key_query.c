/* What the keys API is asked for, and times of ISO 8601. */
#include "clock.h"
#include "iso_time.h"
#include "key_query.h"
#include "records.h"
#include "vectors.h"

int test_key_query(void);

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	clock_fake(NOW_MS);
	arena = arena_new(1 << 20);
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	clock_fake(0);
	arena_free(arena);
	return 0;
}

static void
times_there_and_back(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2000-02-29T23:59:59Z", 951868799 },
		{ "2023-11-14T22:13:20Z", NOW_MS / 1000 },
		{ "2038-01-19T03:14:08Z", INT64_C(2147483648) },
		{ "9999-12-31T23:59:59Z", INT64_C(253402300799) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span text;
		int64_t time_ms = -1;
		struct buf buf;

		assert_int_equal(
			iso_time_parse(span_of(cases[i].text), &time_ms),
			OST_OK);
		assert_true(time_ms == cases[i].seconds * 1000);
		buf_init(&buf, arena);
		buf_iso_time(&buf, time_ms);
		assert_int_equal(buf_span(&buf, &text), OST_OK);
		assert_span(text, span_of(cases[i].text));
	}
}

static void
times_that_cannot_be(void **state)
{
	static const char *const cases[] = { "", "x", "2023-1-01", "2023-13-01",
		"2023-00-10", "2023-02-29", "2023-02-30", "2023-04-31",
		"1969-12-31", "20230101", "2023-01-01 ", " 2023-01-01",
		"2023-01-01T00:00:00", "2023-01-01t00:00:00z",
		"2023-01-01T24:00:00Z", "2023-01-01T00:60:00Z",
		"2023-01-01T00:00:60Z", "2023-01-01T00:00:00+00:00",
		"2023-01-01T00:00:00.000Z", "+023-01-01",
		"2023-01-01T0a:00:00Z" };
	int64_t time_ms;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(iso_time_parse(span_of(cases[i]), &time_ms),
			OST_BADINPUT);
	assert_int_equal(iso_time_parse(SPAN("2023-11-15"), &time_ms), OST_OK);
	assert_true(time_ms == INT64_C(1700006400000));
}

static struct key_query
parsed(const char *text)
{
	struct key_query query = { .limit = 0 };
	const char *name;

	assert_int_equal(
		key_query_parse(arena, span_of(text), &query, &name), OST_OK);
	return query;
}

static void
parameters(void **state)
{
	static const char *const wrong[] = { "limit=0", "limit=101", "limit=01",
		"limit=%31%30x", "offset=-1", "sortBy=keysecret",
		"sortBy=KEYNAME", "sortOrder=", "sortOrder=x",
		"includeDeleted=yes", "limit=1&limit=1", "seek=%00", "x=%",
		"a=%ff" };
	struct key_query query = parsed("");
	const char *name;

	(void)state;
	assert_true(query.limit == 50 && query.offset == 0);
	assert_int_equal(query.order, KEY_ORDER_CREATED);
	assert_false(query.is_descending || query.has_deleted);
	assert_true(span_is_absent(query.seek) && span_is_absent(query.search));
	query = parsed("limit=%31%30&offset=3&sortBy=lastUsedAt&sortOrder=DESC"
		       "&includeDeleted=true&seek=k1&nameSearch=a+b&x=1&x=2");
	assert_true(query.limit == 10 && query.offset == 3);
	assert_int_equal(query.order, KEY_ORDER_USED);
	assert_true(query.is_descending && query.has_deleted);
	assert_span(query.seek, SPAN("k1"));
	assert_span(query.search, SPAN("a b"));
	for (size_t i = 0; i < COUNT(wrong); i++) {
		enum ost_err want =
			span_eq(span_of(wrong[i]), SPAN("sortOrder="))
				? OST_OK /* as not sent */
				: OST_BADINPUT;

		assert_int_equal(key_query_parse(arena, span_of(wrong[i]),
					 &query, &name),
			want);
	}
}

static struct key_shown
key(const char *id, const char *name, int64_t created_ms, int64_t used_ms,
	bool is_revoked)
{
	return (struct key_shown){
		.key = { .id = span_of(id),
			.name = span_of(name),
			.created_ms = created_ms,
			.is_revoked = is_revoked,
			.revoked_ms = is_revoked ? created_ms + 1 : 0 },
		.used_ms = used_ms,
	};
}

/* The ids that a query leaves, one letter each. */
static const char *
left(const char *text, enum ost_err want)
{
	struct key_shown keys[] = {
		key("d", "Beta", 4, 0, false),
		key("a", "alpha", 1, 9, false),
		key("c", "beta", 3, 7, true),
		key("b", "Alphabet", 2, 9, false),
	};
	struct key_query query = parsed(text);
	static char ids[COUNT(keys) + 1];
	size_t n = COUNT(keys);

	assert_int_equal(key_query_apply(&query, keys, &n), want);
	for (size_t i = 0; i < n; i++)
		ids[i] = keys[i].key.id.p[0];
	ids[n] = '\0';
	return ids;
}

static void
order_and_pages(void **state)
{
	static const struct {
		const char *query, *ids;
	} cases[] = {
		{ "", "abd" },
		{ "includeDeleted=true", "abcd" },
		{ "includeDeleted=true&sortOrder=desc", "dcba" },
		{ "sortBy=keyName", "abd" },
		{ "sortBy=keyName&includeDeleted=true", "abcd" },
		{ "sortBy=keyName&includeDeleted=true&sortOrder=desc", "dcba" },
		{ "sortBy=keyId&sortOrder=desc", "dba" },
		{ "sortBy=lastUsedAt", "dab" },
		{ "sortBy=lastUsedAt&sortOrder=desc", "bad" },
		{ "sortBy=deletedAt&includeDeleted=true", "abdc" },
		{ "limit=1", "a" },
		{ "limit=1&offset=1", "b" },
		{ "offset=9", "" },
		{ "seek=a", "bd" },
		{ "seek=c", "d" }, /* it may have been deleted meanwhile */
		{ "seek=d", "" },
		{ "seek=a&limit=1", "b" },
		{ "seek=a&offset=1", "d" },
		{ "nameSearch=ALPHA", "ab" },
		{ "nameSearch=bet", "bd" },
		{ "nameSearch=bet&includeDeleted=true&limit=2", "bc" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(left(cases[i].query, OST_OK), cases[i].ids);
	left("seek=x", OST_BADINPUT);
}

static void
a_new_key(void **state)
{
	static const struct {
		const char *body;
		enum ost_err err;
		const char *name;
		int64_t expires_ms;
	} cases[] = {
		{ "{\"keyName\":\"a\"}", OST_OK, "a", 0 },
		{ "{}", OST_OK, "", 0 },
		{ "{\"keyName\":\"a\",\"expires\":null}", OST_OK, "a", 0 },
		{ "{\"keyName\":\"a\",\"expires\":5}", OST_OK, "a",
			NOW_MS + 5000 },
		{ "{\"keyName\":\"a\",\"expires\":\"2023-11-15\",\"x\":[]}",
			OST_OK, "a", INT64_C(1700006400000) },
		{ "{\"keyName\":\"a\",\"expires\":\"2023-11-14T22:13:20Z\"}",
			OST_BADINPUT, NULL, 0 },
		{ "{\"keyName\":\"a\",\"expires\":0}", OST_BADINPUT, NULL, 0 },
		{ "{\"keyName\":\"a\",\"expires\":[]}", OST_BADINPUT, NULL, 0 },
		{ "{\"keyName\":1}", OST_BADINPUT, NULL, 0 },
		{ "{\"keyName\":\"a\",\"keyName\":\"a\"}", OST_BADINPUT, NULL,
			0 },
		{ "[]", OST_BADINPUT, NULL, 0 },
		{ "", OST_BADINPUT, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span name = SPAN_ABSENT;
		int64_t expires_ms = -1;
		const char *why;

		assert_int_equal(key_asked_for(arena, span_of(cases[i].body),
					 &name, &expires_ms, &why),
			cases[i].err);
		if (cases[i].err != OST_OK) {
			assert_non_null(why);
			continue;
		}
		assert_span(name, span_of(cases[i].name));
		assert_true(expires_ms == cases[i].expires_ms);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_key_query(void)
{
	const struct CMUnitTest tests[] = {
		TEST(times_there_and_back),
		TEST(times_that_cannot_be),
		TEST(parameters),
		TEST(order_and_pages),
		TEST(a_new_key),
	};

	return cmocka_run_group_tests_name("key_query", tests, NULL, NULL);
}
