#ifndef OSTIARY_GENERATION_H
#define OSTIARY_GENERATION_H
#include "basefile.h"
#include "delta.h"
#include "logfile.h"
#include "statepaths.h"
/*
 * What a store is made of: a base, and the log of the same epoch, of which the
 * delta has as much as this process has read. Where both speak of a key, the
 * log is right.
 */
struct generation {
	struct basefile base;
	struct logfile log;
	struct delta delta;
	bool is_open;
};

/* OST_NOTFOUND: there is no base. OST_STORE: it or its log is damaged or
 * missing, or they do not belong together. Ended by generation_close(). */
OST_CHECK enum ost_err generation_open(const char *base_path,
	const char *const log_paths[static STATEPATHS_LOGS], bool may_write,
	struct generation *generation);
void generation_close(struct generation *generation);
/* Reads what has been published: up to end. After OST_STORE and OST_NOMEM the
 * generation is to be closed. */
OST_CHECK enum ost_err generation_catch_up(
	struct generation *generation, uint64_t end);
/*
 * Reads all there is, checking everything, when nobody can say what was
 * published: up to the first bytes that are no whole record. These were being
 * written when the machine stopped, and nobody was told that they were.
 * OST_STORE when that cannot be: a record behind them says they were on disk.
 * Unless is_copy, and they were only written after they had been copied.
 */
OST_CHECK enum ost_err generation_scan(
	struct generation *generation, bool is_copy);
/* Whether the log is still the one that was opened, and the last record that
 * was read still there. */
bool generation_is_same(const struct generation *generation);
/* Whether a whole record follows what was read. */
bool generation_has_more(struct generation *generation);
/* Whether the base is, to the bit, the one that its log was made for. */
OST_CHECK enum ost_err generation_check(
	const struct generation *generation, const char *base_path);
/* The last that was said of key; OST_NOTFOUND. *sealed lies in the scratch
 * arena or lives until the next catch-up. */
OST_CHECK enum ost_err generation_get(struct generation *generation,
	struct span key, struct arena *scratch, struct span *sealed);
#endif
