#ifndef OSTIARY_TESTS_COUNTING_H
#define OSTIARY_TESTS_COUNTING_H
#include "arena.h"
#include "tally.h"
/* What the tests of the tally share: one that is open in a folder of its own,
 * and a clock that stands still at NOW_S. */
#define NOW_S INT64_C(1699999200) /* on the border of an hour */

extern struct counting {
	struct tally *tally; /* closed and opened anew as a test likes */
	struct arena *arena;
	char *folder;
	char path[256]; /* of the tally's file */
} counting;

/* For cmocka, before and after each test. The log goes nowhere. */
int counting_open(void **state);
int counting_close(void **state);
/* Counts a decision of "protect" about alice. */
void counting_note(int status, const char *reason);
/* How often it was decided so in the last day; reason NULL: all of them. */
uint64_t counting_sum(const char *reason, bool is_yes);
#endif
