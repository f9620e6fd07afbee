/* The claims of ID tokens. */
#include "clock.h"
#include "forge.h"
#include "idtoken.h"
#include "records.h"
#include "vectors.h"

int test_idtoken(void);

#define NOW_S (NOW_MS / 1000)

static const struct user user = {
	.id = LITERAL("u1"),
	.name = LITERAL("reader"),
	.display_name = LITERAL("Rita \"R\" <Reader>"),
	.email = LITERAL("rita@example.org"),
	.roles = LITERAL("reader staff"),
};
static const struct app app = { .client_id = LITERAL("a1") };
static const struct grant grant = { .auth_time_s = NOW_S - 60 }, unknown;
#define NONCE "n-0S6_WzA2Mj"

/* OpenID Connect Core appendix A.3: this access token has this hash. */
#define ACCESS_TOKEN "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
#define AT_HASH	     "77QmUPtjPfzWtF2AnpK9RQ"

static struct span
payload(const struct user *whose, const struct grant *of, const char *nonce,
	const char *scope, int64_t lifetime_s)
{
	const struct config config = { .issuer = SPAN("https://i.example"),
		.access_token_lifetime_s = lifetime_s };
	struct span text;

	assert_int_equal(idtoken_payload(&config, forge.arena, whose, &app, of,
				 span_of(nonce), span_of(scope),
				 SPAN(ACCESS_TOKEN), &text),
		OST_OK);
	return text;
}

/* OIDC-01 OIDC-07 */
static void
openid_alone_tells_only_who(void **state)
{
	(void)state;
	assert_span(payload(&user, &grant, NONCE, "openid", 3600),
		SPAN("{\"iss\":\"https://i.example\",\"aud\":\"a1\","
		     "\"iat\":1700000000,\"exp\":1700003600,"
		     "\"auth_time\":1699999940,\"nonce\":\"n-0S6_WzA2Mj\","
		     "\"at_hash\":\"" AT_HASH "\",\"sub\":\"u1\"}"));
}

/* OIDC-09 */
static void
amr_is_an_array_of_what_the_grant_has(void **state)
{
	struct grant two = grant;

	(void)state;
	two.amr = SPAN("pwd otp mfa");
	assert_non_null(strstr(payload(&user, &two, NONCE, "openid", 60).p,
		"\"amr\":[\"pwd\",\"otp\",\"mfa\"],"));
	two.amr = SPAN("pwd");
	assert_non_null(strstr(payload(&user, &two, NONCE, "openid", 60).p,
		"\"amr\":[\"pwd\"],"));
}

/* OIDC-05 OIDC-08 */
static void
the_rest_is_told_when_it_was_asked(void **state)
{
	struct user plain = user;

	(void)state;
	assert_span(payload(&user, &unknown, NULL, "openid profile email roles",
			    3600),
		SPAN("{\"iss\":\"https://i.example\",\"aud\":\"a1\","
		     "\"iat\":1700000000,\"exp\":1700003600,"
		     "\"at_hash\":\"" AT_HASH "\",\"sub\":\"u1\","
		     "\"name\":\"Rita \\\"R\\\" \\u003cReader\\u003e\","
		     "\"preferred_username\":\"reader\","
		     "\"email\":\"rita@example.org\","
		     "\"email_verified\":false,"
		     "\"roles\":[\"reader\",\"staff\"]}"));
	plain.email_proven = plain.email;
	assert_non_null(
		strstr(payload(&plain, &unknown, NULL, "openid email", 3600).p,
			"\"email_verified\":true}"));
	plain.email = SPAN_ABSENT;
	plain.roles = SPAN("");
	assert_span(payload(&plain, &unknown, NULL, "openid email roles", 3600),
		SPAN("{\"iss\":\"https://i.example\",\"aud\":\"a1\","
		     "\"iat\":1700000000,\"exp\":1700003600,"
		     "\"at_hash\":\"" AT_HASH "\",\"sub\":\"u1\","
		     "\"roles\":[]}"));
}

static void
it_lives_an_hour_at_most(void **state)
{
	(void)state;
	assert_non_null(strstr(payload(&user, &grant, NONCE, "openid", 60).p,
		"\"exp\":1700000060,"));
	assert_non_null(strstr(payload(&user, &grant, NONCE, "openid", 86400).p,
		"\"exp\":1700003600,"));
}

/* An older code says neither when nor for which nonce. */
static void
what_is_not_known_is_not_told(void **state)
{
	struct span text = payload(&user, &unknown, NULL, "openid", 3600);

	(void)state;
	assert_null(strstr(text.p, "auth_time"));
	assert_null(strstr(text.p, "amr"));
	assert_null(strstr(text.p, "nonce"));
}

/* OIDC-01, RFC 8725 sections 3.1 and 3.11: RS256 unless the app has ES256, and
 * nothing that opens a door here. */
static void
it_is_signed_and_no_access_token(void **state)
{
	const struct config config = { .issuer = SPAN(FORGE_ISSUER),
		.access_token_lifetime_s = 3600 };
	const struct context context = { .config = &config,
		.ring = forge.ring };
	const enum token_kind kinds[] = { TOKEN_ID_RS256, TOKEN_ID_ES256 };

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct app signs = { .client_id = app.client_id,
			.has_es256_id = kinds[i] == TOKEN_ID_ES256 };
		struct span text, want, got;
		enum token_kind kind;
		struct token token;

		assert_int_equal(
			idtoken_make(&context, forge.arena, &user, &signs,
				&grant, SPAN(NONCE), SPAN("openid roles"),
				SPAN(ACCESS_TOKEN), &text),
			OST_OK);
		assert_int_equal(
			idtoken_payload(&config, forge.arena, &user, &signs,
				&grant, SPAN(NONCE), SPAN("openid roles"),
				SPAN(ACCESS_TOKEN), &want),
			OST_OK);
		assert_int_equal(keyring_verify(forge.ring, forge.arena,
					 1u << kinds[i], text, &kind, &got),
			OST_OK);
		assert_span(got, want);
		/* By the algorithm that its header names: RSA makes 256 bytes,
		 * ES256 the two halves. */
		got = text;
		while (span_cut(&got, '.', &want))
			;
		assert_int_equal(got.n, kinds[i] == TOKEN_ID_ES256 ? 86 : 342);
		assert_int_equal(keyring_verify(forge.ring, forge.arena,
					 1u << kinds[1 - i], text, &kind, &got),
			OST_DENIED);
		assert_int_equal(forge_verify(text, &token), OST_DENIED);
	}
}

/* As id_token_hint: for that client, by that issuer, however old; and nothing
 * else that we sign. */
static void
it_says_whom_it_is_about(void **state)
{
	struct config config = { .issuer = SPAN(FORGE_ISSUER),
		.access_token_lifetime_s = 3600 };
	const struct context context = { .config = &config,
		.ring = forge.ring };
	struct span text, subject;

	(void)state;
	for (int is_es256 = 0; is_es256 < 2; is_es256++) {
		const struct app signs = { .client_id = app.client_id,
			.has_es256_id = is_es256 };

		assert_int_equal(
			idtoken_make(&context, forge.arena, &user, &signs,
				&grant, SPAN(NONCE), SPAN("openid"),
				SPAN(ACCESS_TOKEN), &text),
			OST_OK);
		clock_fake(NOW_MS + 1000 * DAY_MS);
		assert_int_equal(idtoken_subject(&context, forge.arena, text,
					 app.client_id, &subject),
			OST_OK);
		assert_span(subject, user.id);
		assert_int_equal(idtoken_subject(&context, forge.arena, text,
					 SPAN("a2"), &subject),
			OST_DENIED);
		config.issuer = SPAN("https://other.example");
		assert_int_equal(idtoken_subject(&context, forge.arena, text,
					 app.client_id, &subject),
			OST_DENIED);
		config.issuer = SPAN(FORGE_ISSUER);
		text.n--;
		assert_int_equal(idtoken_subject(&context, forge.arena, text,
					 app.client_id, &subject),
			OST_DENIED);
		clock_fake(NOW_MS);
	}
	assert_int_equal(
		idtoken_subject(&context, forge.arena,
			forge_issued(TOKEN_ACCESS), app.client_id, &subject),
		OST_DENIED);
	assert_int_equal(idtoken_subject(&context, forge.arena,
				 forge_issued(TOKEN_ACCESS_ES256),
				 app.client_id, &subject),
		OST_DENIED);
	assert_int_equal(idtoken_subject(&context, forge.arena, SPAN("x"),
				 app.client_id, &subject),
		OST_DENIED);
}

int
test_idtoken(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openid_alone_tells_only_who),
		cmocka_unit_test(amr_is_an_array_of_what_the_grant_has),
		cmocka_unit_test(the_rest_is_told_when_it_was_asked),
		cmocka_unit_test(it_lives_an_hour_at_most),
		cmocka_unit_test(what_is_not_known_is_not_told),
		cmocka_unit_test(it_is_signed_and_no_access_token),
		cmocka_unit_test(it_says_whom_it_is_about),
	};

	return cmocka_run_group_tests_name(
		"idtoken", tests, forge_open, forge_close);
}
