#include "chart.h"
#include "buf.h"

#define SIDE_MAX 65535
#define GAP_FROM 3 /* units of width from which a bar leaves one free */

uint64_t
chart_scale(const uint64_t *counts, size_t n)
{
	uint64_t most = 1, power = 1;

	for (size_t i = 0; i < n; i++)
		if (counts[i] > most)
			most = counts[i];
	while (power <= UINT64_MAX / 10 && power * 10 <= most)
		power *= 10;
	for (uint64_t factor = 1; factor <= 10; factor++) {
		bool is_round = factor == 1 || factor == 2 || factor == 5 ||
				factor == 10;

		if (is_round && factor <= UINT64_MAX / power &&
			factor * power >= most)
			return factor * power;
	}
	return UINT64_MAX;
}

static uint64_t
bar_height(uint64_t count, uint64_t scale, uint32_t height)
{
	if (count == 0)
		return 0;
	if (count >= scale)
		return height;
	/* Precise enough, and no overflow. */
	while (scale > UINT32_MAX) {
		scale >>= 1;
		count >>= 1;
	}
	count = count * height / scale;
	return count > 0 ? count : 1;
}

enum ost_err
chart_bars(struct arena *arena, const uint64_t *counts, size_t n,
	uint64_t scale, uint32_t width, uint32_t height, struct span *path)
{
	struct buf buf;

	if (width == 0 || width > SIDE_MAX || height == 0 ||
		height > SIDE_MAX || n > width || scale == 0)
		return OST_BADINPUT;
	buf_init(&buf, arena);
	for (size_t i = 0; i < n; i++) {
		uint64_t left = i * width / n;
		uint64_t wide = (i + 1) * width / n - left;
		uint64_t high = bar_height(counts[i], scale, height);

		if (high == 0)
			continue;
		if (width / n >= GAP_FROM)
			wide--;
		buf_printf(&buf, "M%u %uv-%uh%uv%uz", (unsigned int)left,
			(unsigned int)height, (unsigned int)high,
			(unsigned int)wide, (unsigned int)high);
	}
	return buf_span(&buf, path);
}
