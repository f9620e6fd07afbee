#include "clock.h"
#include "spool.h"
#include "spool_name.h"
#include "statefile.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAFT_KEPT_MS (60 * 60 * 1000)

static int
by_age(const void *a, const void *b)
{
	return strcmp(((const struct spooled *)a)->name,
		((const struct spooled *)b)->name);
}

/* More than there can be, by far, are not looked at. */
#define LIST_MAX (4 * SPOOL_FILES_MAX)

static void
read_folder(DIR *dir, enum spool_folder folder, struct spooled *files,
	size_t *n, size_t *strangers)
{
	const struct dirent *entry;

	while (*n < LIST_MAX && (entry = readdir(dir)) != NULL) {
		struct span name = span_of(entry->d_name);

		files[*n].folder = folder;
		if (span_eq(name, SPAN(".")) || span_eq(name, SPAN("..")))
			continue;
		if (spool_name_read(name, &files[*n]))
			++*n;
		else
			++*strangers;
	}
}

enum ost_err
spool_list(const struct spool *spool, enum spool_folder folder,
	struct spooled **files, size_t *n, size_t *strangers)
{
	struct spooled *found;
	char path[PATH_MAX];
	DIR *dir;
	enum ost_err err =
		spool_path(spool, spool_folder_names[folder], NULL, path);

	if (err != OST_OK)
		return err;
	found = arena_array(spool->arena, LIST_MAX, sizeof(*found));
	if (found == NULL)
		return OST_NOMEM;
	*files = found;
	*n = *strangers = 0;
	dir = opendir(path);
	if (dir == NULL)
		return errno == ENOENT ? OST_OK
				       : spool_failed(path, "cannot read");
	read_folder(dir, folder, found, n, strangers);
	closedir(dir);
	qsort(found, *n, sizeof(*found), by_age);
	return OST_OK;
}

static enum ost_err
decode(struct span bytes, struct spool_message *message)
{
	struct span rest = bytes, line, size;
	uint64_t n;

	if (!span_starts(rest, SPAN(SPOOL_MAGIC)) ||
		!span_cut(&rest, '\n', &line))
		return OST_BADINPUT;
	line = span_skip(line, strlen(SPOOL_MAGIC));
	if (!span_cut(&line, ' ', &size) ||
		span_to_u64(size, 0, rest.n, &n) != OST_OK)
		return OST_BADINPUT;
	message->address = line.n > 0 ? line : SPAN_ABSENT;
	message->text = (struct span){ rest.p, n };
	return OST_OK;
}

enum ost_err
spool_read(const struct spool *spool, const struct spooled *file,
	struct spool_message *message)
{
	char path[PATH_MAX], *bytes;
	struct stat st;
	enum ost_err err = spool_path_of(spool, file, path);
	int fd;

	if (err != OST_OK)
		return err;
	bytes = arena_alloc(spool->arena, SPOOL_FILE_SIZE);
	if (bytes == NULL)
		return OST_NOMEM;
	fd = statefile_open_there(path, false);
	if (fd < 0 && errno == ENOENT)
		return OST_NOTFOUND;
	if (fd < 0)
		return errno == EINVAL || errno == ELOOP
			       ? OST_BADINPUT
			       : statefile_failure(path);
	if (fstat(fd, &st) != 0)
		err = spool_failed(path, "cannot read");
	else if (st.st_size != SPOOL_FILE_SIZE)
		err = OST_BADINPUT;
	else if (!statefile_read(fd, bytes, SPOOL_FILE_SIZE, 0))
		err = spool_failed(path, "cannot read");
	close(fd);
	return err == OST_OK ? decode((struct span){ bytes, SPOOL_FILE_SIZE },
				       message)
			     : err;
}

enum ost_err
spool_remove(const struct spool *spool, const struct spooled *file)
{
	char path[PATH_MAX];
	enum ost_err err = spool_path_of(spool, file, path);

	if (err == OST_OK && unlink(path) != 0 && errno != ENOENT)
		return spool_failed(path, "cannot remove");
	return err;
}

static enum ost_err
move(const struct spool *spool, const struct spooled *file,
	enum spool_folder folder, int64_t next_ms)
{
	const char *random = file->name + SPOOL_NAME_SIZE - SPOOL_RANDOM_SIZE;
	char from[PATH_MAX], to[PATH_MAX];
	struct spooled moved = *file;
	enum ost_err err = spool_path_of(spool, file, from);

	moved.next_ms = next_ms;
	moved.tries += moved.tries < SPOOL_TRIES_MAX;
	spool_name_write(&moved, random);
	if (err == OST_OK)
		err = spool_path(
			spool, spool_folder_names[folder], moved.name, to);
	if (err == OST_OK && rename(from, to) != 0)
		return spool_failed(from, "cannot move");
	return err;
}

enum ost_err
spool_defer(
	const struct spool *spool, const struct spooled *file, int64_t next_ms)
{
	return move(spool, file, SPOOL_WAIT, next_ms);
}

enum ost_err
spool_give_up(const struct spool *spool, const struct spooled *file)
{
	struct spooled *kept;
	size_t n, strangers;
	enum ost_err err = move(spool, file, SPOOL_FAILED, file->next_ms);

	if (err == OST_OK)
		err = spool_list(spool, SPOOL_FAILED, &kept, &n, &strangers);
	for (size_t i = 0; err == OST_OK && i + SPOOL_KEPT_MAX < n; i++)
		err = spool_remove(spool, &kept[i]);
	return err;
}

static void
remove_drafts(const struct spool *spool)
{
	const struct dirent *entry;
	char path[PATH_MAX];
	struct stat st;
	DIR *dir = NULL;

	if (spool_path(spool, NULL, NULL, path) == OST_OK)
		dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (span_starts(span_of(entry->d_name), SPAN(SPOOL_DRAFT)) &&
			spool_path(spool, entry->d_name, NULL, path) ==
				OST_OK &&
			lstat(path, &st) == 0 &&
			clock_wall_ms() - (int64_t)st.st_mtime * 1000 >
				DRAFT_KEPT_MS)
			unlink(path);
	if (dir != NULL)
		closedir(dir);
}

enum ost_err
spool_lock(const struct spool *spool, int *fd)
{
	char path[PATH_MAX];
	bool was_made;
	int opened;
	enum ost_err err = spool_make(spool, &was_made);

	if (err == OST_OK)
		err = spool_path(spool, "lock", NULL, path);
	if (err == OST_OK)
		err = statefile_open(path, spool->is_shared, NULL, &opened);
	if (err != OST_OK)
		return err;
	err = statefile_lock(opened, 0);
	if (err != OST_OK) {
		close(opened);
		return err;
	}
	remove_drafts(spool);
	*fd = opened;
	return OST_OK;
}
