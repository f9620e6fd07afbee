/* Consents that are remembered, as the authorization endpoint uses them: what
 * happens between reading one and writing the code. */
#include "clock.h"
#include "code.h"
#include "consent.h"
#include "records.h"
#include "remembered.h"
#include "vectors.h"
#include "world.h"

int test_consent(void);

static const char *const no_params[] = { NULL };
static const char *const prefetch_twice[] = { "HTTP_SEC_PURPOSE=prefetch",
	"HTTP_SEC_PURPOSE=prefetch", NULL };

static struct request request;
static struct response response;
static struct authorization asked;
static struct visitor visitor;

static void
remember(void)
{
	const struct remembered_page page = { .scope = SPAN("read"),
		.callback = SPAN("app.example") };
	struct store_item item;

	assert_int_equal(remembered_item(world.context.grants, world.arena,
				 &world.user, &world.app, &page, DAY_MS, &item),
		OST_OK);
	assert_int_equal(store_batch(world.context.grants, &item, 1), OST_OK);
	world.batches = 0;
}

/* Joe, who is signed in, is asked for what he allowed before. */
static int
setup(void **state)
{
	int failed = world_open(state);

	world.config.consent_lifetime_s = 24 * 3600;
	world.config.code_lifetime_s = 60;
	request = (struct request){
		.arena = world.arena, .params = no_params, .method = METHOD_GET
	};
	response_init(&response, world.arena);
	asked = (struct authorization){ .app = world.app,
		.redirect_uri = SPAN("https://app.example/cb"),
		.asking = { .scope = SPAN("read"),
			.state = SPAN("s"),
			.max_age_s = -1 } };
	visitor = (struct visitor){ .is_signed_in = true, .user = world.user };
	remember();
	return failed;
}

static enum ost_err
ask(void)
{
	return consent_remembered(
		&world.context, &request, &response, &asked, &visitor);
}

static bool
location_has(const char *text)
{
	struct span headers;

	assert_int_equal(buf_span(&response.headers, &headers), OST_OK);
	return strstr(world_joined("", headers), text) != NULL;
}

/* Nothing was answered and nothing was given: the page is shown. */
static void
assert_silence(void)
{
	assert_int_equal(response.status, 0);
	assert_int_equal(records_count(world.context.grants, "code:"), 0);
}

static void
forget_it(void)
{
	assert_int_equal(remembered_forget(world.context.grants, world.arena,
				 world.user.id, world.app.client_id),
		OST_OK);
}

static void
allow_anew(void)
{
	forget_it();
	remember();
}

static void
what_is_remembered_gives_a_code(void **state)
{
	(void)state;
	assert_int_equal(ask(), OST_OK);
	assert_int_equal(response.status, 303);
	assert_true(location_has("https://app.example/cb?code="));
	assert_string_equal(response.reason, "code_given_remembered");
	assert_int_equal(records_count(world.context.grants, "code:"), 1);
}

/* What its token will be made of: this request and this sign-in. */
static void
the_code_holds_who_signed_in_and_how(void **state)
{
	const char *text;
	struct span headers;
	struct code code;

	(void)state;
	world.user.epoch = visitor.user.epoch = 7;
	remember();
	asked.asking.nonce = SPAN("n");
	visitor.auth_time_s = 12345;
	assert_int_equal(ask(), OST_OK);
	assert_int_equal(buf_span(&response.headers, &headers), OST_OK);
	text = strstr(world_joined("", headers), "code=");
	assert_non_null(text);
	assert_int_equal(code_find(world.context.grants, world.arena,
				 (struct span){ text + 5, 43 }, &code),
		OST_OK);
	assert_int_equal(code.user_epoch, 7);
	assert_int_equal(code.auth_time_s, 12345);
	assert_span(code.nonce, SPAN("n"));
	assert_span(code.scope, SPAN("read"));
	assert_span(code.amr, session_amr(&visitor.session));
}

/* OIDC-04: between the reading and the code. */
static void
what_is_withdrawn_meanwhile_gives_none(void **state)
{
	(void)state;
	world.before = forget_it;
	assert_int_equal(ask(), OST_OK);
	assert_null(world.before);
	assert_silence();
	assert_int_equal(records_count(world.context.grants, "consent:"), 0);
}

/* OIDC-04: it may be another scope, for another callback. */
static void
what_is_changed_meanwhile_gives_none(void **state)
{
	(void)state;
	clock_fake(NOW_MS + HOUR_MS);
	world.before = allow_anew;
	assert_int_equal(ask(), OST_OK);
	assert_null(world.before);
	assert_silence();
	/* What is there now is an answer again. */
	assert_int_equal(ask(), OST_OK);
	assert_int_equal(response.status, 303);
}

/* 6749-11 */
static void
a_store_that_does_not_write_is_told_of(void **state)
{
	(void)state;
	world.fail_at = 1;
	assert_int_equal(ask(), OST_OK);
	assert_int_equal(response.status, 303);
	assert_true(location_has("error=temporarily_unavailable"));
	assert_true(location_has("&state=s&"));
	assert_false(location_has("code="));
}

/* OIDC-04: who must say so is the caller, who knows whether a page may be. */
static void
a_store_that_does_not_read_is_no_silence(void **state)
{
	struct store *grants = world.context.grants;

	(void)state;
	world.context.grants = records_broken();
	assert_int_equal(ask(), OST_STORE);
	assert_int_equal(response.status, 0);
	store_close(world.context.grants);
	world.context.grants = grants;
	assert_int_equal(records_overwrite(grants, world.arena,
				 "consent:", "v=1\ncreated=1\n"),
		1);
	assert_int_equal(ask(), OST_STORE);
	assert_silence();
}

/* S16, S17 */
static void
what_nobody_asked_for_gives_none(void **state)
{
	(void)state;
	request.is_head = true;
	assert_int_equal(ask(), OST_OK);
	assert_silence();
	request.is_head = false;
	request.params = prefetch_twice;
	assert_int_equal(ask(), OST_OK);
	assert_silence();
	request.params = no_params;
	asked.asking.prompt = PROMPT_CONSENT | PROMPT_LOGIN;
	assert_int_equal(ask(), OST_OK);
	assert_silence();
	asked.asking.prompt = PROMPT_LOGIN;
	assert_int_equal(ask(), OST_OK);
	assert_int_equal(response.status, 303);
}

/* 8252-03; and who was disabled meanwhile is asked again. */
static void
another_app_or_user_is_asked(void **state)
{
	(void)state;
	asked.app.is_public = true;
	assert_int_equal(ask(), OST_OK);
	assert_silence();
	asked.app.is_public = false;
	visitor.user.epoch++;
	assert_int_equal(ask(), OST_OK);
	assert_silence();
}

/* 6749-11: not only a store can fail. */
static void
failures_have_two_words(void **state)
{
	static const struct {
		enum ost_err failure;
		const char *word;
	} cases[] = {
		{ OST_STORE, "error=temporarily_unavailable&" },
		{ OST_BUSY, "error=temporarily_unavailable&" },
		{ OST_CRYPTO, "error=server_error&" },
		{ OST_NOMEM, "error=server_error&" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		response_init(&response, world.arena);
		assert_int_equal(authorization_fail(&world.context, &request,
					 &response, &asked, cases[i].failure),
			OST_OK);
		assert_int_equal(response.status, 303);
		assert_true(location_has(cases[i].word));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_close)

int
test_consent(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_remembered_gives_a_code),
		TEST(the_code_holds_who_signed_in_and_how),
		TEST(what_is_withdrawn_meanwhile_gives_none),
		TEST(what_is_changed_meanwhile_gives_none),
		TEST(a_store_that_does_not_write_is_told_of),
		TEST(a_store_that_does_not_read_is_no_silence),
		TEST(what_nobody_asked_for_gives_none),
		TEST(another_app_or_user_is_asked),
		TEST(failures_have_two_words),
	};

	return cmocka_run_group_tests_name("consent", tests, NULL, NULL);
}
