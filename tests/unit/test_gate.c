/* Who is asking: keys, their login tokens, and what is no credential. */
#include "activity.h"
#include "clock.h"
#include "codec.h"
#include "gate.h"
#include "key.h"
#include "records.h"
#include "vectors.h"
#include "world.h"

int test_gate(void);

static const char *const no_params[] = { NULL };

static struct request request;
static struct response response;
static struct caller caller;
static struct refusal refusal;
static struct key key;
static struct span secret;

static int
setup(void **state)
{
	int failed = world_open(state);
	struct limit_rule some = { 3, 900 };

	world.config.limit_login = some;
	world.config.limit_login_address = (struct limit_rule){ 100, 900 };
	world.config.limit_login_account = (struct limit_rule){ 100, 900 };
	request = (struct request){ .arena = world.arena,
		.params = no_params,
		.address = SPAN("192.0.2.1") };
	response_init(&response, world.arena);
	key = (struct key){ .user_id = world.user.id,
		.name = SPAN("test"),
		.expires_ms = NOW_MS + HOUR_MS };
	assert_int_equal(
		secret_new(world.arena, SECRET_KEY_PREFIX, &secret), OST_OK);
	assert_int_equal(
		secret_hash(world.arena, secret, &key.secret.hash), OST_OK);
	assert_int_equal(
		key_create(world.context.accounts, world.arena, &key), OST_OK);
	assert_int_equal(key_by_secret(world.context.accounts, world.arena,
				 secret, &key),
		OST_OK);
	return failed;
}

static enum ost_err
identify(unsigned int flags)
{
	return gate_identify(
		&world.context, &request, &response, flags, &caller, &refusal);
}

static struct span
joined(const char *scheme, struct span text)
{
	return span_of(world_joined(scheme, text));
}

static void
give_basic(struct span name, struct span password)
{
	struct span pair;
	struct buf buf;

	buf_init(&buf, world.arena);
	base64_encode(
		&buf, span_of(world_joined(
			      world_joined(world_joined("", name), SPAN(":")),
			      password)));
	assert_int_equal(buf_span(&buf, &pair), OST_OK);
	request.authorization = joined("Basic ", pair);
}

/* A token that the key bought, or the password. */
static void
give_login_token(const char *source)
{
	struct token token = { .kind = TOKEN_LOGIN,
		.subject = world.user.id,
		.user_epoch = world.user.epoch,
		.source = span_of(source),
		.issued_s = clock_wall_s(),
		.expires_s = clock_wall_s() + 24 * 3600 };
	struct span text;

	assert_int_equal(token_issue(world.arena, world.context.ring,
				 world.config.issuer, &token, &text),
		OST_OK);
	request.authorization = joined("Bearer ", text);
}

static const char *
source_of_key(void)
{
	return world_joined(
		world_joined(world_joined("k:", key.id), SPAN(":")), key.mark);
}

static void
assert_refused(enum api_code code)
{
	assert_int_equal(identify(GATE_PASSWORDS), OST_DENIED);
	assert_int_equal(refusal.code, code);
}

static void
a_key_opens_with_its_id_or_its_user_s_name(void **state)
{
	int64_t used_ms;

	(void)state;
	give_basic(key.id, secret);
	assert_int_equal(identify(0), OST_OK);
	assert_int_equal(caller.means, MEANS_KEY);
	assert_span(caller.user.id, world.user.id);
	assert_span(caller.key_id, key.id);
	assert_span(caller.key_mark, key.mark);
	assert_span(response.subject, world.user.name);
	assert_false(refusal.was_token);
	assert_int_equal(activity_last(world.context.activity, world.arena,
				 key.id, &used_ms),
		OST_OK);
	assert_int_equal(used_ms, NOW_MS);
	give_basic(SPAN("JOE"), secret);
	assert_int_equal(identify(0), OST_OK);
	give_basic(SPAN("jo"), secret);
	assert_refused(CODE_CREDENTIALS_INVALID);
	assert_span(response.subject, request.address);
	give_basic(SPAN(""), secret);
	assert_refused(CODE_CREDENTIALS_INVALID);
}

/* K13, K20 */
static void
a_key_that_ended_opens_nothing(void **state)
{
	(void)state;
	give_basic(key.id, secret);
	world.user.is_disabled = true;
	world_save_user();
	assert_refused(CODE_CREDENTIALS_INVALID);
	world.user.is_disabled = false;
	world_save_user();
	assert_int_equal(identify(0), OST_OK);
	clock_fake(key.expires_ms);
	assert_refused(CODE_CREDENTIALS_INVALID);
}

/* Wrong secrets are counted, and their number is bounded. */
static void
guesses_of_keys_are_counted(void **state)
{
	struct span other;

	(void)state;
	assert_int_equal(
		secret_new(world.arena, SECRET_KEY_PREFIX, &other), OST_OK);
	give_basic(world.user.name, other);
	for (int i = 0; i < 3; i++)
		assert_refused(CODE_CREDENTIALS_INVALID);
	assert_refused(CODE_TOO_MANY_FAILURES);
	assert_in_range(refusal.retry_after_s, 1, 900);
	/* From many addresses, too, they lock nobody out. */
	world.config.limit_login_account = (struct limit_rule){ 1, 900 };
	request.address = SPAN("192.0.2.2");
	for (int i = 0; i < 3; i++)
		assert_refused(CODE_CREDENTIALS_INVALID);
	/* The right one is not counted. */
	give_basic(world.user.name, secret);
	assert_int_equal(identify(0), OST_OK);
}

/* An unanswered question is no "no". */
static void
a_store_that_fails_is_no_wrong_credential(void **state)
{
	struct store *accounts = world.context.accounts;
	struct store *grants = world.context.grants;

	(void)state;
	give_basic(key.id, secret);
	world.context.accounts = records_broken();
	assert_int_equal(identify(0), OST_STORE);
	give_login_token(source_of_key());
	assert_int_equal(identify(0), OST_STORE);
	request.authorization = SPAN_ABSENT;
	request.app_token = world.app.client_id;
	assert_int_equal(identify(0), OST_STORE);
	request.app_token = SPAN_ABSENT;
	store_close(world.context.accounts);
	world.context.accounts = accounts;
	/* Whether it was revoked stands in the other one. */
	give_login_token(source_of_key());
	world.context.grants = records_broken();
	assert_int_equal(identify(0), OST_STORE);
	store_close(world.context.grants);
	world.context.grants = grants;
	assert_int_equal(identify(0), OST_OK);
}

/* K20: what a key bought ends with it, or with its secret, or in its time. */
static void
a_login_token_lives_as_long_as_its_key(void **state)
{
	struct span hash = SPAN("00112233445566778899aabbccddeeff"
				"00112233445566778899aabbccddeeff");
	struct store *accounts = world.context.accounts;

	(void)state;
	give_login_token(source_of_key());
	assert_int_equal(identify(0), OST_OK);
	assert_int_equal(caller.means, MEANS_TOKEN);
	assert_false(caller.has_app);
	assert_true(span_is_absent(caller.scope));
	assert_true(refusal.was_token);
	clock_fake(key.expires_ms - 1);
	assert_int_equal(identify(0), OST_OK);
	clock_fake(key.expires_ms);
	assert_refused(CODE_TOKEN_REVOKED);
	clock_fake(NOW_MS);
	assert_int_equal(key_rotate(accounts, world.arena, &key, hash,
				 NOW_MS + SECOND_MS),
		OST_OK);
	assert_int_equal(identify(0), OST_OK);
	clock_fake(NOW_MS + SECOND_MS);
	assert_refused(CODE_TOKEN_REVOKED);
	assert_true(refusal.was_token);
}

static void
a_login_token_of_no_key_is_dead(void **state)
{
	static const char *const sources[] = { "k:",
		"k:nobody:0123456789abcdef", "p:", "p:1", "p:-1", "p:x", "" };

	(void)state;
	for (size_t i = 0; i < COUNT(sources); i++) {
		give_login_token(sources[i]);
		if (identify(0) != OST_DENIED)
			fail_msg("\"%s\" is alive", sources[i]);
	}
	give_login_token(world_joined("k:", key.id));
	assert_refused(CODE_TOKEN_REVOKED);
	give_login_token(world_joined(world_joined("k:", key.id), SPAN(":")));
	assert_refused(CODE_TOKEN_REVOKED);
	give_login_token("p:0");
	assert_int_equal(identify(0), OST_OK);
	world.user.is_disabled = true;
	world_save_user();
	assert_refused(CODE_TOKEN_REVOKED);
}

/* One whose user has two steps, or must have them, buys nothing alone. */
static void
a_password_s_token_ends_with_two_steps(void **state)
{
	(void)state;
	give_login_token("p:0");
	world.user.totp_secret = SPAN("JBSWY3DPEHPK3PXP");
	world_save_user();
	assert_refused(CODE_TOKEN_REVOKED);
	world.user.totp_secret = SPAN_ABSENT;
	world_save_user();
	assert_int_equal(identify(0), OST_OK);
	world.user.epoch++;
	world_save_user();
	assert_refused(CODE_TOKEN_REVOKED);
}

/* At /login: a token, whatever it is, buys no other. */
static void
a_token_is_none_where_none_is_taken(void **state)
{
	(void)state;
	give_login_token("p:0");
	assert_int_equal(identify(0), OST_OK);
	assert_int_equal(identify(GATE_NO_TOKENS), OST_DENIED);
	assert_int_equal(refusal.code, CODE_CREDENTIALS_INVALID);
	assert_true(refusal.was_token);
}

/* basic_password = login */
static void
a_password_is_none_where_none_is_taken(void **state)
{
	(void)state;
	give_basic(SPAN("joe"), SPAN("wrong"));
	assert_int_equal(identify(0), OST_DENIED);
	assert_int_equal(refusal.code, CODE_CREDENTIALS_INVALID);
	/* It was not tried, so nothing was counted. */
	for (int i = 0; i < 5; i++)
		assert_int_equal(identify(0), OST_DENIED);
	assert_int_equal(refusal.code, CODE_CREDENTIALS_INVALID);
	give_basic(key.id, secret);
	assert_int_equal(identify(0), OST_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_close)

int
test_gate(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_key_opens_with_its_id_or_its_user_s_name),
		TEST(a_key_that_ended_opens_nothing),
		TEST(guesses_of_keys_are_counted),
		TEST(a_store_that_fails_is_no_wrong_credential),
		TEST(a_login_token_lives_as_long_as_its_key),
		TEST(a_login_token_of_no_key_is_dead),
		TEST(a_password_s_token_ends_with_two_steps),
		TEST(a_token_is_none_where_none_is_taken),
		TEST(a_password_is_none_where_none_is_taken),
	};

	return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
