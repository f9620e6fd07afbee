#include "groupsync.h"
#include "killpoint.h"
#include "log.h"

#define WAIT_MS 5000

struct wait {
	struct ctl *ctl;
	uint64_t state;
	bool is_synced;
};

static bool
try_sync(void *arg)
{
	struct wait *wait = arg;

	wait->is_synced = ctl_is_synced(wait->ctl, wait->state);
	return wait->is_synced || statefile_try_byte(wait->ctl->fd, CTL_SYNC);
}

/*
 * The word is loaded before the sync, so that the sync covers all that it
 * counts. When it is of another epoch, a fold has carried our record along and
 * synced it, or has said that it failed.
 *
 * After a failure nothing is known about what is on disk, and a second sync
 * would say OK because the kernel has forgotten: only writing all of it anew,
 * which is a fold, makes it sure. Whoever has CTL_SYNC next finds the mark.
 *
 * Where files were put back meanwhile, what is synced is our log, which is
 * gone; of the one that is there it says nothing (ctl_set_synced).
 */
static enum ost_err
sync_for_all(struct journal *journal, uint64_t state)
{
	struct ctl *ctl = &journal->ctl;
	uint64_t published = ctl_state(ctl), epoch = ctl_epoch(published);
	enum ost_err err;

	if (ctl_has_failed(ctl, epoch))
		return OST_STORE;
	if (ctl_is_synced(ctl, state) || epoch > journal->now.log.epoch)
		return OST_OK;
	KILLPOINT("commit: before the sync");
	err = logfile_sync(&journal->now.log);
	if (err != OST_OK) {
		ctl_set_failed(ctl, epoch);
		return err;
	}
	KILLPOINT("commit: synced");
	ctl_set_synced(ctl, &journal->now.log, published);
	return OST_OK;
}

enum ost_err
groupsync(struct journal *journal, uint64_t state)
{
	struct wait wait = { &journal->ctl, state, false };
	enum ost_err err;

	if (journal->is_fast)
		return OST_OK;
	err = statefile_wait(try_sync, &wait, WAIT_MS);
	if (err == OST_BUSY)
		log_message(
			"error", "%s: not synced in time", journal->paths.base);
	if (err != OST_OK)
		return OST_STORE;
	if (wait.is_synced)
		return OST_OK;
	err = sync_for_all(journal, state);
	statefile_unlock_byte(journal->ctl.fd, CTL_SYNC);
	KILLPOINT("commit: done");
	return err;
}
