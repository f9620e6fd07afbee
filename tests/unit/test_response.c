#include "response.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* Behind those. */
#include <cmocka.h>

int test_response(void);

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define ARENA_SIZE_MAX (1u << 20)
#define NO_STORE       "Cache-Control: no-store\r\nPragma: no-cache\r\n"
#define NOSNIFF	       "X-Content-Type-Options: nosniff\r\n"
#define XML	       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

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
assert_buf(struct buf *buf, const char *want)
{
	struct span s = SPAN_ABSENT;

	assert_int_equal(buf_span(buf, &s), OST_OK);
	assert_string_equal(s.p, want);
	assert_int_equal(s.n, strlen(want));
}

static void
every_code_has_its_facts(void **state)
{
	static const struct {
		enum api_code code;
		int status;
		const char *word;
	} cases[] = {
		{ CODE_CREDENTIALS_MISSING, 401, "credentials_missing" },
		{ CODE_CREDENTIALS_INVALID, 401, "credentials_invalid" },
		{ CODE_TOKEN_INVALID, 401, "token_invalid" },
		{ CODE_TOKEN_EXPIRED, 401, "token_expired" },
		{ CODE_TOKEN_REVOKED, 401, "token_revoked" },
		{ CODE_HTTPS_REQUIRED, 403, "https_required" },
		{ CODE_FORBIDDEN, 403, "forbidden" },
		{ CODE_INSUFFICIENT_SCOPE, 403, "insufficient_scope" },
		{ CODE_RATE_LIMITED, 429, "rate_limited" },
		{ CODE_TOO_MANY_FAILURES, 429, "too_many_failures" },
		{ CODE_BAD_REQUEST, 400, "bad_request" },
		{ CODE_METHOD_NOT_ALLOWED, 405, "method_not_allowed" },
		{ CODE_TOO_LARGE, 413, "too_large" },
		{ CODE_NOT_FOUND, 404, "not_found" },
		{ CODE_UNSUPPORTED_TYPE, 415, "unsupported_media_type" },
		{ CODE_UNAVAILABLE, 503, "unavailable" },
		{ CODE_SERVER_ERROR, 500, "server_error" },
	};

	(void)state;
	assert_int_equal(COUNT(cases), CODE_SERVER_ERROR + 1);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *message = api_message(cases[i].code);

		assert_int_equal(api_status(cases[i].code), cases[i].status);
		assert_string_equal(api_word(cases[i].code), cases[i].word);
		assert_true(strlen(message) > 5);
		for (; *message != '\0'; message++)
			assert_in_range(*message, ' ', '~');
	}
	assert_string_equal(api_message(CODE_CREDENTIALS_INVALID),
		"Invalid access method or wrong credentials");
	assert_string_equal(
		api_message(CODE_RATE_LIMITED), "Too many requests");
	assert_int_equal(api_status((enum api_code)1000), 500);
}

static void
an_error_is_json(void **state)
{
	struct response r;

	response_init(&r, *state);
	assert_int_equal(r.status, 0);
	response_header(&r, "X-Request-Id", SPAN("x"));
	response_error(&r, FORMAT_JSON, CODE_CREDENTIALS_INVALID, NULL);
	assert_int_equal(r.status, 401);
	assert_string_equal(r.reason, "credentials_invalid");
	assert_buf(&r.headers,
		"X-Request-Id: x\r\nContent-Type: application/json\r\n" NOSNIFF
			NO_STORE);
	assert_buf(&r.body,
		"{\"error\":401,\"message\":\"Invalid access method or wrong "
		"credentials\",\"code\":\"credentials_invalid\"}\n");
}

static void
an_error_is_xml(void **state)
{
	struct response r;

	response_init(&r, *state);
	response_error(&r, FORMAT_XML, CODE_UNAVAILABLE, NULL);
	assert_int_equal(r.status, 503);
	assert_buf(&r.headers,
		"Content-Type: application/xml; charset=utf-8\r\n" NOSNIFF
			NO_STORE "Retry-After: 5\r\n");
	assert_buf(&r.body,
		XML "\n<error><status>503</status><message>Service "
		    "unavailable</message><code>unavailable</code></error>\n");
}

static void
a_message_of_one_s_own_stays_plain(void **state)
{
	struct buf buf;

	buf_init(&buf, *state);
	response_error_body(&buf, FORMAT_JSON, CODE_BAD_REQUEST,
		"two \"app\" tokens\r\n\xc3\xa9\x7f");
	assert_buf(&buf,
		"{\"error\":400,\"message\":\"two \\\"app\\\" tokens?????\","
		"\"code\":\"bad_request\"}");
	buf_clear(&buf);
	response_error_body(&buf, FORMAT_XML, CODE_FORBIDDEN, "a<b>&\n");
	assert_buf(&buf,
		XML "<error><status>403</status><message>a&lt;b&gt;&amp;?"
		    "</message><code>forbidden</code></error>");
}

static void
a_header_cannot_be_split(void **state)
{
	const struct span values[] = { SPAN("a\r\nX: y"), SPAN("a\n"),
		SPAN("\r"), SPAN("a\0b") };
	static const char *const names[] = { NULL, "", "A:", "A b", "A\r\nB",
		"A\xc3\xa9" };
	struct response r;
	struct span s;

	for (size_t i = 0; i < COUNT(values); i++) {
		response_init(&r, *state);
		response_header(&r, "X-Name", values[i]);
		response_header(&r, "X-Other", SPAN("good"));
		assert_int_equal(buf_span(&r.headers, &s), OST_NOMEM);
	}
	for (size_t i = 0; i < COUNT(names); i++) {
		response_init(&r, *state);
		response_header(&r, names[i], SPAN("a"));
		assert_int_equal(buf_span(&r.headers, &s), OST_NOMEM);
	}
	response_clear(&r);
	response_header(&r, "X-RateLimit-Limit", SPAN("a \"b\"\t\xc3\xa9"));
	response_header(&r, "X-Empty", SPAN_ABSENT);
	response_header_u64(&r, "X-Most", UINT64_MAX);
	assert_buf(&r.headers,
		"X-RateLimit-Limit: a \"b\"\t\xc3\xa9\r\nX-Empty: \r\n"
		"X-Most: 18446744073709551615\r\n");
}

static void
clear_forgets_a_half_answer(void **state)
{
	struct response r;
	int fd;

	response_init(&r, *state);
	r.subject = SPAN("anna");
	response_begin(&r, 200, "ok", "text/plain");
	buf_text(&r.body, "half");
	r.has_limit = true;
	r.file_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	r.file_size = 5;
	fd = r.file_fd;
	assert_true(fd > 0);
	response_clear(&r);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_int_equal(r.file_fd, 0);
	assert_int_equal(r.file_size, 0);
	assert_true(r.has_limit);
	assert_int_equal(r.status, 0);
	assert_null(r.reason);
	assert_true(span_eq(r.subject, SPAN("anna")));
	response_begin(&r, 204, "ok", NULL);
	assert_int_equal(r.status, 204);
	assert_buf(&r.headers, "");
	assert_buf(&r.body, "");
}

static void
a_redirect_is_a_303(void **state)
{
	struct response r;
	struct span s;

	response_init(&r, *state);
	response_redirect(&r, SPAN("https://a.example/b?c=d"), "code_issued");
	assert_int_equal(r.status, 303);
	assert_string_equal(r.reason, "code_issued");
	assert_buf(
		&r.headers, "Location: https://a.example/b?c=d\r\n" NO_STORE);
	assert_buf(&r.body, "");
	response_clear(&r);
	response_redirect(
		&r, SPAN("https://a.example/\r\nX: y"), "x"); /* R17 */
	assert_int_equal(buf_span(&r.headers, &s), OST_NOMEM);
}

static void
quotes_are_escaped(void **state)
{
	struct buf buf;

	buf_init(&buf, *state);
	buf_quoted(&buf, SPAN("a \"b\" \\c\r\n\0\xc3\xa9"));
	assert_buf(&buf, "\"a \\\"b\\\" \\\\c???\xc3\xa9\"");
	buf_clear(&buf);
	buf_quoted(&buf, SPAN_ABSENT);
	assert_buf(&buf, "\"\"");
}

static void
memory_that_ends_is_latched(void **state)
{
	(void)state;
	for (size_t size = 0; size < 4096; size += 16) {
		struct arena *arena = arena_new(size);
		struct response r;
		struct span s;
		bool is_whole;

		response_init(&r, arena);
		response_error(&r, FORMAT_JSON, CODE_UNAVAILABLE, NULL);
		is_whole = buf_span(&r.headers, &s) == OST_OK &&
			   span_ends(s, SPAN("Retry-After: 5\r\n")) &&
			   buf_span(&r.body, &s) == OST_OK;
		if (is_whole)
			assert_true(span_ends(s, SPAN("unavailable\"}\n")));
		arena_free(arena);
		if (is_whole)
			return;
	}
	fail();
}

int
test_response(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_its_facts),
		cmocka_unit_test(an_error_is_json),
		cmocka_unit_test(an_error_is_xml),
		cmocka_unit_test(a_message_of_one_s_own_stays_plain),
		cmocka_unit_test(a_header_cannot_be_split),
		cmocka_unit_test(clear_forgets_a_half_answer),
		cmocka_unit_test(a_redirect_is_a_303),
		cmocka_unit_test(quotes_are_escaped),
		cmocka_unit_test(memory_that_ends_is_latched),
	};

	return cmocka_run_group_tests_name("response", tests, setup, teardown);
}
