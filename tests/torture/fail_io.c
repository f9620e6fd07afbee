#define _GNU_SOURCE /* RTLD_NEXT */
#include "fail_io.h"
#include "disk.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Stands before libc for the calls that write. Each has a name; the one that is
 * to fail is counted down.
 */
static char failing[32];
static int left, failed_n, lasts;
static enum fail_how failing_how;
static char awaited[32];
static void (*before)(void);

void
fail_io_set(const char *call, int n, enum fail_how how, int is_lasting)
{
	snprintf(failing, sizeof(failing), "%s", call);
	left = n;
	failing_how = how;
	failed_n = 0;
	lasts = is_lasting;
}

int
fail_io_count(void)
{
	return failed_n;
}

void
fail_io_before(const char *call, void (*then)(void))
{
	snprintf(awaited, sizeof(awaited), "%s", call);
	before = then;
}

static const char *tracked, *disk;

void
fail_io_disk(const char *folder_path, const char *disk_path)
{
	tracked = folder_path;
	disk = disk_path;
}

static void
disk_note(int fd)
{
	if (tracked != NULL && disk_synced(fd, tracked, disk) != 0)
		_exit(98);
}

static int
is_to_fail(const char *call)
{
	void (*then)(void) = before;

	if (then != NULL && strcmp(call, awaited) == 0) {
		before = NULL;
		then();
	}
	if (left == 0 || strcmp(call, failing) != 0)
		return 0;
	if (left > 1) {
		left--;
		return 0;
	}
	left = lasts ? 1 : 0;
	failed_n++;
	errno = failing_how == FAIL_EIO ? EIO : ENOSPC;
	return 1;
}

static void *
next(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (found == NULL)
		_exit(99);
	return found;
}

#define NEXT(type, name)                                                       \
	static type real;                                                      \
	if (real == NULL)                                                      \
	*(void **)&real = next(name)

typedef ssize_t (*write_fn)(int, const void *, size_t);
typedef ssize_t (*pwrite_fn)(int, const void *, size_t, off_t);
typedef int (*fd_fn)(int);
typedef int (*rename_fn)(const char *, const char *);
typedef int (*ftruncate_fn)(int, off_t);
typedef int (*fallocate_fn)(int, off_t, off_t);
typedef void *(*mmap_fn)(void *, size_t, int, int, int, off_t);

ssize_t
write(int fd, const void *p, size_t n)
{
	NEXT(write_fn, "write");
	/* What the test itself says does not fail. */
	if (fd <= 2 || !is_to_fail("write"))
		return real(fd, p, n);
	return failing_how == FAIL_SHORT && n > 1 ? real(fd, p, n / 2) : -1;
}

static ssize_t
pwrite_any(pwrite_fn real, int fd, const void *p, size_t n, off_t at)
{
	if (!is_to_fail("pwrite"))
		return real(fd, p, n, at);
	if (failing_how == FAIL_SHORT && n > 1) {
		left = left == 0 ? 1 : left; /* and then there is no more */
		return real(fd, p, n / 2, at);
	}
	return -1;
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	NEXT(pwrite_fn, "pwrite");
	return pwrite_any(real, fd, p, n, at);
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	NEXT(pwrite_fn, "pwrite64");
	return pwrite_any(real, fd, p, n, at);
}

int
fsync(int fd)
{
	NEXT(fd_fn, "fsync");
	struct stat file;
	const char *call = fstat(fd, &file) == 0 && S_ISDIR(file.st_mode)
				   ? "fsync folder"
				   : "fsync";

	if (is_to_fail(call) || real(fd) != 0)
		return -1;
	disk_note(fd);
	return 0;
}

int
fdatasync(int fd)
{
	NEXT(fd_fn, "fdatasync");
	if (is_to_fail("fdatasync") || real(fd) != 0)
		return -1;
	disk_note(fd);
	return 0;
}

int
rename(const char *from, const char *to)
{
	NEXT(rename_fn, "rename");
	return is_to_fail("rename") ? -1 : real(from, to);
}

int
link(const char *from, const char *to)
{
	NEXT(rename_fn, "link");
	return is_to_fail("link") ? -1 : real(from, to);
}

int
ftruncate(int fd, off_t size)
{
	NEXT(ftruncate_fn, "ftruncate");
	return is_to_fail("ftruncate") ? -1 : real(fd, size);
}

int
posix_fallocate(int fd, off_t from, off_t n)
{
	NEXT(fallocate_fn, "posix_fallocate");
	return is_to_fail("posix_fallocate") ? errno : real(fd, from, n);
}

void *
mmap(void *at, size_t n, int rights, int flags, int fd, off_t from)
{
	NEXT(mmap_fn, "mmap");
	/* malloc() has its own way; of files only. */
	if (fd >= 0 && is_to_fail("mmap"))
		return MAP_FAILED;
	return real(at, n, rights, flags, fd, from);
}
