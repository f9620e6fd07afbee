#ifndef OSTIARY_BASEFILE_H
#define OSTIARY_BASEFILE_H
#include "arena.h"
#include <sys/stat.h>
/*
 * FOLDER/NAME.gdbm, which is never modified but replaced, whole, by rename:
 * who has it open reads one unchanging state, and a process killed at any
 * moment leaves either the old or the new one. One writer at a time holds
 * NAME.lock. Failures are logged.
 */
struct basefile {
	struct span folder, path, next_path, lock_path; /* end in a NUL */
	bool is_shared; /* 0660 instead of 0600 */
	int lock;	/* -1: not yet open */
};

/* folder must be one and not on a network file system. The paths are kept in
 * the arena. OST_STORE, OST_NOMEM. Opens nothing. */
OST_CHECK enum ost_err basefile_init(struct basefile *base, struct span path,
	const char *name, bool is_shared, struct arena *arena);
void basefile_release(struct basefile *base);

/* Opens for reading; *fd is -1 when there is no such file yet (in a folder
 * that is there: else OST_STORE). The caller closes *fd. */
OST_CHECK enum ost_err basefile_open(
	const struct basefile *base, int *fd, struct stat *file);
/* Whether the name still leads to that file, which the caller has open. */
bool basefile_is_current(const struct basefile *base, const struct stat *file);

/* Waits up to 5 s. OST_STORE. */
OST_CHECK enum ost_err basefile_lock(struct basefile *base);
void basefile_unlock(struct basefile *base);
/* With the lock held: an empty file to write the next state to, which
 * basefile_publish(), when it is synced, puts in the place of the present one,
 * or basefile_abandon() removes. The caller closes *fd. */
OST_CHECK enum ost_err basefile_begin(const struct basefile *base, int *fd);
OST_CHECK enum ost_err basefile_publish(const struct basefile *base);
void basefile_abandon(const struct basefile *base);
#endif
