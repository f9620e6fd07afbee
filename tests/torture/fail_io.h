#ifndef OSTIARY_FAIL_IO_H
#define OSTIARY_FAIL_IO_H
/* tests/torture/fail_io.c, to be preloaded: system calls that fail. */
enum fail_how {
	FAIL_ENOSPC,
	FAIL_EIO,
	FAIL_SHORT, /* of a write: half of it is written, then ENOSPC */
};

/* The n-th call (from 1) of that name fails, and with is_lasting all that come
 * after it; n 0: none. */
void fail_io_set(const char *call, int n, enum fail_how how, int is_lasting);
/* Before the next call of that name, once. "fsync folder" is that of one. */
void fail_io_before(const char *call, void (*then)(void));
/* From now on DISK holds what of FOLDER is on disk (disk.h); NULL: no more. */
void fail_io_disk(const char *folder, const char *disk);
/* How many calls failed since. */
int fail_io_count(void);
#endif
