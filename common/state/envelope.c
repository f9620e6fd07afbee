#include "envelope.h"
#include "bytes.h"
#include "crypto.h"

#include <string.h>
/*
 * One CRC covers the key and the envelope as if they stood side by side. Which
 * bytes are key is no question: a key has no byte as small as VERSION.
 */
#define VERSION	  1
#define HEAD_SIZE 9
#define TAIL_SIZE 4

static uint32_t
crc_of(struct span key, const char *head, size_t n)
{
	return crypto_crc32_more(crypto_crc32(key), (struct span){ head, n });
}

enum ost_err
envelope_seal(struct span key, struct span value, int64_t expires_ms,
	struct arena *arena, struct span *sealed)
{
	size_t n = HEAD_SIZE + value.n;
	char *head = arena_alloc(arena, n + TAIL_SIZE);

	if (head == NULL)
		return OST_NOMEM;
	head[0] = VERSION;
	bytes_put(head + 1, 8, (uint64_t)expires_ms);
	if (value.n > 0)
		memcpy(head + HEAD_SIZE, value.p, value.n);
	bytes_put(head + n, TAIL_SIZE, crc_of(key, head, n));
	*sealed = (struct span){ head, n + TAIL_SIZE };
	return OST_OK;
}

enum ost_err
envelope_open(struct span key, struct span sealed, struct span *value,
	int64_t *expires_ms)
{
	const char *head = sealed.p;
	size_t n;

	if (sealed.n < HEAD_SIZE + TAIL_SIZE || sealed.n > ENVELOPE_SIZE_MAX)
		return OST_STORE;
	n = sealed.n - TAIL_SIZE;
	if (head[0] != VERSION ||
		bytes_get(head + n, TAIL_SIZE) != crc_of(key, head, n))
		return OST_STORE;
	*value = (struct span){ head + HEAD_SIZE, n - HEAD_SIZE };
	*expires_ms = (int64_t)bytes_get(head + 1, 8);
	return OST_OK;
}
