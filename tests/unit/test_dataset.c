#include "dataset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* Behind those. */
#include <cmocka.h>

#include "reports.h"

int test_dataset(void);

static enum ost_err
read_text(struct reports *reports, struct arena *arena, const char *text,
	struct dataset *data)
{
	FILE *file = fopen(reports->path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return dataset_read(arena, reports->path, NULL, NULL, data);
}

static void
bars_are_of_the_first_column_of_few_texts(void **state)
{
	struct arena *arena = arena_new(4 << 20);
	struct dataset data;

	assert_int_equal(
		read_text(*state, arena,
			"[{\"n\":1,\"u\":\"a\",\"m\":\"x\",\"k\":\"p\"},"
			"{\"n\":1,\"u\":\"b\",\"m\":2,\"k\":\"q\"},"
			"{\"n\":1,\"u\":\"c\",\"m\":\"x\",\"k\":\"q\"},"
			"{\"n\":null,\"u\":\"d\",\"m\":\"x\"}]",
			&data),
		OST_OK);
	assert_int_equal(data.n_columns, 4);
	assert_int_equal(data.n_rows, 4);
	assert_int_equal(data.n_objects, 4);
	assert_true(data.is_number[0]);
	assert_false(data.is_number[1] || data.is_number[2]);
	assert_true(span_is_absent(data.cells[3][0]));
	assert_true(span_is_absent(data.cells[3][3]));
	assert_true(span_eq(data.bars_of, SPAN("k")));
	assert_int_equal(data.n_bars, 2);
	assert_true(span_eq(data.labels[0], SPAN("q")));
	assert_int_equal(data.counts[0], 2);
	assert_true(span_eq(data.labels[1], SPAN("p")));
	arena_free(arena);
}

static void
without_such_a_column_there_are_none(void **state)
{
	static const char *const texts[] = { "[]", "[{}]", "[{\"a\":\"x\"}]",
		"[{\"a\":\"x\"},{\"a\":\"x\"}]",
		"[{\"a\":\"x\"},{\"a\":\"y\"}]",
		"[{\"a\":1},{\"a\":1},{\"a\":2}]" };
	struct arena *arena = arena_new(4 << 20);
	struct dataset data;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(
			read_text(*state, arena, texts[i], &data), OST_OK);
		assert_int_equal(data.n_bars, 0);
		arena_reset(arena);
	}
	arena_free(arena);
}

/* 121 bytes that end within a character. */
static void
long_texts_are_cut_between_characters(void **state)
{
	struct arena *arena = arena_new(4 << 20);
	struct dataset data;
	char text[200] = "[{\"a\":\"";

	memset(text + 7, 'x', 119);
	memcpy(text + 126, "\xc3\xa9\"}]", 6);
	assert_int_equal(read_text(*state, arena, text, &data), OST_OK);
	assert_int_equal(data.cells[0][0].n, 122);
	assert_true(span_ends(data.cells[0][0], SPAN("x\xe2\x80\xa6")));
	arena_free(arena);
}

static void
what_is_no_array_of_objects_is_refused(void **state)
{
	static const char *const texts[] = { "", "{}", "null", "[1]", "[[]]",
		"[{},null]", "[{}", "[{\"a\":1,\"a\":1}]", "\xef\xbb\xbf[]" };
	struct arena *arena = arena_new(4 << 20);
	struct dataset data;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(read_text(*state, arena, texts[i], &data),
			OST_BADINPUT);
		arena_reset(arena);
	}
	arena_free(arena);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(                                       \
		function, reports_setup, reports_teardown)

int
test_dataset(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(bars_are_of_the_first_column_of_few_texts),
		TEST(without_such_a_column_there_are_none),
		TEST(long_texts_are_cut_between_characters),
		TEST(what_is_no_array_of_objects_is_refused),
	};

	return cmocka_run_group_tests_name("dataset", tests, NULL, NULL);
}
