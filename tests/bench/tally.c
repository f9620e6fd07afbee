#include "tally.h"
#include "crypto.h"
#include "workshop.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
/*
 * usage: bench-tally
 *
 * What counting an answer costs: ns of a yes and of a no (which is kept as a
 * refusal, too) in a process that runs, and what it costs a process of plain
 * CGI, which opens the file for one answer. Best of 5, for
 * doc/MEASUREMENTS.md.
 */
#define NOTES 1000000
#define OPENS 10000

static char *folder;

static double
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct tally *
open_or_die(void)
{
	struct tally *tally = NULL;

	if (tally_open(span_of(folder), false, &tally) != OST_OK)
		exit(2);
	return tally;
}

static double
notes(int status)
{
	const struct log_decision decision = {
		.subject = SPAN("alice"),
		.address = SPAN("192.0.2.1"),
		.path = SPAN("/resource/private/x.json"),
		.status = status,
		.reason = status < 400 ? "ok" : "credentials_invalid",
	};
	struct tally *tally = open_or_die();
	double start = now_ns();

	for (int i = 0; i < NOTES; i++)
		tally_note(tally, "protect", &decision);
	start = (now_ns() - start) / NOTES;
	tally_close(tally);
	return start;
}

static double
opens(int status)
{
	const struct log_decision decision = { .status = status,
		.reason = "ok" };
	double start = now_ns();

	for (int i = 0; i < OPENS; i++) {
		struct tally *tally = open_or_die();

		tally_note(tally, "protect", &decision);
		tally_close(tally);
	}
	return (now_ns() - start) / OPENS;
}

static double
reads(int unused)
{
	double start = now_ns();

	(void)unused;
	for (int i = 0; i < 100; i++) {
		struct tally *tally = open_or_die();
		struct arena *arena = arena_new((size_t)1 << 20);
		struct tally_reason *reasons;
		size_t n;

		if (tally_reasons(tally, arena, &reasons, &n) != OST_OK)
			exit(2);
		arena_free(arena);
		tally_close(tally);
	}
	return (now_ns() - start) / 100;
}

static void
best_of(const char *what, double (*measure)(int status), int status)
{
	double best = measure(status);

	for (int i = 0; i < 4; i++) {
		double again = measure(status);

		if (again < best)
			best = again;
	}
	printf("%-28s %8.0f ns\n", what, best);
}

int
main(void)
{
	if (crypto_init() != OST_OK)
		return 2;
	folder = workshop_open("rates", NULL);
	best_of("a yes", notes, 200);
	best_of("a no", notes, 401);
	best_of("open, a yes, close", opens, 200);
	best_of("sums by reason, opened", reads, 0);
	workshop_close(folder);
	return 0;
}
