#include "kills.h"
#include "value.h"
#include "workshop.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
/*
 * Writers are killed at random moments, and started again, while readers that
 * live on watch. A key belongs to one writer, who counts its versions: an even
 * one is put, an odd one deletes. He notes a version before he writes it, and
 * again when it was acknowledged. So a read must find a version between what
 * was acknowledged before it and what was begun by its end; and when a writer
 * was killed, each of his keys has one of the two.
 *
 * All writers add to one counter by swap, and take the same codes: the counter
 * may be ahead of the acknowledgements by one a kill, and never behind; a code
 * has one taker. Who sees a pair unequal has seen half a batch.
 */
struct kills *kills;
static const char *folder;

static bool
is_done(enum ost_err err, const char *what)
{
	if (err == OST_OK)
		kills->faults.acked++;
	else if (err != OST_CONFLICT && err != OST_NOTFOUND)
		torture_fault(&kills->faults.broken, "%s: %s", what,
			ost_err_name(err));
	return err == OST_OK;
}

static void
write_key(struct store *store, int who)
{
	int i = (int)workshop_random(KEYS);
	struct version *version = &kills->versions[who][i];
	unsigned int next = version->begun + (workshop_random(4) ? 2 : 1);
	char key[32], text[1000];
	struct store_item item = {
		.action = next & 1 ? STORE_DELETE : STORE_PUT,
		.key = kills_name(key, 'k', who, i),
		.value = value_of(text, next),
	};

	/* After a deletion: the next even one. */
	if (version->begun & 1) {
		next = version->begun + 1;
		item.action = STORE_PUT;
		item.expect = STORE_ABSENT;
		item.value = value_of(text, next);
	}
	version->begun = next;
	if (is_done(store_batch(store, &item, 1), "batch"))
		version->acked = next;
	else
		torture_fault(&kills->faults.resurrected,
			"%.*s is there before version %u", SPAN_ARG(item.key),
			next);
}

static void
write_pair(struct store *store, int who)
{
	unsigned int next = kills->pair_acked[who] + 1 + workshop_random(9);
	char a[32], b[32], text[1000];
	const struct store_item items[] = {
		{ .action = STORE_PUT,
			.key = kills_name(a, 'a', who, 0),
			.value = value_of(text, next) },
		{ .action = STORE_PUT,
			.key = kills_name(b, 'b', who, 0),
			.value = value_of(text, next) },
	};

	if (is_done(store_batch(store, items, 2), "pair"))
		kills->pair_acked[who] = next;
}

static void
swap_counter(struct store *store, struct arena *arena)
{
	struct span value;
	char text[1000];
	unsigned int n;

	if (store_get(store, SPAN("counter"), arena, &value) != OST_OK ||
		!value_read(value, &n))
		torture_fault(&kills->faults.broken, "counter");
	else if (is_done(store_swap(store, SPAN("counter"), value,
				 value_of(text, n + 1), 0),
			 "swap"))
		kills->swaps++;
}

static void
take_codes(struct store *store, struct arena *arena)
{
	int made = kills->next_code++ % CODES;
	struct span value;
	char key[32];

	if (is_done(store_put(store, kills_name(key, 'c', 0, made), SPAN("x"),
			    0, STORE_ABSENT),
		    "put code"))
		kills->made[made] = 1;
	for (int i = made > 3 ? made - 3 : 0; i <= made; i++)
		if (is_done(store_take(store, kills_name(key, 'c', 0, i), arena,
				    &value),
			    "take") &&
			kills->taken[i]++ > 0)
			torture_fault(
				&kills->faults.doubled, "code %d taken", i);
}

static bool
writer(void *arg, int who)
{
	struct arena *arena = arena_new(1 << 20);
	struct store *store = NULL;

	(void)arg;
	if (arena == NULL || torture_open(folder, 0, &store) != OST_OK) {
		torture_fault(&kills->faults.broken, "open");
		return false;
	}
	/* Another beginning each time. */
	for (int i = kills->kills % 1000; i > 0; i--)
		workshop_random(2);
	while (!kills->is_over) {
		switch (workshop_random(8)) {
		case 0:
			write_pair(store, who);
			break;
		case 1:
			swap_counter(store, arena);
			break;
		case 2:
			take_codes(store, arena);
			break;
		default:
			write_key(store, who);
		}
		if (workshop_random(25) == 0 &&
			is_done(store_settle(store, STORE_AT_ALL_COSTS),
				"fold"))
			kills->folds++;
		arena_reset(arena);
	}
	store_close(store);
	arena_free(arena);
	return true;
}

static bool
reader(void *arg, int me)
{
	struct arena *arena = arena_new(1 << 20);
	struct store *store = NULL;

	(void)arg;
	if (arena == NULL || torture_open(folder, 0, &store) != OST_OK)
		return false;
	for (int n = me; !kills->is_over; n++) {
		kills_read_key(store, arena, (int)workshop_random(WRITERS),
			(int)workshop_random(KEYS));
		if (n % 5000 == 0)
			kills_read_pairs(store);
	}
	store_close(store);
	arena_free(arena);
	return true;
}

/* All are dead, and the machine starts anew. */
static void
restart(struct arena *arena, pid_t writers[static WRITERS])
{
	struct store *fresh = NULL;

	for (int i = 0; i < WRITERS; i++)
		workshop_kill(writers[i]);
	torture_reboot(folder);
	if (torture_open(folder, 0, &fresh) != OST_OK)
		torture_fault(&kills->faults.broken, "open after a restart");
	for (int i = 0; i < WRITERS && fresh != NULL; i++)
		kills_settle(fresh, arena, i);
	store_close(fresh);
	kills->kills += WRITERS;
	for (int i = 0; i < WRITERS; i++)
		writers[i] = workshop_start(writer, NULL, i);
}

static void
kill_some(struct store *store, struct arena *arena, int most)
{
	pid_t readers[READERS], writers[WRITERS];

	for (int i = 0; i < READERS; i++)
		readers[i] = workshop_start(reader, NULL, i);
	for (int i = 0; i < WRITERS; i++)
		writers[i] = workshop_start(writer, NULL, i);
	while (kills->kills < most) {
		struct timespec pause = {
			.tv_nsec = 100000 + workshop_random(14000000)
		};
		int who = (int)workshop_random(WRITERS);
		struct store *fresh = NULL;

		nanosleep(&pause, NULL);
		if (workshop_random(40) == 0) {
			restart(arena, writers);
			continue;
		}
		workshop_kill(writers[who]);
		kills->kills++;
		if (torture_open(folder, 0, &fresh) != OST_OK) {
			torture_fault(&kills->faults.broken, "open");
			break;
		}
		kills_settle(workshop_random(2) ? fresh : store, arena, who);
		store_close(fresh);
		writers[who] = workshop_start(writer, NULL, who);
	}
	kills->is_over = true;
	for (int i = 0; i < WRITERS; i++)
		workshop_end(writers[i]);
	for (int i = 0; i < READERS; i++)
		workshop_end(readers[i]);
	kills_check(store, arena);
}

void
torture_kills(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct store *store = NULL;
	char *made = torture_folder("t"), text[1000];

	folder = made;
	kills = workshop_share(sizeof(*kills));
	if (arena == NULL || torture_open(folder, 0, &store) != OST_OK ||
		store_put(store, SPAN("counter"), value_of(text, 0), 0,
			STORE_ANY) != OST_OK)
		torture_fault(&kills->faults.broken, "open");
	else
		kill_some(store, arena, torture_scale(600, 5000));
	store_close(store);
	arena_free(arena);
	printf("# kills: %d kills of %d writers, %d reads by %d that live on, "
	       "%d folds, %d swaps, %d codes\n",
		kills->kills, WRITERS, kills->reads, READERS, kills->folds,
		kills->swaps, kills->next_code);
	torture_report("kills", &kills->faults);
	workshop_unshare(kills, sizeof(*kills));
	torture_remove(made);
}
