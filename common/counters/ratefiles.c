#include "ratefiles.h"
#include "crypto.h"
#include "log.h"
#include "mapfile.h"
#include "statefile.h"
#include "statefolder.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define TABLE_SIZE  (sizeof(struct bucket) * RATEFILES_BUCKETS)
#define SECRET_SIZE sizeof(((struct ratefiles *)NULL)->secret)
#define FILES	    (RATEFILES_TABLES + 1)

static enum ost_err
failed(const char *path, const char *what)
{
	log_message("error", "%s: %s: %s", path, what, strerror(errno));
	return OST_STORE;
}

static bool
fill_secret(int fd)
{
	unsigned char secret[SECRET_SIZE];
	ssize_t n;

	crypto_random(secret, sizeof(secret));
	n = write(fd, secret, sizeof(secret));
	crypto_wipe(secret, sizeof(secret));
	return n == (ssize_t)sizeof(secret);
}

static bool
fill_table(int fd)
{
	return mapfile_fill(fd, TABLE_SIZE);
}

/* The tables in the order of enum rate_table. */
static const struct {
	const char *name;
	size_t size;
	bool (*fill)(int fd);
} kinds[FILES] = {
	{ "subjects.tab", TABLE_SIZE, fill_table },
	{ "addresses.tab", TABLE_SIZE, fill_table },
	{ "key", SECRET_SIZE, fill_secret },
};
#define KEY RATEFILES_TABLES

static enum ost_err
file_open(const char *folder, size_t i, bool is_shared, int *fd)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/%s", folder, kinds[i].name);
	return statefile_open(path, is_shared, kinds[i].fill, fd);
}

static enum ost_err
secret_read(const char *folder, bool is_shared, struct ratefiles *files)
{
	ssize_t n;
	int fd;
	enum ost_err err = file_open(folder, KEY, is_shared, &fd);

	if (err != OST_OK)
		return err;
	n = read(fd, files->secret, SECRET_SIZE);
	close(fd);
	if (n != (ssize_t)SECRET_SIZE) {
		log_message(
			"error", "%s/key: not %zu bytes", folder, SECRET_SIZE);
		return OST_STORE;
	}
	return OST_OK;
}

enum ost_err
ratefiles_open(const char *folder, bool is_shared, struct ratefiles *files)
{
	enum ost_err err = statefolder_check(folder);
	void *table = NULL;
	int fd;

	if (err == OST_OK)
		err = secret_read(folder, is_shared, files);
	for (size_t i = 0; i < RATEFILES_TABLES && err == OST_OK; i++) {
		err = file_open(folder, i, is_shared, &fd);
		if (err != OST_OK)
			break;
		err = mapfile_map(kinds[i].name, fd, TABLE_SIZE, &table);
		close(fd);
		if (err == OST_OK)
			files->tables[i] = table;
	}
	return err;
}

void
ratefiles_close(struct ratefiles *files)
{
	for (size_t i = 0; i < RATEFILES_TABLES; i++)
		if (files->tables[i] != NULL)
			munmap(files->tables[i], TABLE_SIZE);
	crypto_wipe(files->secret, SECRET_SIZE);
}

void
ratefiles_check(struct span state_path,
	void (*report)(void *arg, const char *file, const char *message),
	void *arg)
{
	char text[PATH_MAX + 16];
	struct stat file;

	for (size_t i = 0; i < FILES; i++) {
		snprintf(text, sizeof(text), "%.*s/rates/%s",
			SPAN_ARG(state_path), kinds[i].name);
		/* One that is missing is made. */
		if (stat(text, &file) != 0 ||
			(uint64_t)file.st_size == kinds[i].size)
			continue;
		snprintf(text, sizeof(text), "has %lld bytes, not %zu",
			(long long)file.st_size, kinds[i].size);
		report(arg, kinds[i].name, text);
	}
}

enum ost_err
ratefiles_repair(struct span state_path, bool is_shared, const char *file)
{
	char folder[PATH_MAX], path[PATH_MAX + 16];
	enum ost_err err = OST_NOTFOUND;
	int fd;

	snprintf(folder, sizeof(folder), "%.*s/rates", SPAN_ARG(state_path));
	snprintf(path, sizeof(path), "%s/%s", folder, file);
	if (unlink(path) != 0 && errno != ENOENT)
		return failed(path, "cannot remove");
	for (size_t i = 0; i < FILES && err == OST_NOTFOUND; i++)
		if (strcmp(kinds[i].name, file) == 0)
			err = file_open(folder, i, is_shared, &fd);
	if (err == OST_OK)
		close(fd);
	return err;
}
