#include "publish.h"
#include "killpoint.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
/*
 * The order, and why:
 *
 *   the log gets its name                  where the new base is, its log is
 *   the folder is synced                   also after a power cut
 *   the base gets its name                 from here on this is the store
 *   the folder is synced                   before anything is acknowledged in
 *                                          the new log: a power cut would find
 *                                          the old base, and the old log
 *   the state word
 */

static enum ost_err
failed(const char *path, const char *what)
{
	log_message("error", "%s: %s: %s", path, what, strerror(errno));
	return OST_STORE;
}

enum ost_err
publish(struct journal *journal, uint64_t epoch, uint64_t end)
{
	const struct statepaths *paths = &journal->paths;
	struct generation *now = &journal->now;
	enum ost_err err, sync_err;

	KILLPOINT("publish: before the log has its name");
	if (rename(paths->next_log, paths->logs[epoch % STATEPATHS_LOGS]) != 0)
		return failed(paths->next_log, "cannot rename");
	KILLPOINT("publish: before the folder is synced");
	err = statefile_sync_folder(paths->folder);
	if (err != OST_OK)
		return err;
	KILLPOINT("publish: before the base has its name");
	if (rename(paths->next_base, paths->base) != 0)
		return failed(paths->next_base, "cannot rename");
	KILLPOINT("publish: the base has its name");
	/* It is the base by now, whatever fails: who has the flock next would
	 * find it. But it may not be that after a power cut. */
	sync_err = statefile_sync_folder(paths->folder);
	/* Also when who has the flock next is who publishes it. */
	if (sync_err != OST_OK)
		ctl_set_failed(&journal->ctl, epoch);
	KILLPOINT("publish: the folder is synced again");
	generation_close(now);
	err = generation_open(paths->base, paths->logs, true, now);
	if (err == OST_OK)
		err = generation_catch_up(now, end);
	if (err != OST_OK) {
		generation_close(now);
		return OST_STORE;
	}
	ctl_publish(&journal->ctl, &now->base.id, &now->log, end,
		sync_err == OST_OK);
	KILLPOINT("publish: published");
	return sync_err;
}
