#include "policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* Behind those. */
#include <cmocka.h>

#include "reports.h"

int test_policy_faults(void);

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum ost_err
load(struct reports *reports, struct span text, struct policy **policy)
{
	reports_write(reports, text);
	*policy = NULL;
	return policy_load(reports->path, reports_add, reports, policy);
}

struct fault {
	const char *name;
	struct span text;
	const char *want; /* reports behind the path, one a line */
};

#define FAULT(name, text, want)                                                \
	{                                                                      \
		name, { text, sizeof(text) - 1 }, want                         \
	}

/* clang-format off */
static const struct fault faults[] = {
	FAULT("one field", "\n#\nGET,HEAD\n", ":3: expected methods, path, who and perhaps options"),
	FAULT("two fields", "* /a # user\n", ":1: expected methods, path, who"),
	FAULT("no blank before #", "* /a#b user\n", ":1: path /a#b: write # as %23"),
	FAULT("# ends a word", "* /a user#x\n", ":1: who user#x: expected anyone, app, user, role:NAME"),
	/* methods */
	FAULT("lower case", "get /a user\n", ":1: methods get: methods are written in upper case"),
	FAULT("mixed case", "GET,Head /a user\n", ":1: methods GET,Head: methods are written in upper"),
	FAULT("blank in list", "GET, HEAD /a user\n",
		":1: methods GET,: a method is missing; write GET,HEAD without blanks\n"
		":1: path HEAD: it must begin with /\n:1: who /a: expected\n:1: option user: expected limit="),
	FAULT("empty method", ",GET,HEAD /a user\n", ":1: methods ,GET,HEAD: a method is missing"),
	FAULT("star in list", "GET,* /a user\n", ":1: methods GET,*: * stands alone"),
	FAULT("two stars", "** /a user\n", ":1: methods **: expected * or methods joined by commas"),
	FAULT("bars", "GET|HEAD /a user\n", ":1: methods GET|HEAD: expected * or methods joined"),
	FAULT("twice", "GET,HEAD,GET /a user\n", ":1: methods GET,HEAD,GET: a method stands there twice"),
	FAULT("path first", "/a GET user\n", ":1: methods /a: expected * or methods\n:1: path GET: it must begin with /"),
	/* paths */
	FAULT("relative", "* a user\n", ":1: path a: it must begin with /"),
	FAULT("star", "* * user\n", ":1: path *: / stands for every path"),
	FAULT("URL", "* https://h/a user\n", ":1: path https://h/a: it must begin with /"),
	FAULT("escape", "* /%4 user\n* /%zz user\n* /% user\n* /%00 user\n",
		":1: path /%4: % needs two hex digits\n:2: path /%zz: % needs\n:3: path /%: % needs\n:4: path /%00: % needs two hex digits, and not 00"),
	FAULT("slashes", "* // user\n* /a//b user\n* /a%2f/ user\n",
		":1: path //: requests are matched with // joined; write /\n:2: path /a//b: requests\n:3: path /a%2f/: requests"),
	FAULT("dots", "* /. user\n* /a/./b user\n* /a/.. user\n* /../ user\n* /%2e%2E/ user\n",
		":1: path /.: requests are matched with . and .. resolved\n:2: path /a/./b: req\n:3: path /a/..: req\n:4: path /../: req\n:5: path /%2e%2E/: req"),
	FAULT("bytes", "* /a\\b user\n* /%5c user\n* /%0a user\n* /%7f user\n",
		":1: path /a\\b: no request path has a control byte or a backslash\n:2: path /%5c: no\n:3: path /%0a: no\n:4: path /%7f: no"),
	FAULT("UTF-8", "* /\xff user\n* /%c0%af user\n* /%ed%a0%80 user\n",
		":1: path /\xff: it must be UTF-8\n:2: path /%c0%af: it must\n:3: path /%ed%a0%80: it must"),
	/* who */
	FAULT("who", "* /a users\n* /a Anyone\n* /a any\n* /a group:x\n* /a :x\n",
		":1: who users: expected anyone, app, user, role:NAME or scope:NAME\n:2: who Anyone\n:3: who any:\n:4: who group:x\n:5: who :x"),
	FAULT("role", "* /a role\n* /a role:\n* /a role:a.b\n* /a role:a:b\n* /a Role:a\n",
		":1: role: expected role:NAME of 1 to 64 letters, digits, - and _\n:2: role:: exp\n:3: role:a.b: exp\n:4: role:a:b: exp\n:5: who Role:a: exp"),
	FAULT("scope", "* /a scope\n* /a scope:\n* /a scope:a\"\n* /a scope:a\\b\n* /a scope:\xc3\xbc\n",
		":1: scope: expected scope:NAME of 1 to 128\n:2: scope:: exp\n:3: scope:a\": exp\n:4: scope:a\\b: exp\n:5: scope:\xc3\xbc: exp"),
	/* options */
	FAULT("option", "* /a user limit\n* /a user rate=1/1s\n* /a user =1\n* /a user Limit=1/1s\n",
		":1: option limit: expected limit=COUNT/DURATION, auth=any|key|token or cors=ORIGIN|*\n:2: option rate=1/1s\n:3: option =1\n:4: option Limit=1/1s"),
	FAULT("two users", "* /a user app\n", ":1: option app: expected"),
	FAULT("blanks", "* /a user limit = 1/1s\n", ":1: option limit:\n:1: option =:\n:1: option 1/1s:"),
	FAULT("limit", "* /a user limit=\n* /a user limit=0/1s\n* /a user limit=1/0s\n* /a user limit=300\n",
		":1: limit=: expected COUNT/DURATION such as 300/15m, with a count from 1 to 1000000000 and a duration from 1s to 3650d\n:2: limit=0/1s: exp\n:3: limit=1/0s: exp\n:4: limit=300: exp"),
	FAULT("auth", "* /a user auth=\n* /a user auth=Key\n* /a user auth=password\n* /b anyone auth=key\n",
		":1: auth=: expected any, key or token\n:2: auth=Key:\n:3: auth=password:\n:4: auth=key: anyone needs no credential"),
	FAULT("cors", "* /a user cors=\n* /a user cors=https://a/\n* /a user cors=null\n* /a user cors=a.example\n"
		"* /a user cors=https://a,https://b\n* /a user cors=https://*.a\n* /a user cors=https://a:443\n* /a user cors=http://a:80\n* /a user cors=https://a/b\n",
		":1: cors=: expected * or an origin such as https://app.example; it must be scheme\n:2: cors=https://a/: expected * or an origin such as https://app.example; leave the last / out\n"
		":3: cors=null: exp\n:4: cors=a.example: exp\n:5: cors=https://a,https://b: exp\n:6: cors=https://*.a: exp\n:7: cors=https://a:443: exp\n:8: cors=http://a:80: exp\n:9: cors=https://a/b: exp"),
	FAULT("twice", "* /a user auth=key auth=key\n* /a user cors=* limit=1/1s cors=*\n* /a user limit=1/1s limit=2/1s\n",
		":1: auth= stands there twice\n:2: cors= stands there twice\n:3: limit= stands there twice"),
	FAULT("all of a line", "get a role:. x limit=1\n",
		":1: methods get:\n:1: path a:\n:1: role:.:\n:1: option x:\n:1: limit=1:"),
	/* the file */
	FAULT("mark", "\xef\xbb\xbf* / user\n", ":1: the file begins with a UTF-8 byte order mark"),
	FAULT("CR LF", "* / user\r\n", ":1: the line ends in CR LF"),
	FAULT("NUL", "* / user\0\n", ":1: control byte 0x00 in column 9"),
	FAULT("good lines between", "* /a user\nx\n* /b user\ny\n", ":2: expected methods\n:4: expected methods"),
};
/* clang-format on */

static void
test_faults(void **state)
{
	struct reports *reports = *state;
	struct policy *policy;

	for (size_t i = 0; i < COUNT(faults); i++) {
		enum ost_err err = load(reports, faults[i].text, &policy);

		reports_check(reports, faults[i].name, faults[i].want);
		if (err != OST_BADINPUT || policy != NULL)
			fail_msg("%s: %s", faults[i].name, ost_err_name(err));
	}
}

#define NEVER	 "warning: this line never matches, line "
#define HEADLESS "warning: GET does not include HEAD"

/* clang-format off */
static const struct fault warnings[] = {
	FAULT("same line", "* /a user\n* /a anyone\n", ":2: " NEVER "1 always does before"),
	FAULT("wider method", "* /a user\n\nGET,HEAD /a anyone\n", ":3: " NEVER "1"),
	FAULT("wider path", "* / user\n* /a/b/ anyone\n* /a anyone\n", ":2: " NEVER "1\n:3: " NEVER "1"),
	FAULT("by two lines", "POST /a/ user\nPUT /a/b user\nPUT,POST /a/b user\n", ":3: " NEVER "1"),
	FAULT("decoded", "* /a%20b user\n* /a%20%62 user\n", ":2: " NEVER "1"),
	FAULT("one method is left", "POST /a user\nPUT,POST /a user\n* /a user\n", ""),
	FAULT("star behind all", "GET,HEAD,POST,PUT,PATCH,DELETE /a user\n* /a user\n", ""),
	FAULT("narrower path", "* /a/b/ user\n* /a/ user\n* / user\n", ""),
	FAULT("exact and below", "* /a user\n* /a/ user\n* /a/ user\n", ":3: " NEVER "2"),
	FAULT("exact is not below", "* /a user\n* /ab user\n* /a/b user\n", ""),
	FAULT("case", "* /a user\n* /A user\n", ""),
	FAULT("GET", "GET /a user\nGET,PUT /b user\nHEAD,GET /c user\nHEAD /d user\n", ":1: " HEADLESS "\n:2: " HEADLESS),
	FAULT("query", "* /a?b=c user\n* /a%3fb user\n", ":1: warning: path /a?b=c: a query is not part of the path"),
	FAULT("empty", "", ":1: warning: there is no rule: every request is refused"),
	FAULT("comments", "# a\n # b\n\n", ":4: warning: there is no rule"),
};
/* clang-format on */

static void
test_warnings_do_not_fail(void **state)
{
	struct reports *reports = *state;
	struct policy *policy;

	for (size_t i = 0; i < COUNT(warnings); i++) {
		enum ost_err err = load(reports, warnings[i].text, &policy);

		reports_check(reports, warnings[i].name, warnings[i].want);
		if (err != OST_OK)
			fail_msg("%s: %s", warnings[i].name, ost_err_name(err));
		policy_free(policy);
	}
	/* A query written out is matched as the bytes that it is. */
	assert_int_equal(load(reports, SPAN("* /a?b user\n"), &policy), OST_OK);
	assert_non_null(policy_match(policy, SPAN("GET"), SPAN("/a?b")));
	assert_null(policy_match(policy, SPAN("GET"), SPAN("/a")));
	policy_free(policy);
}

/* "* /aaa... user", the path of n bytes. */
static enum ost_err
load_long(struct reports *reports, const char *begin, size_t n, const char *end)
{
	char *text = malloc(n + 64);
	size_t begin_n = strlen(begin);
	struct policy *policy;
	enum ost_err err;

	assert_non_null(text);
	memcpy(text, begin, begin_n);
	memset(text + begin_n, 'A', n);
	memcpy(text + begin_n + n, end, strlen(end));
	err = load(reports, (struct span){ text, begin_n + n + strlen(end) },
		&policy);
	free(text);
	policy_free(policy);
	return err;
}

static void
test_sizes(void **state)
{
	static const struct {
		const char *begin;
		size_t n; /* so many fit */
		const char *end;
		const char *want; /* the report about one more */
	} cases[] = {
		{ "* /", 4095, " user", ":1: path /AAAA" },
		{ "", 256, " / user", ":1: methods: more than 256 bytes" },
		{ "* / role:", 64, "", ":1: role:AAAA" },
		{ "* / scope:", 128, "", ":1: scope:AAAA" },
		{ "* / user #", 262144 - 10, "", ": is larger than 256 KiB" },
	};
	struct reports *reports = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(load_long(reports, cases[i].begin, cases[i].n,
					 cases[i].end),
			OST_OK);
		reports_check(reports, cases[i].begin, "");
		assert_int_equal(load_long(reports, cases[i].begin,
					 cases[i].n + 1, cases[i].end),
			OST_BADINPUT);
		reports_check(reports, cases[i].begin, cases[i].want);
	}
}

static void
test_unreadable(void **state)
{
	struct reports *reports = *state;
	struct policy *policy = NULL;

	assert_int_equal(
		policy_load(reports->path, reports_add, reports, &policy),
		OST_SYSTEM);
	reports_check(reports, "absent",
		": cannot be opened: No such file or directory");
	assert_int_equal(
		policy_load(reports->folder, NULL, NULL, &policy), OST_SYSTEM);
	assert_null(policy);
	policy_free(NULL);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(                                       \
		function, reports_setup, reports_teardown)

int
test_policy_faults(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_faults),
		TEST(test_warnings_do_not_fail),
		TEST(test_sizes),
		TEST(test_unreadable),
	};

	return cmocka_run_group_tests_name("policy_faults", tests, NULL, NULL);
}
