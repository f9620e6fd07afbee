#ifndef OSTIARY_ENVELOPE_H
#define OSTIARY_ENVELOPE_H
#include "arena.h"
/*
 * What a store that keeps its records in files puts around a value: version,
 * 1 byte; expires_ms, 8 bytes, least first; the value; CRC-32 of the key and
 * all of that, 4 bytes. A value that was damaged, or that belongs to another
 * key, does not open.
 */
#define ENVELOPE_VALUE_MAX 65536
#define ENVELOPE_SIZE_MAX  (1 + 8 + ENVELOPE_VALUE_MAX + 4)

/* *sealed lies in the arena. OST_NOMEM. */
OST_CHECK enum ost_err envelope_seal(struct span key, struct span value,
	int64_t expires_ms, struct arena *arena, struct span *sealed);
/* *value lies in sealed. OST_STORE: damaged. */
OST_CHECK enum ost_err envelope_open(struct span key, struct span sealed,
	struct span *value, int64_t *expires_ms);
#endif
