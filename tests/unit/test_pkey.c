/* Key pairs: their forms, and what is no signature. */
#include "codec.h"
#include "pkey.h"
#include "vectors.h"

int test_pkey(void);

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

static const enum pkey_type types[] = { PKEY_EC, PKEY_RSA };
static const size_t sizes[] = { [PKEY_EC] = 64, [PKEY_RSA] = 256 };
static const struct span data = LITERAL("what is signed");

static struct pkey *
generated(enum pkey_type type)
{
	struct pkey *key;

	assert_int_equal(pkey_generate(type, &key), OST_OK);
	assert_int_equal(pkey_type(key), type);
	return key;
}

static struct span
encoded(const struct pkey *key)
{
	struct span der;

	assert_int_equal(pkey_encode(key, arena, &der), OST_OK);
	return der;
}

static struct span
signed_by(const struct pkey *key)
{
	struct span signature;

	assert_int_equal(pkey_sign(key, arena, data, &signature), OST_OK);
	return signature;
}

static char *
changeable(struct span *s)
{
	assert_int_equal(arena_copy(arena, *s, s), OST_OK);
	return (char *)(uintptr_t)s->p;
}

static struct pkey *
public_half(const struct pkey *key)
{
	struct pkey_public members;
	struct pkey *half;

	assert_int_equal(pkey_public(key, arena, &members), OST_OK);
	assert_int_equal(pkey_import(pkey_type(key), &members, &half), OST_OK);
	return half;
}

static void
a_key_returns_from_its_encoding(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct pkey *key = generated(types[i]), *again, *half;
		struct span der = encoded(key), untouched = SPAN("untouched");

		assert_int_equal(pkey_decode(types[i], der, &again), OST_OK);
		assert_span(encoded(again), der);
		assert_int_equal(pkey_check(again, arena), OST_OK);
		half = public_half(again);
		assert_int_equal(signed_by(again).n, sizes[types[i]]);
		assert_int_equal(
			pkey_verify(half, data, signed_by(again)), OST_OK);
		/* It has nothing to sign with, nor to tell. */
		assert_int_equal(
			pkey_sign(half, arena, data, &untouched), OST_CRYPTO);
		assert_int_equal(
			pkey_encode(half, arena, &untouched), OST_CRYPTO);
		assert_int_equal(pkey_check(half, arena), OST_DENIED);
		assert_span(untouched, SPAN("untouched"));
		pkey_free(key);
		pkey_free(again);
		pkey_free(half);
	}
	pkey_free(NULL);
}

static void
public_members_are_what_a_jwk_has(void **state)
{
	struct pkey *ec = generated(PKEY_EC), *rsa = generated(PKEY_RSA);
	struct pkey_public members;

	(void)state;
	assert_int_equal(pkey_public(ec, arena, &members), OST_OK);
	assert_int_equal(members.x.n, 32);
	assert_int_equal(members.y.n, 32);
	assert_true(span_is_absent(members.n) && span_is_absent(members.e));
	assert_int_equal(pkey_public(rsa, arena, &members), OST_OK);
	assert_int_equal(members.n.n, 256);
	assert_true((unsigned char)members.n.p[0] >= 0x80);
	assert_span(members.e, SPAN("\x01\x00\x01"));
	assert_true(span_is_absent(members.x) && span_is_absent(members.y));
	pkey_free(ec);
	pkey_free(rsa);
}

static void
deny(const struct pkey *key, struct span signature)
{
	assert_int_equal(pkey_verify(key, data, signature), OST_DENIED);
}

static void
any_other_signature_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct pkey *key = generated(types[i]),
			    *other = generated(types[i]);
		struct span good = signed_by(key), s = good;
		char *p = changeable(&s);

		assert_int_equal(pkey_verify(key, data, good), OST_OK);
		for (size_t k = 0; k < s.n; k++) {
			p[k] ^= 1;
			deny(key, s);
			p[k] ^= 1;
		}
		deny(key, signed_by(other));
		assert_int_equal(pkey_verify(key, SPAN("what is Signed"), good),
			OST_DENIED);
		assert_int_equal(pkey_verify(key, SPAN(""), good), OST_DENIED);
		for (size_t n = 0; n < good.n; n += 7)
			deny(key, (struct span){ good.p, n });
		deny(key, SPAN_ABSENT);
		pkey_free(key);
		pkey_free(other);
	}
}

/* The order of P-256. */
static const char order[] =
	"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

static void
halves_stand_between_nothing_and_the_order(void **state)
{
	struct pkey *key = generated(PKEY_EC);
	struct span n, good = signed_by(key), s;
	static const char zeros[64];

	(void)state;
	assert_int_equal(hex_decode(arena, span_of(order), &n), OST_OK);
	deny(key, BYTES_SPAN(zeros));
	for (size_t at = 0; at <= 32; at += 32) {
		s = good;
		memset(changeable(&s) + at, 0, 32);
		deny(key, s);
		s = good;
		memcpy(changeable(&s) + at, n.p, 32);
		deny(key, s);
		s = good;
		memset(changeable(&s) + at, 0xff, 32);
		deny(key, s);
	}
	pkey_free(key);
}

static void
der_is_no_jws_signature(void **state)
{
	struct pkey *key = generated(PKEY_EC);
	struct span good = signed_by(key), s;
	struct buf buf;

	(void)state;
	buf_init(&buf, arena);
	buf_add(&buf, SPAN("\x30\x46\x02\x21\x00"));
	buf_add(&buf, (struct span){ good.p, 32 });
	buf_add(&buf, SPAN("\x02\x21\x00"));
	buf_add(&buf, span_skip(good, 32));
	assert_int_equal(buf_span(&buf, &s), OST_OK);
	deny(key, s);
	buf_init(&buf, arena);
	buf_char(&buf, 0);
	buf_add(&buf, good);
	assert_int_equal(buf_span(&buf, &s), OST_OK);
	deny(key, s);
	pkey_free(key);
}

/* Whole keys that are not of ours. */
static const struct {
	const char *name, *hex;
} strangers[] = {
	{ "p384", "3081b6020100301006072a8648ce3d020106052b8104002204819e30819b"
		  "020101043028886cfde780517d6135c5a57c35b7585688c9567ead006a00"
		  "a4a3108edd9b9a3db400d6a1458ecc853fc94fb446f51aa1640362000418"
		  "a0c511d98da699245032bbc3355ef3d4a5931d253592c479380d276017e6"
		  "e4ce1113abeca14485bd24a6e8c013853fc6c2842e1fa0982ea76212248a"
		  "e4a05ffae338d17aa36f15d277f6cd593423fe31fb9f9fbe5fdbc923c625"
		  "9883d6eb01" },
	{ "secp256k1",
		"308184020100301006072a8648ce3d020106052b8104000a046d306b0201"
		"01042056c0cc4c1ee9c6a755aa9aee36d435a5ca6c6a755dfc6cb70064fb"
		"7fdf14a299a1440342000434ba2b43b4c8e2453c539898083424fc65aec4"
		"ff886920ac43f94dc9084b88baa3b6fbab60328f2a34661391fd2592bab3"
		"894c83a1b46eafd6abb5b7c5994435" },
	{ "ed25519",
		"302e020100300506032b657004220420efca2452280e37ae8a75b2855f7d"
		"34659bbb57ad1886e613f15273ff2bc68eca" },
	{ "rsa1024",
		"30820277020100300d06092a864886f70d0101010500048202613082025d"
		"02010002818100e21022b20c2902c8149540682809279048b2ab6739ae35"
		"7fd26bbbafe7f4c00c49eebf314e4bceaf0763d2ecce89f10ce4160a203f"
		"cb42611927e9e00366716169fade24cd3ea6deb09627b28b8b4bef35368d"
		"f01aa82f02cf3dfa9d1cde6a7ea7cc8452ab216b6d6e2757d37985da5d0a"
		"e9d79706ffc69bb442947d2cf9253d0203010001028181008d03c5b0ccf7"
		"141e1d00d13167aff63701b23a4b64e6afc6b14ab4c450ec129457d60efb"
		"c1bc760c268ef576f48b858b26083d7eca6c8f56a46b8a6f4b8faeaf09f2"
		"bd749abcb5727d4295ed57e03f6e2bdfa9064297792b849f70e000c2fc20"
		"32a33c2b31776241d50c21c377f5ad951cb865b039f1e51c4dbbb6ef4fe0"
		"057d024100fd933757362f1d92b2feb5283383a5530c937f74ad6cbc57ba"
		"c46b3d21aa49d37f5f07ef95ddefdc74443ab149b84a578ce16f342e2304"
		"95fd95f05ff8ef6a33024100e4399100acc68e9179f7f0488b0e4c9a3f34"
		"dea3eea55f598e274df6f989b98321d7f14280f6229e4ffc14f6cad1de14"
		"5e7e6b99d6333fd6b7b85404031aa2cf0241009c628884ceb3ec07274112"
		"b48260b43b2dcc6194b1c817b7fb455be5cdb759e487ef31d3be97ab7048"
		"7c33be56fac34e8f6210d51b871932efbbe30d2d576a250240211196491a"
		"bfca7899cbab2d57b8c2b0b6e7da3ab6a18fa75249afaa518dfb2b5d0405"
		"1935c6744dac1942905fe2f8e2caae56b8fba8815f834f5a1d1ab6095102"
		"407580f9e37d879e2e8501667f2154572980a6d7d1080c2ee4e2594396b9"
		"983ff0387f372cf89f56fafab79b8e8887ea527b7ee966932b694bd26874"
		"952557c7da" },
};

static void
other_keys_are_not_read(void **state)
{
	struct pkey *ec = generated(PKEY_EC), *rsa = generated(PKEY_RSA), *key;
	struct span der;

	(void)state;
	assert_int_equal(
		pkey_decode(PKEY_RSA, encoded(ec), &key), OST_BADINPUT);
	assert_int_equal(
		pkey_decode(PKEY_EC, encoded(rsa), &key), OST_BADINPUT);
	for (size_t i = 0; i < COUNT(strangers); i++) {
		assert_int_equal(
			hex_decode(arena, span_of(strangers[i].hex), &der),
			OST_OK);
		for (size_t k = 0; k < COUNT(types); k++)
			if (pkey_decode(types[k], der, &key) != OST_BADINPUT)
				fail_msg("%s is taken", strangers[i].name);
	}
	pkey_free(ec);
	pkey_free(rsa);
}

static void
half_a_key_is_not_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct pkey *key = generated(types[i]), *read;
		struct span der = encoded(key), more;
		struct buf buf;

		for (size_t n = 0; n < der.n; n++)
			assert_int_equal(
				pkey_decode(types[i], (struct span){ der.p, n },
					&read),
				OST_BADINPUT);
		buf_init(&buf, arena);
		buf_add(&buf, der);
		buf_char(&buf, 0);
		assert_int_equal(buf_span(&buf, &more), OST_OK);
		assert_int_equal(
			pkey_decode(types[i], more, &read), OST_BADINPUT);
		pkey_free(key);
	}
}

/* The public point stands last in an EC key. */
static void
halves_of_two_keys_are_noticed(void **state)
{
	struct pkey *a = generated(PKEY_EC), *b = generated(PKEY_EC), *mixed;
	struct span der = encoded(a), of_b = encoded(b);
	enum ost_err err;

	(void)state;
	assert_int_equal(der.n, of_b.n);
	memcpy(changeable(&der) + der.n - 64, of_b.p + of_b.n - 64, 64);
	err = pkey_decode(PKEY_EC, der, &mixed);
	if (err == OST_OK) {
		assert_int_equal(pkey_check(mixed, arena), OST_DENIED);
		pkey_free(mixed);
	} else {
		assert_int_equal(err, OST_BADINPUT);
	}
	pkey_free(a);
	pkey_free(b);
}

static void
refuse_import(enum pkey_type type, const struct pkey_public *members)
{
	struct pkey *key = NULL;

	assert_int_equal(pkey_import(type, members, &key), OST_BADINPUT);
	assert_null(key);
}

static void
imports_are_strict(void **state)
{
	struct pkey *ec = generated(PKEY_EC), *rsa = generated(PKEY_RSA);
	struct pkey_public good, bad, numbers;
	static const char zeros[257];

	(void)state;
	assert_int_equal(pkey_public(ec, arena, &good), OST_OK);
	assert_int_equal(pkey_public(rsa, arena, &numbers), OST_OK);
	bad = good;
	changeable(&bad.y)[31] ^= 1; /* not on the curve */
	refuse_import(PKEY_EC, &bad);
	bad = (struct pkey_public){ .x = { zeros, 32 }, .y = { zeros, 32 } };
	refuse_import(PKEY_EC, &bad);
	bad = good;
	bad.x.n = 31;
	refuse_import(PKEY_EC, &bad);
	bad = good;
	bad.y = (struct span){ zeros, 33 };
	refuse_import(PKEY_EC, &bad);
	refuse_import(PKEY_EC, &numbers);
	refuse_import(PKEY_RSA, &good);
	bad = numbers;
	bad.n.n = 255;
	refuse_import(PKEY_RSA, &bad);
	bad.n = (struct span){ zeros, 256 };
	refuse_import(PKEY_RSA, &bad);
	bad = numbers;
	changeable(&bad.n)[0] = 0x7f; /* 2047 bits */
	refuse_import(PKEY_RSA, &bad);
	bad = numbers;
	bad.e = SPAN("\3");
	refuse_import(PKEY_RSA, &bad);
	bad.e = SPAN("\0\1\0\1");
	refuse_import(PKEY_RSA, &bad);
	pkey_free(ec);
	pkey_free(rsa);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
test_pkey(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_key_returns_from_its_encoding),
		TEST(public_members_are_what_a_jwk_has),
		TEST(any_other_signature_is_refused),
		TEST(halves_stand_between_nothing_and_the_order),
		TEST(der_is_no_jws_signature),
		TEST(other_keys_are_not_read),
		TEST(half_a_key_is_not_read),
		TEST(halves_of_two_keys_are_noticed),
		TEST(imports_are_strict),
	};

	return cmocka_run_group_tests_name("pkey", tests, NULL, NULL);
}
