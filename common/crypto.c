#include "crypto.h"
#include "log.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/*
 * Made once and kept for the life of the process: fetching an algorithm costs
 * more than a hash. The MAC context holds its latest key until the next call.
 */
static struct {
	EVP_MD *sha256;
	EVP_MD_CTX *hash;
	EVP_MAC *hmac;
	EVP_MAC_CTX *mac;
	bool is_ready;
} crypto;

static void
crypto_release(void)
{
	EVP_MAC_CTX_free(crypto.mac);
	EVP_MAC_free(crypto.hmac);
	EVP_MD_CTX_free(crypto.hash);
	EVP_MD_free(crypto.sha256);
	crypto.mac = NULL;
	crypto.hmac = NULL;
	crypto.hash = NULL;
	crypto.sha256 = NULL;
}

enum ost_err
crypto_init(void)
{
	char digest[] = OSSL_DIGEST_NAME_SHA2_256;
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
			OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};

	if (crypto.is_ready)
		return OST_OK;
	crypto.sha256 = EVP_MD_fetch(NULL, OSSL_DIGEST_NAME_SHA2_256, NULL);
	crypto.hash = EVP_MD_CTX_new();
	crypto.hmac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
	if (crypto.hmac != NULL) /* OpenSSL 3.0 does not ask */
		crypto.mac = EVP_MAC_CTX_new(crypto.hmac);
	if (crypto.sha256 == NULL || crypto.hash == NULL ||
		crypto.mac == NULL ||
		EVP_DigestInit_ex2(crypto.hash, crypto.sha256, NULL) != 1 ||
		EVP_MAC_CTX_set_params(crypto.mac, params) != 1) {
		crypto_release();
		return OST_CRYPTO;
	}
	crypto.is_ready = true;
	return OST_OK;
}

void
crypto_random(void *bytes, size_t n)
{
	unsigned char *p = bytes;

	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			log_message("error", "no entropy: getrandom failed");
			_exit(1); /* no core, no handlers: nothing more runs */
		}
		p += got;
		n -= (size_t)got;
	}
}

void
crypto_random_text(char text[static CRYPTO_TEXT_SIZE])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789";
	const size_t count = sizeof(letters) - 1;
	unsigned char bytes[64];
	size_t n = 0;

	while (n < CRYPTO_TEXT_SIZE) {
		crypto_random(bytes, sizeof(bytes));
		for (size_t i = 0; i < sizeof(bytes); i++) {
			/* The last 256 % 62 values would favour some. */
			if (bytes[i] >= 256 / count * count)
				continue;
			if (n < CRYPTO_TEXT_SIZE)
				text[n++] = letters[bytes[i] % count];
		}
	}
	crypto_wipe(bytes, sizeof(bytes));
}

enum ost_err
crypto_sha256(struct span data, unsigned char hash[static CRYPTO_HASH_SIZE])
{
	unsigned char result[CRYPTO_HASH_SIZE];
	enum ost_err err = crypto_init();

	if (err != OST_OK)
		return err;
	if (EVP_DigestInit_ex2(crypto.hash, NULL, NULL) != 1 ||
		EVP_DigestUpdate(crypto.hash, data.p, data.n) != 1 ||
		EVP_DigestFinal_ex(crypto.hash, result, NULL) != 1)
		return OST_CRYPTO;
	memcpy(hash, result, sizeof(result));
	return OST_OK;
}

enum ost_err
crypto_hmac(struct span key, struct span data,
	unsigned char mac[static CRYPTO_HASH_SIZE])
{
	/* A NULL key would mean the key of the call before. */
	const char *bytes = key.n > 0 ? key.p : "";
	unsigned char result[CRYPTO_HASH_SIZE];
	enum ost_err err = crypto_init();
	size_t n;

	if (err != OST_OK)
		return err;
	if (EVP_MAC_init(crypto.mac, (const unsigned char *)bytes, key.n,
		    NULL) != 1 ||
		EVP_MAC_update(crypto.mac, (const unsigned char *)data.p,
			data.n) != 1 ||
		EVP_MAC_final(crypto.mac, result, &n, sizeof(result)) != 1 ||
		n != sizeof(result))
		return OST_CRYPTO;
	memcpy(mac, result, sizeof(result));
	return OST_OK;
}

bool
crypto_equal(struct span a, struct span b)
{
	if (span_is_absent(a) || span_is_absent(b) || a.n != b.n)
		return false;
	return CRYPTO_memcmp(a.p, b.p, a.n) == 0;
}

void
crypto_wipe(void *bytes, size_t n)
{
	OPENSSL_cleanse(bytes, n);
}

uint32_t
crypto_crc32(struct span data)
{
	/* The reflected polynomial edb88320, four bits at a time. */
	static const uint32_t table[16] = { 0x00000000, 0x1db71064, 0x3b6e20c8,
		0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0,
		0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < data.n; i++) {
		crc ^= (unsigned char)data.p[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}
