#include "counting.h"
#include "clock.h"
#include "log.h"
#include "workshop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct counting counting;

int
counting_open(void **state)
{
	(void)state;
	assert_int_equal(log_open("/dev/null", "unit"), OST_OK);
	clock_fake(NOW_S * 1000);
	counting.folder = workshop_open("rates", NULL);
	snprintf(counting.path, sizeof(counting.path), "%s/rates/tally",
		counting.folder);
	assert_int_equal(
		tally_open(span_of(counting.folder), false, &counting.tally),
		OST_OK);
	counting.arena = arena_new((size_t)8 << 20);
	return 0;
}

int
counting_close(void **state)
{
	(void)state;
	clock_fake(0);
	tally_close(counting.tally);
	counting.tally = NULL;
	arena_free(counting.arena);
	workshop_close(counting.folder);
	return 0;
}

void
counting_note(int status, const char *reason)
{
	const struct log_decision decision = {
		.subject = SPAN("alice"),
		.address = SPAN("192.0.2.1"),
		.path = SPAN("/v1/x"),
		.status = status,
		.reason = reason,
	};

	tally_note(counting.tally, "protect", &decision);
}

uint64_t
counting_sum(const char *reason, bool is_yes)
{
	uint64_t count = 99;

	assert_int_equal(tally_series(counting.tally, span_of(reason), is_yes,
				 tally_minute() - 1439, 1440, 1, &count),
		OST_OK);
	return count;
}
