#include "basefile.h"
#include "buf.h"
#include "log.h"
#include "statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/*
 * While a reader holds a file open its inode is not given to another, so the
 * same device and inode mean the same file. Size and time are compared besides
 * to notice a backup that somebody copied over it.
 */
#define LOCK_WAIT_MS 5000
#define LOCK_TRIES   10

static enum ost_err
failed(struct span path, const char *what)
{
	log_message(
		"error", "%.*s: %s: %s", SPAN_ARG(path), what, strerror(errno));
	return OST_STORE;
}

static enum ost_err
path_make(struct span path, const char *name, const char *suffix,
	struct arena *arena, struct span *made)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_printf(&buf, "%.*s/%s", SPAN_ARG(path), name);
	if (suffix != NULL)
		buf_printf(&buf, "/%s%s", name, suffix);
	return buf_span(&buf, made);
}

enum ost_err
basefile_init(struct basefile *base, struct span path, const char *name,
	bool is_shared, struct arena *arena)
{
	enum ost_err err;

	*base = (struct basefile){ .is_shared = is_shared, .lock = -1 };
	err = path_make(path, name, NULL, arena, &base->folder);
	if (err == OST_OK)
		err = path_make(path, name, ".gdbm", arena, &base->path);
	if (err == OST_OK)
		err = path_make(path, name, ".new", arena, &base->next_path);
	if (err == OST_OK)
		err = path_make(path, name, ".lock", arena, &base->lock_path);
	if (err != OST_OK)
		return err;
	return statefile_folder(base->folder.p);
}

static void
lock_close(struct basefile *base)
{
	if (base->lock >= 0)
		close(base->lock);
	base->lock = -1;
}

void
basefile_release(struct basefile *base)
{
	lock_close(base);
}

enum ost_err
basefile_open(const struct basefile *base, int *fd, struct stat *file)
{
	int opened = open(base->path.p, O_RDONLY | O_CLOEXEC);
	struct stat folder;

	if (opened < 0 &&
		(errno != ENOENT || stat(base->folder.p, &folder) != 0))
		return failed(base->path, "cannot open");
	if (opened >= 0 && fstat(opened, file) != 0) {
		close(opened);
		return failed(base->path, "cannot open");
	}
	*fd = opened;
	return OST_OK;
}

static bool
is_named(struct span path, const struct stat *file, struct stat *named)
{
	return stat(path.p, named) == 0 && named->st_dev == file->st_dev &&
	       named->st_ino == file->st_ino;
}

bool
basefile_is_current(const struct basefile *base, const struct stat *file)
{
	struct stat named;

	return is_named(base->path, file, &named) &&
	       named.st_size == file->st_size &&
	       named.st_mtim.tv_sec == file->st_mtim.tv_sec &&
	       named.st_mtim.tv_nsec == file->st_mtim.tv_nsec;
}

/* Whether the lock that we hold is the one that others find by its name: the
 * folder may have been replaced by a backup. */
static bool
lock_is_current(const struct basefile *base)
{
	struct stat held, named;

	return fstat(base->lock, &held) == 0 &&
	       is_named(base->lock_path, &held, &named);
}

enum ost_err
basefile_lock(struct basefile *base)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		enum ost_err err = OST_OK;

		if (base->lock < 0)
			err = statefile_open(base->lock_path.p, base->is_shared,
				NULL, &base->lock);
		if (err == OST_OK)
			err = statefile_lock_in_turn(base->lock, LOCK_WAIT_MS);
		if (err == OST_BUSY)
			break;
		if (err != OST_OK)
			return err;
		if (lock_is_current(base))
			return OST_OK;
		lock_close(base);
	}
	log_message(
		"error", "%.*s: no lock in time", SPAN_ARG(base->lock_path));
	return OST_STORE;
}

void
basefile_unlock(struct basefile *base)
{
	statefile_unlock(base->lock);
}

enum ost_err
basefile_begin(const struct basefile *base, int *fd)
{
	return statefile_new(base->next_path.p, base->is_shared, fd);
}

enum ost_err
basefile_publish(const struct basefile *base)
{
	if (rename(base->next_path.p, base->path.p) != 0)
		return failed(base->path, "cannot replace");
	return OST_OK;
}

void
basefile_abandon(const struct basefile *base)
{
	unlink(base->next_path.p);
}
