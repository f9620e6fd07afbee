/* The form between the password and a session: what it is good for, how long,
 * and that nobody is let in when something cannot be found out. */
#include "clock.h"
#include "records.h"
#include "second_page.h"
#include "second_step.h"
#include "totp.h"
#include "vectors.h"
#include "world.h"

int test_second_page(void);

#define COOKIE "0123456789012345678901234567890123456789012"

static const char *const params[] = { "HTTP_USER_AGENT=x", NULL };
static struct span codes[RECOVERY_CODES];

static int
setup(void **state)
{
	struct span secret;
	char code[TOTP_DIGITS];

	if (world_open(state) != 0)
		return 1;
	world.config.limit_login = (struct limit_rule){ 100, 900 };
	world.config.limit_login_address = (struct limit_rule){ 100, 900 };
	world.config.limit_login_account = (struct limit_rule){ 100, 900 };
	world.config.session_lifetime_s = 3600;
	world.config.session_idle_s = 3600;
	assert_int_equal(totp_new_secret(world.arena, &secret), OST_OK);
	assert_int_equal(totp_code(secret, totp_step(NOW_MS), code), OST_OK);
	assert_int_equal(
		second_step_enable(world.context.accounts, world.arena,
			&world.user, secret, BYTES_SPAN(code), NOW_MS, codes),
		OST_OK);
	return 0;
}

static int
teardown(void **state)
{
	return world_close(state);
}

static struct request
request_now(void)
{
	return (struct request){ .arena = world.arena,
		.params = params,
		.path = SPAN("/account"),
		.cookie = SPAN(SIGNIN_COOKIE "=" COOKIE),
		.address = SPAN("192.0.2.7") };
}

/* The value of a hidden field of the page. */
static struct span
hidden(struct response *response, const char *name)
{
	char begin[80];
	struct span body, rest, value;
	const char *at;

	snprintf(begin, sizeof(begin), "name=\"%s\" value=\"", name);
	assert_int_equal(buf_span(&response->body, &body), OST_OK);
	at = strstr(body.p, begin);
	assert_non_null(at);
	rest = span_of(at + strlen(begin));
	assert_true(span_cut(&rest, '"', &value));
	return value;
}

static struct response
ask(void)
{
	struct request request = request_now();
	struct response response;

	response_init(&response, world.arena);
	assert_int_equal(
		second_page(&world.context, &request, &response, &world.user,
			SPAN(COOKIE), SPAN("t=1"), SPAN_ABSENT),
		OST_OK);
	assert_int_equal(response.status, 200);
	return response;
}

static enum ost_err
post(struct response *page, const char *typed, struct response *response)
{
	struct request request = request_now();
	struct form *form;
	struct span text;
	struct buf buf;

	buf_init(&buf, world.arena);
	buf_text(&buf, "csrf=");
	buf_add(&buf, hidden(page, "csrf"));
	buf_text(&buf, "&second_step=");
	buf_add(&buf, hidden(page, "second_step"));
	buf_text(&buf, "&attempt=");
	buf_add(&buf, hidden(page, "attempt"));
	buf_text(&buf, "&code=");
	buf_text(&buf, typed);
	assert_int_equal(buf_span(&buf, &text), OST_OK);
	assert_int_equal(form_parse(world.arena, text, &form), OST_OK);
	assert_true(second_page_is_posted(form));
	response_init(response, world.arena);
	return second_page_submit(&world.context, &request, response, form,
		SPAN("t=1"), SPAN_ABSENT);
}

static void
answers(struct response *page, const char *typed, int status,
	struct response *response)
{
	assert_int_equal(post(page, typed, response), OST_OK);
	assert_int_equal(response->status, status);
}

static bool
has_session(struct response *response)
{
	struct span headers;

	assert_int_equal(buf_span(&response->headers, &headers), OST_OK);
	return strstr(headers.p, SESSION_COOKIE "=") != NULL;
}

static void
a_code_makes_the_session(void **state)
{
	struct response page = ask(), answer;

	(void)state;
	answers(&page, codes[0].p, 303, &answer);
	assert_true(has_session(&answer));
	/* Once: also with another code that is right. */
	answers(&page, codes[1].p, 403, &answer);
	assert_false(has_session(&answer));
}

/* A wrong code gives a new form, but no more time. */
static void
the_time_runs_from_the_password(void **state)
{
	struct response page = ask(), answer;

	(void)state;
	clock_fake(NOW_MS + (SECOND_PAGE_LIFETIME_S - 1) * INT64_C(1000));
	answers(&page, "000000", 403, &answer);
	assert_string_equal(answer.reason, "second_step_failed");
	page = answer;
	clock_fake(NOW_MS + SECOND_PAGE_LIFETIME_S * INT64_C(1000));
	answers(&page, codes[0].p, 403, &answer);
	assert_string_equal(answer.reason, "form_invalid");
	assert_false(has_session(&answer));
}

static void
after_five_wrong_codes_it_is_over(void **state)
{
	struct response page = ask(), answer;

	(void)state;
	for (int i = 0; i < SECOND_PAGE_TRIES; i++) {
		answers(&page, "000000", 403, &answer);
		assert_string_equal(answer.reason,
			i < SECOND_PAGE_TRIES - 1 ? "second_step_failed"
						  : "signin_failed");
		page = answer;
	}
}

static void
who_was_changed_is_not_let_in(void **state)
{
	struct response page = ask(), answer;

	(void)state;
	world.user.is_disabled = true;
	world_save_user();
	answers(&page, codes[0].p, 403, &answer);
	assert_false(has_session(&answer));
	world.user.is_disabled = false;
	world.user.generation++;
	world_save_user();
	page = ask();
	world.user.generation++;
	world_save_user();
	answers(&page, codes[0].p, 403, &answer);
	assert_string_equal(answer.reason, "form_invalid");
	assert_false(has_session(&answer));
}

/* The form is used up, or the session is written, in the grants. */
static void
no_store_lets_nobody_in(void **state)
{
	struct response page, answer;
	struct store *accounts = world.context.accounts;

	(void)state;
	for (int i = 1; i <= 2; i++) {
		page = ask();
		world.fail_at = world.batches + i;
		assert_int_equal(post(&page, codes[i].p, &answer), OST_STORE);
		assert_false(has_session(&answer));
	}
	page = ask();
	world.context.accounts = records_broken();
	assert_int_equal(post(&page, codes[3].p, &answer), OST_STORE);
	assert_false(has_session(&answer));
	store_close(world.context.accounts);
	world.context.accounts = accounts;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_second_page(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_code_makes_the_session),
		TEST(the_time_runs_from_the_password),
		TEST(after_five_wrong_codes_it_is_over),
		TEST(who_was_changed_is_not_let_in),
		TEST(no_store_lets_nobody_in),
	};

	return cmocka_run_group_tests_name("second_page", tests, NULL, NULL);
}
