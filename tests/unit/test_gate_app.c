/* Which application is asking: by its app token, or by a token of its own. */
#include "activity.h"
#include "clock.h"
#include "gate.h"
#include "records.h"
#include "vectors.h"
#include "world.h"

int test_gate_app(void);

static const char *const no_params[] = { NULL };

static struct request request;
static struct response response;
static struct caller caller;
static struct refusal refusal;

static int
setup(void **state)
{
	int failed = world_open(state);

	request = (struct request){ .arena = world.arena,
		.params = no_params,
		.address = SPAN("192.0.2.1") };
	response_init(&response, world.arena);
	return failed;
}

static enum ost_err
identify(void)
{
	return gate_identify(
		&world.context, &request, &response, 0, &caller, &refusal);
}

static void
assert_refused(enum api_code code)
{
	assert_int_equal(identify(), OST_DENIED);
	assert_int_equal(refusal.code, code);
}

/* An application's token for itself. */
static void
give_client_token(struct span mark)
{
	struct token token = { .kind = TOKEN_ACCESS,
		.subject = world.app.client_id,
		.client_id = world.app.client_id,
		.scope = SPAN("read"),
		.app_epoch = world.app.epoch,
		.source = span_of(world_joined("c:", mark)),
		.issued_s = clock_wall_s(),
		.expires_s = clock_wall_s() + 3600 };
	struct span text;

	assert_int_equal(token_issue(world.arena, world.context.ring,
				 world.config.issuer, &token, &text),
		OST_OK);
	request.authorization = span_of(world_joined("OAuth ", text));
}

/* K13, K20 */
static void
a_client_s_token_ends_with_its_client(void **state)
{
	int64_t used_ms;

	(void)state;
	world.app.secret.hash = SPAN("00112233445566778899aabbccddeeff"
				     "00112233445566778899aabbccddeeff");
	world_save_app();
	give_client_token(secret_mark(world.app.secret.hash));
	assert_int_equal(identify(), OST_OK);
	assert_int_equal(caller.means, MEANS_CLIENT);
	assert_true(caller.has_app);
	assert_span(caller.scope, SPAN("read"));
	assert_span(response.subject, world.app.client_id);
	assert_int_equal(activity_last(world.context.activity, world.arena,
				 world.app.client_id, &used_ms),
		OST_OK);
	world.app.is_public = true;
	world_save_app();
	assert_refused(CODE_TOKEN_REVOKED);
	world.app.is_public = false;
	world.app.is_disabled = true;
	world_save_app();
	assert_refused(CODE_TOKEN_REVOKED);
	world.app.is_disabled = false;
	world_save_app();
	assert_int_equal(identify(), OST_OK);
	world.app.epoch++;
	world_save_app();
	assert_refused(CODE_TOKEN_REVOKED);
	give_client_token(SPAN("0123456789abcdef"));
	assert_refused(CODE_TOKEN_REVOKED);
}

/* An "@" stands for the id of the application. */
static struct span
with_id(const char *text)
{
	struct span query;
	struct buf buf;

	buf_init(&buf, world.arena);
	for (; *text != '\0'; text++)
		if (*text == '@')
			buf_add(&buf, world.app.client_id);
		else
			buf_char(&buf, *text);
	assert_int_equal(buf_span(&buf, &query), OST_OK);
	return query;
}

/* 6750-02 */
static void
app_tokens_of_the_query(void **state)
{
	static const struct {
		const char *query;
		enum ost_err want;
	} cases[] = {
		{ "app_token=@", OST_OK },
		{ "%24%24app_token=@", OST_OK },
		{ "a=%zz&app_token=@", OST_OK },
		{ "%zz=a&app_token=@", OST_OK },
		{ "app_token=&app_token=@", OST_OK },
		{ "app_token=@&$$app_token=@", OST_OK },
		{ "app_token&app_token=@", OST_OK },
		{ "app_token=other&app_token=@", OST_DENIED },
		{ "app_token=%zz&app_token=@", OST_DENIED },
		{ "app_token=@&access_token", OST_DENIED },
		{ "app_token=@&%61ccess_token=x", OST_DENIED },
		{ "app_token=@x", OST_DENIED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		request.query = with_id(cases[i].query);
		if (identify() != cases[i].want)
			fail_msg("%s", cases[i].query);
		if (cases[i].want == OST_OK)
			assert_int_equal(caller.means, MEANS_APP_TOKEN);
	}
	request.query = with_id("app_token=@&app_token=other");
	assert_refused(CODE_BAD_REQUEST);
	request.query = with_id("app_token=@");
	world.app.is_disabled = true;
	world_save_app();
	assert_refused(CODE_CREDENTIALS_INVALID);
	world.app.is_disabled = false;
	world_save_app();
	request.app_token = world.app.client_id;
	assert_int_equal(identify(), OST_OK);
	request.app_token = SPAN("other");
	assert_refused(CODE_BAD_REQUEST);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_close)

int
test_gate_app(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_client_s_token_ends_with_its_client),
		TEST(app_tokens_of_the_query),
	};

	return cmocka_run_group_tests_name("gate_app", tests, NULL, NULL);
}
