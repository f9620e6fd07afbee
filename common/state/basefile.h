#ifndef OSTIARY_BASEFILE_H
#define OSTIARY_BASEFILE_H
#include "gdbmfile.h"
#include "statefile.h"
/*
 * A base: a GDBM file that is never modified once it has its name. Beside the
 * records (envelopes) it holds some of its own, whose keys no caller can name:
 * its epoch, its size when it was last made from nothing, and where it comes
 * from. One without an epoch was made before there were logs; its epoch is 0.
 */
/* So that it fits the page's words (ctl.h). */
#define BASEFILE_EPOCH_MAX ((UINT64_C(1) << 24) - 2)

struct basefile {
	struct gdbmfile *file; /* NULL: not open */
	struct fileid id;
	uint64_t epoch;
	uint64_t made_size;
};

/* All that the log before, which has that salt, said up to `end` is in it. */
struct baseorigin {
	uint64_t birth; /* of its file; 0: made before this was noted */
	uint64_t salt, end;
};

/* Of a whole file: what tells whether a single bit of it has changed. */
struct basesum {
	uint64_t size;
	uint32_t crc;
};

/* OST_NOTFOUND: there is none. OST_STORE: also when GDBM does not take it for
 * one of its files. Ended by basefile_close(). */
OST_CHECK enum ost_err basefile_open(const char *path, struct basefile *base);
void basefile_close(struct basefile *base);
OST_CHECK enum ost_err basefile_sum(const char *path, struct basesum *sum);
/* Zeros when it does not say. */
OST_CHECK enum ost_err basefile_origin(
	const struct basefile *base, struct baseorigin *origin);
/* Writes the records of its own into a file that is being made; the birth is
 * found, whatever origin says. */
OST_CHECK enum ost_err basefile_stamp(struct gdbmfile *file, uint64_t epoch,
	uint64_t made_size, struct baseorigin origin);
/* Whether a record is one of these. */
bool basefile_is_stamp(struct span key);
#endif
