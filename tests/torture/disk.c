#define _GNU_SOURCE /* statx */
#include "disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct name {
	char name[64], key[64];
};

struct names {
	struct name all[DISK_NAMES];
	int n;
};

/* Inode numbers are used again; with the time of birth they are not. */
static int
key_of(int folder, const char *name, char key[static 64])
{
	struct statx file;

	if (statx(folder, name, *name == '\0' ? AT_EMPTY_PATH : 0,
		    STATX_INO | STATX_BTIME, &file) != 0)
		return -1;
	snprintf(key, 64, "%llu-%lld-%u", (unsigned long long)file.stx_ino,
		(long long)file.stx_btime.tv_sec, file.stx_btime.tv_nsec);
	return 0;
}

static const char *
path_of(const char *folder, const char *name, const char *suffix)
{
	static char paths[4][300];
	static unsigned int i;
	char *path = paths[i++ % 4];

	snprintf(path, 300, "%s/%s%s", folder, name, suffix);
	return path;
}

/* All of one file to another, which becomes as long. */
static int
bytes_copy(int from, int to)
{
	char *piece = malloc(1 << 16);
	ssize_t n = 1;
	off_t at = 0;

	for (; piece != NULL && n > 0; at += n) {
		n = pread(from, piece, 1 << 16, at);
		if (n > 0 && pwrite(to, piece, (size_t)n, at) != n)
			n = -1;
	}
	free(piece);
	return n == 0 && ftruncate(to, at) == 0 ? 0 : -1;
}

static int
file_keep(int fd, const char *disk)
{
	char key[64];
	int to, failed;

	if (key_of(fd, "", key) != 0)
		return -1;
	to = open(path_of(disk, key, ".data"), O_RDWR | O_CREAT | O_CLOEXEC,
		0600);
	if (to < 0)
		return -1;
	failed = bytes_copy(fd, to);
	close(to);
	return failed;
}

/* The names in the folder; each file is kept alive. */
static int
names_find(const char *folder, const char *disk, struct names *names)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	names->n = 0;
	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL && names->n < DISK_NAMES) {
		struct name *name = &names->all[names->n];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(
			name->name, sizeof(name->name), "%.60s", entry->d_name);
		if (key_of(dirfd(dir), name->name, name->key) != 0)
			continue; /* it was just removed */
		if (link(path_of(folder, name->name, ""),
			    path_of(disk, name->key, "")) != 0 &&
			errno != EEXIST)
			continue;
		names->n++;
	}
	closedir(dir);
	return 0;
}

static int
names_keep(const char *folder, const char *disk)
{
	struct names names;
	FILE *file;

	if (names_find(folder, disk, &names) != 0)
		return -1;
	file = fopen(path_of(disk, "names", ""), "w");
	if (file == NULL)
		return -1;
	fwrite(&names, sizeof(names), 1, file);
	return fclose(file);
}

int
disk_synced(int fd, const char *folder, const char *disk)
{
	struct stat file;

	if (fstat(fd, &file) != 0)
		return -1;
	return S_ISDIR(file.st_mode) ? names_keep(folder, disk)
				     : file_keep(fd, disk);
}

static int
bytes_put_back(const char *disk, const char *key)
{
	int fd = open(path_of(disk, key, ""), O_RDWR | O_CLOEXEC);
	int from = open(path_of(disk, key, ".data"), O_RDONLY | O_CLOEXEC);
	int failed = fd < 0;

	if (fd >= 0)
		failed = from >= 0 ? bytes_copy(from, fd) : ftruncate(fd, 0);
	if (from >= 0)
		close(from);
	if (fd >= 0)
		close(fd);
	return failed;
}

/* Whether a file has the name that it had, or that it has. */
static int
is_left(const char *name, enum disk_cut cut, int is_now)
{
	size_t n = strlen(name);

	if (n > 4 && strcmp(name + n - 4, ".ctl") == 0)
		return is_now;
	if (cut == DISK_NAMES_ONLY ||
		(cut == DISK_BASE_NAME && n > 5 &&
			strcmp(name + n - 5, ".gdbm") == 0))
		return is_now;
	return !is_now;
}

static int
names_put(const char *folder, const char *disk, const struct names *names,
	enum disk_cut cut, int is_now)
{
	int failed = 0;

	for (int i = 0; i < names->n; i++) {
		const struct name *name = &names->all[i];

		if (!is_left(name->name, cut, is_now))
			continue;
		if (cut != DISK_BYTES_ONLY &&
			strstr(name->name, ".ctl") == NULL)
			failed |= bytes_put_back(disk, name->key);
		failed |= link(path_of(disk, name->key, ""),
			path_of(folder, name->name, ""));
	}
	return failed;
}

int
disk_cut(const char *folder, const char *disk, enum disk_cut cut)
{
	struct names now, synced = { .n = 0 };
	FILE *file = fopen(path_of(disk, "names", ""), "r");
	int failed;

	if (file != NULL) {
		if (fread(&synced, sizeof(synced), 1, file) != 1)
			synced.n = 0;
		fclose(file);
	}
	failed = names_find(folder, disk, &now);
	for (int i = 0; i < now.n; i++)
		failed |= unlink(path_of(folder, now.all[i].name, ""));
	failed |= names_put(folder, disk, &now, cut, 1);
	failed |= names_put(folder, disk, &synced, cut, 0);
	return failed == 0 ? 0 : -1;
}
