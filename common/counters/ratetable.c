#include "ratetable.h"
/*
 * A key has one of the first 15 slots of its bucket. Keys that come while all
 * are taken are counted together in the last one, the common counter.
 *
 * Why nobody is admitted more often than his limit:
 * - A slot goes to another key only when its window is over.
 * - While the common counter runs no slot is given to a new key: who is counted
 *   there gets a slot of his own only when that count is over, and it lasts
 *   until the last window of all who were counted in it is. It counts them all
 *   together: it refuses too early, never too late.
 * - One 8-byte store counts. A new slot gets its tag before its state: when the
 *   process is killed in between, the new key finds a window that is over.
 *
 * A window that ends further ahead than windows are long is of a clock that was
 * wrong, and over; else such slots would be lost until that time.
 */
#define OWN_SLOTS (RATETABLE_SLOTS - 1)
#define ORDER_MAX 32

_Static_assert(sizeof(struct bucket) == 256, "the layout of the files");

static struct window
window_load(const struct slot *slot)
{
	uint64_t state =
		atomic_load_explicit(&slot->state, memory_order_relaxed);
	unsigned int order = (unsigned int)(state >> 24) & 63;

	return (struct window){
		.end_s = (int64_t)(state >> 30),
		.order = order < ORDER_MAX ? order : ORDER_MAX,
		.count = (uint32_t)(state & RATETABLE_COUNT_MAX),
	};
}

static bool
window_is_over(const struct window *window, int64_t now_s)
{
	return window->end_s <= now_s ||
	       window->end_s > now_s + (INT64_C(2) << window->order);
}

/* The window of that length in which now_s lies. */
static struct window
window_at(int64_t now_s, uint32_t window_s)
{
	struct window window = { .end_s = now_s - now_s % window_s + window_s };

	while ((UINT64_C(1) << window.order) < window_s)
		window.order++;
	return window;
}

/* A count goes on in its window, also when the clock went back by less than
 * that; else it begins anew. */
static void
place_continue(struct place *place, uint32_t window_s)
{
	struct window stored = window_load(place->slot);
	int64_t end_s = place->window.end_s;

	if (stored.end_s >= end_s && stored.end_s <= end_s + window_s)
		place->window = stored;
}

static void
place_share(struct place *place, struct slot *common, int64_t now_s)
{
	struct window stored = window_load(common);

	place->slot = common;
	place->tag = 0;
	if (window_is_over(&stored, now_s))
		return;
	if (stored.end_s > place->window.end_s)
		place->window = stored;
	else
		place->window.count = stored.count;
}

struct place
ratetable_find(
	struct bucket *bucket, uint64_t tag, uint32_t window_s, int64_t now_s)
{
	struct slot *common = &bucket->slots[OWN_SLOTS], *unused = NULL;
	struct window shared = window_load(common);
	struct place place = {
		.tag = tag,
		.window = window_at(now_s, window_s),
	};

	for (size_t i = 0; i < OWN_SLOTS; i++) {
		struct slot *slot = &bucket->slots[i];
		struct window window = window_load(slot);

		if (slot->tag == tag) {
			place.slot = slot;
			place_continue(&place, window_s);
			return place;
		}
		if (slot->tag == 0 || window_is_over(&window, now_s))
			unused = slot;
	}
	if (unused != NULL && window_is_over(&shared, now_s))
		place.slot = unused;
	else
		place_share(&place, common, now_s);
	return place;
}

void
ratetable_store(const struct place *place)
{
	const struct window *window = &place->window;

	if (place->slot->tag != place->tag)
		atomic_store_explicit(
			&place->slot->tag, place->tag, memory_order_release);
	atomic_store_explicit(&place->slot->state,
		(uint64_t)window->end_s << 30 | (uint64_t)window->order << 24 |
			window->count,
		memory_order_release);
}
