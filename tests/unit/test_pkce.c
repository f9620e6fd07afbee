/* Proof Key for Code Exchange, RFC 7636. */
#include "codec.h"
#include "crypto.h"
#include "pkce.h"
#include "vectors.h"

int test_pkce(void);

/* RFC 7636 appendix B. */
#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static enum ost_err
check(struct span challenge, const char *verifier)
{
	struct arena *arena = arena_new(1 << 16);
	enum ost_err err;

	assert_non_null(arena);
	err = pkce_check(arena, challenge, span_of(verifier));
	arena_free(arena);
	return err;
}

/* 7636-01, 7636-04 */
static void
pair(void **state)
{
	(void)state;
	assert_int_equal(check(SPAN(CHALLENGE), VERIFIER), OST_OK);
	assert_int_equal(check(SPAN(VERIFIER), CHALLENGE), OST_DENIED);
	/* What plain would take. */
	assert_int_equal(check(SPAN(VERIFIER), VERIFIER), OST_DENIED);
	assert_int_equal(check(SPAN_ABSENT, VERIFIER), OST_DENIED);
	assert_int_equal(check(SPAN(""), VERIFIER), OST_DENIED);
	assert_int_equal(check(SPAN(CHALLENGE), NULL), OST_DENIED);
	assert_int_equal(check(SPAN(CHALLENGE), VERIFIER "\n"), OST_DENIED);
}

/* 7636-02: what is no verifier does not fit, though its hash does. */
static void
a_hash_makes_no_verifier(void **state)
{
	static const struct {
		const char *verifier;
		enum ost_err want;
	} cases[] = {
		{ VERIFIER, OST_OK },
		{ "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX", OST_DENIED },
		{ VERIFIER "=", OST_DENIED },
		{ VERIFIER "+", OST_DENIED },
		{ VERIFIER "/", OST_DENIED },
		{ VERIFIER "\n", OST_DENIED },
		{ "password", OST_DENIED },
		{ VERIFIER VERIFIER VERIFIER, OST_DENIED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena = arena_new(1 << 16);
		unsigned char hash[CRYPTO_HASH_SIZE];
		struct span challenge;
		struct buf buf;

		assert_int_equal(
			crypto_sha256(span_of(cases[i].verifier), hash),
			OST_OK);
		buf_init(&buf, arena);
		base64url_encode(&buf, BYTES_SPAN(hash));
		assert_int_equal(buf_span(&buf, &challenge), OST_OK);
		assert_int_equal(
			check(challenge, cases[i].verifier), cases[i].want);
		arena_free(arena);
	}
}

/* 7636-02, K10: every length, every byte */
static void
grammar(void **state)
{
	char text[130];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t n = 0; n <= sizeof(text); n++) {
		struct span s = { text, n };

		assert_int_equal(
			pkce_verifier_is_valid(s), n >= 43 && n <= 128);
		assert_int_equal(pkce_challenge_is_valid(s), n == 43);
	}
	for (int c = 0; c < 256; c++) {
		bool is_word = char_is_alnum((char)c) || c == '-' || c == '_';

		text[42] = (char)c;
		assert_int_equal(
			pkce_challenge_is_valid((struct span){ text, 43 }),
			is_word);
		assert_int_equal(
			pkce_verifier_is_valid((struct span){ text, 43 }),
			is_word || c == '.' || c == '~');
	}
}

int
test_pkce(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pair),
		cmocka_unit_test(a_hash_makes_no_verifier),
		cmocka_unit_test(grammar),
	};

	return cmocka_run_group_tests_name("pkce", tests, NULL, NULL);
}
