/* Which browser it says it is. */
#include "agent.h"
#include "vectors.h"

int test_agent(void);

struct agent_case {
	const char *header, *browser, *system;
};

static const struct agent_case cases[] = {
	{ "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 "
	  "Firefox/128.0",
		"Firefox", "Linux" },
	{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
	  "(KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
		"Chrome", "Windows" },
	{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
	  "(KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
		"Edge", "Windows" },
	{ "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 "
	  "(KHTML, like Gecko) Version/17.5 Safari/605.1.15",
		"Safari", "macOS" },
	{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
	  "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
	  "Mobile/15E148 Safari/604.1",
		"Safari", "iPhone" },
	{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
	  "AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 "
	  "Mobile/15E148 Safari/604.1",
		"Chrome", "iPhone" },
	{ "Mozilla/5.0 (Linux; Android 14; SM-S901B) AppleWebKit/537.36 "
	  "(KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile "
	  "Safari/537.36",
		"Samsung Internet", "Android" },
	{ "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 "
	  "(KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 OPR/111.0",
		"Opera", "ChromeOS" },
	{ "Mozilla/5.0 (Linux; U; Android 4.0) AppleWebKit/534.30 "
	  "(KHTML, like Gecko) Version/4.0 Mobile Safari/534.30",
		NULL, "Android" },
	{ "curl/8.5.0", "curl", NULL },
	{ "Version/1.0", NULL, NULL },
	{ "HeadlessChrome/1 NotFirefox/2 XLinux", NULL, NULL },
	{ "Firefox", NULL, NULL },
	{ "<script>alert(1)</script> Firefox/1", "Firefox", NULL },
	{ "", NULL, NULL },
};

static void
same(const char *want, const char *got, const char *header)
{
	if (!span_eq(span_of(want), span_of(got)) ||
		(want == NULL) != (got == NULL))
		fail_msg("%s: wanted %s, got %s", header, want ? want : "none",
			got ? got : "none");
}

static void
browser_and_system_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct agent agent = agent_read(span_of(cases[i].header));

		same(cases[i].browser, agent.browser, cases[i].header);
		same(cases[i].system, agent.system, cases[i].header);
	}
}

static void
no_header_is_no_browser(void **state)
{
	struct agent agent = agent_read(SPAN_ABSENT);

	(void)state;
	assert_null(agent.browser);
	assert_null(agent.system);
}

int
test_agent(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(browser_and_system_are_told),
		cmocka_unit_test(no_header_is_no_browser),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
