#include "pkey.h"
#include "crypto.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#define RSA_BITS     (8 * PKEY_RSA_SIZE)
#define RSA_EXPONENT 65537
#define EC_GROUP     "prime256v1" /* OpenSSL's name of P-256 */
#define EC_DER_MAX   80		  /* of a signature: at most 72 */

struct pkey {
	enum pkey_type type;
	EVP_PKEY *evp;
};

static unsigned char *
bytes(struct span s)
{
	return (unsigned char *)(uintptr_t)(s.n > 0 ? s.p : "");
}

/* Takes evp over, also when it fails. */
static enum ost_err
wrap(enum pkey_type type, EVP_PKEY *evp, struct pkey **key)
{
	struct pkey *made = calloc(1, sizeof(*made));

	if (made == NULL) {
		EVP_PKEY_free(evp);
		return OST_NOMEM;
	}
	made->type = type;
	made->evp = evp;
	*key = made;
	return OST_OK;
}

enum ost_err
pkey_generate(enum pkey_type type, struct pkey **key)
{
	EVP_PKEY *evp =
		type == PKEY_EC ? EVP_EC_gen(EC_GROUP) : EVP_RSA_gen(RSA_BITS);

	return evp == NULL ? OST_CRYPTO : wrap(type, evp, key);
}

void
pkey_free(struct pkey *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->evp);
	free(key);
}

enum pkey_type
pkey_type(const struct pkey *key)
{
	return key->type;
}

/* The number of that name, of exactly n bytes (0: as many as it has). */
static enum ost_err
get_number(const struct pkey *key, const char *name, struct arena *arena,
	size_t n, struct span *number)
{
	BIGNUM *value = NULL;
	enum ost_err err = OST_CRYPTO;
	unsigned char *p;

	if (EVP_PKEY_get_bn_param(key->evp, name, &value) != 1)
		return err;
	if (n == 0)
		n = (size_t)BN_num_bytes(value);
	p = arena_alloc(arena, n);
	if (p == NULL)
		err = OST_NOMEM;
	else if (BN_bn2binpad(value, p, (int)n) == (int)n)
		err = OST_OK;
	BN_free(value);
	if (err == OST_OK)
		*number = (struct span){ (char *)p, n };
	return err;
}

enum ost_err
pkey_public(const struct pkey *key, struct arena *arena,
	struct pkey_public *members)
{
	struct pkey_public found = { 0 };
	enum ost_err err;

	if (key->type == PKEY_EC) {
		err = get_number(key, OSSL_PKEY_PARAM_EC_PUB_X, arena,
			PKEY_EC_SIZE, &found.x);
		if (err == OST_OK)
			err = get_number(key, OSSL_PKEY_PARAM_EC_PUB_Y, arena,
				PKEY_EC_SIZE, &found.y);
	} else {
		err = get_number(
			key, OSSL_PKEY_PARAM_RSA_N, arena, 0, &found.n);
		if (err == OST_OK)
			err = get_number(
				key, OSSL_PKEY_PARAM_RSA_E, arena, 0, &found.e);
	}
	if (err == OST_OK)
		*members = found;
	return err;
}

/* Whether OpenSSL's key is what our type says. */
static bool
is_of_type(EVP_PKEY *evp, enum pkey_type type)
{
	char group[32];
	BIGNUM *e = NULL;
	bool yes;

	if (type == PKEY_EC)
		return EVP_PKEY_get_base_id(evp) == EVP_PKEY_EC &&
		       EVP_PKEY_get_group_name(
			       evp, group, sizeof(group), NULL) == 1 &&
		       strcmp(group, EC_GROUP) == 0;
	if (EVP_PKEY_get_base_id(evp) != EVP_PKEY_RSA ||
		EVP_PKEY_get_bits(evp) != RSA_BITS ||
		EVP_PKEY_get_bn_param(evp, OSSL_PKEY_PARAM_RSA_E, &e) != 1)
		return false;
	yes = BN_is_word(e, RSA_EXPONENT);
	BN_free(e);
	return yes;
}

enum ost_err
pkey_encode(const struct pkey *key, struct arena *arena, struct span *der)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->evp);
	unsigned char *p, *end;
	enum ost_err err = OST_CRYPTO;
	int n;

	if (info == NULL)
		return err;
	n = i2d_PKCS8_PRIV_KEY_INFO(info, NULL);
	if (n <= 0 || n > PKEY_ENCODED_MAX)
		goto out;
	err = OST_NOMEM;
	p = end = arena_alloc(arena, (size_t)n);
	if (p == NULL)
		goto out;
	err = OST_CRYPTO;
	if (i2d_PKCS8_PRIV_KEY_INFO(info, &end) != n)
		goto out;
	*der = (struct span){ (char *)p, (size_t)n };
	err = OST_OK;
out:
	PKCS8_PRIV_KEY_INFO_free(info);
	return err;
}

enum ost_err
pkey_decode(enum pkey_type type, struct span der, struct pkey **key)
{
	const unsigned char *p = bytes(der);
	PKCS8_PRIV_KEY_INFO *info;
	EVP_PKEY *evp = NULL;

	if (der.n == 0 || der.n > PKEY_ENCODED_MAX)
		return OST_BADINPUT;
	info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)der.n);
	if (info != NULL && p == bytes(der) + der.n)
		evp = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	if (evp == NULL || !is_of_type(evp, type)) {
		EVP_PKEY_free(evp);
		return OST_BADINPUT;
	}
	return wrap(type, evp, key);
}

enum ost_err
pkey_check(const struct pkey *key, struct arena *arena)
{
	const struct span data = SPAN("a pair that belongs together");
	struct span signature;
	enum ost_err err = pkey_sign(key, arena, data, &signature);

	if (err == OST_CRYPTO)
		return OST_DENIED;
	return err == OST_OK ? pkey_verify(key, data, signature) : err;
}

/* Adds what the type's key is made of; *numbers are the caller's to free. */
static bool
push_members(OSSL_PARAM_BLD *build, enum pkey_type type,
	const struct pkey_public *members, BIGNUM *numbers[static 2],
	unsigned char point[static 1 + 2 * PKEY_EC_SIZE])
{
	if (type == PKEY_EC) {
		point[0] = POINT_CONVERSION_UNCOMPRESSED;
		memcpy(point + 1, members->x.p, PKEY_EC_SIZE);
		memcpy(point + 1 + PKEY_EC_SIZE, members->y.p, PKEY_EC_SIZE);
		return OSSL_PARAM_BLD_push_utf8_string(build,
			       OSSL_PKEY_PARAM_GROUP_NAME, EC_GROUP, 0) == 1 &&
		       OSSL_PARAM_BLD_push_octet_string(build,
			       OSSL_PKEY_PARAM_PUB_KEY, point,
			       1 + 2 * PKEY_EC_SIZE) == 1;
	}
	numbers[0] = BN_bin2bn(bytes(members->n), (int)members->n.n, NULL);
	numbers[1] = BN_bin2bn(bytes(members->e), (int)members->e.n, NULL);
	return numbers[0] != NULL && numbers[1] != NULL &&
	       OSSL_PARAM_BLD_push_BN(
		       build, OSSL_PKEY_PARAM_RSA_N, numbers[0]) == 1 &&
	       OSSL_PARAM_BLD_push_BN(
		       build, OSSL_PKEY_PARAM_RSA_E, numbers[1]) == 1;
}

static bool
lengths_are_right(enum pkey_type type, const struct pkey_public *members)
{
	if (type == PKEY_EC)
		return members->x.n == PKEY_EC_SIZE &&
		       members->y.n == PKEY_EC_SIZE;
	return members->n.n == PKEY_RSA_SIZE && members->n.p[0] != 0 &&
	       span_eq(members->e, SPAN("\x01\x00\x01"));
}

enum ost_err
pkey_import(enum pkey_type type, const struct pkey_public *members,
	struct pkey **key)
{
	unsigned char point[1 + 2 * PKEY_EC_SIZE];
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(
		NULL, type == PKEY_EC ? "EC" : "RSA", NULL);
	BIGNUM *numbers[2] = { NULL, NULL };
	OSSL_PARAM *params = NULL;
	EVP_PKEY *evp = NULL;
	enum ost_err err = OST_BADINPUT;

	if (!lengths_are_right(type, members))
		goto out;
	err = OST_CRYPTO;
	if (build == NULL || context == NULL ||
		!push_members(build, type, members, numbers, point))
		goto out;
	params = OSSL_PARAM_BLD_to_param(build);
	if (params == NULL || EVP_PKEY_fromdata_init(context) != 1)
		goto out;
	/* A point that is not on the curve does not get past here. */
	err = OST_BADINPUT;
	if (EVP_PKEY_fromdata(context, &evp, EVP_PKEY_PUBLIC_KEY, params) !=
			1 ||
		!is_of_type(evp, type))
		goto out;
	err = wrap(type, evp, key);
	evp = NULL;
out:
	EVP_PKEY_free(evp);
	OSSL_PARAM_free(params);
	BN_free(numbers[0]);
	BN_free(numbers[1]);
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_BLD_free(build);
	return err;
}

/* OpenSSL's signature of a P-256 key as R and S. */
static enum ost_err
halves_of(const unsigned char *der, size_t n,
	unsigned char halves[static 2 * PKEY_EC_SIZE])
{
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)n);
	enum ost_err err = OST_CRYPTO;

	if (pair != NULL &&
		BN_bn2binpad(ECDSA_SIG_get0_r(pair), halves, PKEY_EC_SIZE) ==
			PKEY_EC_SIZE &&
		BN_bn2binpad(ECDSA_SIG_get0_s(pair), halves + PKEY_EC_SIZE,
			PKEY_EC_SIZE) == PKEY_EC_SIZE)
		err = OST_OK;
	ECDSA_SIG_free(pair);
	return err;
}

enum ost_err
pkey_sign(const struct pkey *key, struct arena *arena, struct span data,
	struct span *signature)
{
	unsigned char made[PKEY_RSA_SIZE], halves[2 * PKEY_EC_SIZE];
	struct span result = { (const char *)made, PKEY_RSA_SIZE };
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t n = sizeof(made);
	enum ost_err err = OST_CRYPTO;

	_Static_assert(sizeof(made) >= EC_DER_MAX, "room for both");
	if (context != NULL &&
		EVP_DigestSignInit_ex(context, NULL, OSSL_DIGEST_NAME_SHA2_256,
			NULL, NULL, key->evp, NULL) == 1 &&
		EVP_DigestSign(context, made, &n, bytes(data), data.n) == 1)
		err = OST_OK;
	EVP_MD_CTX_free(context);
	if (err == OST_OK && key->type == PKEY_EC) {
		err = halves_of(made, n, halves);
		result = (struct span){ (const char *)halves, sizeof(halves) };
	} else if (err == OST_OK && n != PKEY_RSA_SIZE) {
		err = OST_CRYPTO;
	}
	return err == OST_OK ? arena_copy(arena, result, signature) : err;
}

/* R and S as OpenSSL wants them; 0: they cannot be a signature. */
static size_t
der_of(struct span halves, unsigned char der[static EC_DER_MAX])
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(bytes(halves), PKEY_EC_SIZE, NULL);
	BIGNUM *s = BN_bin2bn(bytes(halves) + PKEY_EC_SIZE, PKEY_EC_SIZE, NULL);
	unsigned char *end = der;
	int n = 0;

	if (pair == NULL || r == NULL || s == NULL || BN_is_zero(r) ||
		BN_is_zero(s) || ECDSA_SIG_set0(pair, r, s) != 1)
		goto out;
	r = s = NULL; /* pair's now */
	n = i2d_ECDSA_SIG(pair, &end);
out:
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(pair);
	return n > 0 ? (size_t)n : 0;
}

enum ost_err
pkey_verify(const struct pkey *key, struct span data, struct span signature)
{
	unsigned char der[EC_DER_MAX];
	const unsigned char *p = bytes(signature);
	size_t n = signature.n;
	EVP_MD_CTX *context;
	enum ost_err err = OST_CRYPTO;

	if (n != (key->type == PKEY_EC ? 2 * PKEY_EC_SIZE : PKEY_RSA_SIZE))
		return OST_DENIED;
	if (key->type == PKEY_EC) {
		n = der_of(signature, der);
		p = der;
		if (n == 0)
			return OST_DENIED;
	}
	context = EVP_MD_CTX_new();
	if (context != NULL && EVP_DigestVerifyInit_ex(context, NULL,
				       OSSL_DIGEST_NAME_SHA2_256, NULL, NULL,
				       key->evp, NULL) == 1)
		err = EVP_DigestVerify(context, p, n, bytes(data), data.n) == 1
			      ? OST_OK
			      : OST_DENIED;
	EVP_MD_CTX_free(context);
	return err;
}
