#include "rate.h"
#include "clock.h"
#include "log.h"
#include "ratefiles.h"
#include "siphash.h"
#include "statefile.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
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
 */
#define SHARDS	     16
#define LOCK_WAIT_MS 5000

_Static_assert(RATE_ADDRESSES + 1 == RATEFILES_TABLES, "each has its file");

struct rate {
	struct ratefiles files;
	bool is_shared;
	int locks[SHARDS]; /* -1: not yet open */
	char folder[PATH_MAX];
};

/* Opening */

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
		err = ratefiles_open(opened->folder, is_shared, &opened->files);
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
	ratefiles_close(&rate->files);
	for (size_t i = 0; i < SHARDS; i++)
		if (rate->locks[i] >= 0)
			close(rate->locks[i]);
	free(rate);
}

/* Counting */

static uint64_t
tag_of(const struct rate *rate, struct span key, uint32_t window_s)
{
	uint64_t words[2] = { siphash(rate->files.secret, key), window_s };
	uint64_t tag = siphash(rate->files.secret + 2,
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
	struct bucket *table = rate->files.tables[request->table];
	/* Read under the lock: time goes forward from one hit to the next. */
	int64_t now_s = clock_wall_s();
	struct place place;

	if (now_s < 0 || now_s > RATETABLE_TIME_MAX)
		return OST_STORE;
	place = ratetable_find(
		&table[tag % RATEFILES_BUCKETS], tag, request->window_s, now_s);
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
