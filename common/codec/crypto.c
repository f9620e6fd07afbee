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

/* It is asked for rarely: nothing is kept ready for it. */
enum ost_err
crypto_hmac_sha1(struct span key, struct span data,
	unsigned char mac[static CRYPTO_SHA1_SIZE])
{
	unsigned char result[CRYPTO_SHA1_SIZE];
	const char *key_p = key.n > 0 ? key.p : "";
	const char *data_p = data.n > 0 ? data.p : "";
	size_t n = 0;

	if (EVP_Q_mac(NULL, OSSL_MAC_NAME_HMAC, NULL, OSSL_DIGEST_NAME_SHA1,
		    NULL, key_p, key.n, (const unsigned char *)data_p, data.n,
		    result, sizeof(result), &n) == NULL ||
		n != sizeof(result))
		return OST_CRYPTO;
	memcpy(mac, result, sizeof(result));
	crypto_wipe(result, sizeof(result));
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

/* The reflected polynomial edb88320, four bytes at a time: line k is what the
 * k-th lowest half byte of them adds, 4 - k / 2 bytes later. */
static const uint32_t crc_table[8][16] = {
	{ 0x00000000, 0xb8bc6765, 0xaa09c88b, 0x12b5afee, 0x8f629757,
		0x37def032, 0x256b5fdc, 0x9dd738b9, 0xc5b428ef, 0x7d084f8a,
		0x6fbde064, 0xd7018701, 0x4ad6bfb8, 0xf26ad8dd, 0xe0df7733,
		0x58631056 },
	{ 0x00000000, 0x5019579f, 0xa032af3e, 0xf02bf8a1, 0x9b14583d,
		0xcb0d0fa2, 0x3b26f703, 0x6b3fa09c, 0xed59b63b, 0xbd40e1a4,
		0x4d6b1905, 0x1d724e9a, 0x764dee06, 0x2654b999, 0xd67f4138,
		0x866616a7 },
	{ 0x00000000, 0x01c26a37, 0x0384d46e, 0x0246be59, 0x0709a8dc,
		0x06cbc2eb, 0x048d7cb2, 0x054f1685, 0x0e1351b8, 0x0fd13b8f,
		0x0d9785d6, 0x0c55efe1, 0x091af964, 0x08d89353, 0x0a9e2d0a,
		0x0b5c473d },
	{ 0x00000000, 0x1c26a370, 0x384d46e0, 0x246be590, 0x709a8dc0,
		0x6cbc2eb0, 0x48d7cb20, 0x54f16850, 0xe1351b80, 0xfd13b8f0,
		0xd9785d60, 0xc55efe10, 0x91af9640, 0x8d893530, 0xa9e2d0a0,
		0xb5c473d0 },
	{ 0x00000000, 0x191b3141, 0x32366282, 0x2b2d53c3, 0x646cc504,
		0x7d77f445, 0x565aa786, 0x4f4196c7, 0xc8d98a08, 0xd1c2bb49,
		0xfaefe88a, 0xe3f4d9cb, 0xacb54f0c, 0xb5ae7e4d, 0x9e832d8e,
		0x87981ccf },
	{ 0x00000000, 0x4ac21251, 0x958424a2, 0xdf4636f3, 0xf0794f05,
		0xbabb5d54, 0x65fd6ba7, 0x2f3f79f6, 0x3b83984b, 0x71418a1a,
		0xae07bce9, 0xe4c5aeb8, 0xcbfad74e, 0x8138c51f, 0x5e7ef3ec,
		0x14bce1bd },
	{ 0x00000000, 0x77073096, 0xee0e612c, 0x990951ba, 0x076dc419,
		0x706af48f, 0xe963a535, 0x9e6495a3, 0x0edb8832, 0x79dcb8a4,
		0xe0d5e91e, 0x97d2d988, 0x09b64c2b, 0x7eb17cbd, 0xe7b82d07,
		0x90bf1d91 },
	{ 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190,
		0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344,
		0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278,
		0xbdbdf21c },
};

uint32_t
crypto_crc32_more(uint32_t before, struct span data)
{
	const unsigned char *p = (const unsigned char *)data.p;
	uint32_t crc = ~before;
	size_t n = data.n;

	for (; n >= 4; n -= 4, p += 4) {
		crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 |
		       (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
		crc = crc_table[0][crc & 15] ^ crc_table[1][crc >> 4 & 15] ^
		      crc_table[2][crc >> 8 & 15] ^
		      crc_table[3][crc >> 12 & 15] ^
		      crc_table[4][crc >> 16 & 15] ^
		      crc_table[5][crc >> 20 & 15] ^
		      crc_table[6][crc >> 24 & 15] ^ crc_table[7][crc >> 28];
	}
	for (; n > 0; n--, p++) {
		crc ^= *p;
		crc = crc >> 4 ^ crc_table[7][crc & 15];
		crc = crc >> 4 ^ crc_table[7][crc & 15];
	}
	return ~crc;
}

uint32_t
crypto_crc32(struct span data)
{
	return crypto_crc32_more(0, data);
}
