#include "secret.h"
#include "codec.h"
#include "crypto.h"

#include <string.h>

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz";

static void
checksum(struct span text, char out[static 6])
{
	uint32_t crc = crypto_crc32(text);

	for (int i = 5; i >= 0; i--) {
		out[i] = digits[crc % 62];
		crc /= 62;
	}
}

/* Prefix and checksum around the 43 characters that stand in made; wipes. */
static enum ost_err
finish(struct arena *arena, const char *prefix, char made[static SECRET_SIZE],
	struct span *text)
{
	enum ost_err err;

	memcpy(made, prefix, 4);
	checksum(
		(struct span){ made, SECRET_SIZE - 6 }, made + SECRET_SIZE - 6);
	err = arena_copy(arena, (struct span){ made, SECRET_SIZE }, text);
	crypto_wipe(made, SECRET_SIZE);
	return err;
}

enum ost_err
secret_new(struct arena *arena, const char *prefix, struct span *text)
{
	char made[SECRET_SIZE];

	crypto_random_text(made + 4);
	return finish(arena, prefix, made, text);
}

/* A number of 256 bits, most significant byte first, in 43 digits of base 62:
 * 62^43 is a little more than 2^256. */
enum ost_err
secret_of_bits(struct arena *arena, const char *prefix,
	const unsigned char bits[static 32], struct span *text)
{
	unsigned char number[32];
	char made[SECRET_SIZE];

	memcpy(number, bits, sizeof(number));
	for (int i = 42; i >= 0; i--) {
		unsigned int rest = 0;

		for (size_t j = 0; j < sizeof(number); j++) {
			unsigned int part = rest << 8 | number[j];

			number[j] = (unsigned char)(part / 62);
			rest = part % 62;
		}
		made[4 + i] = digits[rest];
	}
	crypto_wipe(number, sizeof(number));
	return finish(arena, prefix, made, text);
}

bool
secret_is_wellformed(struct span text, const char *prefix)
{
	char sum[6];

	if (text.n != SECRET_SIZE || !span_starts(text, span_of(prefix)))
		return false;
	for (size_t i = 4; i < text.n; i++)
		if (!char_is_alnum(text.p[i]))
			return false;
	checksum((struct span){ text.p, SECRET_SIZE - 6 }, sum);
	return span_ends(text, (struct span){ sum, 6 });
}

enum ost_err
secret_hash(struct arena *arena, struct span text, struct span *hash)
{
	unsigned char digest[CRYPTO_HASH_SIZE];
	enum ost_err err = crypto_sha256(text, digest);
	struct buf buf;

	if (err != OST_OK)
		return err;
	buf_init(&buf, arena);
	hex_encode(&buf, (struct span){ (const char *)digest, sizeof(digest) });
	return buf_span(&buf, hash);
}

bool
secret_matches(const struct secret *secret, struct span hash, int64_t now_ms)
{
	bool is_present =
		secret->hash.n > 0 && crypto_equal(secret->hash, hash);
	bool is_old = secret->old_hash.n > 0 &&
		      crypto_equal(secret->old_hash, hash) &&
		      now_ms < secret->old_until_ms;

	return is_present || is_old;
}

struct span
secret_mark(struct span hash)
{
	return (struct span){ hash.p,
		hash.n < SECRET_MARK_SIZE ? hash.n : SECRET_MARK_SIZE };
}

bool
secret_knows_mark(const struct secret *secret, struct span mark, int64_t now_ms)
{
	return mark.n == SECRET_MARK_SIZE &&
	       (span_starts(secret->hash, mark) ||
		       (span_starts(secret->old_hash, mark) &&
			       now_ms < secret->old_until_ms));
}

void
secret_replace(struct secret *secret, struct span hash, int64_t old_until_ms)
{
	secret->old_hash = old_until_ms ? secret->hash : SPAN_ABSENT;
	secret->old_until_ms = old_until_ms;
	secret->hash = hash;
}

void
secret_remove(struct secret *secret, struct span hash)
{
	if (crypto_equal(secret->hash, hash))
		secret->hash = SPAN_ABSENT;
	if (crypto_equal(secret->old_hash, hash)) {
		secret->old_hash = SPAN_ABSENT;
		secret->old_until_ms = 0;
	}
}

void
secret_write(struct buf *buf, const struct secret *secret)
{
	record_add(buf, "secret", secret->hash);
	if (secret->old_hash.n == 0)
		return;
	record_add(buf, "old_secret", secret->old_hash);
	record_add_i64(buf, "old_until", secret->old_until_ms);
}

void
secret_read(const struct record *record, struct secret *secret)
{
	secret->hash = record_get(record, "secret");
	secret->old_hash = record_get(record, "old_secret");
	secret->old_until_ms = record_get_i64(record, "old_until");
}
