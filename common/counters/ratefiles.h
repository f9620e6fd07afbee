#ifndef OSTIARY_RATEFILES_H
#define OSTIARY_RATEFILES_H
#include "ratetable.h"
#include "span.h"
/*
 * The files of rates/: tables that all processes map, and the key of the hash
 * by which counters have their places.
 */
#define RATEFILES_TABLES  2
#define RATEFILES_BUCKETS 4096

struct ratefiles {
	struct bucket *tables[RATEFILES_TABLES];
	uint64_t secret[4]; /* two keys of siphash() */
};

/* Makes those that are not there. OST_STORE. Ended by ratefiles_close(), also
 * when it failed. */
OST_CHECK enum ost_err ratefiles_open(
	const char *folder, bool is_shared, struct ratefiles *files);
void ratefiles_close(struct ratefiles *files);
/* Reports each file, in rates/ of the state folder, that cannot be used;
 * changes nothing. */
void ratefiles_check(struct span state_path,
	void (*report)(void *arg, const char *file, const char *message),
	void *arg);
/* Makes such a file anew. Processes that have the old one use it until they
 * end. OST_STORE. */
OST_CHECK enum ost_err ratefiles_repair(
	struct span state_path, bool is_shared, const char *file);
#endif
