#ifndef OSTIARY_TESTS_RECORDS_H
#define OSTIARY_TESTS_RECORDS_H
#include "store.h"
/* What the tests of the record layer share: an arena, an empty store in
 * memory and a clock that stands still. */
#define NOW_MS	  INT64_C(1700000000000)
#define SECOND_MS 1000
#define HOUR_MS	  (INT64_C(3600) * SECOND_MS)
#define DAY_MS	  (24 * HOUR_MS)

/* For cmocka's setup and teardown; log lines are swallowed in between. */
int records_open(struct arena **arena, struct store **store);
int records_close(struct arena *arena, struct store *store);
/* How many records have a key that begins with prefix. */
size_t records_count(struct store *store, const char *prefix);
/* Writes value (NULL: what is no record) over every such record, without
 * expiry; at most 100. Returns how many. */
size_t records_overwrite(struct store *store, struct arena *arena,
	const char *prefix, const char *value);
/* A store that never answers: every operation is OST_STORE. The caller ends
 * it with store_close(). */
struct store *records_broken(void);
#endif
