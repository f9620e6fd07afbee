#include "generation.h"
#include "log.h"

#include <string.h>

#define PIECE_UNIT 512 /* bytes; of which whole numbers are read at once */

enum ost_err
generation_open(const char *base_path,
	const char *const log_paths[static STATEPATHS_LOGS], bool may_write,
	struct generation *generation)
{
	struct generation opened = { .log = { .fd = -1 } };
	const char *log_path;
	enum ost_err err = basefile_open(base_path, &opened.base);

	if (err != OST_OK)
		return err;
	log_path = log_paths[opened.base.epoch % STATEPATHS_LOGS];
	err = logfile_open(log_path, may_write, &opened.log);
	if (err == OST_NOTFOUND ||
		(err == OST_OK && opened.log.epoch != opened.base.epoch))
		err = OST_STORE;
	if (err == OST_OK)
		err = delta_init(&opened.delta, opened.log.salt, LOGFILE_HEAD);
	opened.is_open = true;
	if (err != OST_OK) {
		generation_close(&opened);
		return err;
	}
	*generation = opened;
	return OST_OK;
}

void
generation_close(struct generation *generation)
{
	if (!generation->is_open)
		return;
	basefile_close(&generation->base);
	logfile_close(&generation->log);
	delta_release(&generation->delta);
	generation->is_open = false;
}

enum ost_err
generation_catch_up(struct generation *generation, uint64_t end)
{
	struct delta *delta = &generation->delta;
	enum ost_err err;
	size_t n;
	char *p;

	if (end == delta->size)
		return OST_OK;
	/* What was published does not become less. */
	if (end < delta->size)
		return OST_STORE;
	n = end - delta->size;
	p = delta_room(delta, n);
	if (p == NULL)
		return OST_NOMEM;
	err = logfile_read(&generation->log, p, n, delta->size);
	if (err == OST_OK)
		err = delta_take(delta, n);
	if (err == OST_STORE)
		log_message("error", "log of a store: damaged at byte %zu",
			delta->size);
	return err;
}

bool
generation_is_same(const struct generation *generation)
{
	const struct delta *delta = &generation->delta;
	char head[LOGRECORD_HEAD];

	if (!logfile_is_same(&generation->log))
		return false;
	return delta->records == 0 ||
	       (statefile_read(
			generation->log.fd, head, sizeof(head), delta->last) &&
		       memcmp(head, delta->bytes + delta->last, sizeof(head)) ==
			       0);
}

bool
generation_has_more(struct generation *generation)
{
	struct delta *delta = &generation->delta;
	const struct logplace place = { delta->salt, delta->size };
	struct span bytes = { NULL, LOGRECORD_HEAD };
	struct logrecord record;
	char head[LOGRECORD_HEAD], *p;

	/* Mostly there are zeros, or the file ends. */
	if (!statefile_read(
		    generation->log.fd, head, sizeof(head), place.offset))
		return false;
	bytes.n = logrecord_size(head);
	if (bytes.n == 0)
		return false;
	p = delta_room(delta, bytes.n);
	bytes.p = p;
	return p != NULL &&
	       statefile_read(generation->log.fd, p, bytes.n, place.offset) &&
	       logrecord_open(bytes, place, &record) == OST_OK &&
	       logrecord_is_whole(&record);
}

/* Of the whole records that bytes, which lie at offset in the log, begin with.
 */
static size_t
whole_size(struct span bytes, uint64_t salt, uint64_t offset)
{
	struct logrecord record;
	size_t n = 0;

	while (logrecord_open(span_skip(bytes, n),
		       (struct logplace){ salt, offset + n },
		       &record) == OST_OK &&
		logrecord_is_whole(&record))
		n += record.size;
	return n;
}

/* Where, behind the first n bytes, there is a record that was written when more
 * than those were on disk; 0: nowhere. */
static size_t
damage_find(struct span bytes, size_t n, uint64_t salt, uint64_t offset)
{
	struct logrecord record;

	for (size_t i = n + 8; i + LOGRECORD_HEAD <= bytes.n; i += 8)
		if (logrecord_open(span_skip(bytes, i),
			    (struct logplace){ salt, offset + i },
			    &record) == OST_OK &&
			logrecord_is_whole(&record) &&
			record.durable > offset + n)
			return i;
	return 0;
}

/*
 * Who copies a file reads piece by piece, each at its time: where a piece ends,
 * zeros that were not yet written over may be followed by what was written
 * while he went on. Damage does not look like that: no record has as many zeros
 * as its head is long.
 */
static bool
is_seam(struct span bytes, size_t n, size_t to, uint64_t offset)
{
	size_t zeros = 0;

	for (size_t i = n; i <= to; i++) {
		if ((offset + i) % PIECE_UNIT == 0 && i > n &&
			(zeros >= LOGRECORD_HEAD || zeros == i - n))
			return true;
		zeros = i < bytes.n && bytes.p[i] == '\0' ? zeros + 1 : 0;
	}
	return false;
}

enum ost_err
generation_scan(struct generation *generation, bool is_copy)
{
	struct delta *delta = &generation->delta;
	uint64_t room = generation->log.room, salt = generation->log.salt;
	struct span bytes = { NULL,
		room > delta->size ? room - delta->size : 0 };
	enum ost_err err;
	char *p;
	size_t n, damage;

	p = delta_room(delta, bytes.n);
	if (p == NULL)
		return OST_NOMEM;
	err = logfile_read(&generation->log, p, bytes.n, delta->size);
	if (err != OST_OK)
		return err;
	bytes.p = p;
	n = whole_size(bytes, salt, delta->size);
	damage = damage_find(bytes, n, salt, delta->size);
	if (damage != 0 &&
		!(is_copy && is_seam(bytes, n, damage, delta->size))) {
		log_message("error",
			"log of a store: damaged at byte %zu, before what was "
			"acknowledged",
			delta->size + n);
		return OST_STORE;
	}
	return delta_take(delta, n);
}

enum ost_err
generation_check(const struct generation *generation, const char *base_path)
{
	const struct basesum *want = &generation->log.base;
	struct basesum found;
	enum ost_err err = basefile_sum(base_path, &found);

	if (err != OST_OK)
		return err;
	if (found.size == want->size && found.crc == want->crc)
		return OST_OK;
	log_message("error", "%s: damaged", base_path);
	return OST_STORE;
}

enum ost_err
generation_get(struct generation *generation, struct span key,
	struct arena *scratch, struct span *sealed)
{
	struct span found;

	if (!delta_find(&generation->delta, key, &found))
		return gdbmfile_get(
			generation->base.file, key, scratch, sealed);
	if (span_is_absent(found))
		return OST_NOTFOUND;
	*sealed = found;
	return OST_OK;
}
