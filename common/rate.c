#include "rate.h"
#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "ratetable.h"
#include "siphash.h"
#include "statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
/*
 * A table is an array of buckets in a file that all processes map. A key has
 * its bucket, and its tag there, by a keyed hash: a stranger cannot choose whom
 * to meet.
 *
 * Why no more than the limit are admitted: all of a hit happens under the flock
 * of the bucket's shard, and it is counted before it is admitted. A process
 * that is killed between the two has counted a hit that nobody was told of: the
 * count is too high by at most one for each kill, never too low. The rest is in
 * ratetable.c.
 *
 * The files are never sparse: a hole on a full disk would be SIGBUS.
 */
#define BUCKETS	     4096
#define SHARDS	     16
#define TABLES	     2
#define TABLE_SIZE   (sizeof(struct bucket) * BUCKETS)
#define SECRET_SIZE  32
#define LOCK_WAIT_MS 5000

struct rate {
	struct bucket *tables[TABLES];
	uint64_t secret[SECRET_SIZE / sizeof(uint64_t)]; /* two of siphash() */
	bool is_shared;
	int locks[SHARDS]; /* -1: not yet open */
	char folder[PATH_MAX];
};

static enum ost_err
failed(const char *path, const char *what)
{
	log_message("error", "%s: %s: %s", path, what, strerror(errno));
	return OST_STORE;
}

/* Opening */

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
	errno = posix_fallocate(fd, 0, TABLE_SIZE);
	return errno == 0;
}

static enum ost_err
secret_read(struct rate *rate, const char *path)
{
	enum ost_err err;
	ssize_t n;
	int fd;

	err = statefile_open(path, rate->is_shared, fill_secret, &fd);
	if (err != OST_OK)
		return err;
	n = read(fd, rate->secret, sizeof(rate->secret));
	close(fd);
	if (n != (ssize_t)sizeof(rate->secret)) {
		log_message("error", "%s: not %d bytes", path, SECRET_SIZE);
		return OST_STORE;
	}
	return OST_OK;
}

static enum ost_err
table_map(const char *path, int fd, struct bucket **table)
{
	struct stat file;
	void *map;

	if (fstat(fd, &file) != 0)
		return failed(path, "cannot open");
	if (file.st_size != TABLE_SIZE) {
		log_message("error", "%s: not %zu bytes", path, TABLE_SIZE);
		return OST_STORE;
	}
	/* A copy of the file may have got holes. */
	if ((uint64_t)file.st_blocks * 512 < TABLE_SIZE && !fill_table(fd))
		return failed(path, "cannot allocate");
	map = mmap(NULL, TABLE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return failed(path, "cannot map");
	*table = map;
	return OST_OK;
}

static enum ost_err
table_open(struct rate *rate, const char *path, struct bucket **table)
{
	enum ost_err err;
	int fd;

	err = statefile_open(path, rate->is_shared, fill_table, &fd);
	if (err != OST_OK)
		return err;
	err = table_map(path, fd, table);
	close(fd);
	return err;
}

static enum ost_err
files_open(struct rate *rate)
{
	static const char *const names[TABLES] = {
		[RATE_SUBJECTS] = "subjects",
		[RATE_ADDRESSES] = "addresses",
	};
	char path[PATH_MAX + 16];
	enum ost_err err = statefile_folder(rate->folder);

	if (err != OST_OK)
		return err;
	snprintf(path, sizeof(path), "%s/key", rate->folder);
	err = secret_read(rate, path);
	for (size_t i = 0; i < TABLES && err == OST_OK; i++) {
		snprintf(path, sizeof(path), "%s/%s.tab", rate->folder,
			names[i]);
		err = table_open(rate, path, &rate->tables[i]);
	}
	return err;
}

void
rate_check(struct span path,
	void (*report)(void *arg, const char *file, const char *message),
	void *arg)
{
	static const struct {
		const char *name;
		size_t size;
	} files[] = {
		{ "key", SECRET_SIZE },
		{ "subjects.tab", TABLE_SIZE },
		{ "addresses.tab", TABLE_SIZE },
	};
	char name[PATH_MAX + 16];
	struct stat file;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(name, sizeof(name), "%.*s/rates/%s", SPAN_ARG(path),
			files[i].name);
		/* One that is missing is made. */
		if (stat(name, &file) != 0 ||
			(uint64_t)file.st_size == files[i].size)
			continue;
		snprintf(name, sizeof(name), "has %lld bytes, not %zu",
			(long long)file.st_size, files[i].size);
		report(arg, files[i].name, name);
	}
}

enum ost_err
rate_open(struct span path, bool is_shared, struct rate **rate)
{
	struct rate *opened = calloc(1, sizeof(*opened));
	enum ost_err err = OST_STORE;

	if (opened == NULL)
		return OST_NOMEM;
	opened->is_shared = is_shared;
	for (size_t i = 0; i < SHARDS; i++)
		opened->locks[i] = -1;
	if (snprintf(opened->folder, sizeof(opened->folder), "%.*s/rates",
		    SPAN_ARG(path)) < PATH_MAX)
		err = files_open(opened);
	if (err != OST_OK) {
		rate_close(opened);
		return err;
	}
	*rate = opened;
	return OST_OK;
}

void
rate_close(struct rate *rate)
{
	if (rate == NULL)
		return;
	for (size_t i = 0; i < TABLES; i++)
		if (rate->tables[i] != NULL)
			munmap(rate->tables[i], TABLE_SIZE);
	for (size_t i = 0; i < SHARDS; i++)
		if (rate->locks[i] >= 0)
			close(rate->locks[i]);
	crypto_wipe(rate->secret, sizeof(rate->secret));
	free(rate);
}

/* Counting */

static uint64_t
tag_of(const struct rate *rate, struct span key, uint32_t window_s)
{
	uint64_t words[2] = { siphash(rate->secret, key), window_s };
	uint64_t tag = siphash(rate->secret + 2,
		(struct span){ (const char *)words, sizeof(words) });

	return tag != 0 ? tag : 1;
}

static enum ost_err
shard_lock(struct rate *rate, size_t shard)
{
	char path[PATH_MAX + 16];
	enum ost_err err = OST_OK;

	if (rate->locks[shard] < 0) {
		snprintf(
			path, sizeof(path), "%s/lock.%zu", rate->folder, shard);
		err = statefile_open(
			path, rate->is_shared, NULL, &rate->locks[shard]);
	}
	if (err == OST_OK)
		err = statefile_lock(rate->locks[shard], LOCK_WAIT_MS);
	if (err != OST_BUSY)
		return err;
	log_message(
		"error", "%s/lock.%zu: no lock in time", rate->folder, shard);
	return OST_STORE;
}

enum change { PEEK, HIT, GIVE_BACK };

struct request {
	enum change change;
	enum rate_table table;
	struct span key;
	uint32_t limit, window_s;
	int64_t reset_s; /* of a GIVE_BACK: the window that is meant */
};

/* With the lock held. *before: the window and its count before the change. */
static enum ost_err
count_locked(struct rate *rate, const struct request *request, uint64_t tag,
	struct window *before)
{
	struct bucket *table = rate->tables[request->table];
	/* Read under the lock: time goes forward from one hit to the next. */
	int64_t now_s = clock_wall_s();
	struct place place;

	if (now_s < 0 || now_s > RATETABLE_TIME_MAX)
		return OST_STORE;
	place = ratetable_find(
		&table[tag % BUCKETS], tag, request->window_s, now_s);
	*before = place.window;
	if (request->change == HIT && place.window.count < request->limit) {
		place.window.count++;
		ratetable_store(&place);
	}
	if (request->change == GIVE_BACK && place.window.count > 0 &&
		place.window.end_s == request->reset_s) {
		place.window.count--;
		ratetable_store(&place);
	}
	return OST_OK;
}

static enum ost_err
count(struct rate *rate, const struct request *request, struct window *before)
{
	enum ost_err err;
	uint64_t tag;
	size_t shard;

	if (request->window_s == 0)
		return OST_BADINPUT;
	tag = tag_of(rate, request->key, request->window_s);
	shard = tag % SHARDS;
	err = shard_lock(rate, shard);
	if (err != OST_OK)
		return err;
	err = count_locked(rate, request, tag, before);
	statefile_unlock(rate->locks[shard]);
	return err;
}

static enum ost_err
count_result(struct rate *rate, const struct request *request,
	struct rate_result *result)
{
	struct window before;
	enum ost_err err = count(rate, request, &before);
	uint32_t used;

	if (err != OST_OK)
		return err;
	used = before.count + (request->change == HIT ? 1 : 0);
	*result = (struct rate_result){
		.is_admitted = before.count < request->limit,
		.limit = request->limit,
		.remaining = used < request->limit ? request->limit - used : 0,
		.reset_s = before.end_s,
	};
	return OST_OK;
}

static uint32_t
limit_within(uint32_t limit)
{
	return limit < RATETABLE_COUNT_MAX ? limit : RATETABLE_COUNT_MAX;
}

enum ost_err
rate_hit(struct rate *rate, enum rate_table table, struct span key,
	uint32_t limit, uint32_t window_s, struct rate_result *result)
{
	const struct request request = {
		.change = HIT,
		.table = table,
		.key = key,
		.limit = limit_within(limit),
		.window_s = window_s,
	};

	return count_result(rate, &request, result);
}

enum ost_err
rate_peek(struct rate *rate, enum rate_table table, struct span key,
	uint32_t limit, uint32_t window_s, struct rate_result *result)
{
	const struct request request = {
		.change = PEEK,
		.table = table,
		.key = key,
		.limit = limit_within(limit),
		.window_s = window_s,
	};

	return count_result(rate, &request, result);
}

enum ost_err
rate_give_back(struct rate *rate, enum rate_table table, struct span key,
	uint32_t window_s, int64_t reset_s)
{
	const struct request request = {
		.change = GIVE_BACK,
		.table = table,
		.key = key,
		.window_s = window_s,
		.reset_s = reset_s,
	};
	struct window before;

	return count(rate, &request, &before);
}
