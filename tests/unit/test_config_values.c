#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* Behind those. */
#include <cmocka.h>

#include "reports.h"

int test_config_values(void);

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum ost_err
load(struct reports *reports, struct span text, struct config **config)
{
	reports_write(reports, text);
	*config = NULL;
	return config_load(reports->path, reports_add, reports, config);
}

static void
assert_text(struct span got, const char *want)
{
	assert_non_null(got.p);
	assert_string_equal(got.p, want);
	assert_int_equal(got.n, strlen(want));
}

static void
assert_limit(struct limit_rule rule, uint32_t count, uint32_t window_s)
{
	assert_int_equal(rule.count, count);
	assert_int_equal(rule.window_s, window_s);
}

static const struct {
	const char *text;
	const char *why; /* NULL: it is one */
	bool is_local;
} issuers[] = {
	{ "https://localhost", NULL, true },
	{ "https://localhost:8443", NULL, true },
	{ "https://api.localhost", NULL, true },
	{ "https://127.0.0.1:1", NULL, true },
	{ "https://[::1]:65535", NULL, true },
	{ "https://[2001:db8::1]", NULL, true },
	{ "https://a", NULL, false },
	{ "https://localhost.example", NULL, false },
	{ "https://notlocalhost", NULL, false },
	{ "https://xn--bcher-kva.example:80", NULL, false },
	{ "https://1and1.example", NULL, false },
	{ "http://localhost:8443", "http will not do", false },
	{ "ftp://localhost", "http will not do", false },
	{ "localhost", "it must be scheme://host", false },
	{ "https:/localhost", "it must be scheme://host", false },
	{ "https//localhost", "it must be scheme://host", false },
	{ "://localhost", "it must be scheme://host", false },
	{ "h ttps://localhost", "it must be scheme://host", false },
	{ "https://localhost:8443/", "leave the last / out", false },
	{ "https://localhost/a", "it must end behind the host", false },
	{ "https://localhost?", "it must end behind the host", false },
	{ "https://localhost#", "it must end behind the host", false },
	{ "https://a@localhost", "it must not hold a user name", false },
	{ "https://Localhost", "write it in lower case", false },
	{ "HTTPS://localhost", "write it in lower case", false },
	{ "https://localhost:443", "leave :443 out", false },
	{ "https://localhost:", "the port must be a number", false },
	{ "https://localhost:0", "the port must be a number", false },
	{ "https://localhost:65536", "the port must be a number", false },
	{ "https://localhost:08443", "the port must be a number", false },
	{ "https://localhost:+1", "the port must be a number", false },
	{ "https://localhost:1:2", "the port must be a number", false },
	{ "https://", "the host must be a name", false },
	{ "https://:8443", "the host must be a name", false },
	{ "https://a..b", "the host must be a name", false },
	{ "https://a.", "the host must be a name", false },
	{ "https://.a", "the host must be a name", false },
	{ "https://-a", "the host must be a name", false },
	{ "https://a-.b", "the host must be a name", false },
	{ "https://a_b", "the host must be a name", false },
	{ "https://b\xc3\xbc", "the host must be a name", false },
	{ "https://1.2.3", "the host must be a name", false },
	{ "https://1.2.3.256", "the host must be a name", false },
	{ "https://01.2.3.4", "the host must be a name", false },
	{ "https://a.1", "the host must be a name", false },
	{ "https://[::1", "the address between", false },
	{ "https://[]", "the address between", false },
	{ "https://[::1]x", "the address between", false },
	{ "https://[0::1]", "the address between", false },
	{ "https://[::1%25lo]", "the address between", false },
	{ "https://[127.0.0.1]", "the address between", false },
	{ "https://::1", "the host must be a name", false },
};

/* 8414-01: none has a path, so that nothing stands behind the well-known
 * one. */
static void
test_issuers(void **state)
{
	struct reports *reports = *state;
	struct config *config;
	char text[128], want[256];

	for (size_t i = 0; i < COUNT(issuers); i++) {
		const char *issuer = issuers[i].text, *why = issuers[i].why;
		enum ost_err err;

		snprintf(text, sizeof(text), "\nissuer = %s\n", issuer);
		err = load(reports, span_of(text), &config);
		if (issuer_is_valid(span_of(issuer)) != (why == NULL) ||
			(err == OST_OK) != (why == NULL))
			fail_msg("%s: %s", issuer, ost_err_name(err));
		if (why == NULL) {
			assert_text(config->issuer, issuer);
			if (config->is_issuer_local != issuers[i].is_local)
				fail_msg("%s: local", issuer);
			config_free(config);
			continue;
		}
		snprintf(want, sizeof(want),
			":2: issuer = %s: must be https://host or "
			"https://host:port; %s",
			issuer, why);
		reports_check(reports, issuer, want);
	}
}

static void
test_issuer_sizes(void **state)
{
	char text[300] = "https://";

	(void)state;
	/* A label of 63 letters is one, of 64 none. */
	memset(text + 8, 'a', 63);
	assert_true(issuer_is_valid((struct span){ text, 8 + 63 }));
	text[8 + 63] = 'a';
	assert_false(issuer_is_valid((struct span){ text, 8 + 64 }));
	/* Names have 253 bytes at most. */
	for (size_t i = 8; i < sizeof(text); i++)
		text[i] = i % 2 ? '.' : 'a';
	assert_true(issuer_is_valid((struct span){ text, 8 + 253 }));
	assert_false(issuer_is_valid((struct span){ text, 8 + 255 }));
	assert_false(issuer_is_valid(SPAN_ABSENT));
	assert_false(issuer_is_valid(SPAN("")));
}

static void
test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} good[] = {
		{ "1s", 1 },
		{ "60s", 60 },
		{ "10m", 600 },
		{ "12h", 43200 },
		{ "90d", 7776000 },
		{ "3650d", 315360000 },
		{ "315360000s", 315360000 },
	};
	static const char *const bad[] = { "", "s", "1", "0s", "0d", "01s",
		"+1s", "-1s", "1.5h", "1 s", " 1s", "1s ", "1S", "1w", "1ms",
		"1h30m", "315360001s", "87601h", "3651d",
		"18446744073709551616s", "18446744073709551615d" };
	int64_t got;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (duration_parse(span_of(good[i].text), &got) != OST_OK ||
			got != good[i].want)
			fail_msg("%s", good[i].text);
	got = -7;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (duration_parse(span_of(bad[i]), &got) != OST_BADINPUT)
			fail_msg("%s", bad[i]);
	assert_int_equal(duration_parse(SPAN_ABSENT, &got), OST_BADINPUT);
	assert_int_equal(got, -7);
}

static void
test_limits(void **state)
{
	static const char *const bad[] = { "", "/", "60", "60/", "/15m",
		"0/15m", "60/0m", "60/15", "60/15m/2", "60 /15m", "60/ 15m",
		"060/15m", "1000000001/1s", "60,15m", "4294967297/1s" };
	struct limit_rule rule = { 7, 7 };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (limit_rule_parse(span_of(bad[i]), &rule) != OST_BADINPUT)
			fail_msg("%s", bad[i]);
	assert_limit(rule, 7, 7);
	assert_int_equal(limit_rule_parse(SPAN("300/15m"), &rule), OST_OK);
	assert_limit(rule, 300, 900);
}

static void
test_two_step_roles(void **state)
{
	static const struct {
		const char *value, *want; /* NULL: refused */
	} cases[] = {
		{ "admin", "admin" },
		{ "admin editor", "admin editor" },
		{ "  admin   data-editor_2 ", "admin data-editor_2" },
		{ "admin,editor", NULL },
		{ "role:admin", NULL },
		{ "admin # and others", NULL },
		{ "admin\teditor", NULL },
	};
	struct reports *reports = *state;
	struct config *config;
	char text[128];

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *want = cases[i].want;
		enum ost_err err;

		snprintf(text, sizeof(text), "\ntwo_step_roles = %s\n",
			cases[i].value);
		err = load(reports, span_of(text), &config);
		if ((err == OST_OK) != (want != NULL))
			fail_msg("%s: %s", cases[i].value, ost_err_name(err));
		if (want != NULL) {
			assert_text(config->two_step_roles, want);
			config_free(config);
			continue;
		}
		reports_check(reports, cases[i].value, ":2: two_step_roles = ");
	}
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(                                       \
		function, reports_setup, reports_teardown)

int
test_config_values(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_issuers),
		TEST(test_two_step_roles),
		cmocka_unit_test(test_issuer_sizes),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests_name("config_values", tests, NULL, NULL);
}
