#include "lookout.h"
#include "clock.h"

#define LOOK_EACH_MS 1000

bool
lookout_is_due(struct journal *journal)
{
	int64_t now_ms = clock_monotonic_ms();

	if (now_ms >= journal->looked_ms &&
		now_ms - journal->looked_ms < LOOK_EACH_MS)
		return false;
	journal->looked_ms = now_ms;
	return true;
}

bool
lookout_page(const struct journal *journal)
{
	struct fileid named;

	return statefile_id(journal->paths.ctl, &named) &&
	       fileid_is_same(&named, &journal->ctl.id);
}

bool
lookout_files(const struct journal *journal)
{
	const struct generation *now = &journal->now;
	struct fileid base, log;

	return lookout_page(journal) && now->is_open &&
	       statefile_id(journal->paths.base, &base) &&
	       fileid_eq(&base, &now->base.id) &&
	       statefile_id(
		       journal->paths.logs[now->log.epoch % STATEPATHS_LOGS],
		       &log) &&
	       fileid_is_same(&log, &now->log.id) && generation_is_same(now);
}
