#ifndef OSTIARY_SECRET_H
#define OSTIARY_SECRET_H
#include "record.h"
/*
 * Random secrets of API keys and applications, and refresh tokens: a prefix
 * that secret scanners know, 43 alphanumerics (256 bits), 6 alphanumerics of
 * CRC-32 over what stands before. Only their SHA-256 is stored: 256 random bits
 * need no slow hash.
 */
#define SECRET_KEY_PREFIX     "osk_"
#define SECRET_APP_PREFIX     "osa_"
#define SECRET_REFRESH_PREFIX "osr_"
#define SECRET_SIZE	      (4 + 43 + 6)
#define SECRET_MARK_SIZE      16

/* What a record holds of a secret, and of the one before it while it may
 * still be used. Hashes are lower-case hex; absent when there is none. */
struct secret {
	struct span hash;
	struct span old_hash;
	int64_t old_until_ms;
};

/* A new secret in the arena: show it once. */
OST_CHECK enum ost_err secret_new(
	struct arena *arena, const char *prefix, struct span *text);
/* The one secret that these 256 bits give, for one that must be found again
 * from what it was derived from. */
OST_CHECK enum ost_err secret_of_bits(struct arena *arena, const char *prefix,
	const unsigned char bits[static 32], struct span *text);
/* Whether text has that prefix, the right length, alphabet and checksum. */
bool secret_is_wellformed(struct span text, const char *prefix);
/* Lower-case hex of SHA-256, in the arena. */
OST_CHECK enum ost_err secret_hash(
	struct arena *arena, struct span text, struct span *hash);
/* Whether the text's hash is that of the secret, or of the old one in its
 * overlap; in constant time. An absent hash matches nothing. */
bool secret_matches(
	const struct secret *secret, struct span hash, int64_t now_ms);
/* The mark of a secret, of its hash: enough digits to tell it from others.
 * What was bought with the secret bears it, and dies with it. */
struct span secret_mark(struct span hash);
/* Whether the mark is that of the secret, or of the old one in its overlap. */
bool secret_knows_mark(
	const struct secret *secret, struct span mark, int64_t now_ms);
/* Puts hash in the place of the present one, which stays good until
 * old_until_ms (0: ends now). */
void secret_replace(
	struct secret *secret, struct span hash, int64_t old_until_ms);
/* Ends the one of that hash, the present or the old one; without a present one
 * nothing matches but an old one in its overlap. */
void secret_remove(struct secret *secret, struct span hash);
void secret_write(struct buf *buf, const struct secret *secret);
void secret_read(const struct record *record, struct secret *secret);
#endif
