#include "base32.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* -1 for what is no digit. */
static int
digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= '2' && c <= '7')
		return c - '2' + 26;
	return -1;
}

enum ost_err
base32_decode(struct arena *arena, struct span text, struct span *out)
{
	size_t tail = text.n % 8, n = 0;
	uint32_t word = 0; /* the lowest `bits` bits of it are still to come */
	unsigned int bits = 0;
	char *bytes;

	/* No number of bytes ends in so many digits. */
	if (tail == 1 || tail == 3 || tail == 6)
		return OST_BADINPUT;
	bytes = arena_alloc(arena, text.n / 8 * 5 + tail);
	if (bytes == NULL)
		return OST_NOMEM;
	for (size_t i = 0; i < text.n; i++) {
		int value = digit_value(text.p[i]);

		if (value < 0)
			return OST_BADINPUT;
		word = (word << 5 | (uint32_t)value) & 0xfff;
		bits += 5;
		if (bits < 8)
			continue;
		bits -= 8;
		bytes[n++] = (char)(word >> bits & 0xff);
	}
	if ((word & ((1u << bits) - 1)) != 0)
		return OST_BADINPUT;
	*out = (struct span){ bytes, n };
	return OST_OK;
}

void
base32_encode(struct buf *buf, struct span bytes)
{
	uint32_t word = 0;
	unsigned int bits = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		word = (word << 8 | (unsigned char)bytes.p[i]) & 0xfff;
		bits += 8;
		for (; bits >= 5; bits -= 5)
			buf_char(buf, digits[word >> (bits - 5) & 31]);
	}
	if (bits > 0)
		buf_char(buf, digits[word << (5 - bits) & 31]);
}
