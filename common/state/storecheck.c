#include "storecheck.h"
#include "clock.h"
#include "log.h"
#include "statefolder.h"
#include "storelook.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define ARENA_MAX 65536

struct finding {
	struct look look;
	const struct store_checker *checker;
	struct store_size *size;
};

/* What is found in an open generation. */

static void
say(const struct finding *finding, bool is_error, struct span key,
	const char *what)
{
	finding->checker->report(finding->checker->arg, is_error, key, what);
}

static enum ost_err
sealed_visit(const struct finding *finding, struct span key, struct span sealed)
{
	struct span value;
	int64_t expires_ms;

	if (envelope_open(key, sealed, &value, &expires_ms) != OST_OK) {
		say(finding, true, key, "the record is damaged");
		return OST_OK;
	}
	if (expires_ms != 0 && expires_ms <= clock_wall_ms())
		return OST_OK;
	finding->size->records++;
	return finding->checker->each(
		finding->checker->arg, key, value, expires_ms);
}

static enum ost_err
base_visit(void *arg, struct span key, struct span sealed)
{
	const struct finding *finding = arg;
	struct span newer;

	if (basefile_is_stamp(key) ||
		(finding->look.now.log.fd >= 0 &&
			delta_find(&finding->look.now.delta, key, &newer)))
		return OST_OK;
	return sealed_visit(finding, key, sealed);
}

static enum ost_err
log_visit(void *arg, const struct logitem *item)
{
	if (span_is_absent(item->sealed))
		return OST_OK;
	return sealed_visit(arg, item->key, item->sealed);
}

static enum ost_err
records_visit(struct finding *finding)
{
	struct generation *now = &finding->look.now;
	enum ost_err err = OST_OK;

	if (now->log.fd >= 0)
		err = delta_each(&now->delta, log_visit, finding);
	if (err == OST_OK && now->base.file != NULL)
		err = gdbmfile_walk(now->base.file, base_visit, finding);
	if (err != OST_STORE)
		return err;
	if (finding->look.fault[0] == '\0')
		say(finding, true, SPAN_ABSENT,
			"the base cannot be read to its end");
	return OST_OK;
}

static void
page_say(const struct finding *finding)
{
	const struct logfile *log = &finding->look.now.log;
	const struct ctl_page *page = finding->look.ctl.page;

	if (finding->look.is_unlogged)
		say(finding, false, SPAN_ABSENT,
			"a copy that was made amid a fold: it is complete, and "
			"a store as soon as it is opened");

	if (log->fd >= 0 && log->room % LOGFILE_STEP != 0)
		say(finding, false, SPAN_ABSENT,
			"the log was cut off: what was written last may be "
			"missing");
	if (finding->look.has_cut_page)
		say(finding, false, SPAN_ABSENT,
			"the page is too short; it will be made anew");
	if (!finding->look.is_named)
		return;
	if (ctl_has_failed(&finding->look.ctl, log->epoch))
		say(finding, false, SPAN_ABSENT,
			"a sync has failed: no writes until the next fold");
	if (page->damaged == log->epoch + 1 && finding->look.fault[0] == '\0')
		say(finding, false, SPAN_ABSENT,
			"a record of the base did not read well before");
}

static enum ost_err
finding_report(struct finding *finding)
{
	const struct generation *now = &finding->look.now;

	finding->size->spare = finding->look.spare;
	if (finding->look.spare == STORE_SPARE_BAD)
		say(finding, false, SPAN_ABSENT,
			"the base before, or its log, is damaged: until the "
			"next fold the store could not be made anew of them");
	if (now->base.file != NULL)
		finding->size->bytes += now->base.id.size;
	if (now->log.fd >= 0) {
		finding->size->bytes += now->log.room;
		finding->size->log_records = now->delta.records;
	}
	if (finding->look.fault[0] != '\0')
		say(finding, true, SPAN_ABSENT, finding->look.fault);
	page_say(finding);
	return records_visit(finding);
}

/* What we may not read is not damaged. */
static enum ost_err
may_read(const struct statepaths *paths)
{
	const char *const all[] = { paths->base, paths->logs[0], paths->logs[1],
		paths->logs[2], paths->ctl };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (access(all[i], R_OK) == 0 || errno == ENOENT)
			continue;
		log_message("error", "%s: %s", all[i], strerror(errno));
		return OST_STORE;
	}
	return OST_OK;
}

enum ost_err
storecheck(struct span path, const char *name,
	const struct store_checker *checker, struct store_size *size)
{
	struct finding finding = { .checker = checker, .size = size };
	struct look *look = &finding.look;
	struct arena *arena = arena_new(ARENA_MAX);
	enum ost_err err;

	if (arena == NULL)
		return OST_NOMEM;
	*size = (struct store_size){ 0 };
	err = statepaths_make(path, name, arena, &look->paths);
	if (err == OST_OK)
		err = statefolder_check(look->paths.folder);
	if (err == OST_OK)
		err = may_read(&look->paths);
	if (err == OST_OK)
		err = storelook(look);
	if (err == OST_OK)
		err = finding_report(&finding);
	storelook_close(look);
	arena_free(arena);
	return err;
}
