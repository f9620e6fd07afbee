#ifndef OSTIARY_SHOW_H
#define OSTIARY_SHOW_H
#include "event.h"
#include "portal.h"
#include "usage.h"
/* How the pages below /account show times, lists and events. */

#define PAGE_ROWS 50

/* Sets name to the time as people read it, and stamp to the same as <time>
 * has it in its attribute; both absent for 0. */
void show_time(struct visit *visit, struct values *values, const char *name,
	const char *stamp, int64_t wall_ms);

/* What a page of a list holds: rows first to before end of all. */
struct slice {
	size_t first, end;
};
/* The one that ?page=N asks for (from 1; the nearest that there is), and its
 * values for part_pager.html. */
struct slice show_slice(struct visit *visit, struct values *values, size_t n);

/*
 * The values of an event in a row, for part_events.html: text (a key,
 * "event.WORD", that may hold {detail}), more (the detail, where the text does
 * not hold it), address, at and at_stamp, tone ("warn", "bad" or absent), and
 * times when there were several.
 */
void show_event(
	struct visit *visit, struct values *row, const struct event *event);
/* The values of a limit window in a row: limit, left, low and high (for
 * <meter>), reset and reset_stamp, minutes, window and window_unit. */
void show_usage(
	struct visit *visit, struct values *row, const struct usage *usage);
#endif
