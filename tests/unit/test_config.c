#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* Behind those. */
#include <cmocka.h>

#include "reports.h"

int test_config(void);

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

/* The settings that stand alike in DESIGN section 6 and in no file at all. */
static void
check_common_values(const struct config *config)
{
	assert_text(config->issuer, "https://localhost:8443");
	assert_text(config->issuer_host, "localhost");
	assert_true(config->is_issuer_local);
	assert_text(config->site_name, "Example Open Data");
	assert_text(config->realm, "Example API");
	assert_text(config->state, "gdbm:/var/lib/ostiary");
	assert_text(config->state_path, "/var/lib/ostiary");
	assert_text(config->log, "stderr");
	assert_int_equal(config->login_token_lifetime_s, 600);
	assert_int_equal(config->access_token_lifetime_s, 3600);
	assert_int_equal(config->code_lifetime_s, 60);
	assert_int_equal(config->session_lifetime_s, 43200);
	assert_int_equal(config->session_idle_s, 3600);
	assert_false(config->is_access_token_es256);
	assert_int_equal(config->refresh_token_lifetime_s, 90 * 86400);
	assert_int_equal(config->refresh_token_idle_s, 30 * 86400);
	assert_int_equal(config->refresh_grace_s, 30);
	assert_int_equal(config->device_code_lifetime_s, 600);
	assert_int_equal(config->consent_lifetime_s, 180 * 86400);
	assert_int_equal(config->signup, SIGNUP_OFF);
	assert_true(config->has_app_registration);
	assert_text(config->sendmail, "/usr/sbin/sendmail");
	assert_int_equal(config->sendmail_timeout_s, 60);
	assert_int_equal(config->ticket_lifetime_s, 86400);
	assert_int_equal(config->invitation_lifetime_s, 7 * 86400);
	assert_true(span_is_absent(config->mail_from.address));
	assert_int_equal(config->scopes.n, 0);
	assert_true(config->is_basic_password_everywhere);
	assert_true(config->is_secret_in_query);
	assert_int_equal(config->password_cost.ln, 15);
	assert_int_equal(config->password_cost.r, 8);
	assert_int_equal(config->password_cost.p, 3);
	assert_limit(config->limit_anonymous, 60, 900);
	assert_limit(config->limit_app, 300, 900);
	assert_limit(config->limit_app_total, 10000, 900);
	assert_limit(config->limit_user, 300, 900);
	assert_limit(config->limit_login, 10, 900);
	assert_limit(config->limit_login_address, 50, 900);
	assert_limit(config->limit_login_account, 200, 900);
}

static void
test_defaults(void **state)
{
	struct reports *reports = *state;
	static const char *const texts[] = { "", "\n", "# nothing\n\n \t\n#" };
	struct config *config;
	char policy[128];

	snprintf(policy, sizeof(policy), "%s/policy", reports->folder);
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_int_equal(
			load(reports, span_of(texts[i]), &config), OST_OK);
		check_common_values(config);
		assert_text(config->file, reports->path);
		assert_text(config->policy, policy);
		assert_true(span_is_absent(config->front_data));
		assert_true(span_is_absent(config->front_path));
		assert_true(span_is_absent(config->protect_root));
		assert_true(span_is_absent(config->two_step_roles));
		reports_check(reports, "defaults", "");
		config_free(config);
	}
}

static const char example[] =
	"# in the file these comments stand on lines of their own\n"
	"issuer = https://localhost:8443\n"
	"site_name = Example Open Data\n"
	"realm = Example API\n"
	"# a path relative to this file is allowed\n"
	"state = gdbm:/var/lib/ostiary\n"
	"# likewise\n"
	"policy = policy\n"
	"login_token_lifetime = 10m\n"
	"basic_password = everywhere\n"
	"password_cost = ln=15,r=8,p=3\n"
	"session_lifetime = 12h\n"
	"session_idle = 1h\n"
	"code_lifetime = 60s\n"
	"access_token_lifetime = 1h\n"
	"secret_in_query = yes\n"
	"limit_anonymous = 60/15m\n"
	"limit_app = 300/15m\n"
	"limit_app_total = 10000/15m\n"
	"limit_user = 300/15m\n"
	"limit_login = 10/15m\n"
	"limit_login_address = 50/15m\n"
	"limit_login_account = 200/15m\n"
	"# only for PROTECT_MODE=serve\n"
	"protect_root = /srv/www\n"
	"log = stderr\n";

static void
test_example_of_the_design(void **state)
{
	struct reports *reports = *state;
	struct config *config;

	assert_int_equal(load(reports, span_of(example), &config), OST_OK);
	check_common_values(config);
	assert_text(config->protect_root, "/srv/www");
	reports_check(reports, "example", "");
	config_free(config);
}

/* Every setting with another value than its default. */
static void
test_every_key(void **state)
{
	static const char text[] =
		"issuer=https://api.example.org\n"
		"site_name =  B\xc3\xbcrger #1 = \"best\"  \n"
		"\trealm\t=\tAPI \"two\"\t\n"
		"state = gdbm:/srv/s//\n"
		"policy = /etc/p\n"
		"login_token_lifetime = 1s\n"
		"basic_password = login\n"
		"password_cost = ln=10,r=1,p=1\n"
		"session_lifetime = 365d\n"
		"session_idle = 2h\n"
		"code_lifetime = 10m\n"
		"access_token_lifetime = 31536000s\n"
		"access_token_alg = ES256\n"
		"refresh_token_lifetime = 3650d\n"
		"refresh_token_idle = 1s\n"
		"refresh_grace = 10m\n"
		"device_code_lifetime = 1h\n"
		"consent_lifetime = 1d\n"
		"signup = open\n"
		"register_apps = no\n"
		"sendmail = bin/mail\n"
		"sendmail_timeout = 10m\n"
		"mail_from = B\xc3\xbcrger, data <no-reply@b.example>\n"
		"ticket_lifetime = 1h\n"
		"invitation_lifetime = 365d\n"
		"scope.read = See the data\n"
		"scope.https://a.example/x:y = \"B\xc3\xbcrger\" = all\n"
		"scope.read = See all of the data\n"
		"secret_in_query = no\n"
		"limit_anonymous = 1/1s\n"
		"limit_app = 2/2m\n"
		"limit_app_total = 3/3h\n"
		"limit_user = 4/4d\n"
		"limit_login = 5/3650d\n"
		"limit_login_address = 1000000000/6s\n"
		"limit_login_account = 7/7s\n"
		"front_data = /srv/www/a.json\n"
		"front_path = /a-b/c%20d_1.json\n"
		"protect_root = /srv/www/\n"
		"log = syslog";
	struct reports *reports = *state;
	struct config *config;

	assert_int_equal(load(reports, span_of(text), &config), OST_OK);
	reports_check(reports, "every key", "");
	assert_text(config->issuer, "https://api.example.org");
	assert_text(config->issuer_host, "api.example.org");
	assert_false(config->is_issuer_local);
	assert_text(config->site_name, "B\xc3\xbcrger #1 = \"best\"");
	assert_text(config->realm, "API \"two\"");
	assert_text(config->state, "gdbm:/srv/s");
	assert_text(config->state_path, "/srv/s");
	assert_text(config->policy, "/etc/p");
	assert_int_equal(config->login_token_lifetime_s, 1);
	assert_false(config->is_basic_password_everywhere);
	assert_int_equal(config->password_cost.ln, 10);
	assert_int_equal(config->password_cost.r, 1);
	assert_int_equal(config->password_cost.p, 1);
	assert_int_equal(config->session_lifetime_s, 365 * 86400);
	assert_int_equal(config->session_idle_s, 7200);
	assert_int_equal(config->code_lifetime_s, 600);
	assert_int_equal(config->access_token_lifetime_s, 31536000);
	assert_true(config->is_access_token_es256);
	assert_int_equal(config->refresh_token_lifetime_s, 3650LL * 86400);
	assert_int_equal(config->refresh_token_idle_s, 1);
	assert_int_equal(config->refresh_grace_s, 600);
	assert_int_equal(config->device_code_lifetime_s, 3600);
	assert_int_equal(config->consent_lifetime_s, 86400);
	assert_int_equal(config->signup, SIGNUP_OPEN);
	assert_false(config->has_app_registration);
	assert_true(span_ends(config->sendmail, SPAN("/bin/mail")));
	assert_true(span_starts(config->sendmail, SPAN("/")));
	assert_int_equal(config->sendmail_timeout_s, 600);
	assert_true(
		span_eq(config->mail_from.name, SPAN("B\xc3\xbcrger, data")));
	assert_true(
		span_eq(config->mail_from.address, SPAN("no-reply@b.example")));
	assert_int_equal(config->ticket_lifetime_s, 3600);
	assert_int_equal(config->invitation_lifetime_s, 365 * 86400);
	assert_int_equal(config->scopes.n, 2);
	assert_text(config->scopes.entries[0].name, "read");
	assert_text(config->scopes.entries[0].sentence, "See all of the data");
	assert_text(config->scopes.entries[1].name, "https://a.example/x:y");
	assert_text(
		config->scopes.entries[1].sentence, "\"B\xc3\xbcrger\" = all");
	assert_false(config->is_secret_in_query);
	assert_limit(config->limit_anonymous, 1, 1);
	assert_limit(config->limit_app, 2, 120);
	assert_limit(config->limit_app_total, 3, 10800);
	assert_limit(config->limit_user, 4, 345600);
	assert_limit(config->limit_login, 5, 315360000);
	assert_limit(config->limit_login_address, 1000000000, 6);
	assert_limit(config->limit_login_account, 7, 7);
	assert_text(config->front_data, "/srv/www/a.json");
	assert_text(config->front_path, "/a-b/c%20d_1.json");
	assert_text(config->protect_root, "/srv/www");
	assert_text(config->log, "syslog");
	config_free(config);
}

static void
test_later_value_wins(void **state)
{
	struct reports *reports = *state;
	struct config *config;

	assert_int_equal(
		load(reports,
			SPAN("log = syslog\nissuer = https://10.0.0.1\n"
			     "log = stderr\nissuer = https://b.example:444\n"),
			&config),
		OST_OK);
	assert_text(config->log, "stderr");
	assert_text(config->issuer, "https://b.example:444");
	assert_text(config->issuer_host, "b.example");
	assert_false(config->is_issuer_local);
	config_free(config);
	/* An earlier value is checked all the same. */
	assert_int_equal(
		load(reports, SPAN("log = x\nlog = stderr\n"), &config),
		OST_BADINPUT);
	assert_null(config);
	reports_check(reports, "earlier", ":1: log = x: must be");
}

static void
test_relative_paths(void **state)
{
	static const struct {
		const char *value, *want; /* want: "=" is the folder */
	} cases[] = {
		{ "rules", "=/rules" },
		{ "./rules", "=/rules" },
		{ "././a/b/", "=/a/b" },
		{ "../x/rules", "=/../x/rules" },
		{ ".", "=" },
		{ "./", "=" },
		{ "with blank", "=/with blank" },
		{ "a#b", "=/a#b" },
		{ "/a/b", "/a/b" },
		{ "/a/b///", "/a/b" },
	};
	struct reports *reports = *state;
	struct config *config;

	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256], want[128], url[160];
		const char *tail = cases[i].want;

		snprintf(want, sizeof(want), "%s%s",
			*tail == '=' ? reports->folder : "",
			*tail == '=' ? tail + 1 : tail);
		snprintf(url, sizeof(url), "gdbm:%s", want);
		snprintf(text, sizeof(text),
			"state = gdbm:%s\npolicy = %s\nprotect_root = %s\n"
			"log = ./%s",
			cases[i].value, cases[i].value, cases[i].value,
			"sub/log");
		assert_int_equal(load(reports, span_of(text), &config), OST_OK);
		assert_text(config->state, url);
		assert_text(config->state_path, want);
		assert_text(config->policy, want);
		assert_text(config->protect_root, want);
		snprintf(want, sizeof(want), "%s/sub/log", reports->folder);
		assert_text(config->log, want);
		config_free(config);
	}
}

/* Paths are absolute also when the file's own is not. */
static void
test_relative_file(void **state)
{
	struct reports *reports = *state;
	char before[4096], want[128];
	struct config *config = NULL;

	reports_write(reports, SPAN("log = a.log\n"));
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(reports->folder), 0);
	assert_int_equal(config_load("file", NULL, NULL, &config), OST_OK);
	assert_text(config->file, reports->path);
	snprintf(want, sizeof(want), "%s/a.log", reports->folder);
	assert_text(config->log, want);
	config_free(config);
	assert_int_equal(config_load("./file", NULL, NULL, &config), OST_OK);
	assert_text(config->log, want);
	config_free(config);
	assert_int_equal(chdir(before), 0);
}

static void
test_config_path(void **state)
{
	const char *before = getenv("OSTIARY_CONF");
	char *copy = before != NULL ? strdup(before) : NULL;

	(void)state;
	assert_int_equal(setenv("OSTIARY_CONF", "/x/y.conf", 1), 0);
	assert_string_equal(config_path(), "/x/y.conf");
	assert_int_equal(setenv("OSTIARY_CONF", "", 1), 0);
	assert_string_equal(config_path(), "/etc/ostiary/ostiary.conf");
	assert_int_equal(unsetenv("OSTIARY_CONF"), 0);
	assert_string_equal(config_path(), "/etc/ostiary/ostiary.conf");
	if (copy != NULL)
		assert_int_equal(setenv("OSTIARY_CONF", copy, 1), 0);
	free(copy);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(                                       \
		function, reports_setup, reports_teardown)

int
test_config(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_defaults),
		TEST(test_example_of_the_design),
		TEST(test_every_key),
		TEST(test_later_value_wins),
		TEST(test_relative_paths),
		TEST(test_relative_file),
		cmocka_unit_test(test_config_path),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
