#include "tallyfile.h"
#include "log.h"
#include "mapfile.h"
#include "siphash.h"
#include "statefile.h"
#include "statefolder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME	     "tally"
#define SIZE	     sizeof(struct tally_map)
#define LOCK_WAIT_MS 1000

/* How the file begins: one of another version, of another layout or of a
 * machine with another order of bytes is as good as none. */
static const struct head {
	char magic[24];
	uint64_t version, names, minutes, refusals, size;
} head = {
	.magic = "ostiary tally\n",
	.version = 1,
	.names = TALLYFILE_NAMES,
	.minutes = TALLYFILE_MINUTES,
	.refusals = TALLYFILE_REFUSALS,
	.size = SIZE,
};
_Static_assert(
	sizeof(head) == sizeof(((struct tally_map *)NULL)->head), "its place");
_Static_assert(sizeof(uint64_t) == sizeof(_Atomic uint64_t), "no lock in it");

static enum ost_err
failed(const char *path, const char *what)
{
	log_message("error", "%s: %s: %s", path, what, strerror(errno));
	return OST_STORE;
}

static bool
fill(int fd)
{
	return mapfile_fill(fd, SIZE) &&
	       statefile_write(fd,
		       (struct span){ (const char *)&head, sizeof(head) }, 0);
}

/* Whether the file of an open fd has its size and still has a name. */
static bool
is_whole(int fd)
{
	struct stat file;

	return fstat(fd, &file) == 0 && file.st_size == (off_t)SIZE &&
	       file.st_nlink > 0;
}

static bool
is_sound(int fd)
{
	struct head found;

	return is_whole(fd) &&
	       statefile_read(fd, (char *)&found, sizeof(found), 0) &&
	       memcmp(&found, &head, sizeof(head)) == 0;
}

/* Removes a damaged file, unless another process was faster: what has its name
 * now may be a new one already. */
static enum ost_err
remove_damaged(const struct tallyfile *file, int fd)
{
	struct fileid here, there;
	enum ost_err err = statefile_lock(fd, LOCK_WAIT_MS);

	if (err != OST_OK)
		return OST_STORE;
	if (statefile_id_of(fd, &here) && statefile_id(file->path, &there) &&
		fileid_is_same(&here, &there)) {
		log_message(
			"warning", "%s: damaged; it begins anew", file->path);
		if (unlink(file->path) != 0)
			err = failed(file->path, "cannot remove");
	}
	statefile_unlock(fd);
	return err;
}

static enum ost_err
open_there(const struct tallyfile *file, int *fd)
{
	*fd = statefile_open_there(file->path, false);
	if (*fd < 0)
		return errno == ENOENT ? OST_NOTFOUND
				       : failed(file->path, "cannot open");
	if (is_sound(*fd))
		return OST_OK;
	close(*fd);
	log_message("error", "%s: damaged", file->path);
	return OST_STORE;
}

static enum ost_err
open_or_make(const struct tallyfile *file, int *fd)
{
	enum ost_err err = OST_OK;

	/* Who finds it damaged twice has met somebody who damages it. */
	for (int tries = 0; tries < 3 && err == OST_OK; tries++) {
		err = statefile_open(file->path, file->is_shared, fill, fd);
		if (err != OST_OK || is_sound(*fd))
			return err;
		err = remove_damaged(file, *fd);
		close(*fd);
	}
	return err != OST_OK ? err : OST_STORE;
}

static enum ost_err
map_open(struct tallyfile *file)
{
	void *map = MAP_FAILED;
	enum ost_err err = file->may_write ? open_or_make(file, &file->fd)
					   : open_there(file, &file->fd);

	if (err != OST_OK)
		return err;
	if (file->may_write)
		err = mapfile_map(file->path, file->fd, SIZE, &map);
	else
		map = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, file->fd, 0);
	if (err == OST_OK && map == MAP_FAILED)
		err = failed(file->path, "cannot map");
	if (err == OST_OK)
		file->map = map;
	else
		close(file->fd);
	return err;
}

enum ost_err
tallyfile_open(struct span state_path, bool may_write, bool is_shared,
	struct tallyfile *file)
{
	char folder[PATH_MAX];
	enum ost_err err;

	*file = (struct tallyfile){ .may_write = may_write,
		.is_shared = is_shared };
	snprintf(folder, sizeof(folder), "%.*s/rates", SPAN_ARG(state_path));
	if (snprintf(file->path, sizeof(file->path), "%.*s/rates/" NAME,
		    SPAN_ARG(state_path)) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return failed(folder, "cannot open");
	}
	err = statefolder_check(folder);
	return err == OST_OK ? map_open(file) : err;
}

enum ost_err
tallyfile_refresh(struct tallyfile *file)
{
	if (file->map != NULL && is_whole(file->fd) &&
		memcmp(file->map->head, &head, sizeof(head)) == 0)
		return OST_OK;
	tallyfile_close(file);
	return map_open(file);
}

void
tallyfile_close(struct tallyfile *file)
{
	if (file->map == NULL)
		return;
	munmap(file->map, SIZE);
	close(file->fd);
	file->map = NULL;
}

uint64_t
tallyfile_tag(struct span word)
{
	/* The words are our own: nobody can aim at a collision. */
	static const uint64_t key[2] = { 0, 0 };
	uint64_t tag = siphash(key, word);

	return tag != 0 ? tag : 1;
}

static bool
name_is_sound(const struct tally_name *name)
{
	uint64_t words[TALLYFILE_WORD / 8];
	const char *p = (const char *)words;
	struct span word = { p, 0 };

	for (size_t i = 0; i < TALLYFILE_WORD / 8; i++)
		words[i] = name->word[i];
	while (word.n < TALLYFILE_WORD && p[word.n] != '\0')
		word.n++;
	/* Who took it may not have come to write the word. */
	return word.n == 0 ||
	       (word.n < TALLYFILE_WORD && name->tag == tallyfile_tag(word));
}

static void
check_names(int fd, void (*report)(void *arg, const char *, const char *),
	void *arg)
{
	struct tally_name names[TALLYFILE_NAMES];
	bool is_read = statefile_read(fd, (char *)names, sizeof(names),
		offsetof(struct tally_map, names));
	size_t damaged = 0;

	for (size_t i = 0; is_read && i < TALLYFILE_NAMES; i++)
		damaged += !name_is_sound(&names[i]);
	if (!is_read || damaged > 0)
		report(arg, NAME, "has damaged names");
}

void
tallyfile_check(struct span state_path,
	void (*report)(void *arg, const char *file, const char *message),
	void *arg)
{
	char text[PATH_MAX];
	struct stat file;
	int fd;

	snprintf(text, sizeof(text), "%.*s/rates/" NAME, SPAN_ARG(state_path));
	if (stat(text, &file) != 0)
		return;
	fd = statefile_open_there(text, false);
	if (fd < 0) {
		report(arg, NAME, "cannot be opened");
		return;
	}
	snprintf(text, sizeof(text), "has %lld bytes, not %zu",
		(long long)file.st_size, SIZE);
	if (file.st_size != (off_t)SIZE)
		report(arg, NAME, text);
	else if (!is_sound(fd))
		report(arg, NAME, "is damaged");
	else
		check_names(fd, report, arg);
	close(fd);
}

enum ost_err
tallyfile_repair(struct span state_path, bool is_shared)
{
	struct tallyfile file;
	char path[PATH_MAX];
	enum ost_err err;

	snprintf(path, sizeof(path), "%.*s/rates/" NAME, SPAN_ARG(state_path));
	if (unlink(path) != 0 && errno != ENOENT)
		return failed(path, "cannot remove");
	err = tallyfile_open(state_path, true, is_shared, &file);
	tallyfile_close(&file);
	return err;
}
