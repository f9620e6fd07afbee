#include "codec.h"
#include "crypto.h"
#include "vectors.h"

#include <stdlib.h>

int test_crypto(void);

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct span
from_hex(struct span text)
{
	struct span bytes;

	assert_int_equal(hex_decode(arena, text, &bytes), OST_OK);
	return bytes;
}

static struct span
to_text(void (*encode)(struct buf *, struct span), struct span bytes)
{
	struct span text;
	struct buf buf;

	buf_init(&buf, arena);
	encode(&buf, bytes);
	assert_int_equal(buf_span(&buf, &text), OST_OK);
	return text;
}

static struct span
repeated(char c, size_t n)
{
	char *bytes = arena_alloc(arena, n);

	assert_non_null(bytes);
	memset(bytes, c, n);
	return (struct span){ bytes, n };
}

static void
assert_sha256(struct span data, struct span want)
{
	unsigned char hash[CRYPTO_HASH_SIZE];

	assert_int_equal(crypto_sha256(data, hash), OST_OK);
	assert_span(to_text(hex_encode, BYTES_SPAN(hash)), want);
}

static void
assert_hmac(struct span key, struct span data, struct span want)
{
	unsigned char mac[CRYPTO_HASH_SIZE];

	assert_int_equal(crypto_hmac(key, data, mac), OST_OK);
	assert_span(to_text(hex_encode, BYTES_SPAN(mac)), want);
}

/* FIPS 180-2, appendix B. */
static void
sha256_of_fips(void **state)
{
	struct span none = SPAN("e3b0c44298fc1c149afbf4c8996fb924"
				"27ae41e4649b934ca495991b7852b855");

	(void)state;
	assert_sha256(SPAN(""), none);
	assert_sha256(SPAN_ABSENT, none);
	assert_sha256(SPAN("abc"), SPAN("ba7816bf8f01cfea414140de5dae2223"
					"b00361a396177a9cb410ff61f20015ad"));
	assert_sha256(SPAN("abcdbcdecdefdefgefghfghighijhijk"
			   "ijkljklmklmnlmnomnopnopq"),
		SPAN("248d6a61d20638b8e5c026930c3e6039"
		     "a33ce45964ff2167f6ecedd419db06c1"));
	assert_sha256(repeated('a', 1000000),
		SPAN("cdc76e5c9914fb9281a1c7e284d73e67"
		     "f1809a48a497200e046d39ccc7112cd0"));
	assert_sha256(SPAN(""), none);
	arena_reset(arena);
}

static void
pkce_of_rfc7636(void **state)
{
	struct json_object *root = vectors_read("rfc/rfc_vectors.json");
	struct json_object *pkce = vector_member(root, "pkce_rfc7636_appB");
	unsigned char hash[CRYPTO_HASH_SIZE];

	(void)state;
	assert_int_equal(
		crypto_sha256(vector_text(pkce, "code_verifier"), hash),
		OST_OK);
	assert_span(to_text(base64url_encode, BYTES_SPAN(hash)),
		vector_text(pkce, "code_challenge_S256"));
	json_object_put(root);
}

/* The key of the call before never lasts, whatever comes next. */
static void
hmac_of_rfc4231(void **state)
{
	struct span none = SPAN("b613679a0814d9ec772f95d778c35fc5"
				"ff1697c493715653c6c712144292c5ad");

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_hmac(repeated(0x0b, 20), SPAN("Hi There"),
			SPAN("b0344c61d8db38535ca8afceaf0bf12b"
			     "881dc200c9833da726e9376c2e32cff7"));
		assert_hmac(SPAN_ABSENT, SPAN_ABSENT, none);
		assert_hmac(SPAN("Jefe"), SPAN("what do ya want for nothing?"),
			SPAN("5bdcc146bf60754e6a042426089575c7"
			     "5a003f089d2739839dec58b964ec3843"));
		assert_hmac(SPAN(""), SPAN(""), none);
		assert_hmac(repeated((char)0xaa, 131),
			SPAN("Test Using Larger Than Block-Size Key - "
			     "Hash Key First"),
			SPAN("60e431591ee0b67f0d8a26aacbf5b77f"
			     "8e0bc6213728c5140546040f0ee37f54"));
	}
}

static void
hmac_of_rfc7515(void **state)
{
	struct json_object *root = vectors_read("rfc/rfc_vectors.json");
	struct json_object *jws = vector_member(root, "jws_rfc7515_A1");
	struct span token = vector_text(jws, "compact"), rest = token;
	struct span header, payload, key;
	unsigned char mac[CRYPTO_HASH_SIZE];

	(void)state;
	assert_true(span_cut(&rest, '.', &header));
	assert_true(span_cut(&rest, '.', &payload));
	assert_int_equal(
		base64url_decode(arena, vector_text(jws, "k"), &key), OST_OK);
	token.n = header.n + 1 + payload.n;
	assert_int_equal(crypto_hmac(key, token, mac), OST_OK);
	assert_span(to_text(base64url_encode, BYTES_SPAN(mac)), rest);
	json_object_put(root);
}

static bool
is_mac_of(struct json_object *test, size_t tag_size)
{
	struct span key = from_hex(vector_text(test, "key"));
	struct span message = from_hex(vector_text(test, "msg"));
	struct span tag = from_hex(vector_text(test, "tag"));
	unsigned char mac[CRYPTO_HASH_SIZE];

	assert_int_equal(crypto_hmac(key, message, mac), OST_OK);
	return crypto_equal((struct span){ (char *)mac, tag_size }, tag);
}

static void
hmac_of_wycheproof(void **state)
{
	struct json_object *root =
		vectors_read("wycheproof/hmac_sha256_test.json");
	struct json_object *groups = vector_member(root, "testGroups");
	size_t tests = 0, valid = 0;

	(void)state;
	for (size_t g = 0; g < json_object_array_length(groups); g++) {
		struct json_object *group =
			json_object_array_get_idx(groups, g);
		struct json_object *list = vector_member(group, "tests");
		/* A tag may be the first bytes of the MAC only. */
		size_t tag_size = (size_t)json_object_get_int(
					  vector_member(group, "tagSize")) /
				  8;

		for (size_t i = 0; i < json_object_array_length(list); i++) {
			struct json_object *test =
				json_object_array_get_idx(list, i);
			bool is_valid = span_eq(
				vector_text(test, "result"), SPAN("valid"));

			arena_reset(arena);
			if (is_mac_of(test, tag_size) != is_valid)
				fail_msg("tcId %d",
					json_object_get_int(
						vector_member(test, "tcId")));
			tests++;
			valid += is_valid;
		}
	}
	assert_int_equal(tests, 174);
	assert_int_equal(valid, 66);
	json_object_put(root);
}

static void
equal_is_equal_in_every_bit(void **state)
{
	unsigned char a[CRYPTO_HASH_SIZE], b[CRYPTO_HASH_SIZE];
	struct span first = BYTES_SPAN(a), second = BYTES_SPAN(b);

	(void)state;
	crypto_random(a, sizeof(a));
	memcpy(b, a, sizeof(b));
	assert_true(crypto_equal(first, second));
	for (size_t i = 0; i < sizeof(b) * 8; i++) {
		b[i / 8] ^= (unsigned char)(1u << i % 8);
		assert_false(crypto_equal(first, second));
		b[i / 8] ^= (unsigned char)(1u << i % 8);
	}
	for (size_t n = 0; n < sizeof(b); n++) {
		second.n = n;
		assert_false(crypto_equal(first, second));
		assert_false(crypto_equal(second, first));
	}
	assert_true(crypto_equal(SPAN(""), SPAN("")));
	assert_false(crypto_equal(SPAN_ABSENT, SPAN_ABSENT));
	assert_false(crypto_equal(SPAN(""), SPAN_ABSENT));
	assert_false(crypto_equal(SPAN_ABSENT, SPAN("")));
	assert_false(crypto_equal(SPAN("a\0b"), SPAN("a\0c")));
}

static void
random_fills_what_it_is_given(void **state)
{
	unsigned char bytes[1026] = { 0 }, zero[1026] = { 0 };
	bool is_met[256] = { false };

	(void)state;
	crypto_random(bytes, 0);
	assert_memory_equal(bytes, zero, sizeof(bytes));
	/* 2^-256 for each: neither end is left alone, nor more is touched. */
	crypto_random(bytes + 1, 1024);
	assert_int_equal(bytes[0], 0);
	assert_int_equal(bytes[1025], 0);
	assert_memory_not_equal(bytes + 1, zero, 32);
	assert_memory_not_equal(bytes + 993, zero, 32);
	for (int i = 0; i < 16; i++) {
		crypto_random(bytes, sizeof(bytes));
		for (size_t k = 0; k < sizeof(bytes); k++)
			is_met[bytes[k]] = true;
	}
	for (size_t i = 0; i < 256; i++)
		assert_true(is_met[i]);
}

static void
random_text_is_even(void **state)
{
	const size_t texts = 2000;
	const double expected = (double)(texts * CRYPTO_TEXT_SIZE) / 62;
	size_t counts[256] = { 0 };
	double chi_square = 0;

	(void)state;
	for (size_t i = 0; i < texts; i++) {
		char text[CRYPTO_TEXT_SIZE + 1];

		text[CRYPTO_TEXT_SIZE] = '!';
		crypto_random_text(text);
		assert_int_equal(text[CRYPTO_TEXT_SIZE], '!');
		for (size_t k = 0; k < CRYPTO_TEXT_SIZE; k++) {
			if (!char_is_alnum(text[k]))
				fail_msg("%02x", (unsigned char)text[k]);
			counts[(unsigned char)text[k]]++;
		}
	}
	for (size_t i = 0; i < 256; i++)
		if (char_is_alnum((char)i))
			chi_square += ((double)counts[i] - expected) *
				      ((double)counts[i] - expected) / expected;
	/* 61 degrees of freedom: more once in 10^10 runs. Without the rejected
	 * bytes (8 letters a quarter too often) it is about 600. */
	assert_true(chi_square < 160);
}

static int
by_text(const void *a, const void *b)
{
	return memcmp(a, b, CRYPTO_TEXT_SIZE);
}

/* 6749-21: 43 of 62 characters, as many as 32 bytes, and never the same. */
static void
random_texts_are_new(void **state)
{
	const size_t n = 100000;
	char(*texts)[CRYPTO_TEXT_SIZE] = calloc(n, sizeof(*texts));

	(void)state;
	assert_int_equal(CRYPTO_TEXT_SIZE, 43);
	assert_non_null(texts);
	for (size_t i = 0; i < n; i++)
		crypto_random_text(texts[i]);
	qsort(texts, n, sizeof(*texts), by_text);
	for (size_t i = 1; i < n; i++)
		assert_memory_not_equal(
			texts[i - 1], texts[i], CRYPTO_TEXT_SIZE);
	free(texts);
}

static void
wipe_leaves_zeros(void **state)
{
	unsigned char bytes[34], want[34] = { 0 };

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	want[0] = want[33] = 0xa5;
	crypto_wipe(bytes + 1, 32);
	assert_memory_equal(bytes, want, sizeof(bytes));
	crypto_wipe(NULL, 0);
}

/* Bit by bit, as the polynomial says. */
static uint32_t
slow_crc32(struct span data)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < data.n * 8; i++) {
		uint32_t bit = (uint32_t)data.p[i / 8] >> i % 8 & 1;

		crc = crc >> 1 ^ ((crc & 1) == bit ? 0 : 0xedb88320);
	}
	return ~crc;
}

static void
crc32_of_small_inputs(void **state)
{
	(void)state;
	assert_int_equal(crypto_crc32(SPAN("123456789")), 0xcbf43926);
	assert_int_equal(crypto_crc32(SPAN("")), 0);
	assert_int_equal(crypto_crc32(SPAN_ABSENT), 0);
	for (unsigned int pair = 0; pair < 65536; pair++) {
		char bytes[2] = { (char)(pair >> 8), (char)(pair & 0xff) };
		struct span one = { bytes + 1, 1 };

		if (crypto_crc32(BYTES_SPAN(bytes)) !=
			slow_crc32(BYTES_SPAN(bytes)))
			fail_msg("%04x", pair);
		if (crypto_crc32(one) != slow_crc32(one))
			fail_msg("%02x", pair & 0xff);
	}
}

static void
init_may_be_called_again(void **state)
{
	(void)state;
	assert_int_equal(crypto_init(), OST_OK);
	assert_int_equal(crypto_init(), OST_OK);
}

int
test_crypto(void)
{
	static const struct CMUnitTest tests[] = {
		/* Before any crypto_init(). */
		cmocka_unit_test(sha256_of_fips),
		cmocka_unit_test(init_may_be_called_again),
		cmocka_unit_test(pkce_of_rfc7636),
		cmocka_unit_test(hmac_of_rfc4231),
		cmocka_unit_test(hmac_of_rfc7515),
		cmocka_unit_test(hmac_of_wycheproof),
		cmocka_unit_test(equal_is_equal_in_every_bit),
		cmocka_unit_test(random_fills_what_it_is_given),
		cmocka_unit_test(random_text_is_even),
		cmocka_unit_test(random_texts_are_new),
		cmocka_unit_test(wipe_leaves_zeros),
		cmocka_unit_test(crc32_of_small_inputs),
	};

	return cmocka_run_group_tests_name("crypto", tests, setup, teardown);
}
