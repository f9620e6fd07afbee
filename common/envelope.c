#include "envelope.h"
#include "crypto.h"

#include <string.h>
/*
 * The key stands before its envelope in memory, so that one CRC covers both.
 * Which bytes are key is no question: a key has no byte as small as VERSION.
 */
#define VERSION	  1
#define HEAD_SIZE 9
#define TAIL_SIZE 4

static void
number_encode(char *p, size_t n, uint64_t number)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(number >> (8 * i) & 0xff);
}

static uint64_t
number_decode(const char *p, size_t n)
{
	uint64_t number = 0;

	for (size_t i = 0; i < n; i++)
		number |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return number;
}

enum ost_err
envelope_seal(struct span key, struct span value, int64_t expires_ms,
	struct arena *arena, struct span *sealed)
{
	size_t n = HEAD_SIZE + value.n;
	char *p = arena_alloc(arena, key.n + n + TAIL_SIZE);
	char *head;

	if (p == NULL)
		return OST_NOMEM;
	memcpy(p, key.p, key.n);
	head = p + key.n;
	head[0] = VERSION;
	number_encode(head + 1, 8, (uint64_t)expires_ms);
	if (value.n > 0)
		memcpy(head + HEAD_SIZE, value.p, value.n);
	number_encode(head + n, TAIL_SIZE,
		crypto_crc32((struct span){ p, key.n + n }));
	*sealed = (struct span){ head, n + TAIL_SIZE };
	return OST_OK;
}

enum ost_err
envelope_open(struct span key, struct span sealed, struct arena *arena,
	struct span *value, int64_t *expires_ms)
{
	size_t n = sealed.n;
	char *p, *head;

	if (n < HEAD_SIZE + TAIL_SIZE || n > ENVELOPE_SIZE_MAX)
		return OST_STORE;
	p = arena_alloc(arena, key.n + n);
	if (p == NULL)
		return OST_NOMEM;
	memcpy(p, key.p, key.n);
	head = p + key.n;
	memcpy(head, sealed.p, n);
	n -= TAIL_SIZE;
	if (head[0] != VERSION ||
		number_decode(head + n, TAIL_SIZE) !=
			crypto_crc32((struct span){ p, key.n + n }))
		return OST_STORE;
	*value = (struct span){ head + HEAD_SIZE, n - HEAD_SIZE };
	*expires_ms = (int64_t)number_decode(head + 1, 8);
	return OST_OK;
}
