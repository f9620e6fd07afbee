#include "adopt.h"
#include "copied.h"
#include "killpoint.h"
#include "log.h"
#include "remake.h"
#include "restore.h"

#include <string.h>
#include <unistd.h>
/*
 * Killed before the new base has its name, the folder still is a copy, for the
 * new log is empty; after it, it has a base and a log of its own.
 */

/* Base and log, or what the copy has instead. */
static enum ost_err
copy_open(const struct statepaths *paths, struct generation *found)
{
	enum ost_err err =
		generation_open(paths->base, paths->logs, false, found);

	if (err == OST_OK)
		return generation_check(found, paths->base);
	if (err != OST_STORE)
		return err;
	err = copied_open(paths, found);
	if (err == OST_OK)
		log_message("warning",
			"%s: a copy without the log of its epoch, %llu",
			paths->base, (unsigned long long)found->base.epoch);
	return err;
}

/* What the copy brought along must not seem to belong to what comes. */
static void
rest_remove(const struct journal *journal)
{
	const struct statepaths *paths = &journal->paths;
	uint64_t epoch = journal->now.log.epoch;

	unlink(paths->prev);
	for (uint64_t i = 1; i < STATEPATHS_LOGS; i++)
		unlink(paths->logs[(epoch + i) % STATEPATHS_LOGS]);
}

static enum ost_err
adopt_present(struct journal *journal)
{
	struct generation found;
	struct remake plan = { .parts = &found, .n = 1 };
	enum ost_err err;

	memset(&found, 0, sizeof(found));
	err = copy_open(&journal->paths, &found);
	if (err == OST_OK)
		err = generation_scan(&found, true);
	if (err == OST_OK) {
		/* Only its log knows the checksum of a base. */
		plan.may_copy = found.log.epoch == found.base.epoch;
		err = remake(journal, &plan);
	}
	generation_close(&found);
	return err;
}

enum ost_err
adopt(struct journal *journal)
{
	enum ost_err err = adopt_present(journal);

	if (err == OST_STORE || err == OST_NOTFOUND)
		err = restore(journal, true);
	if (err != OST_OK)
		return err;
	KILLPOINT("adopt: published");
	rest_remove(journal);
	log_message("info", "%s: a copy, and from now on a store",
		journal->paths.base);
	return OST_OK;
}
