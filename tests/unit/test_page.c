/* The pages themselves: their headers, policy, language and forms. */
#include "pages.h"
#include "vectors.h"

int test_page(void);

static const struct page *
page_named(const char *name)
{
	for (size_t i = 0; i < pages_count; i++)
		if (strcmp(pages_all[i].name, name) == 0)
			return &pages_all[i];
	return NULL;
}

static void
unknown_page_fails(void **state)
{
	static const char *const names[] = { "", "nosuch", "layout", "Signin",
		"part_head", "signin.html" };

	for (size_t i = 0; i < COUNT(names); i++) {
		struct response response;

		response_init(&response, *state);
		page_answer(&response, 200, "test", names[i],
			page_values(&response));
		assert_true(response.body.is_failed);
	}
}

static void
no_memory_fails(void **state)
{
	struct response response;

	response_init(&response, *state);
	page_answer(&response, 200, "test", "signedout", NULL);
	assert_true(response.body.is_failed);
}

static void
answer_bears_headers(void **state)
{
	static const char *const want[] = {
		"Content-Type: text/html; charset=utf-8\r\n",
		"Cache-Control: no-store\r\n",
		"Content-Security-Policy: default-src 'none'; "
		"style-src 'self'; img-src 'self'; base-uri 'none'; "
		"frame-ancestors 'none'\r\n",
		"X-Frame-Options: DENY\r\n",
		"Referrer-Policy: no-referrer\r\n",
		"X-Content-Type-Options: nosniff\r\n",
		"Content-Language: en\r\n",
	};
	for (size_t i = 0; i < pages_count; i++) {
		struct response response;
		struct span headers;

		response_init(&response, *state);
		page_answer(&response, 403, "denied", pages_all[i].name,
			pages_filled(&response, &pages_all[i], SPAN("x")));
		assert_int_equal(response.status, 403);
		assert_string_equal(response.reason, "denied");
		assert_int_equal(buf_span(&response.headers, &headers), OST_OK);
		for (size_t j = 0; j < COUNT(want); j++)
			assert_true(pages_contains(headers, want[j]));
	}
}

/* No page has a script, a style of its own or anything from elsewhere, which
 * the policy in the headers would block. */
static void
page_obeys_its_policy(void **state)
{
	/* What is loaded, run or led to; a text may name an address. */
	static const char *const not_allowed[] = { "<script", "<style",
		" style=", " onclick=", "javascript:", "=\"http:", "=\"https:",
		"data:", "=\"//", "<base ", "<iframe", "=http", "=/" };

	for (size_t i = 0; i < pages_count; i++) {
		struct span body =
			pages_rendered(*state, &pages_all[i], SPAN("x"));

		assert_true(span_starts(body, SPAN("<!doctype html>\n")));
		assert_true(span_ends(body, SPAN("</html>\n")));
		assert_true(pages_contains(body, "<title>"));
		assert_false(pages_contains(body, "{{"));
		for (size_t j = 0; j < COUNT(not_allowed); j++)
			assert_false(pages_contains(body, not_allowed[j]));
	}
}

static void
signin_differs_by_what_is_there(void **state)
{
	struct page_var vars[] = {
		{ "action", SPAN("/oauth/authorize") },
		{ "request", SPAN("r-1") },
		{ "csrf", SPAN("c-1") },
		{ "username", SPAN_ABSENT },
		{ "error", SPAN_ABSENT },
		{ "app_name", SPAN_ABSENT },
	};
	struct response response;
	struct span body;

	response_init(&response, *state);
	response.look.site_name = SPAN("Open & Free");
	page_answer_vars(&response, 200, "test", "signin", vars, COUNT(vars));
	assert_int_equal(buf_span(&response.body, &body), OST_OK);
	assert_true(pages_contains(body, "<title>Sign in · Open &amp; Free<"));
	assert_true(pages_contains(
		body, "<form method=\"post\" action=\"/oauth/authorize\">"));
	assert_true(pages_contains(body, "name=\"request\" value=\"r-1\""));
	assert_true(pages_contains(body, "name=\"csrf\" value=\"c-1\""));
	assert_false(pages_contains(body, "role=\"alert\""));
	assert_false(pages_contains(body, "to continue to"));

	vars[3].value = SPAN("reader");
	vars[4].value = SPAN("signin.wrong");
	vars[5].value = SPAN("Tree Map");
	response_clear(&response);
	page_answer_vars(&response, 403, "test", "signin", vars, COUNT(vars));
	assert_int_equal(buf_span(&response.body, &body), OST_OK);
	assert_true(pages_contains(body, "<title>Error: Sign in"));
	assert_true(pages_contains(body, "name=\"username\" value=\"reader\""));
	assert_true(pages_contains(body, "role=\"alert\">The user name or"));
	assert_true(pages_contains(body, "to continue to <bdi>Tree Map</bdi>"));
}

static void
page_speaks_the_language(void **state)
{
	struct response response;
	struct span body, headers;

	response_init(&response, *state);
	response.look.language =
		messages_pick(NULL, SPAN_ABSENT, SPAN("fr, es-MX;q=0.8"));
	page_answer(&response, 200, "test", "signin",
		pages_filled(&response, page_named("signin"), SPAN("x")));
	assert_int_equal(buf_span(&response.body, &body), OST_OK);
	assert_int_equal(buf_span(&response.headers, &headers), OST_OK);
	assert_true(pages_contains(body, "<html lang=\"es\">"));
	assert_true(pages_contains(body, "Iniciar sesión"));
	assert_true(pages_contains(body, "Nombre de usuario"));
	assert_false(pages_contains(body, "User name"));
	assert_true(pages_contains(headers, "Content-Language: es\r\n"));
}

/* Programs that fill in our forms rely on the order (DESIGN section 6). */
static void
consent_has_its_form_first(void **state)
{
	struct span body, head;
	const char *first, *second;

	body = pages_rendered(
		*state, page_named("consent"), SPAN("read trees\nwrite trees"));
	assert_int_equal(span_cut(&body, '\0', &head), false);
	first = strstr(body.p, "<form method=\"post\" action=\"read trees");
	second = strstr(
		body.p, "<form method=\"post\" action=\"/oauth/signout\"");
	assert_non_null(first);
	assert_non_null(second);
	assert_true(first < second);
	head = (struct span){ first, (size_t)(second - first) };
	assert_true(pages_contains(head, "name=\"decision\" value=\"allow\""));
	assert_true(pages_contains(head, "name=\"decision\" value=\"deny\""));
	assert_true(pages_contains(head, "name=\"request\""));
	assert_true(pages_contains(head, "name=\"csrf\""));
	assert_true(pages_contains(body, "<li><bdi>read trees</bdi></li>"));
	assert_true(pages_contains(body, "<li><bdi>write trees</bdi></li>"));
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, pages_open, pages_close)

int
test_page(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(unknown_page_fails),
		TEST(no_memory_fails),
		TEST(answer_bears_headers),
		TEST(page_obeys_its_policy),
		TEST(signin_differs_by_what_is_there),
		TEST(page_speaks_the_language),
		TEST(consent_has_its_form_first),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
