/* The callbacks of native applications (RFC 8252). */
#include "redirect.h"
#include "vectors.h"

int test_redirect(void);

#define PREFIX "https://good.example/app"
#define NATIVE_URIS                                                            \
	"http://127.0.0.1:2/cb http://[::1]/cb?a=b com.example.app:/cb "       \
	"com.example.app://auth/cb https://exact.example/cb "                  \
	"http://127.0.0.1"

static const struct app native_app = {
	.is_public = true,
	.prefixes = { PREFIX, sizeof(PREFIX) - 1 },
	.redirect_uris = { NATIVE_URIS, sizeof(NATIVE_URIS) - 1 },
};

struct row {
	const char *id, *uri;
	enum uri_rule want;
};

static const struct row native_rows[] = {
	{ "https", PREFIX "/x", URI_OK },
	{ "https", "https://exact.example/cb", URI_OK },
	{ "https", "https://exact.example/cb/", URI_NOT_REGISTERED },
	/* 8252-01: any port, path and query exact. */
	{ "8252-01 R25", "http://127.0.0.1:1/cb", URI_OK },
	{ "8252-01", "http://127.0.0.1:2/cb", URI_OK },
	{ "8252-01", "http://127.0.0.1:65535/cb", URI_OK },
	{ "8252-01", "http://127.0.0.1/cb", URI_OK },
	{ "8252-01", "HTTP://127.0.0.1:1/cb", URI_OK },
	{ "8252-01", "http://127.0.0.1:54321", URI_OK },
	{ "8252-01", "http://[::1]:49152/cb?a=b", URI_OK },
	{ "8252-01", "http://[::1]:49152/cb", URI_NOT_REGISTERED },
	{ "8252-01", "http://[::1]:1/cb?a=c", URI_NOT_REGISTERED },
	{ "8252-01", "http://127.0.0.1:1/cb?", URI_NOT_REGISTERED },
	{ "8252-01", "http://127.0.0.1:1/cb?a=b", URI_NOT_REGISTERED },
	{ "8252-01", "http://127.0.0.1:1/cb/", URI_NOT_REGISTERED },
	{ "8252-01", "http://127.0.0.1:1/CB", URI_NOT_REGISTERED },
	{ "8252-01", "http://127.0.0.1:1/", URI_NOT_REGISTERED },
	{ "8252-01", "http://[::1]:1/", URI_NOT_REGISTERED },
	{ "8252-01", "https://127.0.0.1:2/cb", URI_NOT_REGISTERED },
	{ "8252-01", "http://127.0.0.1:0/cb", URI_BAD_PORT },
	{ "8252-01", "http://127.0.0.1:/cb", URI_BAD_PORT },
	{ "8252-01", "http://127.0.0.1:99999/cb", URI_BAD_PORT },
	{ "8252-01", "http://localhost/cb", URI_LOCALHOST },
	{ "8252-01", "http://LocalHost:2/cb", URI_LOCALHOST },
	{ "8252-01", "http://127.0.0.2/cb", URI_NOT_LOOPBACK },
	{ "8252-01", "http://127.1/cb", URI_BAD_HOST },
	{ "8252-01", "http://0.0.0.0/cb", URI_NOT_LOOPBACK },
	{ "8252-01", "http://[::]/cb", URI_NOT_LOOPBACK },
	{ "8252-01", "http://[::ffff:127.0.0.1]/cb", URI_NOT_LOOPBACK },
	{ "8252-01", "http://[0:0:0:0:0:0:0:1]/cb", URI_BAD_HOST },
	{ "8252-01", "http:/127.0.0.1/cb", URI_NOT_ABSOLUTE },
	{ "R25", "http://127.0.0.1.evil.com/cb", URI_NOT_LOOPBACK },
	{ "R25", "http://127.0.0.1@evil.com/cb", URI_USERINFO },
	{ "R25", "http://127.0.0.1:80@evil.com/cb", URI_USERINFO },
	{ "R25", "http://127.0.0.1\\@evil.com/cb", URI_BAD_CHARACTER },
	{ "R25", "http://127.0.0.1#@evil.com/cb", URI_FRAGMENT },
	{ "R25", "http://evil.com/cb", URI_NOT_LOOPBACK },
	{ "R25", "http://evil.localhost/cb", URI_NOT_LOOPBACK },
	{ "R25", "http://127.0.0.1:2/../cb", URI_BAD_PATH },
	{ "R25", "http://127.0.0.1:2/cb?code=x", URI_RESERVED_QUERY },
	{ "8252-02", "com.example.app:/cb", URI_OK },
	{ "8252-02", "com.example.app://auth/cb", URI_OK },
	{ "8252-02", "com.example.app:/cb2", URI_NOT_REGISTERED },
	{ "8252-02", "com.example.app:/cb?x", URI_NOT_REGISTERED },
	{ "8252-02", "com.example.app:///cb", URI_NOT_REGISTERED },
	{ "8252-02", "com.example.app://AUTH/cb", URI_NOT_REGISTERED },
	{ "8252-02", "com.example.evil:/cb", URI_NOT_REGISTERED },
	{ "8252-02", "COM.example.app:/cb", URI_SCHEME_CASE },
	{ "8252-02", "com.example.app:cb", URI_NOT_ABSOLUTE },
	{ "8252-02", "com.example.app:", URI_NOT_ABSOLUTE },
	{ "8252-02", "com.example.app:/cb#x", URI_FRAGMENT },
	{ "8252-02", "com.example.app:/cb?code=x", URI_RESERVED_QUERY },
	{ "8252-02", "com.example.app:/../cb", URI_BAD_PATH },
	{ "8252-02", "com.example.app:/cb%0d%0a", URI_BAD_CHARACTER },
	{ "8252-02", "com.example.app://a@b/cb", URI_USERINFO },
	{ "8252-02", "com.example.app://a%41/cb", URI_BAD_HOST },
	{ "8252-02", "com.example.app://[::1]/cb", URI_BAD_HOST },
	{ "R26", "app:/cb", URI_SCHEME_PLAIN },
	{ "R26", "myapp://cb", URI_SCHEME_PLAIN },
	{ "R26", "app.:/cb", URI_SCHEME_PLAIN },
	{ "R26", ".app:/cb", URI_NOT_ABSOLUTE },
	{ "R26 R19", "javascript:alert(1)", URI_SCHEME_PLAIN },
	{ "R26 R19", "javascript://good.example/app", URI_SCHEME_PLAIN },
	{ "R26 R19", "JavaScript:/x", URI_SCHEME_PLAIN },
	{ "R26 R19", "data:/text/html,x", URI_SCHEME_PLAIN },
	{ "R26 R19", "file:///etc/passwd", URI_SCHEME_PLAIN },
	{ "R26 R19", "vbscript:/x", URI_SCHEME_PLAIN },
	{ "R26 R19", "blob:/x", URI_SCHEME_PLAIN },
	{ "R26 R19", "about:/blank", URI_SCHEME_PLAIN },
	{ "R26 R19", "intent://x/", URI_SCHEME_PLAIN },
	{ "R26 R19", "ftp://good.example/app", URI_SCHEME_PLAIN },
	{ "missing", "", URI_MISSING },
};

/* 8252-01 8252-02 */
static void
native_applications(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(native_rows); i++) {
		const struct row *row = &native_rows[i];
		enum uri_rule got =
			redirect_check(&native_app, span_of(row->uri));

		if (got != row->want)
			fail_msg("%s %s: %s, not %s", row->id, row->uri,
				uri_rule_name(got), uri_rule_name(row->want));
	}
}

static void
native_uris_are_told_from_the_web(void **state)
{
	static const struct {
		const char *uri, *target;
		bool is_native;
	} targets[] = {
		{ PREFIX, "good.example", false },
		{ "http://127.0.0.1:8000/cb", "127.0.0.1:8000", true },
		{ "http://[::1]/cb", "[::1]", true },
		{ "com.example.app:/cb", "com.example.app", true },
		{ "com.example.app://auth/cb", "com.example.app", true },
		{ "https://127.0.0.1/cb", "127.0.0.1", false },
		{ "http://localhost/cb", NULL, false },
		{ "javascript:x", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(targets); i++) {
		struct span uri = span_of(targets[i].uri);

		assert_span(
			redirect_target_text(uri), span_of(targets[i].target));
		assert_int_equal(redirect_is_native(uri), targets[i].is_native);
	}
}

int
test_redirect(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(native_applications),
		cmocka_unit_test(native_uris_are_told_from_the_web),
	};

	return cmocka_run_group_tests_name("redirect", tests, NULL, NULL);
}
