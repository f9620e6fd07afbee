#include "user_code.h"
#include "buf.h"
#include "crypto.h"

static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";
#define LETTERS	  (sizeof(letters) - 1)
#define TYPED_MAX 64 /* bytes */

enum ost_err
user_code_new(struct arena *arena, struct span *code)
{
	char made[USER_CODE_SIZE];
	size_t n = 0;

	while (n < sizeof(made)) {
		unsigned char byte;

		crypto_random(&byte, 1);
		/* Each letter equally likely. */
		if (byte < 256 / LETTERS * LETTERS)
			made[n++] = letters[byte % LETTERS];
	}
	return arena_copy(arena, (struct span){ made, sizeof(made) }, code);
}

enum ost_err
user_code_read(struct arena *arena, struct span typed, struct span *code)
{
	char read[USER_CODE_SIZE];
	size_t n = 0;

	if (typed.n > TYPED_MAX)
		return OST_BADINPUT;
	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];

		if (c == ' ' || c == '-')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (n == sizeof(read) ||
			!span_has(((struct span){ letters, LETTERS }), c))
			return OST_BADINPUT;
		read[n++] = c;
	}
	if (n < sizeof(read))
		return OST_BADINPUT;
	return arena_copy(arena, (struct span){ read, n }, code);
}

enum ost_err
user_code_show(struct arena *arena, struct span code, struct span *shown)
{
	struct buf buf;

	buf_init(&buf, arena);
	for (size_t i = 0; i < code.n; i++) {
		if (i == USER_CODE_SIZE / 2)
			buf_char(&buf, '-');
		buf_char(&buf, code.p[i]);
	}
	return buf_span(&buf, shown);
}
