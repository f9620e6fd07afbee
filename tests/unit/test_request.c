#include "request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* Behind those. */
#include <cmocka.h>

int test_request(void);

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define ARENA_SIZE_MAX (1u << 20)
#define PARAMS(...)                                                            \
	((const char *const[]){ __VA_ARGS__, "REQUEST_METHOD=GET",             \
		"REMOTE_ADDR=192.0.2.7", NULL })
/* For tests of the two that PARAMS() adds. */
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

static struct request
refused(struct arena *arena, const char *const *params)
{
	struct request request;

	assert_int_equal(
		request_parse(&request, arena, params, false), OST_BADINPUT);
	return request;
}

static void
a_usual_request_is_read(void **state)
{
	struct request r = parsed(*state,
		PARAMS("HTTPS=on", "REQUEST_SCHEME=https", "CONTENT_LENGTH=12",
			"CONTENT_TYPE=text/plain",
			"REQUEST_URI=/v1/login/x?a=b", "SCRIPT_NAME=/v1/login",
			"PATH_INFO=/x", "QUERY_STRING=a=b",
			"HTTP_AUTHORIZATION=Bearer t", "HTTP_COOKIE=c=d",
			"HTTP_ORIGIN=https://o.example",
			"HTTP_X_APP_TOKEN=token", "SERVER_NAME=x", "no equals",
			"=no name", "HTTP_HOST=a", "HTTP_HOST=b",
			"OSTIARY_REQUEST_ID=0123-abc"));

	assert_int_equal(r.transport, TRANSPORT_HTTPS);
	assert_int_equal(r.face, FACE_NONE);
	assert_int_equal(r.method, METHOD_GET);
	assert_false(r.is_head);
	assert_true(r.has_body);
	assert_int_equal(r.content_length, 12);
	assert_span(r.method_name, "GET");
	assert_span(r.content_type, "text/plain");
	assert_span(r.uri, "/v1/login/x?a=b");
	assert_span(r.path, "/v1/login/x");
	assert_span(r.path_info, "/x");
	assert_span(r.query, "a=b");
	assert_span(r.authorization, "Bearer t");
	assert_span(r.cookie, "c=d");
	assert_span(r.origin, "https://o.example");
	assert_span(r.app_token, "token");
	assert_span(r.address, "192.0.2.7");
	assert_span(r.id, "0123-abc");
}

static void
empty_variables_are_absent(void **state)
{
	struct request r = parsed(*state,
		PARAMS("HTTPS=", "REQUEST_SCHEME=http", "CONTENT_LENGTH=",
			"CONTENT_TYPE=", "QUERY_STRING=", "PATH_INFO=",
			"SCRIPT_NAME=/login", "HTTP_AUTHORIZATION=", /* H02 */
			"HTTP_COOKIE=", "HTTP_X_APP_TOKEN=", "PROTECT_MODE=",
			"OSTIARY_REQUEST_ID="));

	assert_int_equal(r.transport, TRANSPORT_HTTP);
	assert_int_equal(r.face, FACE_NONE);
	assert_false(r.has_body);
	assert_span(r.path, "/login");
	assert_span(r.path_info, NULL);
	assert_span(r.query, NULL);
	assert_span(r.uri, NULL);
	assert_span(r.authorization, NULL);
	assert_span(r.cookie, NULL);
	assert_span(r.app_token, NULL);
	assert_int_equal(r.id.n, 32);
}

static void
transport_needs_the_server_s_word(void **state)
{
	static const struct {
		const char *https, *scheme;
		enum transport want;
	} cases[] = {
		{ "HTTPS=on", NULL, TRANSPORT_HTTPS },
		{ "HTTPS=on", "REQUEST_SCHEME=", TRANSPORT_HTTPS },
		{ "HTTPS=on", "REQUEST_SCHEME=https", TRANSPORT_HTTPS },
		{ NULL, "REQUEST_SCHEME=https", TRANSPORT_HTTPS },
		{ "HTTPS=", "REQUEST_SCHEME=https", TRANSPORT_HTTPS },
		{ NULL, "REQUEST_SCHEME=http", TRANSPORT_HTTP },
		{ "HTTPS=", "REQUEST_SCHEME=http", TRANSPORT_HTTP },
		{ "HTTPS=off", "REQUEST_SCHEME=http", TRANSPORT_HTTP },
		{ "HTTPS=off", NULL, TRANSPORT_HTTP },
		{ NULL, NULL, TRANSPORT_UNKNOWN },
		{ "HTTPS=", NULL, TRANSPORT_UNKNOWN },
		{ "HTTPS=", "REQUEST_SCHEME=", TRANSPORT_UNKNOWN },
		{ "HTTPS=on", "REQUEST_SCHEME=http",
			TRANSPORT_UNKNOWN }, /* T20 */
		{ "HTTPS=off", "REQUEST_SCHEME=https", TRANSPORT_UNKNOWN },
		{ "HTTPS=on", "REQUEST_SCHEME=ftp", TRANSPORT_UNKNOWN },
		{ "HTTPS=yes", NULL, TRANSPORT_UNKNOWN },
		{ "HTTPS=yes", "REQUEST_SCHEME=https", TRANSPORT_UNKNOWN },
		{ NULL, "REQUEST_SCHEME=wss", TRANSPORT_UNKNOWN },
		/* T05, F6: what a client says counts for nothing. */
		{ "HTTP_X_FORWARDED_PROTO=https", "REQUEST_SCHEME=http",
			TRANSPORT_HTTP },
		{ "HTTP_HTTPS=on", "SERVER_PORT=443", TRANSPORT_UNKNOWN },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct request r = parsed(*state,
			PARAMS(cases[i].https ? cases[i].https : "A=",
				cases[i].scheme ? cases[i].scheme : "B="));

		assert_int_equal(r.transport, cases[i].want);
	}
}

static void
variables_that_decide_may_stand_there_once(void **state)
{
	static const char *const names[] = { "HTTPS", "REQUEST_SCHEME",
		"REQUEST_METHOD", "REQUEST_URI", "QUERY_STRING",
		"CONTENT_LENGTH", "CONTENT_TYPE", "REMOTE_ADDR", "SCRIPT_NAME",
		"PATH_INFO", "FCGI_ROLE", "PROTECT_MODE", "OSTIARY_REQUEST_ID",
		"OSTIARY_METHOD", "OSTIARY_URI", "OSTIARY_PATH",
		"OSTIARY_CHARGED", "OSTIARY_X", "HTTP_AUTHORIZATION",
		"HTTP_COOKIE", "HTTP_X_APP_TOKEN", "HTTP_ORIGIN" };
	static const char *const values[][2] = { { "", "" }, { "5", "5" },
		{ "5", "" }, { "", "5" } };

	for (size_t i = 0; i < COUNT(names) * COUNT(values); i++) {
		const char *const *pair = values[i % COUNT(values)];
		const char *name = names[i / COUNT(values)];
		char first[64], second[64];

		snprintf(first, sizeof(first), "%s=%s", name, pair[0]);
		snprintf(second, sizeof(second), "%s=%s", name, pair[1]);
		refused(*state, PARAMS(first, "X=y", second));
	}
}

static void
a_refused_request_holds_what_is_safe(void **state)
{
	struct request r = refused(*state,
		PARAMS("HTTPS=on", "HTTPS=on", "REQUEST_SCHEME=https",
			"PROTECT_MODE=nginx", "HTTP_AUTHORIZATION=Bearer a",
			"HTTP_AUTHORIZATION=Bearer b",
			"HTTP_AUTHORIZATION=Bearer c", "CONTENT_LENGTH=5"));

	assert_int_equal(r.transport, TRANSPORT_UNKNOWN);
	assert_int_equal(r.face, FACE_NGINX);
	assert_span(r.authorization, NULL);
	assert_int_equal(r.content_length, 5);
	assert_span(r.address, "192.0.2.7");
	assert_int_equal(r.id.n, 32);

	r = refused(
		*state, PARAMS("REQUEST_SCHEME=http", "REQUEST_SCHEME=http"));
	assert_int_equal(r.transport, TRANSPORT_UNKNOWN);
	r = refused(*state, PARAMS("PROTECT_MODE=nginx", "PROTECT_MODE=serve"));
	assert_int_equal(r.face, FACE_NONE);
	r = refused(
		*state, PARAMS("FCGI_ROLE=RESPONDER", "FCGI_ROLE=AUTHORIZER",
				"PROTECT_MODE=nginx"));
	assert_int_equal(r.face, FACE_NONE);
	r = refused(*state, PARAMS("REQUEST_METHOD=GET"));
	assert_int_equal(r.method, METHOD_OTHER);
	assert_span(r.method_name, NULL);
	r = refused(*state, PARAMS("OSTIARY_REQUEST_ID=aaaaaaaa",
				    "OSTIARY_REQUEST_ID=bbbbbbbb"));
	assert_int_equal(r.id.n, 32);
}

static void
the_face_is_the_server_s_choice(void **state)
{
	static const struct {
		const char *role, *mode;
		enum face want;
	} cases[] = {
		{ "FCGI_ROLE=AUTHORIZER", "A=", FACE_AUTHORIZER },
		{ "FCGI_ROLE=AUTHORIZER", "PROTECT_MODE=nginx",
			FACE_AUTHORIZER },
		{ "FCGI_ROLE=RESPONDER", "PROTECT_MODE=nginx", FACE_NGINX },
		{ "FCGI_ROLE=RESPONDER", "PROTECT_MODE=forward", FACE_FORWARD },
		{ "A=", "PROTECT_MODE=serve", FACE_SERVE },
		{ "FCGI_ROLE=RESPONDER", "A=", FACE_NONE },
		{ "FCGI_ROLE=authorizer", "A=", FACE_NONE },
		{ "HTTP_FCGI_ROLE=AUTHORIZER", "HTTP_PROTECT_MODE=serve",
			FACE_NONE },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
			parsed(*state, PARAMS(cases[i].role, cases[i].mode))
				.face,
			cases[i].want);
	assert_int_equal(
		refused(*state, PARAMS("PROTECT_MODE=Nginx")).face, FACE_NONE);
}

static void
a_guard_sees_the_guarded_request_s_query(void **state)
{
	static const struct {
		const char *face;
		const char *query, *method, *uri;
	} cases[] = {
		{ "FCGI_ROLE=AUTHORIZER", "b=2?", "GET", "/r?b=2?" },
		{ "PROTECT_MODE=nginx", "b=2?", "GET", "/r?b=2?" },
		{ "PROTECT_MODE=forward", "c=3", "PUT", "/o?c=3" },
		{ "PROTECT_MODE=serve", "a=1", "GET", "/r?b=2?" },
		{ "A=", "a=1", "GET", "/r?b=2?" },
	};
	struct request r;

	for (size_t i = 0; i < COUNT(cases); i++) {
		r = parsed(*state,
			PARAMS(cases[i].face, "QUERY_STRING=a=1",
				"REQUEST_URI=/r?b=2?", "OSTIARY_URI=/o?c=3",
				"OSTIARY_METHOD=PUT",
				/* T10, T16: what a client says is ignored. */
				"HTTP_X_ORIGINAL_URI=/h?d=4",
				"HTTP_X_FORWARDED_METHOD=POST",
				"HTTP_X_HTTP_METHOD_OVERRIDE=POST"));
		assert_span(r.query, cases[i].query);
		assert_span(r.method_name, cases[i].method);
		assert_span(r.uri, cases[i].uri);
	}
	r = parsed(*state, PARAMS("QUERY_STRING=", "REQUEST_URI=/r?b=2"));
	assert_span(r.query, "b=2");
	r = parsed(*state, PARAMS("PROTECT_MODE=forward", "REQUEST_URI=/r"));
	assert_span(r.query, NULL);
	assert_span(r.uri, "/r");
	r = parsed(*state, PARAMS("PROTECT_MODE=nginx", "QUERY_STRING=a=1"));
	assert_span(r.query, NULL);
	/* An empty OSTIARY_METHOD is a broken configuration, not a GET. */
	r = refused(*state, PARAMS("PROTECT_MODE=forward", "OSTIARY_METHOD="));
	assert_int_equal(r.method, METHOD_OTHER);
}

static void
the_method_is_taken_as_it_is(void **state)
{
	static const struct {
		const char *param;
		enum ost_err err;
		enum method want;
		bool is_head;
	} cases[] = {
		{ "REQUEST_METHOD=GET", OST_OK, METHOD_GET, false },
		{ "REQUEST_METHOD=HEAD", OST_OK, METHOD_GET, true },
		{ "REQUEST_METHOD=POST", OST_OK, METHOD_POST, false },
		/* T17 */
		{ "REQUEST_METHOD=DELETE", OST_OK, METHOD_DELETE, false },
		{ "REQUEST_METHOD=delete", OST_OK, METHOD_OTHER, false },
		{ "REQUEST_METHOD=get", OST_OK, METHOD_OTHER, false },
		{ "REQUEST_METHOD=OPTIONS", OST_OK, METHOD_OTHER, false },
		{ "REQUEST_METHOD=M-SEARCH", OST_OK, METHOD_OTHER, false },
		{ "REQUEST_METHOD=", OST_BADINPUT, METHOD_OTHER, false },
		{ "A=", OST_BADINPUT, METHOD_OTHER, false },
		{ "REQUEST_METHOD=GET ", OST_BADINPUT, METHOD_OTHER, false },
		{ "REQUEST_METHOD=GET,POST", OST_BADINPUT, METHOD_OTHER,
			false },
		{ "REQUEST_METHOD=GE\nT", OST_BADINPUT, METHOD_OTHER, false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct request r;

		assert_int_equal(request_parse(&r, *state,
					 BARE_PARAMS("REMOTE_ADDR=192.0.2.7",
						 cases[i].param),
					 true),
			cases[i].err);
		assert_int_equal(r.method, cases[i].want);
		assert_int_equal(r.is_head, cases[i].is_head);
		assert_true(r.is_cgi);
	}
}

/* 3875-01 */
static void
the_length_is_digits_only(void **state)
{
	static const char *const bad[] = { "CONTENT_LENGTH=+5",
		"CONTENT_LENGTH=5 5", "CONTENT_LENGTH=-1", "CONTENT_LENGTH= 5",
		"CONTENT_LENGTH=5,5", "CONTENT_LENGTH=0x5", "CONTENT_LENGTH=05",
		"CONTENT_LENGTH=5.0", "CONTENT_LENGTH=18446744073709551615",
		"CONTENT_LENGTH=10000000000000000000",
		"CONTENT_LENGTH=9223372036854775808" };
	struct request r;

	for (size_t i = 0; i < COUNT(bad); i++) {
		r = refused(*state, PARAMS(bad[i]));
		assert_int_equal(r.content_length, 0);
		assert_false(r.has_body);
	}
	r = parsed(*state, PARAMS("CONTENT_LENGTH=9223372036854775807"));
	assert_true(r.content_length == INT64_MAX);
	assert_true(r.has_body);
	r = parsed(*state, PARAMS("CONTENT_LENGTH=0", "HTTP_CONTENT_LENGTH=9"));
	assert_false(r.has_body);
}

static void
control_bytes_are_refused(void **state)
{
	refused(*state, PARAMS("REQUEST_URI=/a\nb"));
	refused(*state, PARAMS("REQUEST_URI=/a?b\x01"));
	refused(*state, PARAMS("QUERY_STRING=a=\r"));
	refused(*state, PARAMS("SCRIPT_NAME=/a\x7f"));
	refused(*state, PARAMS("PATH_INFO=/a\nb"));
}

static void
memory_that_ends_is_an_error(void **state)
{
	const char *const *params = PARAMS(
		"SCRIPT_NAME=/a", "PATH_INFO=/b", "REQUEST_SCHEME=https");

	(void)state;
	for (size_t size = 0; size < 4096; size += 16) {
		struct arena *arena = arena_new(size);
		struct request r;
		enum ost_err err = request_parse(&r, arena, params, false);

		assert_true(err == OST_OK || err == OST_NOMEM);
		assert_int_equal(r.transport, TRANSPORT_HTTPS);
		arena_free(arena);
		if (err == OST_OK)
			return;
	}
	fail();
}

int
test_request(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_usual_request_is_read),
		cmocka_unit_test(empty_variables_are_absent),
		cmocka_unit_test(transport_needs_the_server_s_word),
		cmocka_unit_test(variables_that_decide_may_stand_there_once),
		cmocka_unit_test(a_refused_request_holds_what_is_safe),
		cmocka_unit_test(the_face_is_the_server_s_choice),
		cmocka_unit_test(a_guard_sees_the_guarded_request_s_query),
		cmocka_unit_test(the_method_is_taken_as_it_is),
		cmocka_unit_test(the_length_is_digits_only),
		cmocka_unit_test(control_bytes_are_refused),
		cmocka_unit_test(memory_that_ends_is_an_error),
	};

	return cmocka_run_group_tests_name("request", tests, setup, teardown);
}
