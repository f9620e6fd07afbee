/* Access tokens signed with ES256, and what must never stand for one. */
#include "clock.h"
#include "codec.h"
#include "forge.h"
#include "keyring_write.h"
#include "records.h"
#include "vectors.h"

int test_token_es256(void);

static const struct pair *
pair_of_current(void)
{
	const struct pair *pair;

	assert_int_equal(keyring_pair(forge.ring,
				 (size_t)(keyring_current(forge.ring) -
					  forge.ring->keys),
				 forge.arena, &pair),
		OST_OK);
	return pair;
}

static struct span
header_text(struct span jws)
{
	struct span rest = jws, head, text;

	assert_true(span_cut(&rest, '.', &head));
	assert_int_equal(base64url_decode(forge.arena, head, &text), OST_OK);
	return text;
}

static void
an_access_token_returns_as_issued(void **state)
{
	struct span text = forge_issued(TOKEN_ACCESS_ES256), want;
	struct token token;
	struct buf buf;

	(void)state;
	assert_int_equal(forge_verify(text, &token), OST_OK);
	assert_int_equal(token.kind, TOKEN_ACCESS);
	assert_true(token.is_es256);
	assert_span(token.client_id, SPAN("a1"));
	assert_span(token.grant_id, SPAN("g1"));
	buf_init(&buf, forge.arena);
	buf_printf(&buf,
		"{\"alg\":\"ES256\",\"kid\":\"%.*se\",\"typ\":\"at+jwt\"}",
		KID_SIZE, keyring_current(forge.ring)->kid);
	assert_int_equal(buf_span(&buf, &want), OST_OK);
	assert_span(header_text(text), want);
}

/* The configuration decides what is issued, not what is accepted. */
static void
both_algorithms_are_accepted_side_by_side(void **state)
{
	struct span es256 = forge_issued(TOKEN_ACCESS_ES256),
		    hs256 = forge_issued(TOKEN_ACCESS);
	struct token token;

	(void)state;
	assert_int_equal(
		keyring_rotate(forge.ring, forge.store, forge.arena, 1000),
		OST_OK);
	assert_int_equal(forge_verify(es256, &token), OST_OK);
	assert_int_equal(forge_verify(hs256, &token), OST_OK);
	assert_false(token.is_es256);
	clock_fake(NOW_MS + 1001);
	assert_int_equal(
		keyring_rotate(forge.ring, forge.store, forge.arena, 1000),
		OST_OK);
	assert_denied("J17", es256);
}

/* J02, RFC 8725 section 2.1: what everybody knows is no secret, under the
 * header of either algorithm. */
static void
a_public_key_is_no_secret(void **state)
{
	struct span payload = forge_claims(GOOD), point, pem;
	const struct pair *pair = pair_of_current();
	struct pkey_public ec, rsa;
	struct buf buf;

	(void)state;
	assert_int_equal(pkey_public(pair->ec, forge.arena, &ec), OST_OK);
	assert_int_equal(pkey_public(pair->rsa, forge.arena, &rsa), OST_OK);
	point = forge_joined(forge_joined(SPAN(""), '\4', ec.x), '\0', ec.y);
	buf_init(&buf, forge.arena);
	buf_text(&buf, "-----BEGIN PUBLIC KEY-----\n"
		       "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n");
	base64_encode(&buf, point);
	buf_text(&buf, "\n-----END PUBLIC KEY-----\n");
	assert_int_equal(buf_span(&buf, &pem), OST_OK);
	const struct span secrets[] = { ec.x, ec.y, point, pem, rsa.n, rsa.e,
		forge_coded(ec.x), forge_coded(rsa.n), SPAN("") };

	for (size_t i = 0; i < COUNT(secrets); i++)
		for (int kind = 0; kind < TOKEN_KINDS; kind++)
			assert_denied(
				"J02", forge_sealed(keyring_current(forge.ring)
							    ->header[kind],
					       payload, secrets[i]));
	/* Nor does the secret sign for a pair, or a pair for the secret. */
	assert_denied(
		"J02", forge_sealed(forge_header(), payload, forge_key()));
	assert_denied("J02",
		forge_signed(keyring_current(forge.ring)->header[TOKEN_ACCESS],
			payload));
}

static struct span
signed_as(enum token_kind kind, const char *claims)
{
	struct span text;

	assert_int_equal(keyring_sign(forge.ring, forge.arena, kind,
				 span_of(claims), &text),
		OST_OK);
	return text;
}

/* JWT-05: though signed by the very same key, with claims that would do. */
static void
an_id_token_is_no_access_or_login_token(void **state)
{
	static const enum token_kind kinds[] = { TOKEN_ID_ES256,
		TOKEN_ID_RS256 };
	static const char claims[] =
		"{\"iss\":" US ",\"aud\":" US ",\"sub\":\"u1\","
		"\"jti\":\"j1\",\"iat\":" IAT ",\"exp\":" EXP ","
		"\"client_id\":\"a1\",\"scope\":\"\",\"grant\":\"g1\"}";
	struct token token;

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++)
		assert_denied("JWT-05", signed_as(kinds[i], claims));
	assert_int_equal(
		forge_verify(signed_as(TOKEN_ACCESS_ES256, claims), &token),
		OST_OK);
}

/* R or S of nothing (CVE-2022-21449), DER, and both halves in one. */
static void
signatures_of_another_form(void **state)
{
	struct span input =
		forge_joined(forge_header(), '.', forge_claims(GOOD));
	static const char zeros[256];
	static const size_t lengths[] = { 0, 1, 32, 63, 64, 65, 70, 71, 72, 128,
		256 };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++)
		assert_denied("zeros", forge_joined(input, '.',
					       forge_coded((struct span){
						       zeros, lengths[i] })));
	assert_denied("DER",
		forge_joined(input, '.',
			forge_coded(SPAN("\x30\x06\x02\x01\x01\x02\x01\x01"))));
}

/* A state from before there were pairs. */
static void
without_its_pair_nothing_is_decided(void **state)
{
	struct span es256 = forge_issued(TOKEN_ACCESS_ES256), untouched;
	struct token token = { .kind = TOKEN_ACCESS,
		.is_es256 = true,
		.issued_s = 1,
		.expires_s = 2 };
	struct keyring *fresh = keyring_new();
	size_t added = 0;

	(void)state;
	untouched = es256;
	for (size_t i = 0; i < forge.ring->n; i++) {
		struct span name, raw;

		assert_int_equal(
			pair_name(forge.arena,
				signing_key_kid(&forge.ring->keys[i]), &name),
			OST_OK);
		assert_int_equal(
			store_take(forge.store, name, forge.arena, &raw),
			OST_OK);
	}
	assert_int_equal(keyring_load(fresh, forge.store, forge.arena), OST_OK);
	assert_int_equal(token_verify(forge.arena, fresh, SPAN(FORGE_ISSUER),
				 es256, &token),
		OST_STORE);
	assert_int_equal(token_issue(forge.arena, fresh, SPAN(FORGE_ISSUER),
				 &token, &untouched),
		OST_STORE);
	assert_ptr_equal(untouched.p, es256.p);
	/* What does not need it goes on. */
	assert_int_equal(
		token_verify(forge.arena, fresh, SPAN(FORGE_ISSUER),
			forge_issued(TOKEN_LOGIN), &(struct token){ 0 }),
		OST_OK);
	assert_int_equal(keyring_complete(fresh, forge.arena, &added), OST_OK);
	assert_int_equal(added, 2);
	assert_int_equal(token_issue(forge.arena, fresh, SPAN(FORGE_ISSUER),
				 &token, &untouched),
		OST_OK);
	keyring_free(fresh);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, forge_open_es256, forge_close)

int
test_token_es256(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_access_token_returns_as_issued),
		TEST(both_algorithms_are_accepted_side_by_side),
		TEST(a_public_key_is_no_secret),
		TEST(an_id_token_is_no_access_or_login_token),
		TEST(signatures_of_another_form),
		TEST(without_its_pair_nothing_is_decided),
	};

	return cmocka_run_group_tests_name("token_es256", tests, NULL, NULL);
}
