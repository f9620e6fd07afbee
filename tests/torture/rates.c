#include "rate.h"
#include "torture.h"
#include "workshop.h"

#include <stdio.h>
#include <time.h>
/*
 * Processes that count are killed at random moments. A hit that was answered is
 * counted; so the counter is never below the answers, and above them by at most
 * one a kill. No more than the limit are ever admitted.
 */
#define HITTERS 4
#define LIMIT	3000
#define WINDOW	100000000 /* s: one for the whole run */

static struct shared {
	struct faults faults;
	atomic_bool is_over;
	atomic_int kills, admitted, limited;
} * shared;

static const char *folder;

static bool
hitter(void *arg, int i)
{
	struct rate *rate = NULL;
	struct rate_result result;

	(void)arg;
	(void)i;
	if (rate_open(span_of(folder), false, &rate) != OST_OK) {
		torture_fault(&shared->faults.broken, "rate_open");
		return false;
	}
	while (!shared->is_over) {
		if (rate_hit(rate, RATE_SUBJECTS, SPAN("many"), 16000000,
			    WINDOW, &result) != OST_OK)
			torture_fault(&shared->faults.broken, "hit");
		else
			shared->admitted++;
		if (rate_hit(rate, RATE_SUBJECTS, SPAN("few"), LIMIT, WINDOW,
			    &result) == OST_OK &&
			result.is_admitted)
			shared->limited++;
	}
	rate_close(rate);
	return true;
}

static void
kill_some(int kills)
{
	pid_t hitters[HITTERS];

	for (int i = 0; i < HITTERS; i++)
		hitters[i] = workshop_start(hitter, NULL, i);
	while (shared->kills < kills) {
		struct timespec pause = { .tv_nsec = workshop_random(3000000) };
		int i = (int)workshop_random(HITTERS);

		nanosleep(&pause, NULL);
		workshop_kill(hitters[i]);
		shared->kills++;
		hitters[i] = workshop_start(hitter, NULL, i);
	}
	shared->is_over = true;
	for (int i = 0; i < HITTERS; i++)
		workshop_end(hitters[i]);
}

static void
check(void)
{
	struct rate *rate = NULL;
	struct rate_result result;
	int used, admitted = shared->admitted;

	if (rate_open(span_of(folder), false, &rate) != OST_OK ||
		rate_peek(rate, RATE_SUBJECTS, SPAN("many"), 16000000, WINDOW,
			&result) != OST_OK) {
		torture_fault(&shared->faults.broken, "peek");
		rate_close(rate);
		return;
	}
	rate_close(rate);
	used = (int)(result.limit - result.remaining);
	printf("# rates: %d kills, %d hits answered, %d counted; %d admitted "
	       "of a limit of %d\n",
		shared->kills, admitted, used, shared->limited, LIMIT);
	if (used < admitted)
		torture_fault(&shared->faults.lost, "hits");
	if (used > admitted + shared->kills)
		torture_fault(&shared->faults.doubled, "hits");
	if (shared->limited > LIMIT)
		torture_fault(&shared->faults.doubled, "over the limit");
	shared->faults.acked = admitted;
}

void
torture_rates(void)
{
	char *made = torture_folder("rates");

	folder = made;
	shared = workshop_share(sizeof(*shared));
	kill_some(torture_scale(300, 3000));
	check();
	torture_report("rates", &shared->faults);
	workshop_unshare(shared, sizeof(*shared));
	torture_remove(made);
}
