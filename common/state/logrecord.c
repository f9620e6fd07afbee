#include "logrecord.h"
#include "bytes.h"
#include "crypto.h"

#include <string.h>
/*
 * The head's checksum covers place, head, and the heads and keys of the items:
 * what an index is made of. The body's covers the values, and is itself covered
 * by the head's. So a process that follows the log reads no values, and
 * recovery, which does, finds a record whole or not at all.
 */
#define AT_BODY_CRC 4
#define AT_SIZE	    8
#define AT_N	    12
#define AT_DURABLE  16
#define ACTION_PUT  1
#define ACTION_DEL  2

static uint32_t
crc_begin(struct logplace place, const char *head)
{
	char seed[16];

	bytes_put(seed, 8, place.salt);
	bytes_put(seed + 8, 8, place.offset);
	return crypto_crc32_more(
		crypto_crc32((struct span){ seed, sizeof(seed) }),
		(struct span){
			head + AT_BODY_CRC, LOGRECORD_HEAD - AT_BODY_CRC });
}

/* The item that bytes begin with, and what is behind it. */
static bool
item_open(struct span *bytes, struct logitem *item)
{
	const char *p = bytes->p;
	size_t key_n, sealed_n;

	if (bytes->n < LOGRECORD_ITEM_HEAD)
		return false;
	key_n = bytes_get(p, 2);
	sealed_n = bytes_get(p + 4, 4);
	if (key_n == 0 || key_n > LOGRECORD_KEY_MAX ||
		sealed_n > ENVELOPE_SIZE_MAX ||
		bytes->n - LOGRECORD_ITEM_HEAD < key_n + sealed_n)
		return false;
	item->key = (struct span){ p + LOGRECORD_ITEM_HEAD, key_n };
	item->sealed = p[2] == ACTION_PUT
			       ? (struct span){ item->key.p + key_n, sealed_n }
			       : SPAN_ABSENT;
	*bytes = span_skip(*bytes, LOGRECORD_ITEM_HEAD + key_n + sealed_n);
	return p[2] == ACTION_PUT || (p[2] == ACTION_DEL && sealed_n == 0);
}

static size_t
size_of(const struct logitem *items, size_t n)
{
	size_t size = LOGRECORD_HEAD;

	for (size_t i = 0; i < n; i++)
		size += LOGRECORD_ITEM_HEAD + items[i].key.n +
			items[i].sealed.n;
	return (size + 7) & ~(size_t)7;
}

static char *
item_put(char *p, const struct logitem *item, uint32_t *body_crc)
{
	bytes_put(p, 2, item->key.n);
	p[2] = span_is_absent(item->sealed) ? ACTION_DEL : ACTION_PUT;
	bytes_put(p + 4, 4, item->sealed.n);
	p += LOGRECORD_ITEM_HEAD;
	memcpy(p, item->key.p, item->key.n);
	p += item->key.n;
	if (item->sealed.n > 0)
		memcpy(p, item->sealed.p, item->sealed.n);
	*body_crc = crypto_crc32_more(*body_crc, item->sealed);
	return p + item->sealed.n;
}

/* The checksum of the head, for the n items that follow it; false when they do
 * not fit. *items is then of n items, without the padding. */
static bool
head_crc(struct logplace place, const char *p, struct span *items,
	uint32_t *crc_found)
{
	uint64_t n = bytes_get(p + AT_N, 2);
	uint32_t crc = crc_begin(place, p);
	struct span rest = *items;
	struct logitem item;

	for (uint64_t i = 0; i < n; i++) {
		const char *head = rest.p;

		if (!item_open(&rest, &item))
			return false;
		crc = crypto_crc32_more(
			crc, (struct span){
				     head, LOGRECORD_ITEM_HEAD + item.key.n });
	}
	items->n -= rest.n;
	*crc_found = crc;
	return n > 0 && n <= LOGRECORD_ITEMS_MAX && rest.n < 8;
}

static struct span
items_of(const char *p)
{
	size_t size = bytes_get(p + AT_SIZE, 4);

	return (struct span){ p + LOGRECORD_HEAD, size - LOGRECORD_HEAD };
}

enum ost_err
logrecord_make(const struct logitem *items, size_t n, struct logplace place,
	uint64_t durable, struct arena *arena, struct span *bytes)
{
	size_t size = size_of(items, n);
	char *p = arena_alloc(arena, size), *end;
	uint32_t crc = 0;
	struct span rest;

	if (p == NULL)
		return OST_NOMEM;
	end = p + LOGRECORD_HEAD;
	for (size_t i = 0; i < n; i++)
		end = item_put(end, &items[i], &crc);
	bytes_put(p + AT_BODY_CRC, 4, crc);
	bytes_put(p + AT_SIZE, 4, size);
	bytes_put(p + AT_N, 2, n);
	bytes_put(p + AT_DURABLE, 8, durable);
	rest = items_of(p);
	if (!head_crc(place, p, &rest, &crc))
		return OST_BADINPUT;
	bytes_put(p, 4, crc);
	*bytes = (struct span){ p, size };
	return OST_OK;
}

size_t
logrecord_size(const char head[static LOGRECORD_HEAD])
{
	size_t size = bytes_get(head + AT_SIZE, 4);

	return size < LOGRECORD_HEAD || size > LOGRECORD_SIZE_MAX ||
			       size % 8 != 0
		       ? 0
		       : size;
}

enum ost_err
logrecord_open(
	struct span bytes, struct logplace place, struct logrecord *record)
{
	struct span items;
	uint32_t crc;
	size_t size;

	if (bytes.n < LOGRECORD_HEAD)
		return OST_STORE;
	size = logrecord_size(bytes.p);
	if (size == 0 || size > bytes.n)
		return OST_STORE;
	items = items_of(bytes.p);
	if (!head_crc(place, bytes.p, &items, &crc) ||
		crc != bytes_get(bytes.p, 4))
		return OST_STORE;
	record->items = items;
	record->size = size;
	record->durable = bytes_get(bytes.p + AT_DURABLE, 8);
	record->body_crc = (uint32_t)bytes_get(bytes.p + AT_BODY_CRC, 4);
	return OST_OK;
}

bool
logrecord_is_whole(const struct logrecord *record)
{
	struct span items = record->items;
	struct logitem item;
	uint32_t crc = 0;

	while (logrecord_next(&items, &item))
		crc = crypto_crc32_more(crc, item.sealed);
	return crc == record->body_crc;
}

bool
logrecord_next(struct span *items, struct logitem *item)
{
	return items->n > 0 && item_open(items, item);
}

void
logrecord_move(char *p, const struct logrecord *record, struct logplace place,
	uint64_t durable)
{
	struct span items = record->items;
	uint32_t crc;

	bytes_put(p + AT_DURABLE, 8, durable);
	/* It was opened: its items do fit. */
	if (head_crc(place, p, &items, &crc))
		bytes_put(p, 4, crc);
}
