#include "recovery.h"
#include "buf.h"
#include "crypto.h"
#include "secret.h"

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
#define GROUP	  4
#define TYPED_MAX 64 /* bytes */
#define HASH_HEX  ((size_t)2 * CRYPTO_HASH_SIZE)

static void
new_code(char code[static RECOVERY_SIZE])
{
	crypto_random(code, RECOVERY_SIZE);
	/* 256 is a multiple of 32: each is equally likely. */
	for (size_t i = 0; i < RECOVERY_SIZE; i++)
		code[i] = letters[(unsigned char)code[i] % 32];
}

static enum ost_err
show(struct arena *arena, const char code[static RECOVERY_SIZE],
	struct span *shown)
{
	struct buf buf;

	buf_init(&buf, arena);
	for (size_t i = 0; i < RECOVERY_SIZE; i++) {
		if (i > 0 && i % GROUP == 0)
			buf_char(&buf, '-');
		buf_char(&buf, code[i]);
	}
	return buf_span(&buf, shown);
}

enum ost_err
recovery_make(struct arena *arena, struct span codes[static RECOVERY_CODES],
	struct span *hashes)
{
	char code[RECOVERY_SIZE];
	enum ost_err err = OST_OK;
	struct span hash;
	struct buf list;

	buf_init(&list, arena);
	for (size_t i = 0; err == OST_OK && i < RECOVERY_CODES; i++) {
		new_code(code);
		err = secret_hash(
			arena, (struct span){ code, sizeof(code) }, &hash);
		if (err == OST_OK)
			err = show(arena, code, &codes[i]);
		if (err != OST_OK)
			break;
		if (i > 0)
			buf_char(&list, ' ');
		buf_add(&list, hash);
	}
	crypto_wipe(code, sizeof(code));
	return err == OST_OK ? buf_span(&list, hashes) : err;
}

/* The letter that is meant; NUL: none. */
static char
letter_of(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	return span_has((struct span){ letters, sizeof(letters) - 1 }, c)
		       ? c
		       : '\0';
}

static bool
read_typed(struct span typed, char code[static RECOVERY_SIZE])
{
	size_t n = 0;

	if (typed.n > TYPED_MAX)
		return false;
	for (size_t i = 0; i < typed.n; i++) {
		if (typed.p[i] == ' ' || typed.p[i] == '-')
			continue;
		if (n == RECOVERY_SIZE)
			return false;
		code[n] = letter_of(typed.p[i]);
		if (code[n++] == '\0')
			return false;
	}
	return n == RECOVERY_SIZE;
}

enum ost_err
recovery_use(struct arena *arena, struct span hashes, struct span typed,
	struct span *left)
{
	struct span rest = hashes, hash, given, kept;
	char code[RECOVERY_SIZE];
	bool is_found = false;
	struct buf list;
	enum ost_err err;

	if (!read_typed(typed, code))
		return OST_DENIED;
	err = secret_hash(arena, (struct span){ code, sizeof(code) }, &given);
	crypto_wipe(code, sizeof(code));
	if (err != OST_OK)
		return err;
	buf_init(&list, arena);
	while (span_next(&rest, ' ', &hash)) {
		if (crypto_equal(hash, given)) {
			is_found = true;
			continue;
		}
		if (list.n > 0)
			buf_char(&list, ' ');
		buf_add(&list, hash);
	}
	err = buf_span(&list, &kept);
	if (err != OST_OK)
		return err;
	if (!is_found)
		return OST_DENIED;
	*left = kept.n > 0 ? kept : SPAN_ABSENT;
	return OST_OK;
}

size_t
recovery_count(struct span hashes)
{
	struct span hash;
	size_t n = 0;

	while (span_next(&hashes, ' ', &hash))
		n += hash.n > 0;
	return n;
}

bool
recovery_is_valid(struct span hashes)
{
	struct span rest = hashes, hash;

	if (span_is_absent(hashes))
		return true;
	while (span_next(&rest, ' ', &hash)) {
		if (hash.n != HASH_HEX)
			return false;
		for (size_t i = 0; i < hash.n; i++)
			if (!char_is_digit(hash.p[i]) &&
				(hash.p[i] < 'a' || hash.p[i] > 'f'))
				return false;
	}
	return recovery_count(hashes) > 0 &&
	       hashes.n == recovery_count(hashes) * (HASH_HEX + 1) - 1;
}
