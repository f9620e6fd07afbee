/* Whatever a value is, it stays text on every page. */
#include "codec.h"
#include "pages.h"
#include "vectors.h"

int test_page_text(void);

static size_t
count_char(struct span s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

/* The same lines, but of harmless letters. */
static struct span
harmless(struct arena *arena, struct span naughty)
{
	char *p = arena_alloc(arena, naughty.n + 1);

	assert_non_null(p);
	for (size_t i = 0; i < naughty.n; i++)
		p[i] = naughty.p[i] == '\n' || naughty.p[i] == '\t'
			       ? naughty.p[i]
			       : 'x';
	return (struct span){ p, naughty.n };
}

static void
assert_only_text(struct arena *arena, struct span naughty)
{
	static const char marks[] = "<>\"'";
	for (size_t i = 0; i < pages_count; i++) {
		struct span other = harmless(arena, naughty);
		struct span body =
			pages_rendered(arena, &pages_all[i], naughty);
		struct span plain = pages_rendered(arena, &pages_all[i], other);

		for (const char *mark = marks; *mark != '\0'; mark++)
			assert_int_equal(count_char(body, *mark),
				count_char(plain, *mark));
		assert_true(utf8_is_valid(body));
		arena_reset(arena);
	}
}

/* https://github.com/minimaxir/big-list-of-naughty-strings */
static void
naughty_string_stays_text(void **state)
{
	struct json_object *list = vectors_read("blns/blns.json");

	assert_int_equal(json_object_array_length(list), BLNS_COUNT);
	for (size_t i = 0; i < BLNS_COUNT; i++)
		assert_only_text(*state,
			vector_string(json_object_array_get_idx(list, i)));
	json_object_put(list);
}

static void
any_byte_stays_text(void **state)
{
	for (int c = 0; c < 256; c++) {
		char value[] = { 'a', (char)c, '\n', (char)c, 'b' };

		assert_only_text(*state, (struct span){ value, sizeof(value) });
	}
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, pages_open, pages_close)

int
test_page_text(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(naughty_string_stays_text),
		TEST(any_byte_stays_text),
	};

	return cmocka_run_group_tests_name("page_text", tests, NULL, NULL);
}
