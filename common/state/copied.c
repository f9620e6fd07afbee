#include "copied.h"
#include "log.h"
/*
 * What is missing in a store that lives was lost; in a copy it was not there
 * yet, or not any more. So first of all: is it a copy? Each base and log holds
 * the birth of its file (birth.h), and a copy of it holds that of another. Only
 * where no file is its own - in a store that lives, base, log, the previous
 * base and its log all are - is the folder a copy. Who opens it makes it a
 * store that lives, with files of its own (adopt.c).
 *
 * When the copy began, at time S, the epoch was E. A base b, b >= E, was copied
 * when it was the present one. Its log had its name before, so that name was
 * copied
 *
 * - while the log of b was there: all is well, for what was acknowledged before
 *   S is in the base or in what the log had then;
 * - early, before b was made: then a log older than b, or none, is in its
 *   place, and b > E. The base has all that the log of b - 1 said up to an end
 *   it names, and that log, if it was copied, has what it said after that. If
 *   it was copied early, too, then b - 1 > E, and all of the base is younger
 *   than S;
 * - late, when three folds had come: then a younger log is in its place, and
 *   nobody knows what is missing. Also when that is so of the log of b - 1.
 *
 * So a copy that takes no more than two folds is good, whatever the order, and
 * any other is good or refused.
 *
 * That the log was copied early need not mean that its end lies behind that
 * which the base names: before it there is nothing to be had from it.
 */

static enum birth
base_birth(const char *path)
{
	struct basefile base = { .file = NULL };
	struct baseorigin origin = { 0, 0, 0 };
	enum birth birth = BIRTH_UNKNOWN;

	if (basefile_open(path, &base) != OST_OK)
		return BIRTH_UNKNOWN;
	if (basefile_origin(&base, &origin) == OST_OK)
		birth = birth_look(gdbmfile_fd(base.file), origin.birth);
	basefile_close(&base);
	return birth;
}

/* A log of our own that nobody has written to proves nothing: it may be that
 * of an adoption that was killed. */
static enum birth
log_birth(const char *path)
{
	struct logfile log = { .fd = -1 };
	enum birth birth;

	if (logfile_open(path, false, &log) != OST_OK)
		return BIRTH_UNKNOWN;
	birth = birth_look(log.fd, log.birth);
	if (birth == BIRTH_OWN && logfile_is_empty(&log))
		birth = BIRTH_UNKNOWN;
	logfile_close(&log);
	return birth;
}

bool
copied_is(const struct statepaths *paths)
{
	enum birth births[2 + STATEPATHS_LOGS];
	bool is_copy = false;

	births[0] = base_birth(paths->base);
	births[1] = base_birth(paths->prev);
	for (size_t i = 0; i < STATEPATHS_LOGS; i++)
		births[2 + i] = log_birth(paths->logs[i]);
	for (size_t i = 0; i < 2 + STATEPATHS_LOGS; i++) {
		if (births[i] == BIRTH_OWN)
			return false;
		is_copy = is_copy || births[i] == BIRTH_COPY;
	}
	return is_copy;
}

/* OST_NOTFOUND: its place was copied before it was there. OST_STORE: after. */
static enum ost_err
place_open(const struct statepaths *paths, uint64_t epoch, struct logfile *log)
{
	enum ost_err err =
		logfile_open(paths->logs[epoch % STATEPATHS_LOGS], false, log);

	if (err != OST_OK || log->epoch == epoch)
		return err;
	err = log->epoch < epoch ? OST_NOTFOUND : OST_STORE;
	logfile_close(log);
	*log = (struct logfile){ .fd = -1 };
	return err;
}

static enum ost_err
rest_open(const struct statepaths *paths, struct generation *generation)
{
	const struct basefile *base = &generation->base;
	struct baseorigin origin = { 0, 0, 0 };
	enum ost_err err = basefile_origin(base, &origin);
	size_t from = LOGFILE_HEAD;

	if (err == OST_OK &&
		(base->epoch < 1 || origin.birth == 0 ||
			(base->epoch > 1 && origin.end < LOGFILE_HEAD)))
		err = OST_STORE;
	if (err == OST_OK)
		err = place_open(paths, base->epoch, &generation->log);
	/* It has its log, which did not fit. */
	if (err != OST_NOTFOUND)
		return err == OST_OK ? OST_STORE : err;
	err = place_open(paths, base->epoch - 1, &generation->log);
	if (err == OST_OK) {
		from = origin.end;
		if (generation->log.salt != origin.salt)
			err = OST_STORE;
	}
	if (err == OST_NOTFOUND)
		err = OST_OK;
	return err == OST_OK ? delta_init(&generation->delta,
				       generation->log.salt, from)
			     : err;
}

enum ost_err
copied_open(const struct statepaths *paths, struct generation *generation)
{
	struct generation opened = { .log = { .fd = -1 }, .is_open = true };
	enum ost_err err = basefile_open(paths->base, &opened.base);

	if (err != OST_OK)
		return err;
	err = rest_open(paths, &opened);
	if (err != OST_OK) {
		generation_close(&opened);
		return err;
	}
	*generation = opened;
	return OST_OK;
}
