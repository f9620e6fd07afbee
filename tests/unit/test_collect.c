/* Records that are picked out of a store. */
#include "collect.h"
#include "record.h"
#include "records.h"
#include "vectors.h"

int test_collect(void);

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
put(const char *key, const char *value)
{
	assert_int_equal(store_put(store, span_of(key), span_of(value),
				 NOW_MS + 5, STORE_ANY),
		OST_OK);
}

static bool
is_of(const void *arg, struct span key, struct span value)
{
	(void)key;
	return record_says(value, "user", *(const struct span *)arg);
}

static void
a_field_is_recognised_by_its_spelling(void **state)
{
	static const struct {
		const char *record;
		bool says;
	} cases[] = {
		{ "v=1\nuser=u1\n", true },
		{ "v=1\nuser=u1\nuser=u2\n", true },
		{ "v=1\nuser=u2\nuser=u1\n", false },
		{ "v=1\nuser=u11\n", false },
		{ "v=1\nuser=u\n", false },
		{ "v=1\nuser=\n", false },
		{ "v=1\nxuser=u1\n", false },
		{ "v=1\nname=user=u1\n", false },
		{ "v=1\nuser\n", false },
		{ "v=1\n", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(record_says(span_of(cases[i].record), "user",
					 SPAN("u1")),
			cases[i].says);
}

static void
only_what_is_wanted_is_kept_and_sorted(void **state)
{
	struct span wanted = SPAN("u1");
	struct collection found;

	(void)state;
	put("a:3", "v=1\nuser=u1\n");
	put("a:1", "v=1\nuser=u1\n");
	put("a:2", "v=1\nuser=u2\n");
	put("b:1", "v=1\nuser=u1\n");
	assert_int_equal(
		collect_where(store, SPAN("a:"), is_of, &wanted, arena, &found),
		OST_OK);
	assert_int_equal(found.n, 2);
	assert_span(found.items[0].key, SPAN("a:1"));
	assert_span(found.items[1].key, SPAN("a:3"));
	assert_true(found.items[0].expires_ms == NOW_MS + 5);
	assert_int_equal(collect(store, SPAN("a:"), arena, &found), OST_OK);
	assert_int_equal(found.n, 3);
	assert_non_null(collection_find(&found, SPAN("a:2")));
	assert_null(collection_find(&found, SPAN("b:1")));
}

/* A request's memory is enough for a large store. */
static void
what_is_not_wanted_takes_no_memory(void **state)
{
	struct span wanted = SPAN("u1");
	struct arena *small = arena_new(16384);
	struct collection found;
	char key[32], value[1100];

	(void)state;
	memset(value, 'x', sizeof(value));
	memcpy(value, "v=1\nuser=u2\nname=", 17);
	memcpy(value + sizeof(value) - 2, "\n", 2);
	for (int i = 0; i < 100; i++) {
		snprintf(key, sizeof(key), "a:%d", i);
		put(key, value);
	}
	put("a:mine", "v=1\nuser=u1\n");
	assert_int_equal(
		collect_where(store, SPAN("a:"), is_of, &wanted, small, &found),
		OST_OK);
	assert_int_equal(found.n, 1);
	assert_int_equal(collect(store, SPAN("a:"), small, &found), OST_NOMEM);
	arena_free(small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_collect(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_field_is_recognised_by_its_spelling),
		TEST(only_what_is_wanted_is_kept_and_sorted),
		TEST(what_is_not_wanted_takes_no_memory),
	};

	return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}
