#include "totp.h"
#include "base32.h"
#include "codec.h"
#include "crypto.h"

#define TYPED_MAX 64 /* bytes */

enum ost_err
totp_new_secret(struct arena *arena, struct span *secret)
{
	char made[TOTP_SECRET_SIZE];
	enum ost_err err;

	crypto_random(made, sizeof(made));
	err = arena_copy(arena, (struct span){ made, sizeof(made) }, secret);
	crypto_wipe(made, sizeof(made));
	return err;
}

/* RFC 4226 section 5.3: 31 bits from where the last half byte says, and of
 * those the last digits. */
static void
truncate_mac(const unsigned char mac[static CRYPTO_SHA1_SIZE],
	char code[static TOTP_DIGITS])
{
	const unsigned char *p = mac + (mac[CRYPTO_SHA1_SIZE - 1] & 15);
	uint32_t number = (uint32_t)(p[0] & 0x7f) << 24 | (uint32_t)p[1] << 16 |
			  (uint32_t)p[2] << 8 | p[3];

	for (size_t i = TOTP_DIGITS; i > 0; i--) {
		code[i - 1] = (char)('0' + number % 10);
		number /= 10;
	}
}

enum ost_err
totp_code(struct span secret, int64_t step, char code[static TOTP_DIGITS])
{
	unsigned char mac[CRYPTO_SHA1_SIZE];
	char counter[8];
	enum ost_err err;

	for (size_t i = 0; i < sizeof(counter); i++)
		counter[i] = (char)((uint64_t)step >> (56 - 8 * i) & 0xff);
	err = crypto_hmac_sha1(
		secret, (struct span){ counter, sizeof(counter) }, mac);
	if (err == OST_OK)
		truncate_mac(mac, code);
	crypto_wipe(mac, sizeof(mac));
	return err;
}

int64_t
totp_step(int64_t now_ms)
{
	return now_ms / TOTP_STEP_MS;
}

bool
totp_read(struct span typed, char code[static TOTP_DIGITS])
{
	size_t n = 0;

	if (typed.n > TYPED_MAX)
		return false;
	for (size_t i = 0; i < typed.n; i++) {
		if (typed.p[i] == ' ')
			continue;
		if (n == TOTP_DIGITS || !char_is_digit(typed.p[i]))
			return false;
		code[n++] = typed.p[i];
	}
	return n == TOTP_DIGITS;
}

enum ost_err
totp_check(struct span secret, struct span typed, int64_t now_ms,
	int64_t used_step, int64_t *step)
{
	char given[TOTP_DIGITS], code[TOTP_DIGITS];
	int64_t now = totp_step(now_ms), found = 0;

	if (secret.n == 0 || !totp_read(typed, given))
		return OST_DENIED;
	for (int64_t at = now - 1; at <= now + 1; at++) {
		enum ost_err err = totp_code(secret, at, code);

		if (err != OST_OK)
			return err;
		if (crypto_equal((struct span){ code, sizeof(code) },
			    (struct span){ given, sizeof(given) }) &&
			at > used_step)
			found = at;
	}
	crypto_wipe(code, sizeof(code));
	if (found <= 0)
		return OST_DENIED;
	*step = found;
	return OST_OK;
}

/* As it may stand before the ':' of a label. */
static void
add_issuer(struct buf *uri, struct span issuer)
{
	struct span piece;
	bool is_first = true;

	while (span_next(&issuer, ':', &piece)) {
		if (!is_first)
			percent_encode(uri, SPAN(" "));
		percent_encode(uri, piece);
		is_first = false;
	}
}

enum ost_err
totp_uri(struct arena *arena, struct span issuer, struct span user_name,
	struct span secret, struct span *uri)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_text(&buf, "otpauth://totp/");
	add_issuer(&buf, issuer);
	buf_char(&buf, ':');
	percent_encode(&buf, user_name);
	buf_text(&buf, "?secret=");
	base32_encode(&buf, secret);
	buf_text(&buf, "&issuer=");
	add_issuer(&buf, issuer);
	buf_printf(&buf, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS,
		TOTP_STEP_MS / 1000);
	return buf_span(&buf, uri);
}
