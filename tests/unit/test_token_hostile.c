/* Tokens as an attacker would like them. The J numbers are those of the list
 * of hostile inputs. */
#include "forge.h"
#include "vectors.h"

int test_token_hostile(void);

/* JWT-01, JWT-04, JWT-05.
 * Headers that are not ours to the byte, though the MAC is right. $ is our
 * algorithm, @ the kid, # our typ. */
static const struct {
	const char *id, *header;
} headers[] = {
	{ "J01", "{\"alg\":\"none\",\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J01", "{\"alg\":\"None\",\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J01", "{\"alg\":\"nOnE\",\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J01", "{\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J02", "{\"alg\":\"RS256\",\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J02", "{\"alg\":\"HS384\",\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J04", "{\"alg\":\"$\",\"kid\":\"@\",\"typ\":\"#\","
		 "\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}" },
	{ "J04", "{\"alg\":\"$\",\"jku\":\"https://evil.com\","
		 "\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J04", "{\"alg\":\"$\",\"kid\":\"@\",\"typ\":\"#\","
		 "\"x5u\":\"https://evil.com\"}" },
	{ "J04", "{\"alg\":\"$\",\"kid\":\"@\",\"typ\":\"#\","
		 "\"x5c\":[\"MIIB\"]}" },
	{ "JWT-03", "{\"alg\":\"$\",\"crit\":[\"b64\"],\"b64\":false,"
		    "\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "JWT-03", "{\"alg\":\"$\",\"crit\":[],\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "JWT-03",
		"{\"alg\":\"$\",\"kid\":\"@\",\"typ\":\"#\",\"b64\":false}" },
	{ "J05", "{\"alg\":\"$\",\"kid\":\"../../dev/null\"}" },
	{ "J05", "{\"alg\":\"$\",\"kid\":\"' OR 1\"}" },
	{ "J05", "{\"alg\":\"$\",\"kid\":\"@\\u0000\",\"typ\":\"#\"}" },
	{ "J05", "{\"alg\":\"$\",\"kid\":\"\",\"typ\":\"x\"}" },
	{ "J05", "{\"alg\":\"$\"}" },
	{ "J05", "{\"alg\":\"$\",\"kid\":\"abcdefgh\",\"typ\":\"at+jwt\"}" },
	{ "J07", "{\"alg\":\"none\",\"alg\":\"$\",\"kid\":\"@\","
		 "\"typ\":\"#\"}" },
	{ "J16", "[\"alg\",\"$\",\"@\",\"#\"]" },
	{ "J16", "\"$\"" },
	{ "J16", "null" },
	{ "J16", "" },
	{ "JWT-05", "{\"alg\":\"$\",\"kid\":\"@\"}" },
	{ "JWT-05", "{\"alg\":\"$\",\"kid\":\"@\",\"typ\":\"JWT\"}" },
	{ "blank", "{\"alg\":\"$\", \"kid\":\"@\",\"typ\":\"#\"}" },
};

#define OUR_HEADER "{\"alg\":\"$\",\"kid\":\"@\",\"typ\":\"#\"}"

static struct span
with_header(const char *pattern)
{
	bool is_es256 = forge.kind == TOKEN_ACCESS_ES256;
	struct span header;
	struct buf buf;

	buf_init(&buf, forge.arena);
	for (const char *p = pattern; *p != '\0'; p++)
		if (*p == '@')
			buf_printf(&buf, "%.*s%s", KID_SIZE,
				keyring_current(forge.ring)->kid,
				is_es256 ? "e" : "");
		else if (*p == '#')
			buf_text(&buf,
				is_es256 ? "at+jwt" : "ostiary-login+jwt");
		else if (*p == '$')
			buf_text(&buf, is_es256 ? "ES256" : "HS256");
		else
			buf_char(&buf, *p);
	assert_int_equal(buf_span(&buf, &header), OST_OK);
	return forge_signed(forge_coded(header), forge_claims(GOOD));
}

static void
headers_are_compared_not_read(void **state)
{
	struct token token;

	(void)state;
	for (size_t i = 0; i < COUNT(headers); i++)
		assert_denied(headers[i].id, with_header(headers[i].header));
	assert_int_equal(forge_verify(with_header(OUR_HEADER), &token), OST_OK);
}

/* JWT-01: J01 without a MAC, J02 with the wrong key. */
static void
the_mac_must_be_ours(void **state)
{
	static const char pem[] = "-----BEGIN PUBLIC KEY-----\n"
				  "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj3\n"
				  "-----END PUBLIC KEY-----\n";
	struct span payload = forge_claims(GOOD);
	struct span input = forge_joined(forge_header(), '.', payload);

	(void)state;
	assert_denied("J01", forge_joined(input, '.', SPAN("")));
	assert_denied("J01", input);
	assert_denied(
		"J02", forge_sealed(forge_header(), payload, span_of(pem)));
	assert_denied("J02", forge_sealed(forge_header(), payload, SPAN("")));
	assert_denied(
		"next's key", forge_signed_by(1, forge_header(), payload));
}

/* JWT-06, 9700-12; JWT-02: no name twice. */
static const struct {
	const char *id, *claims;
} payloads[] = {
	{ "J07", CLAIMS(US, US, IAT, EXP, ",\"exp\":" EXP) },
	{ "J07", CLAIMS(US, US, IAT, "1", ",\"exp\":" EXP) },
	{ "J07", CLAIMS(US, US, IAT, EXP, ",\"\\u0065xp\":9999999999") },
	{ "J08", CLAIMS(US, US, IAT, EXP, ",\"exp\\u0000x\":1") },
	{ "J08",
		"{\"iss\":" US ",\"aud\":" US ",\"sub\":\"u1\",\"src\":\"p:1\","
		"\"jti\":\"j1\",\"iat\":" IAT ",\"exp\\u0000x\":" EXP "}" },
	{ "J10", CLAIMS(US, US, "1700000061", EXP, "") },
	{ "J10", CLAIMS(US, US, IAT, "1699999999", "") },
	{ "J10", CLAIMS(US, US, IAT, IAT, "") },
	{ "J10", CLAIMS(US, US, IAT, "1731536001", "") },
	{ "J10", CLAIMS(US, US, "0", EXP, "") },
	{ "J10", CLAIMS(US, US, "-1", EXP, "") },
	{ "J10", CLAIMS(US, US, IAT, "9007199254740993", "") },
	{ "J10", CLAIMS(US, US, IAT, "1.7e9", "") },
	{ "J10", CLAIMS(US, US, IAT, "1700000600.5", "") },
	{ "J10", CLAIMS(US, US, IAT, "\"1700000600\"", "") },
	{ "J10", CLAIMS(US, US, IAT, "null", "") },
	{ "J10", CLAIMS(US, US, IAT, EXP, ",\"nbf\":1700000061") },
	{ "J10", CLAIMS(US, US, IAT, EXP, ",\"nbf\":\"x\"") },
	{ "J11", CLAIMS(US, "[\"https://other.example\"]", IAT, EXP, "") },
	{ "J11", CLAIMS(US, "[" US "]", IAT, EXP, "") }, /* we never do so */
	{ "J11", CLAIMS(US, "1", IAT, EXP, "") },
	{ "J11", CLAIMS(US, "\"https://i.example/\"", IAT, EXP, "") },
	{ "J11", CLAIMS("\"https://i.example/\"", US, IAT, EXP, "") },
	{ "J11", CLAIMS("\"https://I.example\"", US, IAT, EXP, "") },
	{ "J11", CLAIMS("[" US "]", US, IAT, EXP, "") },
	{ "J16", "[" GOOD "]" },
	{ "J16", "null" },
	{ "J16", "\"x\"" },
	{ "J16", "" },
	{ "J16", "{}" },
	{ "J16", GOOD " x" },
	{ "J16", GOOD GOOD },
	{ "J19", CLAIMS("\"https://j.example\"", "\"https://j.example\"", IAT,
			 EXP, "") },
	{ "J19", CLAIMS(US, "\"https://j.example\"", IAT, EXP, "") },
	{ "J19", CLAIMS("\"https://j.example\"", US, IAT, EXP, "") },
};

static void
claims_are_read_strictly(void **state)
{
	struct token token;

	(void)state;
	for (size_t i = 0; i < COUNT(payloads); i++) {
		struct span text = forge_with_claims(payloads[i].claims);

		if (forge_verify(text, &token) != OST_DENIED)
			fail_msg("%s %s", payloads[i].id, payloads[i].claims);
	}
	assert_int_equal(
		forge_verify(forge_with_claims(CLAIMS(US, US, "1700000060", EXP,
				     ",\"nbf\":1700000060,\"new\":[1]")),
			&token),
		OST_OK);
	assert_int_equal(forge_verify(forge_with_claims(CLAIMS(
					      US, US, IAT, "1731536000", "")),
				 &token),
		OST_OK);
}

/* JWT-06: without one of its claims a token is none. */
static void
each_claim_is_required(void **state)
{
	static const char *const claims[] = { ("\"iss\":" US ","),
		("\"aud\":" US ","), "\"sub\":\"u1\",", "\"src\":\"p:1\",",
		"\"jti\":\"j1\",", ("\"iat\":" IAT ","), (",\"exp\":" EXP) };

	(void)state;
	for (size_t i = 0; i < COUNT(claims); i++) {
		const char *place = strstr(GOOD, claims[i]);
		struct span rest, before = { GOOD, 0 };

		assert_non_null(place);
		before.n = (size_t)(place - before.p);
		rest = span_of(place + strlen(claims[i]));
		rest = forge_joined(before, '\0', rest);
		assert_denied(claims[i], forge_with_claims(rest.p));
	}
	assert_denied("an epoch that is no number",
		forge_with_claims(
			CLAIMS(US, US, IAT, EXP, ",\"epoch\":\"0\"")));
}

/* JWT-02 */
static void
j13_three_parts_and_nothing_else(void **state)
{
	struct span good = forge_issued(forge.kind), dot = SPAN(".");
	struct span part[3], rest = good;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_true(span_next(&rest, '.', &part[i]));
	assert_denied("J13", forge_joined(good, '\0', dot));
	assert_denied("J13", forge_joined(good, '.', part[2]));
	assert_denied("J13", forge_joined(dot, '\0', good));
	assert_denied("J13", forge_joined(part[0], '.', part[1]));
	assert_denied("J13",
		forge_joined(part[0], '.', forge_joined(dot, '\0', part[2])));
	assert_denied("J13", part[0]);
	assert_denied("J13", SPAN("."));
	assert_denied("J13", SPAN(".."));
	assert_denied("J13", SPAN("...."));
	assert_denied("J13", SPAN(""));
	assert_denied("J13", SPAN_ABSENT);
	assert_denied("J13", SPAN("{\"payload\":\"e30\",\"signature\":\"\"}"));
	assert_denied("J13", forge_joined(good, '.', SPAN("a.b")));
}

/* JWT-02, J14: one token has one spelling. */
static void
j14_no_second_spelling(void **state)
{
	static const char *const ends[] = { "=", "==", " ", "\n", "\t", "A",
		"%3D" };
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				     "opqrstuvwxyz0123456789-_";
	struct span good = forge_issued(forge.kind), text;
	struct span payload = forge_claims(GOOD);
	size_t accepted = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct span end = span_of(ends[i]);

		assert_denied("J14", forge_joined(good, '\0', end));
		assert_denied("J14", forge_joined(end, '\0', good));
		assert_denied("J14", forge_signed(forge_header(),
					     forge_joined(payload, '\0', end)));
		assert_denied("J14",
			forge_signed(forge_joined(forge_header(), '\0', end),
				payload));
	}
	/* 32 bytes leave two bits of the last digit unused, 64 leave four. */
	assert_int_equal(arena_copy(forge.arena, good, &text), OST_OK);
	for (size_t i = 0; i < 64; i++) {
		((char *)(uintptr_t)text.p)[text.n - 1] = digits[i];
		accepted += forge_verify(text, &(struct token){ 0 }) == OST_OK;
	}
	assert_int_equal(accepted, 1);
	assert_denied("J14", forge_signed(forge_header(), SPAN("e30+")));
	assert_denied("J14", forge_signed(forge_header(), SPAN("e3/0")));
}

/* J05 */
static void
an_endless_kid(void **state)
{
	static char large[1 << 18];
	struct span header;

	(void)state;
	memset(large, 'A', sizeof(large));
	header = forge_joined(
		SPAN("{\"alg\":\"HS256\",\"kid\":\""), '\0', BYTES_SPAN(large));
	header = forge_joined(header, '\0', SPAN("\",\"typ\":\"at+jwt\"}"));
	assert_denied(
		"J05", forge_signed(forge_coded(header), forge_claims(GOOD)));
}

static void
j16_large_and_deep(void **state)
{
	static char large[1 << 20], spaced[TOKEN_SIZE_MAX];
	const size_t deep_n = 1000;

	(void)state;
	memset(large, '[', deep_n);
	memset(large + deep_n, ']', deep_n);
	assert_denied("J16",
		forge_signed(forge_header(),
			forge_coded((struct span){ large, 2 * deep_n })));
	memset(large, 'A', sizeof(large));
	assert_denied("J05", BYTES_SPAN(large));
	assert_denied("J16",
		forge_signed(forge_header(), forge_coded(BYTES_SPAN(large))));
	/* Claims that are good, and short enough: but not the whole. */
	memset(spaced, ' ', sizeof(spaced));
	memcpy(spaced + sizeof(spaced) - sizeof(GOOD), GOOD, sizeof(GOOD));
	assert_denied("J16", forge_with_claims(spaced));
	assert_int_equal(
		forge_verify(forge_with_claims(spaced + TOKEN_SIZE_MAX / 2),
			&(struct token){ 0 }),
		OST_OK);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, forge_open, forge_close),        \
		cmocka_unit_test_setup_teardown(                               \
			name, forge_open_es256, forge_close)

/* Each with a login token (HS256) and with an access token (ES256). */
int
test_token_hostile(void)
{
	const struct CMUnitTest tests[] = {
		TEST(headers_are_compared_not_read),
		TEST(the_mac_must_be_ours),
		TEST(claims_are_read_strictly),
		TEST(each_claim_is_required),
		TEST(j13_three_parts_and_nothing_else),
		TEST(j14_no_second_spelling),
		TEST(an_endless_kid),
		TEST(j16_large_and_deep),
	};

	return cmocka_run_group_tests_name("token_hostile", tests, NULL, NULL);
}
