#ifndef OSTIARY_STATEFILE_H
#define OSTIARY_STATEFILE_H
#include "span.h"
/*
 * The files of the state folder, which several processes use at once. Made
 * 0600, or 0660 when is_shared, whatever the umask says; what root makes gets
 * the owner and group of the folder it lies in. A failure is logged with the
 * path and returned as OST_STORE.
 */

/* Checks that path is a folder on a local disk: flock(2) and mmap(2) do not
 * hold between the machines that share a network file system. */
OST_CHECK enum ost_err statefile_folder(const char *path);
/* Makes a new empty file, open for reading and writing; what had its name
 * before is removed. The caller closes *fd. */
OST_CHECK enum ost_err statefile_new(const char *path, bool is_shared, int *fd);
/*
 * Opens for reading and writing. A missing file is made first: it gets its
 * name only when fill(fd) has written it, so that processes that start at the
 * same time all get the same file, and never half of it. fill says false, with
 * errno, when it failed; NULL: an empty file. The caller closes *fd.
 */
OST_CHECK enum ost_err statefile_open(
	const char *path, bool is_shared, bool (*fill)(int fd), int *fd);
/* The first size bytes of a file to an empty one; moves neither's offset. */
OST_CHECK enum ost_err statefile_copy(int from, int to, int64_t size);
/* Makes durable what was renamed or made in a folder. */
OST_CHECK enum ost_err statefile_sync_folder(const char *path);
/* Takes the exclusive flock of fd, which ends with statefile_unlock(), the
 * last close or the process. OST_BUSY when it was not free for wait_ms. */
OST_CHECK enum ost_err statefile_lock(int fd, int64_t wait_ms);
/* The same for locks that are held for long, by waiters in fair turns. */
OST_CHECK enum ost_err statefile_lock_in_turn(int fd, int64_t wait_ms);
void statefile_unlock(int fd);
#endif
