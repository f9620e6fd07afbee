#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
/* Behind those. */
#include <cmocka.h>

#include "reports.h"

int test_config_faults(void);

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum ost_err
load(struct reports *reports, struct span text, struct config **config)
{
	reports_write(reports, text);
	*config = NULL;
	return config_load(reports->path, reports_add, reports, config);
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

static const struct fault faults[] = {
	/* the file */
	FAULT("no =", "\n# c\nissuer\n",
		":3: expected key = value, found issuer"),
	FAULT("no key", "= x\n", ":1: unknown key "),
	FAULT("no value", "issuer =\n",
		":1: issuer has no value; leave the line out"),
	FAULT("blank value", "log = \t \n", ":1: log has no value"),
	FAULT("slip", "isuer = x\n",
		":1: unknown key isuer; did you mean issuer?"),
	FAULT("case", "Issuer = x\n",
		":1: unknown key Issuer; did you mean issuer?"),
	FAULT("swapped", "limti_user = 1/1s\n",
		":1: unknown key limti_user; did you mean limit_user?"),
	FAULT("hyphen", "site-name = x\n",
		":1: unknown key site-name; did you mean site_name?"),
	FAULT("far", "colour = x\n",
		":1: unknown key colour; ostiary.conf(5) lists those allowed"),
	FAULT("long key", "limit_login_address_limit_login_address = x\n",
		":1: unknown key limit_login_address_limit_login_address; ost"),
	FAULT("section", "[main]\n", ":1: expected key = value, found [main]"),
	FAULT("all of them", "a\nlog = stderr\nissuer = x\nb = 1\n\nlog = q",
		":1: expected key = value, found a\n"
		":3: issuer = x: must be https://host\n"
		":4: unknown key b;\n"
		":6: log = q: must be stderr, syslog or a file"),
	FAULT("mark", "\xef\xbb\xbflog = stderr\nx\n",
		":1: the file begins with a UTF-8 byte order mark\n"
		":2: expected key = value"),
	FAULT("CR LF", "log = stderr\r\nrealm = x\r\n#\r\n",
		":1: the line ends in CR LF; save the file with Unix"),
	FAULT("CR LF and more", "log = stderr\r\nx\r\n",
		":1: the line ends in CR LF\n:2: expected key = value, found "
		"x"),
	FAULT("CR inside", "realm = a\rb\n",
		":1: control byte 0x0d in column 10"),
	FAULT("NUL", "realm = a\0b\nlog = x",
		":1: control byte 0x00 in column 10; only text is allowed\n"
		":2: log = x: must be"),
	FAULT("NUL in a comment", "# \0\n",
		":1: control byte 0x00 in column 3"),
	FAULT("DEL", "#\nrealm = \x7f\n", ":2: control byte 0x7f in column 9"),
	FAULT("escape", "\x1b[31m\n", ":1: control byte 0x1b in column 1"),
	/* scopes */
	FAULT("scope without a name", "scope. = x\n",
		":1: scope.: this cannot be a scope's name"),
	FAULT("scope with a blank", "scope.a b = x\n",
		":1: scope.a b: this cannot be a scope's name"),
	FAULT("scope with a quote", "scope.a\"b = x\n",
		":1: scope.a\"b: this cannot be a scope's name"),
	FAULT("scope without a sentence", "scope.a =\n",
		":1: scope.a has no value"),
	FAULT("scope in Latin-1", "scope.a = B\xfcrger\n",
		":1: scope.a = B\xfcrger: must be UTF-8 of at most 200"),
	FAULT("alg", "access_token_alg = none\n",
		":1: access_token_alg = none: must be ES256 or HS256"),
	FAULT("grace", "refresh_grace = 11m\n",
		":1: refresh_grace = 11m: must be"),
	/* text */
	FAULT("Latin-1", "site_name = B\xfcrger\n",
		":1: site_name = B\xfcrger: must be UTF-8 of at most 200"),
	/* state, paths and log */
	FAULT("state type", "state = redis:/x\n",
		":1: state = redis:/x: must be gdbm:FOLDER"),
	FAULT("state without type", "state = /var/lib/ostiary\n",
		":1: state = /var/lib/ostiary: must be gdbm:FOLDER"),
	FAULT("state without path", "state = gdbm:\n",
		":1: state = gdbm:: must be gdbm:PATH, with an absolute path"),
	FAULT("state at the root", "state = gdbm:/\n",
		":1: state = gdbm:/: must be gdbm:PATH"),
	FAULT("root", "protect_root = //\n",
		":1: protect_root = //: must be PATH, with an absolute path of "
		"at most 1000 bytes that is not /"),
	FAULT("comment behind a path", "policy = policy   # likewise\n",
		":1: policy = policy   # likewise: must be a path without"),
	FAULT("path of the API", "front_path = a/b\nfront_path = /a;b\n",
		":1: front_path = a/b: must be /PATH of letters\n"
		":2: front_path = /a;b: must be /PATH of letters"),
	FAULT("log word", "log = stdout\n",
		":1: log = stdout: must be stderr, syslog or a file"),
	FAULT("log comment", "log = stderr # or syslog\n",
		":1: log = stderr # or syslog: must be stderr, syslog or a "
		"file (with a / or a . in its name) (a comment stands on its "
		"own line)"),
	/* choices */
	FAULT("choice", "secret_in_query = true\nbasic_password = Login\n",
		":1: secret_in_query = true: must be yes or no\n"
		":2: basic_password = Login: must be everywhere or login"),
	FAULT("signup", "signup = yes\n",
		":1: signup = yes: must be off, invite or open"),
	FAULT("signup without mail", "\nsignup = open\n",
		": signup = open needs mail_from: whoever signs up gets a "
		"mail"),
	FAULT("mailbox", "mail_from = Joe\nmail_from = -f@b\n",
		":1: mail_from = Joe: must be user@host or Name <user@host>, "
		"of at most 200 bytes\n"
		":2: mail_from = -f@b: must be"),
	/* durations */
	FAULT("duration", "session_idle = 60\n",
		":1: session_idle = 60: must be a duration such as 30s, 10m, "
		"12h or 90d, from 1s to 365d"),
	FAULT("duration 0", "login_token_lifetime = 0s\n",
		":1: login_token_lifetime = 0s: must be a duration"),
	FAULT("long duration", "login_token_lifetime = 366d\n",
		":1: login_token_lifetime = 366d: must be a duration"),
	FAULT("code duration", "code_lifetime = 601s\n",
		":1: code_lifetime = 601s: must be a duration such as 30s, "
		"10m, 12h or 90d, from 1s to 10m"),
	FAULT("session", "session_lifetime = 1w\naccess_token_lifetime = 1H\n",
		":1: session_lifetime = 1w: must\n"
		":2: access_token_lifetime = 1H: must"),
	/* limits */
	FAULT("limits",
		"limit_anonymous = 60\nlimit_app = 0/15m\n"
		"limit_app_total = 1000000001/1s\nlimit_user = -1/1s\n"
		"limit_login = 1/0s\nlimit_login_address = 1/3651d\n"
		"limit_login_account = 200 / 15m\n",
		":1: limit_anonymous = 60: must be COUNT/DURATION such as "
		"300/15m, with a count from 1 to 1000000000 and a duration "
		"from 1s to 3650d\n"
		":2: limit_app = 0/15m:\n"
		":3: limit_app_total = 1000000001/1s:\n"
		":4: limit_user = -1/1s:\n"
		":5: limit_login = 1/0s:\n"
		":6: limit_login_address = 1/3651d:\n"
		":7: limit_login_account = 200 / 15m:"),
	/* cost */
	FAULT("cost", "password_cost = ln=9,r=8,p=1\npassword_cost = 15\n",
		":1: password_cost = ln=9,r=8,p=1: must be ln=N,r=N,p=N with "
		"ln from 10 to 17, r from 1 to 32, p from 1 to 16\n"
		":2: password_cost = 15: must be"),
	FAULT("cost too high", "password_cost = ln=18,r=8,p=1\n",
		":1: password_cost = ln=18,r=8,p=1: must"),
};

static void
test_faults(void **state)
{
	struct reports *reports = *state;
	struct config *config;

	for (size_t i = 0; i < COUNT(faults); i++) {
		enum ost_err err = load(reports, faults[i].text, &config);

		reports_check(reports, faults[i].name, faults[i].want);
		if (err != OST_BADINPUT || config != NULL)
			fail_msg("%s: %s", faults[i].name, ost_err_name(err));
	}
}

/* A value of n letters behind the key. */
static enum ost_err
load_long(struct reports *reports, const char *key, size_t n)
{
	char *text = malloc(n + 64);
	struct config *config;
	enum ost_err err;
	size_t key_n;

	assert_non_null(text);
	key_n = (size_t)snprintf(text, 64, "%s", key);
	memset(text + key_n, 'a', n);
	err = load(reports, (struct span){ text, key_n + n }, &config);
	free(text);
	config_free(config);
	return err;
}

static void
test_sizes(void **state)
{
	struct reports *reports = *state;

	assert_int_equal(load_long(reports, "realm = ", 200), OST_OK);
	assert_int_equal(load_long(reports, "realm = ", 201), OST_BADINPUT);
	/* What a message shows of a value is cut to 60 bytes. */
	reports_check(reports, "realm",
		":1: realm = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaa: must be UTF-8 of at most 200 bytes");
	assert_int_equal(load_long(reports, "log = /", 999), OST_OK);
	assert_int_equal(load_long(reports, "log = /", 1000), OST_BADINPUT);
	assert_int_equal(load_long(reports, "policy = ", 999), OST_BADINPUT);
	assert_int_equal(load_long(reports, "#", 65535), OST_OK);
	assert_int_equal(load_long(reports, "#", 65536), OST_BADINPUT);
	reports_check(reports, "file", ": is larger than 64 KiB");
	assert_int_equal(load_long(reports, "", 65536), OST_BADINPUT);
	reports_check(reports, "line", ":1: expected key = value, found aaaa");
}

static void
test_unreadable(void **state)
{
	struct reports *reports = *state;
	struct config *config = NULL;

	reports_write(reports, SPAN(""));
	assert_int_equal(unlink(reports->path), 0);
	assert_int_equal(
		config_load(reports->path, reports_add, reports, &config),
		OST_SYSTEM);
	reports_check(reports, "absent",
		": cannot be opened: No such file or directory");
	reports_clear(reports);
	assert_int_equal(mkfifo(reports->path, 0600), 0);
	assert_int_equal(
		config_load(reports->path, reports_add, reports, &config),
		OST_SYSTEM);
	reports_check(reports, "pipe", ": is not a regular file");
	assert_int_equal(config_load("/", NULL, NULL, &config), OST_SYSTEM);
	assert_int_equal(config_load("", NULL, NULL, &config), OST_SYSTEM);
	assert_null(config);
	config_free(NULL);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(                                       \
		function, reports_setup, reports_teardown)

int
test_config_faults(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_faults),
		TEST(test_sizes),
		TEST(test_unreadable),
	};

	return cmocka_run_group_tests_name("config_faults", tests, NULL, NULL);
}
