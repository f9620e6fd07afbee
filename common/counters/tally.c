#include "tally.h"
#include "clock.h"
#include "tallyentry.h"
#include "tallyfile.h"
#include "tallyname.h"

#include <stdlib.h>
#include <string.h>
/*
 * A count is a slot of 64 bits that holds its minute, changed by compare and
 * swap: whoever comes first in a new minute begins at 1, and nobody's count is
 * lost. A clock that is set back begins anew, too; what it had counted in the
 * minutes that come again is lost.
 */

struct tally {
	struct tallyfile file;
	bool is_off; /* said so, and given up */
};

_Static_assert(TALLY_REFUSALS == TALLYFILE_REFUSALS, "what is promised");

static enum ost_err
open_any(struct span path, bool may_write, bool is_shared, struct tally **tally)
{
	struct tally *opened = calloc(1, sizeof(*opened));
	enum ost_err err;

	if (opened == NULL)
		return OST_NOMEM;
	err = tallyfile_open(path, may_write, is_shared, &opened->file);
	if (err == OST_OK)
		*tally = opened;
	else
		free(opened);
	return err;
}

enum ost_err
tally_open(struct span path, bool is_shared, struct tally **tally)
{
	return open_any(path, true, is_shared, tally);
}

enum ost_err
tally_open_there(struct span path, struct tally **tally)
{
	return open_any(path, false, false, tally);
}

void
tally_close(struct tally *tally)
{
	if (tally == NULL)
		return;
	tallyfile_close(&tally->file);
	free(tally);
}

int64_t
tally_minute(void)
{
	return clock_wall_s() / 60;
}

/* Counting */

static void
count_one(_Atomic uint64_t *slots)
{
	for (;;) {
		uint64_t minute = (uint64_t)tally_minute() & UINT32_MAX;
		_Atomic uint64_t *slot = &slots[minute % TALLYFILE_MINUTES];
		uint64_t seen =
			atomic_load_explicit(slot, memory_order_relaxed);
		uint64_t next =
			seen >> 32 == minute ? seen + 1 : minute << 32 | 1;

		if (seen >> 32 == minute && (seen & UINT32_MAX) == UINT32_MAX)
			return;
		if (atomic_compare_exchange_weak(slot, &seen, next))
			return;
	}
}

static void
note_refusal(struct tally_map *map, const char *program,
	const struct log_decision *decision)
{
	const struct tally_refusal refusal = {
		.time_ms = clock_wall_ms(),
		.status = decision->status,
		.reason = span_of(decision->reason),
		.program = span_of(program),
		.subject = decision->subject,
		.address = decision->address,
		.path = decision->path,
	};
	uint64_t n = atomic_fetch_add(&map->refusals, 1);

	tallyentry_write(
		&map->entries[n % TALLYFILE_REFUSALS], n + 1, &refusal);
}

void
tally_note(struct tally *tally, const char *program,
	const struct log_decision *decision)
{
	bool is_yes = decision->status < 400;
	struct tally_map *map;
	size_t place;

	if (tally == NULL || tally->is_off)
		return;
	if (tallyfile_refresh(&tally->file) != OST_OK) {
		tally->is_off = true;
		log_message("warning", "%s: answers are no longer counted",
			tally->file.path);
		return;
	}
	map = tally->file.map;
	place = tallyname_take(map, span_of(decision->reason));
	count_one(map->slots[place][is_yes]);
	if (!is_yes)
		note_refusal(map, program, decision);
}

/* Reading */

static uint64_t
count_of(_Atomic uint64_t *slots, int64_t minute)
{
	uint64_t slot;

	if (minute < 0 || minute > UINT32_MAX)
		return 0;
	slot = atomic_load_explicit(
		&slots[minute % TALLYFILE_MINUTES], memory_order_relaxed);
	return slot >> 32 == (uint64_t)minute ? slot & UINT32_MAX : 0;
}

static uint64_t
sum_of(_Atomic uint64_t *slots, int64_t first_minute, uint32_t minutes)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < minutes; i++)
		sum += count_of(slots, first_minute + i);
	return sum;
}

static void
add_series(_Atomic uint64_t *slots, int64_t first_minute, uint32_t step_minutes,
	size_t n, uint64_t *counts)
{
	for (size_t i = 0; i < n; i++)
		counts[i] += sum_of(slots,
			first_minute + (int64_t)i * step_minutes, step_minutes);
}

enum ost_err
tally_series(struct tally *tally, struct span reason, bool is_yes,
	int64_t first_minute, uint32_t step_minutes, size_t n, uint64_t *counts)
{
	enum ost_err err = tallyfile_refresh(&tally->file);
	struct tally_map *map = tally->file.map;
	size_t place;

	if (err != OST_OK)
		return err;
	memset(counts, 0, n * sizeof(*counts));
	if (span_is_absent(reason)) {
		for (size_t i = 0; i < TALLYFILE_NAMES; i++)
			if (i == TALLYFILE_OTHER || map->names[i].tag != 0)
				add_series(map->slots[i][is_yes], first_minute,
					step_minutes, n, counts);
		return OST_OK;
	}
	if (tallyname_find(map, reason, &place))
		add_series(map->slots[place][is_yes], first_minute,
			step_minutes, n, counts);
	return OST_OK;
}

static int
reason_order(const void *a, const void *b)
{
	const struct tally_reason *left = a, *right = b;

	if (left->day != right->day)
		return left->day < right->day ? 1 : -1;
	if (left->is_yes != right->is_yes)
		return left->is_yes ? -1 : 1;
	return strcmp(left->word.p, right->word.p);
}

enum ost_err
tally_reasons(struct tally *tally, struct arena *arena,
	struct tally_reason **reasons, size_t *n)
{
	int64_t end = tally_minute() + 1;
	enum ost_err err = tallyfile_refresh(&tally->file);
	struct tally_map *map = tally->file.map;
	struct tally_reason *found =
		arena_array(arena, (size_t)TALLYFILE_NAMES * 2, sizeof(*found));
	size_t used = 0;

	if (err == OST_OK && found == NULL)
		err = OST_NOMEM;
	for (size_t i = 0; i < TALLYFILE_NAMES * 2 && err == OST_OK; i++) {
		struct tally_reason *reason = &found[used];
		_Atomic uint64_t *slots = map->slots[i / 2][i % 2];

		if (i / 2 != TALLYFILE_OTHER && map->names[i / 2].tag == 0)
			continue;
		reason->is_yes = i % 2 != 0;
		reason->hour = sum_of(slots, end - 60, 60);
		reason->day = sum_of(
			slots, end - TALLYFILE_MINUTES, TALLYFILE_MINUTES);
		if (reason->day == 0)
			continue;
		err = tallyname_word(map, i / 2, arena, &reason->word);
		used++;
	}
	if (err != OST_OK)
		return err;
	qsort(found, used, sizeof(*found), reason_order);
	*reasons = found;
	*n = used;
	return OST_OK;
}

static bool
passes(const struct tally_refusal *refusal, enum tally_filter filter)
{
	switch (filter) {
	case TALLY_LIMITED:
		return refusal->status == 429;
	case TALLY_FAILED:
		return refusal->status == 401 ||
		       span_eq(refusal->reason, SPAN("signin_failed")) ||
		       span_eq(refusal->reason, SPAN("second_step_failed"));
	default:
		return true;
	}
}

enum ost_err
tally_recent(struct tally *tally, struct arena *arena, enum tally_filter filter,
	size_t offset, size_t max, struct tally_refusal **refusals, size_t *n)
{
	size_t size = max < TALLYFILE_REFUSALS ? max : TALLYFILE_REFUSALS;
	enum ost_err err = tallyfile_refresh(&tally->file);
	const struct tally_map *map = tally->file.map;
	struct tally_refusal *found =
		arena_array(arena, size + 1, sizeof(*found));
	uint64_t last, number;
	size_t used = 0;

	if (err != OST_OK)
		return err;
	if (found == NULL)
		return OST_NOMEM;
	number = last = atomic_load(&map->refusals);
	for (; number > 0 && last - number < TALLYFILE_REFUSALS && used < size;
		number--) {
		struct tally_refusal *one = &found[used];

		err = tallyentry_read(
			&map->entries[(number - 1) % TALLYFILE_REFUSALS],
			number, arena, one);
		if (err == OST_NOMEM)
			return err;
		if (err != OST_OK || !passes(one, filter))
			continue;
		if (offset > 0)
			offset--;
		else
			used++;
	}
	*refusals = found;
	*n = used;
	return OST_OK;
}
