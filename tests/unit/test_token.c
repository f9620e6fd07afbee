/* Tokens as we issue them, and as an attacker would like them. The J numbers
 * are those of the list of hostile inputs. */
#include "clock.h"
#include "codec.h"
#include "records.h"
#include "token.h"
#include "vectors.h"

int test_token(void);

#define ISSUER "https://i.example"
#define NOW_S  (NOW_MS / 1000)

static struct arena *arena;
static struct store *store;
static struct keyring *ring;

static int
setup(void **state)
{
	(void)state;
	ring = keyring_new();
	return ring == NULL || records_open(&arena, &store) != 0 ||
	       keyring_create(store, arena) != OST_OK ||
	       keyring_load(ring, store, arena) != OST_OK;
}

static int
teardown(void **state)
{
	(void)state;
	keyring_free(ring);
	return records_close(arena, store);
}

static struct span
issued(enum token_kind kind)
{
	struct token token = { .kind = kind,
		.subject = SPAN("u1"),
		.issued_s = NOW_S,
		.expires_s = NOW_S + 600 };
	struct span text;

	if (kind == TOKEN_ACCESS) {
		token.client_id = SPAN("a1");
		token.scope = SPAN("read write");
		token.grant_id = SPAN("g1");
	} else {
		token.source = SPAN("p:1");
	}
	assert_int_equal(
		token_issue(arena, ring, SPAN(ISSUER), &token, &text), OST_OK);
	return text;
}

static enum ost_err
verify(struct span text, struct token *token)
{
	return token_verify(arena, ring, SPAN(ISSUER), text, token);
}

static void
assert_denied(const char *what, struct span text)
{
	struct token token;
	enum ost_err err = verify(text, &token);

	if (err != OST_DENIED)
		fail_msg("%s: %s", what, ost_err_name(err));
}

static struct span
joined(struct span a, char c, struct span b)
{
	struct span text;
	struct buf buf;

	buf_init(&buf, arena);
	buf_add(&buf, a);
	if (c != '\0')
		buf_char(&buf, c);
	buf_add(&buf, b);
	assert_int_equal(buf_span(&buf, &text), OST_OK);
	return text;
}

static struct span
coded(struct span bytes)
{
	struct span text;
	struct buf buf;

	buf_init(&buf, arena);
	base64url_encode(&buf, bytes);
	assert_int_equal(buf_span(&buf, &text), OST_OK);
	return text;
}

static struct span
ring_key(void)
{
	return BYTES_SPAN(keyring_current(ring)->secret);
}

/* header and payload as they stand in the token; the MAC is right. */
static struct span
sealed(struct span header, struct span payload, struct span key)
{
	unsigned char mac[CRYPTO_HASH_SIZE];
	struct span input = joined(header, '.', payload);

	assert_int_equal(crypto_hmac(key, input, mac), OST_OK);
	return joined(input, '.', coded(BYTES_SPAN(mac)));
}

static struct span
our_header(void)
{
	return keyring_current(ring)->header[TOKEN_LOGIN];
}

static struct span
with_claims(const char *claims)
{
	return sealed(our_header(), coded(span_of(claims)), ring_key());
}

#define CLAIMS(iss, aud, iat, exp, more)                                       \
	"{\"iss\":" iss ",\"aud\":" aud ",\"sub\":\"u1\",\"src\":\"p:1\","     \
	"\"jti\":\"j1\",\"iat\":" iat ",\"exp\":" exp more "}"
#define US   "\"https://i.example\""
#define IAT  "1700000000"
#define EXP  "1700000600"
#define GOOD CLAIMS(US, US, IAT, EXP, "")

static void
an_access_token_returns_as_issued(void **state)
{
	struct span text = issued(TOKEN_ACCESS), other = issued(TOKEN_ACCESS);
	struct token token, second;

	(void)state;
	assert_int_equal(verify(text, &token), OST_OK);
	assert_int_equal(token.kind, TOKEN_ACCESS);
	assert_span(token.subject, SPAN("u1"));
	assert_span(token.client_id, SPAN("a1"));
	assert_span(token.scope, SPAN("read write"));
	assert_span(token.grant_id, SPAN("g1"));
	assert_true(span_is_absent(token.source));
	assert_true(token.issued_s == NOW_S && token.expires_s == NOW_S + 600);
	assert_int_equal(verify(other, &second), OST_OK);
	assert_int_equal(token.jti.n, 22);
	assert_false(span_eq(token.jti, second.jti));
}

static void
a_login_token_returns_as_issued(void **state)
{
	struct token token;

	(void)state;
	assert_int_equal(verify(issued(TOKEN_LOGIN), &token), OST_OK);
	assert_int_equal(token.kind, TOKEN_LOGIN);
	assert_span(token.source, SPAN("p:1"));
	assert_true(span_is_absent(token.client_id));
	assert_true(span_is_absent(token.scope));
	assert_true(span_is_absent(token.grant_id));
	/* What the tests below change is good as it stands. */
	assert_int_equal(verify(with_claims(GOOD), &token), OST_OK);
	assert_span(token.jti, SPAN("j1"));
}

static void
exp_is_the_first_second_of_death(void **state)
{
	struct span text = issued(TOKEN_LOGIN);
	struct token token = { 0 };

	(void)state;
	clock_fake((NOW_S + 600) * 1000 - 1);
	assert_int_equal(verify(text, &token), OST_OK);
	token = (struct token){ 0 };
	clock_fake((NOW_S + 600) * 1000);
	assert_int_equal(verify(text, &token), OST_EXPIRED);
	assert_span(token.subject, SPAN("u1"));
	/* K17: the clock was set back since. */
	clock_fake((NOW_S - 60) * 1000);
	assert_int_equal(verify(text, &token), OST_OK);
	clock_fake((NOW_S - 61) * 1000);
	assert_int_equal(verify(text, &token), OST_DENIED);
}

static void
a_kind_never_stands_for_another(void **state)
{
	const struct signing_key *key = keyring_current(ring);

	(void)state;
	assert_denied("login claims in an access token",
		sealed(key->header[TOKEN_ACCESS], coded(SPAN(GOOD)),
			ring_key()));
	assert_denied("access claims in a login token",
		with_claims("{\"iss\":" US ",\"aud\":" US ",\"sub\":\"u1\","
			    "\"client_id\":\"a1\",\"scope\":\"\",\"grant\":"
			    "\"g1\",\"iat\":" IAT ",\"exp\":" EXP
			    ",\"jti\":\"j1\"}"));
}

static void
any_changed_character_is_refused(void **state)
{
	struct span text = issued(TOKEN_ACCESS), changed;

	(void)state;
	for (size_t i = 0; i < text.n; i++) {
		char *p;

		assert_int_equal(arena_copy(arena, text, &changed), OST_OK);
		p = (char *)(uintptr_t)changed.p;
		p[i] = p[i] == 'A' ? 'B' : 'A';
		assert_denied("changed", changed);
		assert_denied("cut", (struct span){ text.p, i });
	}
}

static void
rotation_keeps_tokens_alive(void **state)
{
	struct span text = issued(TOKEN_LOGIN);
	struct token token;

	(void)state;
	assert_int_equal(keyring_rotate(ring, store, arena, 1000), OST_OK);
	assert_int_equal(verify(text, &token), OST_OK);
	assert_int_equal(verify(issued(TOKEN_LOGIN), &token), OST_OK);
	/* J17: the key is gone. */
	clock_fake(NOW_MS + 1001);
	assert_int_equal(keyring_rotate(ring, store, arena, 1000), OST_OK);
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
	assert_int_equal(token_issue(arena, ring, SPAN(ISSUER), &token, &text),
		OST_TOOBIG);
	assert_span(text, SPAN("untouched"));
	token.scope.n = 1000;
	assert_int_equal(
		token_issue(arena, ring, SPAN(ISSUER), &token, &text), OST_OK);
	assert_int_equal(verify(text, &token), OST_OK);
	assert_int_equal(token.scope.n, 1000);
}

/* Headers that are not ours to the byte, though the MAC is right. @ is the kid,
 * # our typ. */
static const struct {
	const char *id, *header;
} headers[] = {
	{ "J01", "{\"alg\":\"none\",\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J01", "{\"alg\":\"None\",\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J01", "{\"alg\":\"nOnE\",\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J01", "{\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J02", "{\"alg\":\"RS256\",\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J02", "{\"alg\":\"HS384\",\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J04", "{\"alg\":\"HS256\",\"kid\":\"@\",\"typ\":\"#\","
		 "\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}" },
	{ "J04", "{\"alg\":\"HS256\",\"jku\":\"https://evil.com\","
		 "\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J04", "{\"alg\":\"HS256\",\"kid\":\"@\",\"typ\":\"#\","
		 "\"x5u\":\"https://evil.com\"}" },
	{ "J04", "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false,"
		 "\"kid\":\"@\",\"typ\":\"#\"}" },
	{ "J05", "{\"alg\":\"HS256\",\"kid\":\"../../dev/null\"}" },
	{ "J05", "{\"alg\":\"HS256\",\"kid\":\"' OR 1\"}" },
	{ "J05", "{\"alg\":\"HS256\",\"kid\":\"@\\u0000\",\"typ\":\"#\"}" },
	{ "J05", "{\"alg\":\"HS256\",\"kid\":\"\",\"typ\":\"x\"}" },
	{ "J05", "{\"alg\":\"HS256\"}" },
	{ "J05",
		"{\"alg\":\"HS256\",\"kid\":\"abcdefgh\",\"typ\":\"at+jwt\"}" },
	{ "J07", "{\"alg\":\"none\",\"alg\":\"HS256\",\"kid\":\"@\","
		 "\"typ\":\"#\"}" },
	{ "J16", "[\"alg\",\"HS256\",\"@\",\"#\"]" },
	{ "J16", "\"HS256\"" },
	{ "J16", "null" },
	{ "J16", "" },
	{ "JWT-05", "{\"alg\":\"HS256\",\"kid\":\"@\"}" },
	{ "JWT-05", "{\"alg\":\"HS256\",\"kid\":\"@\",\"typ\":\"JWT\"}" },
	{ "blank", "{\"alg\":\"HS256\", \"kid\":\"@\",\"typ\":\"#\"}" },
};

#define OUR_HEADER "{\"alg\":\"HS256\",\"kid\":\"@\",\"typ\":\"#\"}"

static struct span
with_header(const char *pattern)
{
	struct span header;
	struct buf buf;

	buf_init(&buf, arena);
	for (const char *p = pattern; *p != '\0'; p++)
		if (*p == '@')
			buf_add(&buf, BYTES_SPAN(keyring_current(ring)->kid));
		else if (*p == '#')
			buf_text(&buf, "ostiary-login+jwt");
		else
			buf_char(&buf, *p);
	assert_int_equal(buf_span(&buf, &header), OST_OK);
	return sealed(coded(header), coded(SPAN(GOOD)), ring_key());
}

static void
headers_are_compared_not_read(void **state)
{
	struct token token;

	(void)state;
	for (size_t i = 0; i < COUNT(headers); i++)
		assert_denied(headers[i].id, with_header(headers[i].header));
	assert_int_equal(verify(with_header(OUR_HEADER), &token), OST_OK);
}

/* J01 without a MAC, J02 with the wrong key. */
static void
the_mac_must_be_ours(void **state)
{
	static const char pem[] = "-----BEGIN PUBLIC KEY-----\n"
				  "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj3\n"
				  "-----END PUBLIC KEY-----\n";
	struct span payload = coded(SPAN(GOOD));
	struct span input = joined(our_header(), '.', payload);

	(void)state;
	assert_denied("J01", joined(input, '.', SPAN("")));
	assert_denied("J01", input);
	assert_denied("J02", sealed(our_header(), payload, span_of(pem)));
	assert_denied("J02", sealed(our_header(), payload, SPAN("")));
	assert_denied("next's key", sealed(our_header(), payload,
					    BYTES_SPAN(ring->keys[1].secret)));
}

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
		struct span text = with_claims(payloads[i].claims);

		if (verify(text, &token) != OST_DENIED)
			fail_msg("%s %s", payloads[i].id, payloads[i].claims);
	}
	assert_int_equal(verify(with_claims(CLAIMS(US, US, "1700000060", EXP,
					",\"nbf\":1700000060,\"new\":[1]")),
				 &token),
		OST_OK);
	assert_int_equal(
		verify(with_claims(CLAIMS(US, US, IAT, "1731536000", "")),
			&token),
		OST_OK);
}

static void
j13_three_parts_and_nothing_else(void **state)
{
	struct span good = issued(TOKEN_LOGIN), dot = SPAN(".");
	struct span part[3], rest = good;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_true(span_next(&rest, '.', &part[i]));
	assert_denied("J13", joined(good, '\0', dot));
	assert_denied("J13", joined(good, '.', part[2]));
	assert_denied("J13", joined(dot, '\0', good));
	assert_denied("J13", joined(part[0], '.', part[1]));
	assert_denied("J13", joined(part[0], '.', joined(dot, '\0', part[2])));
	assert_denied("J13", part[0]);
	assert_denied("J13", SPAN("."));
	assert_denied("J13", SPAN(".."));
	assert_denied("J13", SPAN("...."));
	assert_denied("J13", SPAN(""));
	assert_denied("J13", SPAN_ABSENT);
	assert_denied("J13", SPAN("{\"payload\":\"e30\",\"signature\":\"\"}"));
	assert_denied("J13", joined(good, '.', SPAN("a.b")));
}

/* J14: one token has one spelling. */
static void
j14_no_second_spelling(void **state)
{
	static const char *const ends[] = { "=", "==", " ", "\n", "\t", "A",
		"%3D" };
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				     "opqrstuvwxyz0123456789-_";
	struct span good = issued(TOKEN_LOGIN), text;
	struct span payload = coded(SPAN(GOOD)), key = ring_key();
	size_t accepted = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct span end = span_of(ends[i]);

		assert_denied("J14", joined(good, '\0', end));
		assert_denied("J14", joined(end, '\0', good));
		assert_denied("J14",
			sealed(our_header(), joined(payload, '\0', end), key));
		assert_denied("J14",
			sealed(joined(our_header(), '\0', end), payload, key));
	}
	/* 32 bytes leave two bits of the last digit unused. */
	assert_int_equal(arena_copy(arena, good, &text), OST_OK);
	for (size_t i = 0; i < 64; i++) {
		((char *)(uintptr_t)text.p)[text.n - 1] = digits[i];
		accepted += verify(text, &(struct token){ 0 }) == OST_OK;
	}
	assert_int_equal(accepted, 1);
	assert_denied("J14", sealed(our_header(), SPAN("e30+"), key));
	assert_denied("J14", sealed(our_header(), SPAN("e3/0"), key));
}

static void
j16_large_and_deep(void **state)
{
	static char large[1 << 20];
	const size_t deep_n = 1000;

	(void)state;
	memset(large, '[', deep_n);
	memset(large + deep_n, ']', deep_n);
	assert_denied("J16",
		sealed(our_header(), coded((struct span){ large, 2 * deep_n }),
			ring_key()));
	memset(large, 'A', sizeof(large));
	assert_denied("J05", BYTES_SPAN(large));
	assert_denied("J16",
		sealed(our_header(), coded(BYTES_SPAN(large)), ring_key()));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_token(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_access_token_returns_as_issued),
		TEST(a_login_token_returns_as_issued),
		TEST(exp_is_the_first_second_of_death),
		TEST(a_kind_never_stands_for_another),
		TEST(any_changed_character_is_refused),
		TEST(rotation_keeps_tokens_alive),
		TEST(a_token_that_none_could_use_is_not_issued),
		TEST(headers_are_compared_not_read),
		TEST(the_mac_must_be_ours),
		TEST(claims_are_read_strictly),
		TEST(j13_three_parts_and_nothing_else),
		TEST(j14_no_second_spelling),
		TEST(j16_large_and_deep),
	};

	return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
