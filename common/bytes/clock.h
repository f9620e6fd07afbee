#ifndef OSTIARY_CLOCK_H
#define OSTIARY_CLOCK_H
#include <stdint.h>
/* Time in milliseconds. Wall time for expiry, monotonic time for waits. */
int64_t clock_wall_ms(void);
int64_t clock_monotonic_ms(void);
/* Whole seconds since 1970, for what goes on the wire. */
int64_t clock_wall_s(void);
/* For unit tests: both clocks stand still at wall_ms until 0 is given. */
void clock_fake(int64_t wall_ms);
#endif
