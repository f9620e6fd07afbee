#include "rebuild.h"
#include "clock.h"
#include "killpoint.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#ifdef OSTIARY_TORTURE
#define COPY_MIN (32 << 10) /* so that bases of tests are copied, too */
#else
#define COPY_MIN (4 << 20) /* bytes; less is quickly made anew */
#endif
#define GROWTH_MIN 65536
#define HEAD_ROOM  65536
#define DAY_MS	   INT64_C(86400000)
#define SAMPLE	   2000 /* records that are looked at before a copy */
#define SHARE_MAX  8	/* of which one in so many may have expired */

struct work {
	const struct rebuild *plan;
	struct journal *journal;
	struct gdbmfile *next;
	int64_t now_ms;
};

/* For a day more than what is given out: a clock that was ahead for a while
 * must not destroy what is wanted when it is right again (a revocation). */
static bool
is_over(const struct work *work, int64_t expires_ms)
{
	return expires_ms != 0 && expires_ms <= work->now_ms - DAY_MS;
}

/* OST_NOTFOUND: its time is over. */
static enum ost_err
envelope_look(const struct work *work, struct span key, struct span sealed)
{
	struct span value;
	int64_t expires_ms;
	enum ost_err err = envelope_open(key, sealed, &value, &expires_ms);

	if (err != OST_OK)
		log_message("error", "%s: record %.*s is damaged",
			work->journal->paths.base, SPAN_ARG(key));
	else if (is_over(work, expires_ms))
		err = OST_NOTFOUND;
	return err;
}

static bool
is_in_deltas(const struct rebuild *plan, struct span key)
{
	struct span sealed;

	for (size_t i = 0; i < STATEPATHS_LOGS; i++)
		if (plan->deltas[i] != NULL &&
			delta_find(plan->deltas[i], key, &sealed))
			return true;
	return false;
}

static enum ost_err
record_copy(void *arg, struct span key, struct span sealed)
{
	const struct work *work = arg;
	enum ost_err err;

	if (basefile_is_stamp(key) || is_in_deltas(work->plan, key))
		return OST_OK;
	err = envelope_look(work, key, sealed);
	if (err == OST_NOTFOUND)
		return OST_OK;
	return err == OST_OK ? gdbmfile_put(work->next, key, sealed) : err;
}

static enum ost_err
item_apply(void *arg, const struct logitem *item)
{
	const struct work *work = arg;
	enum ost_err err = OST_NOTFOUND;

	if (!span_is_absent(item->sealed))
		err = envelope_look(work, item->key, item->sealed);
	if (err == OST_NOTFOUND)
		return gdbmfile_delete(work->next, item->key);
	return err == OST_OK ? gdbmfile_put(work->next, item->key, item->sealed)
			     : err;
}

static bool
is_copy_due(const struct rebuild *plan)
{
	const struct basefile *base = plan->base;

	return plan->may_copy && base != NULL && base->id.size >= COPY_MIN &&
	       base->id.size / 2 < base->made_size + GROWTH_MIN;
}

struct sample {
	const struct work *work;
	int n, expired;
};

static enum ost_err
sample_take(void *arg, struct span key, struct span sealed)
{
	struct sample *sample = arg;
	struct span value;
	int64_t expires_ms;

	if (basefile_is_stamp(key))
		return OST_OK;
	if (envelope_open(key, sealed, &value, &expires_ms) == OST_OK &&
		is_over(sample->work, expires_ms))
		sample->expired++;
	return ++sample->n < SAMPLE ? OST_OK : OST_BUSY;
}

/* A copy keeps what has expired. GDBM walks in the order of a hash, so the
 * first records are as good a sample as any. */
static bool
has_expired_share(const struct work *work)
{
	struct sample sample = { .work = work };
	enum ost_err err;

	err = gdbmfile_walk(work->plan->base->file, sample_take, &sample);
	return (err == OST_OK || err == OST_BUSY) &&
	       sample.expired > sample.n / SHARE_MAX;
}

/* GDBM leaks memory when it finds no room for the head of a new file. */
static enum ost_err
room_try(int fd, const char *path)
{
	errno = posix_fallocate(fd, 0, HEAD_ROOM);
	if (errno == 0 && ftruncate(fd, 0) == 0)
		return OST_OK;
	log_message("error", "%s: no room: %s", path, strerror(errno));
	return OST_STORE;
}

static enum ost_err
next_open(struct work *work, bool is_copy)
{
	const struct basefile *base = work->plan->base;
	const char *path = work->journal->paths.next_base;
	enum ost_err err;
	int fd;

	err = statefile_new(path, work->journal->is_shared, &fd);
	if (err != OST_OK)
		return err;
	if (is_copy)
		err = statefile_copy(
			gdbmfile_fd(base->file), fd, (int64_t)base->id.size);
	else
		err = room_try(fd, path);
	if (err != OST_OK) {
		close(fd);
		return err;
	}
	return gdbmfile_open(fd, path, is_copy ? GDBMFILE_MODIFY : GDBMFILE_NEW,
		&work->next);
}

static enum ost_err
next_fill(struct work *work, bool is_copy)
{
	const struct rebuild *plan = work->plan;
	int64_t made_size = 0;
	enum ost_err err = OST_OK;

	if (!is_copy && plan->base != NULL)
		err = gdbmfile_walk(plan->base->file, record_copy, work);
	for (size_t i = 0; i < STATEPATHS_LOGS && err == OST_OK; i++)
		if (plan->deltas[i] != NULL)
			err = delta_each(plan->deltas[i], item_apply, work);
	KILLPOINT("fold: the draft is filled");
	if (is_copy)
		made_size = (int64_t)plan->base->made_size;
	else if (err == OST_OK)
		err = gdbmfile_size(work->next, &made_size);
	if (err == OST_OK)
		err = basefile_stamp(work->next, plan->epoch,
			(uint64_t)made_size, plan->origin);
	return err;
}

enum ost_err
rebuild_make(struct journal *journal, const struct rebuild *rebuild,
	struct basesum *sum)
{
	struct work work = { rebuild, journal, NULL, clock_wall_ms() };
	bool is_copy = is_copy_due(rebuild) && !has_expired_share(&work);
	enum ost_err err, close_err;

	if (rebuild->epoch > BASEFILE_EPOCH_MAX) {
		log_message(
			"error", "%s: no epochs are left", journal->paths.base);
		return OST_STORE;
	}
	err = next_open(&work, is_copy);
	if (err == OST_OK) {
		err = next_fill(&work, is_copy);
		/* Syncs it. */
		close_err = gdbmfile_close(work.next);
		err = err != OST_OK ? err : close_err;
	}
	if (err == OST_OK)
		err = basefile_sum(journal->paths.next_base, sum);
	if (err != OST_OK)
		unlink(journal->paths.next_base);
	return err;
}
