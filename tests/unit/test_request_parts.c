#include "request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* Behind those. */
#include <cmocka.h>

int test_request_parts(void);

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define ARENA_SIZE_MAX (1u << 20)
#define PARAMS(...)                                                            \
	((const char *const[]){ __VA_ARGS__, "REQUEST_METHOD=GET",             \
		"REMOTE_ADDR=192.0.2.7", NULL })
#define BARE_PARAMS(...) ((const char *const[]){ __VA_ARGS__, NULL })

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

static void
assert_span(struct span got, const char *want)
{
	if (want == NULL) {
		assert_null(got.p);
		return;
	}
	assert_int_equal(got.n, strlen(want));
	assert_memory_equal(got.p, want, got.n);
}

static struct request
parsed(struct arena *arena, const char *const *params)
{
	struct request request;

	assert_int_equal(request_parse(&request, arena, params, false), OST_OK);
	return request;
}

/* E08 */
static void
addresses_have_one_spelling(void **state)
{
	static const struct {
		const char *param, *address, *key;
	} cases[] = {
		{ "REMOTE_ADDR=192.0.2.7", "192.0.2.7", "192.0.2.7" },
		{ "REMOTE_ADDR=::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7" },
		{ "REMOTE_ADDR=::FFFF:C000:207", "192.0.2.7", "192.0.2.7" },
		{ "REMOTE_ADDR=2001:DB8:0:1:a:b:c:d", "2001:db8:0:1:a:b:c:d",
			"2001:db8:0:1::/64" },
		{ "REMOTE_ADDR=2001:0db8:0000:0001::9", "2001:db8:0:1::9",
			"2001:db8:0:1::/64" },
		{ "REMOTE_ADDR=::1", "::1", "::/64" },
		{ "REMOTE_ADDR=unix:", NULL, NULL },
		{ "REMOTE_ADDR=", NULL, NULL },
		{ "A=", NULL, NULL },
		{ "REMOTE_ADDR=192.0.2.07", NULL, NULL },
		{ "REMOTE_ADDR=192.0.2", NULL, NULL },
		{ "REMOTE_ADDR=192.0.2.7:80", NULL, NULL },
		{ "REMOTE_ADDR=[::1]", NULL, NULL },
		{ "REMOTE_ADDR=fe80::1%eth0", NULL, NULL },
		{ "REMOTE_ADDR=192.0.2.7, 192.0.2.8", NULL, NULL },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		bool is_good = cases[i].address != NULL;
		struct request r;
		struct span key;

		assert_int_equal(request_parse(&r, *state,
					 BARE_PARAMS("REQUEST_METHOD=GET",
						 "HTTP_X_REAL_IP=10.0.0.1",
						 cases[i].param),
					 false),
			is_good ? OST_OK : OST_BADINPUT);
		assert_span(r.address, cases[i].address);
		assert_int_equal(request_address_key(&r, &key),
			is_good ? OST_OK : OST_BADINPUT);
		if (is_good)
			assert_span(key, cases[i].key);
	}
}

static void
a_variable_is_found_by_its_exact_name(void **state)
{
	struct request r = parsed(*state,
		PARAMS("OSTIARY_PATH=/a=b", "TWICE=1", "TWICE=1", "EMPTY="));
	struct span value = SPAN("untouched");

	assert_int_equal(request_param(&r, "TWICE", &value), OST_BADINPUT);
	assert_int_equal(request_param(&r, "EMPTY", &value), OST_NOTFOUND);
	assert_int_equal(
		request_param(&r, "OSTIARY_PAT", &value), OST_NOTFOUND);
	assert_int_equal(
		request_param(&r, "OSTIARY_PATH2", &value), OST_NOTFOUND);
	assert_span(value, "untouched");
	assert_int_equal(request_param(&r, "OSTIARY_PATH", &value), OST_OK);
	assert_span(value, "/a=b");
}

static void
a_cookie_sent_twice_is_none(void **state)
{
	static const struct {
		const char *param, *want;
	} cases[] = {
		{ "HTTP_COOKIE=s=1", "1" },
		{ "HTTP_COOKIE=a=2; s=1;b", "1" },
		{ "HTTP_COOKIE=a=2;s=1=", "1=" },
		{ "HTTP_COOKIE=  s=1  ;", "1" },
		{ "HTTP_COOKIE=xs=1; sx=1; S=1", NULL },
		{ "HTTP_COOKIE=s=1; s=2", NULL }, /* S11 */
		{ "HTTP_COOKIE=s=1; s=1", NULL },
		{ "HTTP_COOKIE=s=; s=1", NULL },
		{ "HTTP_COOKIE=s=", NULL },
		{ "HTTP_COOKIE=s", NULL },
		{ "HTTP_COOKIE=s=1\x01", NULL },
		{ "HTTP_COOKIE=", NULL },
		{ "A=", NULL },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct request r = parsed(*state, PARAMS(cases[i].param));
		struct span value = SPAN_ABSENT;

		assert_int_equal(request_cookie(&r, "s", &value),
			cases[i].want ? OST_OK : OST_NOTFOUND);
		assert_span(value, cases[i].want);
	}
}

static void
only_a_utf8_form_is_a_form(void **state)
{
#define FORM "CONTENT_TYPE=application/x-www-form-urlencoded"
	static const struct {
		const char *param;
		bool want;
	} cases[] = {
		{ FORM, true },
		{ FORM ";charset=utf-8", true }, /* F14 */
		{ FORM " ; Charset=\"UTF-8\" ;", true },
		{ "CONTENT_TYPE=Application/X-WWW-Form-Urlencoded", true },
		{ FORM "; x=y", true },
		{ FORM ";charset=utf-16", false }, /* F14 */
		{ FORM ";charset=utf-8;charset=utf-16", false },
		{ FORM ";charset =utf-16", false },
		{ FORM "x", false },
		{ FORM ",text/plain", false },
		{ "CONTENT_TYPE=multipart/form-data; boundary=x",
			false }, /* F13 */
		{ "CONTENT_TYPE=text/plain", false },
		{ "CONTENT_TYPE=application/json", false },
		{ "CONTENT_TYPE=", false },
		{ "A=", false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct request r = parsed(*state, PARAMS(cases[i].param));

		assert_int_equal(request_is_form(&r), cases[i].want);
	}
}

static void
ids_of_odd_form_are_replaced(void **state)
{
	static const char *const bad[] = { "OSTIARY_REQUEST_ID=1234567",
		"OSTIARY_REQUEST_ID=12345678\"", "OSTIARY_REQUEST_ID=1234_5678",
		"HTTP_X_REQUEST_ID=1234567890",
		/* 65 characters */
		("OSTIARY_REQUEST_ID=0123456789012345678901234567890123456789"
		 "0123456789012345678901234") };
	struct request one, other;

	for (size_t i = 0; i < COUNT(bad); i++) {
		one = parsed(*state, PARAMS(bad[i]));
		other = parsed(*state, PARAMS(bad[i]));
		assert_int_equal(one.id.n, 32);
		assert_memory_not_equal(one.id.p, other.id.p, 32);
	}
}

int
test_request_parts(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_have_one_spelling),
		cmocka_unit_test(a_variable_is_found_by_its_exact_name),
		cmocka_unit_test(a_cookie_sent_twice_is_none),
		cmocka_unit_test(only_a_utf8_form_is_a_form),
		cmocka_unit_test(ids_of_odd_form_are_replaced),
	};

	return cmocka_run_group_tests_name(
		"request_parts", tests, setup, teardown);
}
