/* Where somebody is led to set two steps up, and back. */
#include "enroll.h"
#include "records.h"
#include "vectors.h"
#include "world.h"

int test_enroll(void);

static void
the_way_back_is_one_of_ours(void **state)
{
	static const struct {
		const char *back;
		bool is_ours;
	} cases[] = {
		{ "/account", true },
		{ "/account?page=2&x=%2F%2Fa", true },
		{ "/account/keys", true },
		{ "/account/two-step/off?x", true },
		{ "/oauth/authorize?redirect_uri=https://a.example/b", true },
		{ "/oauth/authenticate", true },
		{ "/device?user_code=BCDF-GHJK", true },
		{ "/oauth/device", true },
		{ "", false },
		{ "account", false },
		{ "//account", false },
		{ "///account", false },
		{ "/\\account", false },
		{ "\\account", false },
		{ "/account\\x", false },
		{ "/account?\\x", false },
		{ "/account#x", false },
		{ "/account x", false },
		{ "/account\t", false },
		{ "/account\r\nX: y", false },
		{ "/account\x7f", false },
		{ "/account\xc3\xa9", false },
		{ "/account//x", false },
		{ "/account/../oauth/signout", false },
		{ "/account/%2e%2e/x", false },
		{ "/account/x;y", false },
		{ "/account/@evil.example", false },
		{ "/accounts", false },
		{ "/device/x", false },
		{ "/oauth/signout", false },
		{ "/oauth/authorize/x", false },
		{ "https://a.example/account", false },
		{ "javascript:alert(1)", false },
		{ "?x=/account", false },
	};
	char far[ENROLL_BACK_MAX + 2] = "/account?";

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (enroll_is_ours(span_of(cases[i].back)) != cases[i].is_ours)
			fail_msg("%s", cases[i].back);
	assert_false(enroll_is_ours(SPAN_ABSENT));
	assert_false(enroll_is_ours((struct span){ "/account\0x", 10 }));
	memset(far + 9, 'x', sizeof(far) - 9);
	assert_true(enroll_is_ours((struct span){ far, ENROLL_BACK_MAX }));
	assert_false(enroll_is_ours((struct span){ far, ENROLL_BACK_MAX + 1 }));
}

static void
leads(const char *path, const char *query, const char *where)
{
	struct request request = { .arena = world.arena,
		.path = span_of(path),
		.query = span_of(query) };
	struct visitor visitor = { .user = world.user };
	struct response response;
	struct span headers;

	response_init(&response, world.arena);
	assert_int_equal(
		enroll_redirect(&request, &response, &visitor), OST_OK);
	assert_int_equal(response.status, 303);
	assert_span(response.subject, world.user.name);
	assert_int_equal(buf_span(&response.headers, &headers), OST_OK);
	assert_non_null(strstr(headers.p,
		world_joined("Location: ",
			span_of(world_joined(where, SPAN("\r\n"))))));
}

static void
the_way_back_is_kept(void **state)
{
	(void)state;
	leads("/account", "", "/account/two-step?return=%2Faccount");
	leads("/device", "user_code=a&b=%20",
		"/account/two-step?return=%2Fdevice%3Fuser_code%3Da%26b%3D%"
		"2520");
	leads("/elsewhere", "x", "/account/two-step");
}

int
test_enroll(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_way_back_is_one_of_ours),
		cmocka_unit_test_setup_teardown(
			the_way_back_is_kept, world_open, world_close),
	};

	return cmocka_run_group_tests_name("enroll", tests, NULL, NULL);
}
