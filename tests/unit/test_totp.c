/* Codes of authenticators: RFC 4226 appendix D, RFC 6238 appendix B. */
#include "codec.h"
#include "crypto.h"
#include "records.h"
#include "totp.h"
#include "vectors.h"

int test_totp(void);

#define SEED SPAN("12345678901234567890")
#define NOW  (INT64_C(1111111109) * 1000) /* step 37037036, 07081804 */
#define STEP INT64_C(37037036)

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(1u << 20);
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void
hmac_sha1_of_rfc2202(void **state)
{
	static const struct {
		struct span key, data;
		const char *mac;
	} cases[] = {
		{ LITERAL("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
			  "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"),
			LITERAL("Hi There"),
			"b617318655057264e28bc0b6fb378c8ef146be00" },
		{ LITERAL("Jefe"), LITERAL("what do ya want for nothing?"),
			"effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
		{ LITERAL(""), LITERAL(""),
			"fbdb1d1b18aa6c08324b7d64b71fb76370690e1d" },
	};
	unsigned char mac[CRYPTO_SHA1_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span text;
		struct buf buf;

		assert_int_equal(
			crypto_hmac_sha1(cases[i].key, cases[i].data, mac),
			OST_OK);
		buf_init(&buf, arena);
		hex_encode(&buf, BYTES_SPAN(mac));
		assert_int_equal(buf_span(&buf, &text), OST_OK);
		assert_span(text, span_of(cases[i].mac));
	}
}

static void
codes_of_rfc4226_and_6238(void **state)
{
	static const char *const hotp[] = { "755224", "287082", "359152",
		"969429", "338314", "254676", "287922", "162583", "399871",
		"520489" };
	/* The last six of their eight digits. */
	static const struct {
		int64_t time_s;
		const char *code;
	} totp[] = {
		{ 59, "287082" },
		{ 1111111109, "081804" },
		{ 1111111111, "050471" },
		{ 1234567890, "005924" },
		{ 2000000000, "279037" },
		{ 20000000000, "353130" },
	};
	char code[TOTP_DIGITS];

	(void)state;
	for (size_t i = 0; i < COUNT(hotp); i++) {
		assert_int_equal(totp_code(SEED, (int64_t)i, code), OST_OK);
		assert_span(BYTES_SPAN(code), span_of(hotp[i]));
	}
	for (size_t i = 0; i < COUNT(totp); i++) {
		int64_t step = totp_step(totp[i].time_s * 1000);

		assert_int_equal(totp_code(SEED, step, code), OST_OK);
		assert_span(BYTES_SPAN(code), span_of(totp[i].code));
	}
}

static enum ost_err
check_at(int64_t offset, int64_t used_step, int64_t *step)
{
	return totp_check(SEED, SPAN("081804"), NOW + offset * TOTP_STEP_MS,
		used_step, step);
}

static void
one_step_before_and_behind(void **state)
{
	int64_t step;

	(void)state;
	for (int64_t offset = -4; offset <= 4; offset++) {
		bool is_near = offset >= -1 && offset <= 1;

		step = -7;
		assert_int_equal(check_at(offset, 0, &step),
			is_near ? OST_OK : OST_DENIED);
		assert_true(step == (is_near ? STEP : -7));
	}
	/* Near the beginning of time no step is below 0. */
	assert_int_equal(
		totp_check(SEED, SPAN("081804"), 0, 0, &step), OST_DENIED);
}

static void
a_code_opens_once(void **state)
{
	int64_t step;

	(void)state;
	assert_int_equal(check_at(0, STEP - 1, &step), OST_OK);
	assert_int_equal(check_at(0, STEP, &step), OST_DENIED);
	assert_int_equal(check_at(1, STEP, &step), OST_DENIED);
	assert_int_equal(check_at(-1, STEP + 1, &step), OST_DENIED);
	assert_int_equal(check_at(0, INT64_MAX, &step), OST_DENIED);
}

static void
codes_are_read_as_people_type_them(void **state)
{
	static const struct {
		struct span typed;
		bool is_good;
	} cases[] = {
		{ LITERAL("081804"), true },
		{ LITERAL("081 804"), true },
		{ LITERAL("  0 8 1 8 0 4 "), true },
		{ LITERAL(""), false },
		{ LITERAL("      "), false },
		{ LITERAL("81804"), false },
		{ LITERAL("0081804"), false },
		{ LITERAL("07081804"), false },
		{ LITERAL("081805"), false },
		{ LITERAL("181804"), false },
		{ LITERAL("081-804"), false },
		{ LITERAL("081\t804"), false },
		{ LITERAL("08180a"), false },
		{ LITERAL("081804\0"), false },
		{ LITERAL("+81804"), false },
		{ LITERAL("\xef\xbc\x90"
			  "81804"),
			false },
	};
	char long_one[65];
	int64_t step;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if ((totp_check(SEED, cases[i].typed, NOW, 0, &step) ==
			    OST_OK) != cases[i].is_good)
			fail_msg("\"%.*s\"", SPAN_ARG(cases[i].typed));
	memset(long_one, ' ', sizeof(long_one));
	memcpy(long_one, "081804", 6);
	assert_int_equal(
		totp_check(SEED, (struct span){ long_one, 64 }, NOW, 0, &step),
		OST_OK);
	assert_int_equal(totp_check(SEED, BYTES_SPAN(long_one), NOW, 0, &step),
		OST_DENIED);
	assert_int_equal(
		totp_check(SEED, SPAN_ABSENT, NOW, 0, &step), OST_DENIED);
	/* Without a secret there is no code. */
	assert_int_equal(totp_check(SPAN(""), SPAN("081804"), NOW, 0, &step),
		OST_DENIED);
}

static void
secrets_differ(void **state)
{
	struct span a, b;

	(void)state;
	assert_int_equal(totp_new_secret(arena, &a), OST_OK);
	assert_int_equal(totp_new_secret(arena, &b), OST_OK);
	assert_int_equal(a.n, TOTP_SECRET_SIZE);
	assert_int_equal(b.n, TOTP_SECRET_SIZE);
	assert_false(span_eq(a, b));
}

static void
uris_for_authenticators(void **state)
{
	struct span uri;

	(void)state;
	assert_int_equal(totp_uri(arena, SPAN("Example Open Data"),
				 SPAN("joe+x@example.org"), SEED, &uri),
		OST_OK);
	assert_span(uri,
		SPAN("otpauth://totp/Example%20Open%20Data:joe%2Bx%40example."
		     "org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer="
		     "Example%20Open%20Data&algorithm=SHA1&digits=6&period="
		     "30"));
	assert_int_equal(totp_uri(arena, SPAN("a:b&c?\303\251#%"), SPAN("joe"),
				 SEED, &uri),
		OST_OK);
	assert_true(span_starts(uri,
		SPAN("otpauth://totp/a%20b%26c%3F%C3%A9%23%25:joe?secret=")));
}

int
test_totp(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hmac_sha1_of_rfc2202),
		cmocka_unit_test(codes_of_rfc4226_and_6238),
		cmocka_unit_test(one_step_before_and_behind),
		cmocka_unit_test(a_code_opens_once),
		cmocka_unit_test(codes_are_read_as_people_type_them),
		cmocka_unit_test(secrets_differ),
		cmocka_unit_test(uris_for_authenticators),
	};

	return cmocka_run_group_tests_name("totp", tests, setup, teardown);
}
