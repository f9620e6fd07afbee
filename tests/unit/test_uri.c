/* The rules of redirect URIs and callback prefixes. */
#include "redirect.h"
#include "vectors.h"

int test_uri(void);

#define PREFIX "https://good.example/app"
#define EXACT  "https://exact.example/cb?a=b"

static const struct app app = {
	.prefixes = { PREFIX " https://8443.example:8443/x/ "
			     "https://root.localhost/",
		sizeof(PREFIX " https://8443.example:8443/x/ "
			      "https://root.localhost/") -
			1 },
	.redirect_uris = { EXACT, sizeof(EXACT) - 1 },
};

/* The ids are those of the list of hostile inputs that these came from; these
 * show PFX-02, PFX-03, PFX-04, PFX-05, PFX-06, PFX-07, PFX-08 and PFX-09. */
struct row {
	const char *id, *uri;
	enum uri_rule want;
};

static const struct row rows[] = {
	{ "good", PREFIX, URI_OK },
	{ "good", PREFIX "/x/y?z=1&y[]=2", URI_OK },
	{ "good", "HTTPS://GOOD.example/app", URI_OK },
	{ "good", "https://root.localhost", URI_OK },
	{ "good", "https://root.localhost?a", URI_OK },
	{ "R01", "https://good.example.evil.com/app", URI_NOT_REGISTERED },
	{ "R01", "https://evil-good.example/app", URI_NOT_REGISTERED },
	{ "R02", "https://good.example/apple", URI_NOT_REGISTERED },
	{ "R02", "https://good.example/ap", URI_NOT_REGISTERED },
	{ "R02", "https://good.example/App", URI_NOT_REGISTERED },
	{ "R02", "https://good.example", URI_NOT_REGISTERED },
	{ "R04", PREFIX "/%2e%2e/x", URI_BAD_CHARACTER },
	{ "R04", PREFIX "/%2E./x", URI_BAD_CHARACTER },
	{ "R04", PREFIX "/%252e%252e/x", URI_BAD_CHARACTER },
	{ "R04", PREFIX "/%2f..", URI_BAD_CHARACTER },
	{ "R04", PREFIX "/%5c", URI_BAD_CHARACTER },
	{ "R04", PREFIX "/../x", URI_BAD_PATH },
	{ "R04", PREFIX "/..", URI_BAD_PATH },
	{ "R04", PREFIX "/.", URI_BAD_PATH },
	{ "R04", PREFIX "/./x", URI_BAD_PATH },
	{ "R04", PREFIX "//x", URI_BAD_PATH },
	{ "R04", "https://good.example//app", URI_BAD_PATH },
	{ "R05", PREFIX "/..;/x", URI_BAD_PATH },
	{ "R05", PREFIX ";x", URI_BAD_PATH },
	{ "R05", PREFIX "/..%3B/x", URI_BAD_PATH },
	{ "R05", PREFIX "/%3b", URI_BAD_PATH },
	{ "R05", PREFIX "?a;b=%3b", URI_OK },
	{ "R07", "https://good.example@evil.com/app", URI_USERINFO },
	{ "R07", "https://u:p@good.example/app", URI_USERINFO },
	{ "R07", "https://@good.example/app", URI_USERINFO },
	{ "R08", "https://evil.com\\@good.example/app", URI_BAD_CHARACTER },
	{ "R08", "https:\\\\good.example", URI_NOT_ABSOLUTE },
	{ "R08", "https://good.example\\app", URI_BAD_CHARACTER },
	{ "R10", "//good.example/app", URI_NOT_ABSOLUTE },
	{ "R10", "/\\evil.com", URI_NOT_ABSOLUTE },
	{ "R10", "https:/good.example/app", URI_NOT_ABSOLUTE },
	{ "R10", "https:good.example/app", URI_NOT_ABSOLUTE },
	{ "R10", "good.example/app", URI_NOT_ABSOLUTE },
	{ "R10", " " PREFIX, URI_NOT_ABSOLUTE },
	{ "R10", "https:///good.example/app", URI_BAD_HOST },
	{ "R11", "http://good.example/app", URI_NOT_HTTPS },
	{ "R13", "https://good.example:443/app", URI_OK },
	{ "R13", "https://good.example:444/app", URI_NOT_REGISTERED },
	{ "R13", "https://good.example:0/app", URI_BAD_PORT },
	{ "R13", "https://good.example:99999/app", URI_BAD_PORT },
	{ "R13", "https://good.example:65536/app", URI_BAD_PORT },
	{ "R13", "https://good.example:65979/app", URI_BAD_PORT },
	{ "R13", "https://good.example:/app", URI_BAD_PORT },
	{ "R13", "https://good.example:+443/app", URI_BAD_PORT },
	{ "R13", "https://good.example:0443/app", URI_BAD_PORT },
	{ "R13", "https://good.example:443:443/app", URI_BAD_PORT },
	{ "R13", "https://8443.example:8443/x/y", URI_OK },
	{ "R13", "https://8443.example/x/y", URI_NOT_REGISTERED },
	{ "R14", "https://good.example./app", URI_BAD_HOST },
	{ "R14", "https://.good.example/app", URI_BAD_HOST },
	{ "R14", "https://good..example/app", URI_BAD_HOST },
	{ "R14", "https://good%2eexample/app", URI_BAD_CHARACTER },
	{ "R14", "https://good%41example/app", URI_BAD_HOST },
	{ "R14", "https://good_.example/app", URI_BAD_HOST },
	{ "R14", "https://[::1/app", URI_BAD_HOST },
	{ "R14", "https://[::1]x/app", URI_BAD_HOST },
	{ "R14", "https://2130706433/app", URI_BAD_HOST },
	{ "R14", "https://127.1/app", URI_BAD_HOST },
	{ "R14", "https://0x7f000001/app", URI_BAD_HOST },
	{ "R14", "https://good.0Xa/app", URI_BAD_HOST },
	{ "R16", PREFIX "#frag", URI_FRAGMENT },
	{ "R16", PREFIX "#", URI_FRAGMENT },
	{ "R16", PREFIX "?a#", URI_FRAGMENT },
	{ "R16", PREFIX "/%23", URI_OK },
	{ "R17", PREFIX "%0d%0aSet-Cookie:x=1", URI_BAD_CHARACTER },
	{ "R17", PREFIX "\r\nSet-Cookie:x=1", URI_BAD_CHARACTER },
	{ "R17", PREFIX "\n", URI_BAD_CHARACTER },
	{ "R17", PREFIX "%00", URI_BAD_CHARACTER },
	{ "R17", PREFIX "%7f", URI_BAD_CHARACTER },
	{ "R17", PREFIX "%", URI_BAD_CHARACTER },
	{ "R17", PREFIX "%4", URI_BAD_CHARACTER },
	{ "R17", PREFIX "%zz", URI_BAD_CHARACTER },
	{ "R17", PREFIX "?a=b c", URI_BAD_CHARACTER },
	{ "R17", PREFIX "/\303\251", URI_BAD_CHARACTER },
	{ "R17", PREFIX "/%C3%A9", URI_OK },
	{ "R19", "javascript:alert(1)", URI_NOT_HTTPS },
	{ "R19", "javascript://good.example/app", URI_NOT_HTTPS },
	{ "R19", "data:text/html,x", URI_NOT_HTTPS },
	{ "R19", "file:///etc/passwd", URI_NOT_HTTPS },
	{ "R19", "ftp://good.example/app", URI_NOT_HTTPS },
	{ "R20", PREFIX "?code=evil", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?state=x", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?iss=", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?a=b&error=x", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?error_description", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?%63ode=evil", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?%43OD%65=evil", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?a;code=evil", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?code[]=evil", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?state[a]", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?co%64e%5B0]=evil", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?+code=evil", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?a&%20+iss=evil", URI_RESERVED_QUERY },
	{ "R20", PREFIX "?code+=a&[code]=b&codes[]=c&my+code=d&+", URI_OK },
	{ "R20", PREFIX "?codes=1&cod=2&a=code&xstate", URI_OK },
	/* This one is confidential; public ones have a table of their own. */
	{ "R25", "http://127.0.0.1:1/cb", URI_NOT_HTTPS },
	{ "R25", "http://localhost/cb", URI_NOT_HTTPS },
	{ "R25", "http://127.0.0.1.evil.com/cb", URI_NOT_HTTPS },
	{ "R25", "http://127.0.0.1@evil.com/cb", URI_NOT_HTTPS },
	{ "R26", "com.example.app:/cb", URI_NOT_HTTPS },
	{ "R26", "app:/cb", URI_NOT_HTTPS },
	{ "R28", PREFIX "/", URI_OK },
	{ "R28", "https://8443.example:8443/x/", URI_OK },
	{ "R28", "https://8443.example:8443/x", URI_NOT_REGISTERED },
	{ "R29", EXACT, URI_OK },
	{ "R29", "https://exact.example/cb?a=%62", URI_NOT_REGISTERED },
	{ "R29", "https://exact.example/cb", URI_NOT_REGISTERED },
	{ "R29", "https://EXACT.example/cb?a=b", URI_NOT_REGISTERED },
	{ "R29", "https://exact.example:443/cb?a=b", URI_NOT_REGISTERED },
	{ "missing", "", URI_MISSING },
};

static void
hostile_inputs_3_4(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum uri_rule got = redirect_check(&app, span_of(rows[i].uri));

		if (got != rows[i].want)
			fail_msg("%s %s: %s, not %s", rows[i].id, rows[i].uri,
				uri_rule_name(got),
				uri_rule_name(rows[i].want));
	}
	assert_int_equal(
		redirect_check(&app, SPAN(PREFIX "\0")), URI_BAD_CHARACTER);
	assert_int_equal(redirect_check(&app, SPAN_ABSENT), URI_MISSING);
}

/* PFX-01, R23 */
static void
two_thousand_bytes_are_the_most(void **state)
{
	char uri[URI_SIZE_MAX + 1] = PREFIX "/";

	(void)state;
	memset(uri + sizeof(PREFIX), 'a', sizeof(uri) - sizeof(PREFIX));
	assert_int_equal(
		redirect_check(&app, (struct span){ uri, URI_SIZE_MAX }),
		URI_OK);
	assert_int_equal(redirect_check(&app, BYTES_SPAN(uri)), URI_TOO_LONG);
}

static const struct {
	const char *prefix;
	enum uri_rule want;
	const char *stored;
} prefixes[] = {
	{ PREFIX, URI_OK, PREFIX },
	{ PREFIX "/", URI_OK, PREFIX "/" },
	{ "HTTPS://Good.Example:8443/App", URI_OK,
		"https://good.example:8443/App" },
	{ "https://good.example:443/app", URI_OK,
		"https://good.example:443/app" },
	{ "https://localhost", URI_OK, "https://localhost/" },
	{ "https://localhost:8443/", URI_OK, "https://localhost:8443/" },
	{ "https://127.0.0.1", URI_OK, "https://127.0.0.1/" },
	{ "https://[::1]:8443", URI_OK, "https://[::1]:8443/" },
	{ "https://192.0.2.1/a", URI_OK, "https://192.0.2.1/a" },
	{ "https://good.example", URI_ROOT_PREFIX, NULL },
	{ "https://good.example/", URI_ROOT_PREFIX, NULL },
	{ "https://192.0.2.1", URI_ROOT_PREFIX, NULL },
	{ "https://127.good.x1", URI_ROOT_PREFIX, NULL },
	{ "https://notlocalhost/", URI_ROOT_PREFIX, NULL },
	{ "http://good.example/app", URI_NOT_HTTPS, NULL },
	{ "http://127.0.0.1/app", URI_NOT_HTTPS, NULL },
	{ "com.example.app:/app", URI_NOT_HTTPS, NULL },
	{ "https://good.example/app?", URI_HAS_QUERY, NULL },
	{ "https://good.example/app?a=b", URI_HAS_QUERY, NULL },
	{ "https://good.example/app?code=b", URI_HAS_QUERY, NULL },
	{ "https://good.example/app#", URI_FRAGMENT, NULL },
	{ "https://good.example/a%20b", URI_BAD_CHARACTER, NULL },
	{ "https://good.example/a b", URI_BAD_CHARACTER, NULL },
	{ "https://good.example/app/..", URI_BAD_PATH, NULL },
	{ "https://good.example/app//", URI_BAD_PATH, NULL },
	{ "https://u@good.example/app", URI_USERINFO, NULL },
	{ "https://b\303\274cher.example/app", URI_BAD_CHARACTER, NULL },
	{ "https://xn--bcher-kva.example/app", URI_OK,
		"https://xn--bcher-kva.example/app" },
	{ "", URI_MISSING, NULL },
};

static void
a_host_has_its_length(void **state)
{
	char uri[1024];

	(void)state;
	for (int n = 1; n < 900; n++) {
		snprintf(uri, sizeof(uri), "https://a%0*d.b/", n, 0);
		assert_int_equal(redirect_uri_check(false, span_of(uri)),
			n < 63 ? URI_OK : URI_BAD_HOST);
	}
}

static void
prefixes_are_stored_in_one_spelling(void **state)
{
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		struct span stored = SPAN_ABSENT;
		enum uri_rule rule = URI_NOT_REGISTERED;
		enum ost_err err = redirect_prefix_check(
			arena, span_of(prefixes[i].prefix), &rule, &stored);

		if (rule != prefixes[i].want)
			fail_msg("%s: %s", prefixes[i].prefix,
				uri_rule_name(rule));
		assert_int_equal(err, rule == URI_OK ? OST_OK : OST_BADINPUT);
		assert_span(stored, span_of(prefixes[i].stored));
	}
	arena_free(arena);
}

static void
every_rule_has_its_word_and_sentence(void **state)
{
	(void)state;
	for (int i = URI_OK; i <= URI_NOT_REGISTERED; i++) {
		assert_non_null(uri_rule_sentence((enum uri_rule)i));
		for (int j = URI_OK; j < i; j++)
			assert_string_not_equal(uri_rule_name((enum uri_rule)i),
				uri_rule_name((enum uri_rule)j));
	}
	assert_string_equal(
		uri_rule_name(URI_NOT_HTTPS), "redirect_uri_not_https");
}

static void
the_host_is_shown_as_it_stands(void **state)
{
	(void)state;
	assert_span(
		redirect_target_text(SPAN(PREFIX "?a")), SPAN("good.example"));
	assert_span(redirect_target_text(SPAN("https://[::1]:8443/x")),
		SPAN("[::1]:8443"));
	assert_true(span_is_absent(redirect_target_text(SPAN("javascript:x"))));
}

int
test_uri(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_inputs_3_4),
		cmocka_unit_test(two_thousand_bytes_are_the_most),
		cmocka_unit_test(a_host_has_its_length),
		cmocka_unit_test(prefixes_are_stored_in_one_spelling),
		cmocka_unit_test(every_rule_has_its_word_and_sentence),
		cmocka_unit_test(the_host_is_shown_as_it_stands),
	};

	return cmocka_run_group_tests_name("uri", tests, NULL, NULL);
}
