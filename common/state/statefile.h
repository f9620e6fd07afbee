#ifndef OSTIARY_STATEFILE_H
#define OSTIARY_STATEFILE_H
#include "span.h"
/*
 * The files of the state folder, which several processes use at once. Made
 * 0600, or 0660 when is_shared, whatever the umask says; what root makes gets
 * the owner and group of the folder it lies in. A failure is logged with the
 * path and returned as OST_STORE.
 */

/* What tells a file from another, and from itself rewritten in place. */
struct fileid {
	uint64_t dev, ino, size, mtime_ns;
};
/* False, with errno, when there is none. */
bool statefile_id(const char *path, struct fileid *id);
bool statefile_id_of(int fd, struct fileid *id);
static inline bool
fileid_is_same(const struct fileid *a, const struct fileid *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}
bool fileid_eq(const struct fileid *a, const struct fileid *b);

/* A file that is there and is one: never what a link leads to, for who may
 * write to the folder may not write to all that we may. -1, with errno. */
int statefile_open_there(const char *path, bool may_write);
/* What errno of that means, logged: OST_NOMEM of too many open files, which is
 * no damage; else OST_STORE. */
enum ost_err statefile_failure(const char *path);
/* All n bytes at offset, or false with errno (EIO: the file is shorter). */
bool statefile_read(int fd, char *p, size_t n, uint64_t offset);
bool statefile_write(int fd, struct span bytes, uint64_t offset);
/* Gives it that mode, and what root made the owner of its folder. */
bool statefile_own(int fd, const char *path, bool is_shared);
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
/* The lock of one byte of fd, which is independent of its flock; from byte 1,
 * for 0 is the turn. It ends with statefile_unlock_byte(), the last close or
 * the process. False: somebody else has it, or an error. */
bool statefile_try_byte(int fd, int byte);
void statefile_unlock_byte(int fd, int byte);
/* Sleeps between tries until try() says true. OST_BUSY when it did not for
 * wait_ms, OST_STORE when it leaves an errno that no lock gives. */
OST_CHECK enum ost_err statefile_wait(
	bool (*try)(void *arg), void *arg, int64_t wait_ms);
#endif
