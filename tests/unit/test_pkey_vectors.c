/* Signatures by themselves: the vectors of Wycheproof for ECDSA P-256 (R and S)
 * and RSA 2048 PKCS#1 v1.5, both with SHA-256. */
#include "codec.h"
#include "pkey.h"
#include "vectors.h"

int test_pkey_vectors(void);

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(4 << 20);
	return arena == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

struct totals {
	size_t tests, valid, skipped;
	size_t acceptable; /* as the file calls it, and refused */
};

static struct span
unhexed(struct span hex)
{
	struct span bytes;

	assert_int_equal(hex_decode(arena, hex, &bytes), OST_OK);
	return bytes;
}

/* The point stands there as 04 X Y. */
static struct pkey *
ec_key(struct json_object *group)
{
	struct span point = unhexed(
		vector_text(vector_member(group, "publicKey"), "uncompressed"));
	struct pkey_public members = { .x = { point.p + 1, 32 },
		.y = { point.p + 33, 32 } };
	struct pkey *key;

	assert_int_equal(point.n, 65);
	assert_int_equal(pkey_import(PKEY_EC, &members, &key), OST_OK);
	return key;
}

/* NULL: the exponent is not ours. */
static struct pkey *
rsa_key(struct json_object *group)
{
	struct json_object *public = vector_member(group, "publicKey");
	struct span n = unhexed(vector_text(public, "modulus"));
	struct pkey_public members = { .n = span_skip(n, 1),
		.e = unhexed(vector_text(public, "publicExponent")) };
	struct pkey *key = NULL;

	assert_int_equal(n.p[0], 0); /* a sign */
	assert_int_equal(pkey_import(PKEY_RSA, &members, &key),
		span_eq(members.e, SPAN("\x01\x00\x01")) ? OST_OK
							 : OST_BADINPUT);
	return key;
}

static void
run(const struct pkey *key, struct json_object *test, struct totals *totals)
{
	int id = json_object_get_int(vector_member(test, "tcId"));
	/* "acceptable" is a missing NULL: RFC 8017 section 8.2.2 lets us be
	 * strict. */
	bool is_valid = span_eq(vector_text(test, "result"), SPAN("valid"));
	enum ost_err err = pkey_verify(key, unhexed(vector_text(test, "msg")),
		unhexed(vector_text(test, "sig")));

	if (err != (is_valid ? OST_OK : OST_DENIED))
		fail_msg("tcId %d: %s", id, ost_err_name(err));
	totals->valid += err == OST_OK;
	totals->acceptable +=
		err != OST_OK &&
		span_eq(vector_text(test, "result"), SPAN("acceptable"));
}

static struct totals
run_file(const char *name, struct pkey *(*key_of)(struct json_object *group))
{
	struct json_object *root = vectors_read(name);
	struct json_object *groups = vector_member(root, "testGroups");
	struct totals totals = { 0 };

	for (size_t i = 0; i < json_object_array_length(groups); i++) {
		struct json_object *group =
			json_object_array_get_idx(groups, i);
		struct json_object *tests = vector_member(group, "tests");
		size_t n = json_object_array_length(tests);
		struct pkey *key = key_of(group);

		totals.tests += n;
		for (size_t k = 0; k < n && key != NULL; k++)
			run(key, json_object_array_get_idx(tests, k), &totals);
		totals.skipped += key == NULL ? n : 0;
		pkey_free(key);
		arena_reset(arena);
	}
	json_object_put(root);
	return totals;
}

static void
ecdsa_p256_r_and_s(void **state)
{
	struct totals totals = run_file(
		"wycheproof/ecdsa_secp256r1_sha256_p1363_test.json", ec_key);

	(void)state;
	assert_int_equal(totals.tests, 262);
	assert_int_equal(totals.valid, 173);
	assert_int_equal(totals.skipped, 0);
	assert_int_equal(totals.acceptable, 0);
}

/* Two vectors are of keys with the exponent 3, which are not imported. */
static void
rsa_2048_pkcs1(void **state)
{
	struct totals totals = run_file(
		"wycheproof/rsa_signature_2048_sha256_test.json", rsa_key);

	(void)state;
	assert_int_equal(totals.tests, 259);
	assert_int_equal(totals.skipped, 2);
	assert_int_equal(totals.valid, 7);
	assert_int_equal(totals.acceptable, 1);
}

int
test_pkey_vectors(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ecdsa_p256_r_and_s),
		cmocka_unit_test(rsa_2048_pkcs1),
	};

	return cmocka_run_group_tests_name(
		"pkey_vectors", tests, setup, teardown);
}
