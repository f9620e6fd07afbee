#include "remake.h"
#include "log.h"
#include "publish.h"
#include "rebuild.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What could not be read is kept, to be looked at. */
static void
damaged_keep(const struct statepaths *paths)
{
	unlink(paths->damaged);
	if (link(paths->base, paths->damaged) != 0 && errno != ENOENT)
		log_message("warning", "%s: cannot link: %s", paths->damaged,
			strerror(errno));
}

static struct rebuild
plan_of(const struct remake *remake)
{
	const struct generation *first = &remake->parts[0];
	const struct generation *last = &remake->parts[remake->n - 1];
	uint64_t epoch = first->base.epoch;
	struct rebuild plan = {
		.base = &first->base,
		.origin = { .salt = last->log.salt, .end = last->delta.size },
		.may_copy = remake->may_copy,
	};

	if (epoch < last->log.epoch)
		epoch = last->log.epoch;
	plan.epoch = epoch + 1;
	for (size_t i = 0; i < remake->n; i++)
		plan.deltas[i] = &remake->parts[i].delta;
	return plan;
}

enum ost_err
remake(struct journal *journal, const struct remake *remake)
{
	const struct statepaths *paths = &journal->paths;
	const struct rebuild plan = plan_of(remake);
	struct logfile log = { .fd = -1 };
	struct basesum sum;
	enum ost_err err;

	err = rebuild_make(journal, &plan, &sum);
	if (err == OST_OK)
		err = logfile_make(paths->next_log, journal->is_shared,
			plan.epoch, sum, LOGFILE_HEAD + 1, &log);
	if (err == OST_OK)
		err = logfile_set_prev_end(&log, plan.origin.end);
	if (err == OST_OK)
		err = logfile_sync(&log);
	if (err == OST_OK) {
		if (remake->is_damaged)
			damaged_keep(paths);
		err = publish(journal, plan.epoch, LOGFILE_HEAD);
	}
	logfile_close(&log);
	if (err != OST_OK) {
		unlink(paths->next_base);
		unlink(paths->next_log);
	}
	return err;
}
