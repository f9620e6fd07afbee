#include "clock.h"

#include <time.h>

static int64_t fake_ms;

static int64_t
read_ms(clockid_t clock)
{
	struct timespec now;

	/* Cannot fail for these two clocks (clock_gettime(2)). */
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_wall_ms(void)
{
	return fake_ms != 0 ? fake_ms : read_ms(CLOCK_REALTIME);
}

int64_t
clock_monotonic_ms(void)
{
	return fake_ms != 0 ? fake_ms : read_ms(CLOCK_MONOTONIC);
}

int64_t
clock_wall_s(void)
{
	return clock_wall_ms() / 1000;
}

void
clock_fake(int64_t wall_ms)
{
	fake_ms = wall_ms;
}
