#include "secret.h"
#include "codec.h"
#include "crypto.h"

#include <string.h>

static void
checksum(struct span text, char out[static 6])
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	uint32_t crc = crypto_crc32(text);

	for (int i = 5; i >= 0; i--) {
		out[i] = digits[crc % 62];
		crc /= 62;
	}
}

enum ost_err
secret_new(struct arena *arena, const char *prefix, struct span *text)
{
	char made[SECRET_SIZE];
	enum ost_err err;

	memcpy(made, prefix, 4);
	crypto_random_text(made + 4);
	checksum(
		(struct span){ made, SECRET_SIZE - 6 }, made + SECRET_SIZE - 6);
	err = arena_copy(arena, (struct span){ made, SECRET_SIZE }, text);
	crypto_wipe(made, sizeof(made));
	return err;
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

void
secret_replace(struct secret *secret, struct span hash, int64_t old_until_ms)
{
	secret->old_hash = old_until_ms ? secret->hash : SPAN_ABSENT;
	secret->old_until_ms = old_until_ms;
	secret->hash = hash;
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
