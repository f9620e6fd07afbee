#ifndef OSTIARY_CHART_H
#define OSTIARY_CHART_H
#include "arena.h"
/* The geometry of small charts that pages draw as SVG. No markup: a template
 * has `<path d="{{...}}">`. */

/* The end of the axis for these counts: the least 1, 2 or 5 times a power of
 * ten that none is above; 1 when there are none. Above 10^19: UINT64_MAX. */
uint64_t chart_scale(const uint64_t *counts, size_t n);
/*
 * The path data (SVG 2 section 9.3) of n bars side by side in a box of width *
 * height units, whose top is scale (from 1; more is cut off): absolute moves
 * and relative lines, in integers, each bar closed. A bar of a count that is
 * not 0 is at least 1 high; none has no bar. Where there is room for it a bar
 * leaves 1 unit to the next. The text is in the arena. OST_BADINPUT (a side
 * outside 1 to 65535, fewer units of width than bars), OST_NOMEM.
 */
OST_CHECK enum ost_err chart_bars(struct arena *arena, const uint64_t *counts,
	size_t n, uint64_t scale, uint32_t width, uint32_t height,
	struct span *path);
#endif
