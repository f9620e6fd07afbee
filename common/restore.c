#include "restore.h"
#include "log.h"
#include "remake.h"
#include "sources.h"
/*
 * NAME.prev has the epoch p. What the store holds is NAME.prev, changed by the
 * log of p, by that of p + 1, and, when p + 1 was itself restored, by that of
 * p + 2. The new base gets the epoch after these, and so a log in a place of
 * its own: killed on the way, all sources are still there. (Only the third
 * time, with no fold in between, is it the place of the oldest.)
 */

/* The base may be damaged, but one that says its epoch has a log of it. */
static uint64_t
base_epoch(const char *path)
{
	struct basefile base = { .epoch = 0 };

	if (basefile_open(path, &base) == OST_OK)
		basefile_close(&base);
	return base.epoch;
}

/*
 * Whether the present log is among them, and all there. Else the store would go
 * back. Where no word counts it, the machine was started since: then a log that
 * follows that of NAME.prev must be there, as after any fold, and the base must
 * not be of a later one.
 */
static bool
is_all_there(const struct journal *journal, const struct sources *sources)
{
	const struct generation *last = &sources->logs[sources->n - 1];
	uint64_t state = ctl_state(&journal->ctl);

	if (ctl_is_valid(&journal->ctl) &&
		(ctl_epoch(state) != last->log.epoch ||
			ctl_end(state) > last->delta.size))
		return false;
	return sources->n > 1 &&
	       base_epoch(journal->paths.base) <= last->log.epoch;
}

enum ost_err
restore(struct journal *journal, bool is_copy)
{
	const char *base = journal->paths.base;
	struct sources sources;
	struct remake plan = { .parts = sources.logs, .is_damaged = true };
	enum ost_err err;

	log_message("error", "%s: is damaged or missing", base);
	err = sources_open(&journal->paths, is_copy, &sources);
	if (err == OST_OK && !is_copy && !is_all_there(journal, &sources))
		err = OST_STORE;
	plan.n = sources.n;
	if (err == OST_OK)
		err = remake(journal, &plan);
	sources_close(&sources);
	if (err == OST_OK)
		log_message("info", "%s: made anew of the previous one", base);
	else
		log_message("error", "%s: cannot be made anew", base);
	return err == OST_NOTFOUND ? OST_STORE : err;
}
