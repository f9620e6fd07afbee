#define _GNU_SOURCE /* copy_file_range, mkostemp, F_OFD_SETLK */
#include "statefile.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
/*
 * Why a waiter polls: flock(2) has no deadline of its own, and an alarm would
 * be a signal for the whole program. The wait is counted in what was slept, so
 * it ends whatever a clock does, and it is never shorter than asked for but by
 * signals.
 *
 * Polling alone is unfair: who unlocks and locks again at once is faster than
 * all who sleep (measured: waits of seconds beside one busy writer). So where
 * the lock is held long, a waiter first waits for the turn, a record lock on
 * the same file (independent of its flock, and as mortal). Only the one who has
 * the turn polls for the lock itself, and he who just had the lock must wait
 * for the turn like all others.
 */
#define PAUSE_MIN_US  20
#define PAUSE_MAX_US  1000
#define PAUSE_LONG_US 10000 /* for him who has the turn */
/* A lock that is held for microseconds is free again before a sleep begins. */
#define SPINS 50

static enum ost_err
failed(const char *path, const char *what)
{
	log_message("error", "%s: %s: %s", path, what, strerror(errno));
	return OST_STORE;
}

static struct fileid
id_of(const struct stat *file)
{
	return (struct fileid){
		.dev = file->st_dev,
		.ino = file->st_ino,
		.size = (uint64_t)file->st_size,
		.mtime_ns = (uint64_t)file->st_mtim.tv_sec * 1000000000 +
			    (uint64_t)file->st_mtim.tv_nsec,
	};
}

bool
statefile_id(const char *path, struct fileid *id)
{
	struct stat file;

	if (stat(path, &file) != 0)
		return false;
	*id = id_of(&file);
	return true;
}

bool
statefile_id_of(int fd, struct fileid *id)
{
	struct stat file;

	if (fstat(fd, &file) != 0)
		return false;
	*id = id_of(&file);
	return true;
}

int
statefile_open_there(const char *path, bool may_write)
{
	/* O_NONBLOCK: nobody waits at a pipe. */
	int fd = open(path, (may_write ? O_RDWR : O_RDONLY) | O_NOFOLLOW |
				    O_NONBLOCK | O_CLOEXEC);
	struct stat file;

	if (fd >= 0 && (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode))) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

enum ost_err
statefile_failure(const char *path)
{
	bool is_short = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
	enum ost_err err = failed(path, "cannot open");

	return is_short ? OST_NOMEM : err;
}

bool
fileid_eq(const struct fileid *a, const struct fileid *b)
{
	return fileid_is_same(a, b) && a->size == b->size &&
	       a->mtime_ns == b->mtime_ns;
}

bool
statefile_read(int fd, char *p, size_t n, uint64_t offset)
{
	while (n > 0) {
		ssize_t got = pread(fd, p, n, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
		offset += (size_t)got;
	}
	return true;
}

bool
statefile_write(int fd, struct span bytes, uint64_t offset)
{
	while (bytes.n > 0) {
		ssize_t put = pwrite(fd, bytes.p, bytes.n, (off_t)offset);

		if (put < 0 && errno == EINTR)
			continue;
		if (put == 0)
			errno = ENOSPC;
		if (put <= 0)
			return false;
		bytes = span_skip(bytes, (size_t)put);
		offset += (size_t)put;
	}
	return true;
}

/* Mode and owner of a file that nobody else can see or use yet. */
bool
statefile_own(int fd, const char *path, bool is_shared)
{
	const char *slash = strrchr(path, '/');
	char folder_path[PATH_MAX];
	struct stat folder;

	if (fchmod(fd, is_shared ? 0660 : 0600) != 0)
		return false;
	if (geteuid() != 0 || slash == NULL)
		return true;
	snprintf(folder_path, sizeof(folder_path), "%.*s", (int)(slash - path),
		path);
	return stat(folder_path, &folder) == 0 &&
	       fchown(fd, folder.st_uid, folder.st_gid) == 0;
}

enum ost_err
statefile_new(const char *path, bool is_shared, int *fd)
{
	int made;

	if (unlink(path) != 0 && errno != ENOENT)
		return failed(path, "cannot remove");
	made = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (made < 0)
		return failed(path, "cannot make");
	if (!statefile_own(made, path, is_shared)) {
		enum ost_err err = failed(path, "cannot make");

		close(made);
		unlink(path);
		return err;
	}
	*fd = made;
	return OST_OK;
}

/* Makes the file under another name and links it, complete, to its own. That
 * another process was first is as good. */
static enum ost_err
file_publish(const char *path, bool is_shared, bool (*fill)(int fd))
{
	char draft[PATH_MAX];
	enum ost_err err = OST_OK;
	int fd;

	if (snprintf(draft, sizeof(draft), "%s.XXXXXX", path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return failed(path, "cannot make");
	}
	fd = mkostemp(draft, O_CLOEXEC);
	if (fd < 0)
		return failed(path, "cannot make");
	if (!statefile_own(fd, path, is_shared) ||
		(fill != NULL && !fill(fd)) ||
		(link(draft, path) != 0 && errno != EEXIST))
		err = failed(path, "cannot make");
	close(fd);
	unlink(draft);
	return err;
}

enum ost_err
statefile_open(const char *path, bool is_shared, bool (*fill)(int fd), int *fd)
{
	int opened = statefile_open_there(path, true);

	if (opened < 0 && errno == ENOENT) {
		enum ost_err err = file_publish(path, is_shared, fill);

		if (err != OST_OK)
			return err;
		opened = statefile_open_there(path, true);
	}
	if (opened < 0)
		return failed(path, "cannot open");
	*fd = opened;
	return OST_OK;
}

/* copy_file_range() where the kernel has it for this file system: there it may
 * share blocks. Bytes copied, 0 at the end of the file, -1 with errno. */
static ssize_t
copy_some(int from, int to, off_t offset, size_t n)
{
	off_t in = offset, out = offset;
	ssize_t copied = copy_file_range(from, &in, to, &out, n, 0);
	char piece[65536];

	if (copied >= 0 || (errno != EXDEV && errno != ENOSYS &&
				   errno != EINVAL && errno != EOPNOTSUPP))
		return copied;
	copied = pread(
		from, piece, n < sizeof(piece) ? n : sizeof(piece), offset);
	return copied > 0 ? pwrite(to, piece, (size_t)copied, offset) : copied;
}

enum ost_err
statefile_copy(int from, int to, int64_t size)
{
	int64_t done = 0;

	while (done < size) {
		ssize_t n = copy_some(from, to, done, (size_t)(size - done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return failed("state file", "cannot copy");
		done += n;
	}
	return OST_OK;
}

enum ost_err
statefile_sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum ost_err err = OST_OK;

	if (fd < 0)
		return failed(path, "cannot open");
	if (fsync(fd) != 0)
		err = failed(path, "cannot sync");
	close(fd);
	return err;
}

static bool
try_flock(void *fd)
{
	return flock(*(int *)fd, LOCK_EX | LOCK_NB) == 0;
}

bool
statefile_try_byte(int fd, int byte)
{
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_start = byte,
		.l_len = 1,
	};

	return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

void
statefile_unlock_byte(int fd, int byte)
{
	struct flock lock = {
		.l_type = F_UNLCK,
		.l_start = byte,
		.l_len = 1,
	};

	fcntl(fd, F_OFD_SETLK, &lock);
}

static bool
try_turn(void *fd)
{
	return statefile_try_byte(*(int *)fd, 0);
}

/* Tries until it succeeds or *wait_us, which it counts down, has passed. A
 * pause is an eighth of what was waited, so that is what polling costs. */
static enum ost_err
wait_for(bool (*try)(void *arg), void *arg, int64_t *wait_us,
	int64_t pause_max_us, int spins)
{
	int64_t pause_us = PAUSE_MIN_US, waited_us = 0;

	while (!try(arg)) {
		struct timespec pause = { .tv_nsec = pause_us * 1000 };

		if (errno != EWOULDBLOCK && errno != EACCES && errno != EINTR)
			return failed("state file", "cannot lock");
		if (spins-- > 0) {
			sched_yield();
			continue;
		}
		if (waited_us >= *wait_us)
			return OST_BUSY;
		nanosleep(&pause, NULL);
		waited_us += pause_us;
		if (pause_us < waited_us / 8 && pause_us < pause_max_us)
			pause_us = waited_us / 8;
	}
	*wait_us -= waited_us;
	return OST_OK;
}

enum ost_err
statefile_wait(bool (*try)(void *arg), void *arg, int64_t wait_ms)
{
	int64_t wait_us = wait_ms * 1000;

	return wait_for(try, arg, &wait_us, PAUSE_MAX_US, SPINS);
}

/* Here nobody spins: who did would starve those that sleep. */
enum ost_err
statefile_lock(int fd, int64_t wait_ms)
{
	int64_t wait_us = wait_ms * 1000;

	return wait_for(try_flock, &fd, &wait_us, PAUSE_MAX_US, 0);
}

enum ost_err
statefile_lock_in_turn(int fd, int64_t wait_ms)
{
	int64_t wait_us = wait_ms * 1000;
	enum ost_err err =
		wait_for(try_turn, &fd, &wait_us, PAUSE_MAX_US, SPINS);

	if (err != OST_OK)
		return err;
	err = wait_for(try_flock, &fd, &wait_us, PAUSE_LONG_US, SPINS);
	statefile_unlock_byte(fd, 0);
	return err;
}

void
statefile_unlock(int fd)
{
	flock(fd, LOCK_UN);
}
