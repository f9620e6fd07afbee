/* Tokens as we issue them. */
#include "clock.h"
#include "forge.h"
#include "keyring_write.h"
#include "records.h"
#include "vectors.h"

int test_token(void);

#define NOW_S (NOW_MS / 1000)

static void
an_access_token_returns_as_issued(void **state)
{
	struct span text = forge_issued(TOKEN_ACCESS),
		    other = forge_issued(TOKEN_ACCESS);
	struct token token, second;

	(void)state;
	assert_int_equal(forge_verify(text, &token), OST_OK);
	assert_int_equal(token.kind, TOKEN_ACCESS);
	assert_span(token.subject, SPAN("u1"));
	assert_span(token.client_id, SPAN("a1"));
	assert_span(token.scope, SPAN("read write"));
	assert_span(token.grant_id, SPAN("g1"));
	assert_true(span_is_absent(token.source));
	assert_true(token.issued_s == NOW_S && token.expires_s == NOW_S + 600);
	assert_int_equal(forge_verify(other, &second), OST_OK);
	assert_int_equal(token.jti.n, 22);
	assert_false(span_eq(token.jti, second.jti));
}

static void
a_login_token_returns_as_issued(void **state)
{
	struct token token;

	(void)state;
	assert_int_equal(
		forge_verify(forge_issued(TOKEN_LOGIN), &token), OST_OK);
	assert_int_equal(token.kind, TOKEN_LOGIN);
	assert_span(token.source, SPAN("p:1"));
	assert_true(span_is_absent(token.client_id));
	assert_true(span_is_absent(token.scope));
	assert_true(span_is_absent(token.grant_id));
	/* What the tests below change is good as it stands. */
	assert_int_equal(forge_verify(forge_with_claims(GOOD), &token), OST_OK);
	assert_span(token.jti, SPAN("j1"));
}

/* JWT-06 */
static void
exp_is_the_first_second_of_death(void **state)
{
	struct span text = forge_issued(TOKEN_LOGIN);
	struct token token = { 0 };

	(void)state;
	clock_fake((NOW_S + 600) * 1000 - 1);
	assert_int_equal(forge_verify(text, &token), OST_OK);
	token = (struct token){ 0 };
	clock_fake((NOW_S + 600) * 1000);
	assert_int_equal(forge_verify(text, &token), OST_EXPIRED);
	assert_span(token.subject, SPAN("u1"));
	/* K17: the clock was set back since. */
	clock_fake((NOW_S - 60) * 1000);
	assert_int_equal(forge_verify(text, &token), OST_OK);
	clock_fake((NOW_S - 61) * 1000);
	assert_int_equal(forge_verify(text, &token), OST_DENIED);
}

/* JWT-05 */
static void
a_kind_never_stands_for_another(void **state)
{
	const struct signing_key *key = keyring_current(forge.ring);

	(void)state;
	assert_denied("login claims in an access token",
		forge_sealed(key->header[TOKEN_ACCESS], forge_coded(SPAN(GOOD)),
			forge_key()));
	assert_denied("access claims in a login token",
		forge_with_claims(
			"{\"iss\":" US ",\"aud\":" US ",\"sub\":\"u1\","
			"\"client_id\":\"a1\",\"scope\":\"\",\"grant\":"
			"\"g1\",\"iat\":" IAT ",\"exp\":" EXP
			",\"jti\":\"j1\"}"));
}

#define ACCESS(sub, origin)                                                    \
	"{\"iss\":" US ",\"aud\":" US ",\"sub\":\"" sub "\",\"client_id\":"    \
	"\"a1\",\"scope\":\"\"" origin ",\"iat\":" IAT ",\"exp\":" EXP         \
	",\"jti\":\"j1\"}"

static struct span
access_with(const char *claims)
{
	const struct signing_key *key = keyring_current(forge.ring);

	return forge_sealed(key->header[TOKEN_ACCESS],
		forge_coded(span_of(claims)), forge_key());
}

/* An access token is of a grant, or of an application for itself. */
static void
an_access_token_has_one_origin(void **state)
{
	static const char *const denied[] = {
		ACCESS("u1", ",\"src\":\"c:mark\""),
		ACCESS("a1", ",\"src\":\"p:1\""),
		ACCESS("a1", ",\"src\":\"k:k1:mark\""),
		ACCESS("a1", ",\"src\":7"),
		ACCESS("a1", ",\"grant\":\"g1\",\"src\":\"c:mark\""),
		ACCESS("a1", ",\"grant\":7,\"src\":\"c:mark\""),
		ACCESS("u1", ",\"grant\":\"g1\",\"src\":\"p:1\""),
		ACCESS("u1", ",\"grant\":\"\""),
		ACCESS("u1", ",\"grant\":7"),
		ACCESS("u1", ""),
		ACCESS("a1", ""),
	};
	struct token token;

	(void)state;
	assert_int_equal(
		forge_verify(
			access_with(ACCESS("u1", ",\"grant\":\"g1\"")), &token),
		OST_OK);
	assert_false(token_is_client(&token));
	assert_int_equal(
		forge_verify(access_with(ACCESS("a1", ",\"src\":\"c:mark\"")),
			&token),
		OST_OK);
	assert_true(token_is_client(&token));
	assert_span(token.source, SPAN("c:mark"));
	for (size_t i = 0; i < COUNT(denied); i++)
		assert_denied(denied[i], access_with(denied[i]));
	assert_int_equal(
		forge_verify(forge_issued(TOKEN_LOGIN), &token), OST_OK);
	assert_false(token_is_client(&token));
}

static void
any_changed_character_is_refused(void **state)
{
	struct span text = forge_issued(forge.kind), changed;

	(void)state;
	for (size_t i = 0; i < text.n; i++) {
		char *p;

		assert_int_equal(
			arena_copy(forge.arena, text, &changed), OST_OK);
		p = (char *)(uintptr_t)changed.p;
		p[i] = p[i] == 'A' ? 'B' : 'A';
		assert_denied("changed", changed);
		assert_denied("cut", (struct span){ text.p, i });
	}
}

/* JWT-09 */
static void
rotation_keeps_tokens_alive(void **state)
{
	struct span text = forge_issued(TOKEN_LOGIN);
	struct token token;

	(void)state;
	assert_int_equal(
		keyring_rotate(forge.ring, forge.store, forge.arena, 1000),
		OST_OK);
	assert_int_equal(forge_verify(text, &token), OST_OK);
	assert_int_equal(
		forge_verify(forge_issued(TOKEN_LOGIN), &token), OST_OK);
	/* J17: the key is gone. */
	clock_fake(NOW_MS + 1001);
	assert_int_equal(
		keyring_rotate(forge.ring, forge.store, forge.arena, 1000),
		OST_OK);
	assert_denied("J17", text);
}

static void
a_token_that_none_could_use_is_not_issued(void **state)
{
	static char scope[3 * TOKEN_SIZE_MAX / 4];
	struct token token = { .kind = TOKEN_ACCESS,
		.subject = SPAN("u1"),
		.client_id = SPAN("a1"),
		.grant_id = SPAN("g1"),
		.issued_s = NOW_S,
		.expires_s = NOW_S + 600 };
	struct span text = SPAN("untouched");

	(void)state;
	memset(scope, 's', sizeof(scope));
	token.scope = BYTES_SPAN(scope);
	assert_int_equal(token_issue(forge.arena, forge.ring,
				 SPAN(FORGE_ISSUER), &token, &text),
		OST_TOOBIG);
	assert_span(text, SPAN("untouched"));
	token.scope.n = 1000;
	assert_int_equal(token_issue(forge.arena, forge.ring,
				 SPAN(FORGE_ISSUER), &token, &text),
		OST_OK);
	assert_int_equal(forge_verify(text, &token), OST_OK);
	assert_int_equal(token.scope.n, 1000);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, forge_open, forge_close)

int
test_token(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_access_token_returns_as_issued),
		TEST(a_login_token_returns_as_issued),
		TEST(exp_is_the_first_second_of_death),
		TEST(a_kind_never_stands_for_another),
		TEST(an_access_token_has_one_origin),
		TEST(any_changed_character_is_refused),
		cmocka_unit_test_setup_teardown(
			any_changed_character_is_refused, forge_open_es256,
			forge_close),
		TEST(rotation_keeps_tokens_alive),
		TEST(a_token_that_none_could_use_is_not_issued),
	};

	return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
