#include "path.h"

#include "codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* Behind those. */
#include <cmocka.h>

int test_path(void);

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define ARENA_SIZE_MAX (1u << 20)
#define FUZZ_RUNS      50000
#define FUZZ_PIECES    12

static int
setup(void **state)
{
	*state = arena_new(ARENA_SIZE_MAX);
	return *state == NULL;
}

static int
teardown(void **state)
{
	arena_free(*state);
	return 0;
}

/* T14: each of them reached, or might have, the file of the first line. */
static void
every_spelling_gives_one_path(void **state)
{
	static const char *const targets[] = {
		"/private/f",
		"//private/f",
		"///private///f",
		"/./private/f",
		"/x/../private/f",
		"/x//../private/./f",
		"/x/y/.././../private/f",
		"/private/x/../f",
		"/pub.txt/../private/f",
		"/%70rivate/f",
		"/private%2ff",
		"/private%2Ff",
		"/%2fprivate/f",
		"/%2e/private/f",
		"/x/%2e%2e/private/f",
		"/x/%2E./private/f",
		"/x%2f..%2fprivate/f",
		"/x/..%2fprivate/f",
		"/private/f?path=/public", /* T13 */
		"/private/f?",
		"/private/f?a?b/../c",
		"/private/f?%zz\\",
		"http://x/private/f",
		"https://x:8443//private/f?q",
		"HTTP://x/private/f",
		"http://x/y/../private/f",
	};

	for (size_t i = 0; i < COUNT(targets); i++) {
		struct span path = SPAN_ABSENT;

		assert_int_equal(
			path_canonical(*state, span_of(targets[i]), &path),
			OST_OK);
		assert_true(span_eq(path, SPAN("/private/f")));
	}
}

static void
other_paths_stay_other_paths(void **state)
{
	static const char *const cases[][2] = {
		{ "/", "/" },
		{ "//", "/" },
		{ "/.", "/" },
		{ "/./", "/" },
		{ "/x/..", "/" },
		{ "/x/../", "/" },
		{ "/?x", "/" },
		{ "http://x", "/" },
		{ "http://x?y", "/" },
		{ "http://x/", "/" },
		{ "http://x//", "/" },
		{ "/private/", "/private/" },
		{ "/private//", "/private/" },
		{ "/private/.", "/private/" },
		{ "/private/x/..", "/private/" },
		{ "/private/f/", "/private/f/" },
		{ "/Private/F", "/Private/F" },
		{ "/private;x/f;y=1", "/private;x/f;y=1" },
		{ "/a/..;/b", "/a/..;/b" },
		{ "/...", "/..." },
		{ "/.../.a/..b", "/.../.a/..b" },
		{ "/%252e%252e/f", "/%2e%2e/f" }, /* decoded once */
		{ "/a%20b+c", "/a b+c" },
		{ "/a%3fb%23c", "/a?b#c" },
		{ "/caf%c3%a9/\xc3\xa9", "/caf\xc3\xa9/\xc3\xa9" },
		{ "/http://x/y", "/http:/x/y" },
		{ "/a:b", "/a:b" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span path = SPAN_ABSENT;

		assert_int_equal(
			path_canonical(*state, span_of(cases[i][0]), &path),
			OST_OK);
		assert_true(span_eq(path, span_of(cases[i][1])));
		assert_true(path_is_canonical(path));
	}
}

static void
what_has_no_one_meaning_is_refused(void **state)
{
	const struct span targets[] = {
		SPAN_ABSENT,
		SPAN(""),
		SPAN("private"),
		SPAN("*"),
		SPAN("./private"),
		SPAN("../private"),
		SPAN("?/private"),
		SPAN(" /private"),
		SPAN("\\private"),
		SPAN("%2fprivate"),
		SPAN("host:443"),
		SPAN("http:/private"),
		SPAN("http:private"),
		SPAN("http:///private"),
		SPAN("http://"),
		SPAN("http://?/private"),
		SPAN("http"),
		SPAN("ftp://x/private"),
		SPAN("http%3a//x/private"),
		SPAN("/.."),
		SPAN("/../private"),
		SPAN("/x/../../private"),
		SPAN("/x/%2e%2e/%2e%2e/private"),
		SPAN("/..%2fprivate"),
		SPAN("/private\\f"),
		SPAN("/private%5cf"),
		SPAN("/private%5Cf"),
		SPAN("http://x\\y/private"),
		SPAN("/%00"),
		SPAN("/private%00.txt"),
		SPAN("/private\0f"),
		SPAN("/a\nb"),
		SPAN("/a%0ab"),
		SPAN("/a%0Db"),
		SPAN("/a\tb"),
		SPAN("/a%7f"),
		SPAN("/a#b"),
		SPAN("/private/x#/../../public"),
		SPAN("/%"),
		SPAN("/%4"),
		SPAN("/%zz"),
		SPAN("/%%41"),
		SPAN("/%c0%ae%c0%ae/private"),
		SPAN("/%c0%af"),
		SPAN("/%ed%a0%80"),
		SPAN("/%ff"),
		SPAN("/\xff"),
		SPAN("/\xc3"),
		SPAN("/%c3/%a9"),
	};

	for (size_t i = 0; i < COUNT(targets); i++) {
		struct span path = SPAN("untouched");

		assert_int_equal(path_canonical(*state, targets[i], &path),
			OST_BADINPUT);
		assert_true(span_eq(path, SPAN("untouched")));
	}
}

static void
a_canonical_path_is_known(void **state)
{
	static const char *const good[] = { "/", "/a", "/a/", "/a/b",
		"/a;b/...", "/%2e%2e/%zz", "/a?b#c", "/\xc3\xa9" };
	const struct span bad[] = {
		SPAN_ABSENT,
		SPAN(""),
		SPAN("a"),
		SPAN("//"),
		SPAN("//a"),
		SPAN("/a//"),
		SPAN("/a//b"),
		SPAN("/."),
		SPAN("/.."),
		SPAN("/a/."),
		SPAN("/a/.."),
		SPAN("/./a"),
		SPAN("/../a"),
		SPAN("/a/../b"),
		SPAN("/a\\b"),
		SPAN("/a\nb"),
		SPAN("/a\0b"),
		SPAN("/a\x7f"),
		SPAN("/\xc0\xae"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(path_is_canonical(span_of(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(path_is_canonical(bad[i]));
}

static void
below_ends_at_a_segment(void **state)
{
	static const struct {
		const char *path, *prefix;
		bool want;
	} cases[] = {
		{ "/a", "/a", true },
		{ "/a/", "/a", true },
		{ "/a/b", "/a", true },
		{ "/a/b", "/a/", true },
		{ "/a/", "/a/", true },
		{ "/", "/", true },
		{ "/a", "/", true },
		{ "/apple", "/a", false },
		{ "/a;b", "/a", false },
		{ "/a?b", "/a", false },
		{ "/a", "/a/", false },
		{ "/A/b", "/a", false },
		{ "/", "/a", false },
		{ "/a", "", false },
		{ "", "/", false },
		{ NULL, "/", false },
		{ "/a", NULL, false },
		{ NULL, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(path_is_below(span_of(cases[i].path),
					 span_of(cases[i].prefix)),
			cases[i].want);
}

/* The same numbers in every run. */
static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static bool
contains(struct span s, struct span what)
{
	for (; s.n >= what.n; s = span_skip(s, 1))
		if (span_starts(s, what))
			return true;
	return false;
}

static void
check_canonical(struct arena *arena, struct span path)
{
	struct span again = SPAN_ABSENT;
	struct buf buf;

	assert_true(span_starts(path, SPAN("/")));
	assert_false(contains(path, SPAN("//")));
	assert_false(contains(path, SPAN("/./")));
	assert_false(contains(path, SPAN("/../")));
	assert_false(span_ends(path, SPAN("/.")));
	assert_false(span_ends(path, SPAN("/..")));
	assert_false(span_has(path, '\\'));
	assert_false(span_has(path, '\0'));
	assert_true(path_is_canonical(path));
	/* Idempotent, once the decoding is undone. */
	buf_init(&buf, arena);
	for (size_t i = 0; i < path.n; i++) {
		struct span byte = { path.p + i, 1 };

		if (path.p[i] == '/')
			buf_add(&buf, byte);
		else
			percent_encode(&buf, byte);
	}
	assert_int_equal(buf_span(&buf, &again), OST_OK);
	assert_int_equal(path_canonical(arena, again, &again), OST_OK);
	assert_true(span_eq(again, path));
}

static void
random_targets_keep_the_promises(void **state)
{
	const struct span pieces[] = { SPAN("/"), SPAN("/"), SPAN("/"),
		SPAN("."), SPAN(".."), SPAN("a"), SPAN("bc"), SPAN("%2e"),
		SPAN("%2F"), SPAN("%5c"), SPAN("\\"), SPAN("%00"), SPAN("%25"),
		SPAN("%"), SPAN(";"), SPAN("?"), SPAN("#"), SPAN("http://"),
		SPAN(":"), SPAN("\xc3\xa9"), SPAN("%c3%a9"), SPAN("%c0%ae"),
		SPAN("\0"), SPAN("\n") };
	uint32_t seed = 20240607;
	size_t accepted = 0;

	for (int run = 0; run < FUZZ_RUNS; run++) {
		uint32_t n = next_random(&seed) % FUZZ_PIECES;
		struct span target = SPAN_ABSENT, path = SPAN_ABSENT;
		struct buf buf;

		arena_reset(*state);
		buf_init(&buf, *state);
		if (next_random(&seed) % 8 != 0)
			buf_char(&buf, '/');
		/* Half of them without the worst, or few would be accepted. */
		for (uint32_t i = 0; i < n; i++)
			buf_add(&buf, pieces[next_random(&seed) %
					      (run % 2 ? COUNT(pieces) : 9)]);
		assert_int_equal(buf_span(&buf, &target), OST_OK);
		if (path_canonical(*state, target, &path) != OST_OK) {
			assert_true(span_is_absent(path));
			continue;
		}
		accepted++;
		check_canonical(*state, path);
	}
	assert_true(accepted > FUZZ_RUNS / 8);
}

int
test_path(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_gives_one_path),
		cmocka_unit_test(other_paths_stay_other_paths),
		cmocka_unit_test(what_has_no_one_meaning_is_refused),
		cmocka_unit_test(a_canonical_path_is_known),
		cmocka_unit_test(below_ends_at_a_segment),
		cmocka_unit_test(random_targets_keep_the_promises),
	};

	return cmocka_run_group_tests_name("path", tests, setup, teardown);
}
