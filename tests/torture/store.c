#include "store.h"
#include "arena.h"
#include "log.h"
#include "workshop.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/*
 * usage: store [TYPE [SECONDS]]
 *
 * Writers are killed at random moments, again and again, while readers that are
 * never killed watch. Each writer, over and over: a batch that sets its two
 * records to the same next number; a swap that adds one to a counter of all; a
 * new code, which it and all others then try to take. Watched for:
 * - the two records differ, go back, or are older than what was acknowledged;
 * - the counter is less than the swaps that were acknowledged, or more than
 *   those and one for each kill;
 * - a code is taken twice;
 * - anything answers OST_STORE.
 * Prints what it did; exits 1 when something of this was seen.
 */
#define WRITERS 4
#define READERS 1
#define CODES	65536

struct shared {
	atomic_bool is_over;
	atomic_int faults, kills, reads, takes, swaps, numbers[WRITERS];
	atomic_int next_code;
	atomic_uchar taken[CODES];
};

static struct shared *shared;
static char url[256];

static void
fault(const char *what, enum ost_err err)
{
	fprintf(stderr, "FAULT: %s (%s)\n", what, ost_err_name(err));
	shared->faults++;
}

static struct span
word(char text[static 32], const char *format, int i)
{
	int n = snprintf(text, 32, "%s%d", format, i);

	return (struct span){ text, (size_t)n };
}

static void
write_pair(struct store *store, int i)
{
	char a[32], b[32], number[32];
	struct span value = word(number, "", shared->numbers[i] + 2);
	const struct store_item items[] = {
		{ .action = STORE_PUT, .key = word(a, "a", i), .value = value },
		{ .action = STORE_PUT, .key = word(b, "b", i), .value = value },
	};
	enum ost_err err = store_batch(store, items, 2);

	if (err != OST_OK)
		fault("batch", err);
	else
		shared->numbers[i] += 2;
}

static void
swap_counter(struct store *store, struct arena *arena)
{
	enum ost_err err;
	struct span value;
	char text[32];
	uint64_t n;

	err = store_get(store, SPAN("counter"), arena, &value);
	if (err == OST_OK)
		err = span_to_u64(value, 0, INT32_MAX, &n);
	if (err == OST_OK)
		err = store_swap(store, SPAN("counter"), value,
			word(text, "", (int)n + 1), 0);
	if (err == OST_OK)
		shared->swaps++;
	else if (err != OST_CONFLICT)
		fault("swap", err);
}

static void
take_codes(struct store *store, struct arena *arena)
{
	int made = shared->next_code++ % CODES, last = shared->next_code;
	struct span value;
	enum ost_err err;
	char key[32];

	err = store_put(
		store, word(key, "code", made), SPAN("x"), 0, STORE_ABSENT);
	if (err != OST_OK && err != OST_CONFLICT)
		fault("put", err);
	for (int i = last > 4 ? last - 4 : 0; i < last && i < CODES; i++) {
		err = store_take(store, word(key, "code", i), arena, &value);
		if (err == OST_OK && shared->taken[i]++ > 0)
			fault("taken twice", err);
		if (err == OST_OK)
			shared->takes++;
		if (err != OST_OK && err != OST_NOTFOUND)
			fault("take", err);
	}
}

static bool
writer(void *arg, int i)
{
	struct arena *arena = arena_new(1 << 20);
	struct store *store = NULL;

	(void)arg;
	if (arena == NULL ||
		store_open(span_of(url), "torture", 0, &store) != OST_OK) {
		fault("open", OST_STORE);
		return false;
	}
	while (!shared->is_over && shared->next_code < CODES - 64) {
		switch (workshop_random(3)) {
		case 0:
			write_pair(store, i);
			break;
		case 1:
			swap_counter(store, arena);
			break;
		default:
			take_codes(store, arena);
		}
		arena_reset(arena);
	}
	store_close(store);
	arena_free(arena);
	return true;
}

struct seen {
	uint64_t a[WRITERS], b[WRITERS];
};

static enum ost_err
see(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct seen *seen = arg;
	uint64_t i;

	(void)expires_ms;
	if (span_to_u64(span_skip(key, 1), 0, WRITERS - 1, &i) != OST_OK)
		return OST_OK;
	return span_to_u64(value, 1, INT32_MAX,
		key.p[0] == 'a' ? &seen->a[i] : &seen->b[i]);
}

static bool
reader(void *arg, int me)
{
	struct seen before, seen = { { 0 }, { 0 } };
	struct store *store = NULL;
	uint64_t acked[WRITERS];

	(void)arg;
	(void)me;
	if (store_open(span_of(url), "torture", 0, &store) != OST_OK)
		return false;
	while (!shared->is_over) {
		enum ost_err err;

		before = seen;
		for (int i = 0; i < WRITERS; i++)
			acked[i] = (uint64_t)shared->numbers[i];
		err = store_each(store, SPAN(""), see, &seen);
		if (err != OST_OK)
			fault("each", err);
		for (int i = 0; i < WRITERS; i++)
			if (seen.a[i] != seen.b[i] || seen.a[i] < acked[i] ||
				seen.a[i] < before.a[i])
				fault("pair", err);
		shared->reads++;
	}
	store_close(store);
	return true;
}

static void
kill_for(int seconds)
{
	time_t end = time(NULL) + seconds;
	pid_t readers[READERS], writers[WRITERS];

	for (int i = 0; i < READERS; i++)
		readers[i] = workshop_start(reader, NULL, i);
	for (int i = 0; i < WRITERS; i++)
		writers[i] = workshop_start(writer, NULL, i);
	while (time(NULL) < end) {
		struct timespec pause = {
			.tv_nsec = 100000 + workshop_random(20000000)
		};
		unsigned int i = workshop_random(WRITERS);

		nanosleep(&pause, NULL);
		workshop_kill(writers[i]);
		shared->kills++;
		writers[i] = workshop_start(writer, NULL, (int)i);
	}
	shared->is_over = true;
	for (int i = 0; i < WRITERS; i++)
		workshop_end(writers[i]);
	for (int i = 0; i < READERS; i++)
		workshop_end(readers[i]);
}

static void
check_counter(struct store *store)
{
	struct arena *arena = arena_new(1 << 20);
	uint64_t n = 0, least = (uint64_t)shared->swaps;
	struct span value;

	if (store_get(store, SPAN("counter"), arena, &value) != OST_OK ||
		span_to_u64(value, least, least + (uint64_t)shared->kills,
			&n) != OST_OK)
		fault("counter", OST_STORE);
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	char *folder = workshop_open("torture", NULL);
	struct store *store = NULL;
	int faults;

	snprintf(
		url, sizeof(url), "%s:%s", argc > 1 ? argv[1] : "gdbm", folder);
	shared = workshop_share(sizeof(*shared));
	if (store_open(span_of(url), "torture", 0, &store) != OST_OK ||
		store_put(store, SPAN("counter"), SPAN("0"), 0, STORE_ANY) !=
			OST_OK) {
		fprintf(stderr, "%s: cannot open\n", url);
		return 2;
	}
	kill_for(argc > 2 ? atoi(argv[2]) : 10);
	check_counter(store);
	store_close(store);
	faults = shared->faults;
	printf("kills %d, reads %d, swaps %d, takes %d, faults %d\n",
		shared->kills, shared->reads, shared->swaps, shared->takes,
		faults);
	workshop_unshare(shared, sizeof(*shared));
	workshop_close(folder);
	return faults == 0 ? 0 : 1;
}
