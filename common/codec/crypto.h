#ifndef OSTIARY_CRYPTO_H
#define OSTIARY_CRYPTO_H
#include "span.h"

#define CRYPTO_HASH_SIZE 32 /* bytes of a SHA-256 */
#define CRYPTO_TEXT_SIZE 43 /* alphanumerics that hold 256 bits */

/* Fetches the algorithms once, so that no request pays for it; without it the
 * first hash does so. OST_CRYPTO. */
OST_CHECK enum ost_err crypto_init(void);
/* Unpredictable bytes. It does not fail: without entropy the process logs that
 * and ends at once (status 1). */
void crypto_random(void *bytes, size_t n);
/* 43 random characters of A-Za-z0-9 (256 bits), each equally likely; no NUL
 * is added. */
void crypto_random_text(char text[static CRYPTO_TEXT_SIZE]);
OST_CHECK enum ost_err crypto_sha256(
	struct span data, unsigned char hash[static CRYPTO_HASH_SIZE]);
/* RFC 2104 with SHA-256. */
OST_CHECK enum ost_err crypto_hmac(struct span key, struct span data,
	unsigned char mac[static CRYPTO_HASH_SIZE]);
/* The same with SHA-1: only for the codes of authenticators, which know
 * nothing else (totp.c). */
#define CRYPTO_SHA1_SIZE 20
OST_CHECK enum ost_err crypto_hmac_sha1(struct span key, struct span data,
	unsigned char mac[static CRYPTO_SHA1_SIZE]);
/* In time that depends on the lengths alone. An absent span equals nothing,
 * not even another one: a secret that is not there opens no door. */
bool crypto_equal(struct span a, struct span b);
/* The compiler does not remove it. */
void crypto_wipe(void *bytes, size_t n);
/* CRC-32 (ISO-HDLC, as in zlib): an error check, no security. */
uint32_t crypto_crc32(struct span data);
/* The same of what had the CRC `before` with data behind it. */
uint32_t crypto_crc32_more(uint32_t before, struct span data);
#endif
