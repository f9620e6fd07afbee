#include "torture.h"
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
#define WRITERS 3
#define READERS 2
#define KEYS	24
#define CODES	200000

struct version {
	atomic_uint begun, acked;
};

static struct shared {
	struct faults faults;
	atomic_bool is_over;
	atomic_int reads, kills, folds, swaps;
	atomic_uint pair_acked[WRITERS];
	struct version versions[WRITERS][KEYS];
	atomic_int next_code;
	atomic_uchar taken[CODES];
} * shared;

static const char *folder;

static struct span
name_of(char text[static 32], char kind, int who, int i)
{
	int n = snprintf(text, 32, "%c%d/%d", kind, who, i);

	return (struct span){ text, (size_t)n };
}

static bool
is_done(enum ost_err err, const char *what)
{
	if (err == OST_OK)
		shared->faults.acked++;
	else if (err != OST_CONFLICT && err != OST_NOTFOUND)
		torture_fault(&shared->faults.broken, "%s: %s", what,
			ost_err_name(err));
	return err == OST_OK;
}

static void
write_key(struct store *store, int who)
{
	int i = (int)workshop_random(KEYS);
	struct version *version = &shared->versions[who][i];
	unsigned int next = version->begun + (workshop_random(4) ? 2 : 1);
	char key[32], text[1000];
	struct store_item item = {
		.action = next & 1 ? STORE_DELETE : STORE_PUT,
		.key = name_of(key, 'k', who, i),
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
		torture_fault(&shared->faults.resurrected,
			"%.*s is there before version %u", SPAN_ARG(item.key),
			next);
}

static void
write_pair(struct store *store, int who)
{
	unsigned int next = shared->pair_acked[who] + 1 + workshop_random(9);
	char a[32], b[32], text[1000];
	const struct store_item items[] = {
		{ .action = STORE_PUT,
			.key = name_of(a, 'a', who, 0),
			.value = value_of(text, next) },
		{ .action = STORE_PUT,
			.key = name_of(b, 'b', who, 0),
			.value = value_of(text, next) },
	};

	if (is_done(store_batch(store, items, 2), "pair"))
		shared->pair_acked[who] = next;
}

static void
swap_counter(struct store *store, struct arena *arena)
{
	struct span value;
	char text[1000];
	unsigned int n;

	if (store_get(store, SPAN("counter"), arena, &value) != OST_OK ||
		!value_read(value, &n))
		torture_fault(&shared->faults.broken, "counter");
	else if (is_done(store_swap(store, SPAN("counter"), value,
				 value_of(text, n + 1), 0),
			 "swap"))
		shared->swaps++;
}

static void
take_codes(struct store *store, struct arena *arena)
{
	int made = shared->next_code++ % CODES;
	struct span value;
	char key[32];

	is_done(store_put(store, name_of(key, 'c', 0, made), SPAN("x"), 0,
			STORE_ABSENT),
		"put code");
	for (int i = made > 3 ? made - 3 : 0; i <= made; i++)
		if (is_done(store_take(store, name_of(key, 'c', 0, i), arena,
				    &value),
			    "take") &&
			shared->taken[i]++ > 0)
			torture_fault(
				&shared->faults.doubled, "code %d taken", i);
}

static bool
writer(void *arg, int who)
{
	struct arena *arena = arena_new(1 << 20);
	struct store *store = NULL;

	(void)arg;
	if (arena == NULL || torture_open(folder, 0, &store) != OST_OK) {
		torture_fault(&shared->faults.broken, "open");
		return false;
	}
	/* Another beginning each time. */
	for (int i = shared->kills % 1000; i > 0; i--)
		workshop_random(2);
	while (!shared->is_over) {
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
			shared->folds++;
		arena_reset(arena);
	}
	store_close(store);
	arena_free(arena);
	return true;
}

/* What a read that found `version` (odd: nothing) may not have found. */
static void
judge(struct span key, bool is_there, unsigned int version, unsigned int least,
	unsigned int most)
{
	if (!is_there) {
		/* Some version from least to most must be a deletion. */
		if (least != 0 && !(least & 1) && most < least + 1)
			torture_fault(&shared->faults.lost, "%.*s: %u",
				SPAN_ARG(key), least);
	} else if (version < least) {
		torture_fault(least & 1 ? &shared->faults.resurrected
					: &shared->faults.stale,
			"%.*s: %u after %u", SPAN_ARG(key), version, least);
	} else if (version > most) {
		torture_fault(&shared->faults.broken, "%.*s: %u of %u",
			SPAN_ARG(key), version, most);
	}
}

static void
read_key(struct store *store, struct arena *arena, int who, int i)
{
	struct version *version = &shared->versions[who][i];
	unsigned int least = version->acked, found = 0;
	struct span value;
	char text[32];
	struct span key = name_of(text, 'k', who, i);
	enum ost_err err = store_get(store, key, arena, &value);

	if (err != OST_OK && err != OST_NOTFOUND)
		torture_fault(
			&shared->faults.broken, "get: %s", ost_err_name(err));
	else if (err == OST_OK && !value_read(value, &found))
		torture_fault(
			&shared->faults.broken, "%.*s: bytes", SPAN_ARG(key));
	else
		judge(key, err == OST_OK, found, least, version->begun);
	shared->reads++;
	arena_reset(arena);
}

struct seen {
	unsigned int pairs[2][WRITERS];
};

static enum ost_err
see(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct seen *seen = arg;
	unsigned int version;

	(void)expires_ms;
	if (key.p[0] != 'a' && key.p[0] != 'b')
		return OST_OK;
	if (!value_read(value, &version))
		return OST_STORE;
	seen->pairs[key.p[0] - 'a'][key.p[1] - '0'] = version;
	return OST_OK;
}

static void
read_pairs(struct store *store)
{
	unsigned int acked[WRITERS];
	struct seen seen;

	memset(&seen, 0, sizeof(seen));
	for (int i = 0; i < WRITERS; i++)
		acked[i] = shared->pair_acked[i];
	if (store_each(store, SPAN(""), see, &seen) != OST_OK)
		torture_fault(&shared->faults.broken, "each");
	for (int i = 0; i < WRITERS; i++) {
		if (seen.pairs[0][i] != seen.pairs[1][i])
			torture_fault(&shared->faults.broken, "half a batch");
		if (seen.pairs[0][i] < acked[i])
			torture_fault(&shared->faults.stale, "pair %d", i);
	}
}

static bool
reader(void *arg, int me)
{
	struct arena *arena = arena_new(1 << 20);
	struct store *store = NULL;

	(void)arg;
	if (arena == NULL || torture_open(folder, 0, &store) != OST_OK)
		return false;
	for (int n = me; !shared->is_over; n++) {
		read_key(store, arena, (int)workshop_random(WRITERS),
			(int)workshop_random(KEYS));
		if (n % 5000 == 0)
			read_pairs(store);
	}
	store_close(store);
	arena_free(arena);
	return true;
}

/* Nobody writes them: each key is as it was acknowledged, or as it was last
 * begun. From now on what is there is what counts. */
static void
settle_keys(struct store *store, struct arena *arena, int who)
{
	for (int i = 0; i < KEYS; i++) {
		struct version *version = &shared->versions[who][i];
		unsigned int acked = version->acked, begun = version->begun;
		unsigned int found = 0;
		struct span value;
		char text[32];
		struct span key = name_of(text, 'k', who, i);
		enum ost_err err;

		read_key(store, arena, who, i);
		err = store_get(store, key, arena, &value);
		if (err == OST_OK && value_read(value, &found) &&
			found != acked && found != begun)
			torture_fault(&shared->faults.stale,
				"%.*s: %u, not %u or %u", SPAN_ARG(key), found,
				acked, begun);
		if (err == OST_OK)
			version->acked = version->begun = found;
		else
			version->acked = version->begun =
				begun & 1 ? begun : acked;
		arena_reset(arena);
	}
}

static void
check_counter(struct store *store, struct arena *arena)
{
	struct span value;
	unsigned int n;

	if (store_get(store, SPAN("counter"), arena, &value) != OST_OK ||
		!value_read(value, &n)) {
		torture_fault(&shared->faults.lost, "counter");
		return;
	}
	if (n < (unsigned int)shared->swaps)
		torture_fault(&shared->faults.lost, "%d swaps, counted %u",
			shared->swaps, n);
	if (n > (unsigned int)(shared->swaps + shared->kills))
		torture_fault(&shared->faults.doubled, "%d swaps, counted %u",
			shared->swaps, n);
}

static void
kill_some(struct store *store, struct arena *arena, int kills)
{
	pid_t readers[READERS], writers[WRITERS];

	for (int i = 0; i < READERS; i++)
		readers[i] = workshop_start(reader, NULL, i);
	for (int i = 0; i < WRITERS; i++)
		writers[i] = workshop_start(writer, NULL, i);
	while (shared->kills < kills) {
		struct timespec pause = {
			.tv_nsec = 100000 + workshop_random(14000000)
		};
		int who = (int)workshop_random(WRITERS);
		struct store *fresh = NULL;

		nanosleep(&pause, NULL);
		workshop_kill(writers[who]);
		shared->kills++;
		/* Now and then all are dead, and the machine starts anew. */
		if (torture_open(folder, 0, &fresh) != OST_OK) {
			torture_fault(&shared->faults.broken, "open");
			break;
		}
		settle_keys(workshop_random(2) ? fresh : store, arena, who);
		store_close(fresh);
		writers[who] = workshop_start(writer, NULL, who);
	}
	shared->is_over = true;
	for (int i = 0; i < WRITERS; i++)
		workshop_end(writers[i]);
	for (int i = 0; i < READERS; i++)
		workshop_end(readers[i]);
	for (int i = 0; i < WRITERS; i++)
		settle_keys(store, arena, i);
	read_pairs(store);
	check_counter(store, arena);
}

void
torture_kills(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct store *store = NULL;
	char *made = torture_folder("t"), text[1000];

	folder = made;
	shared = workshop_share(sizeof(*shared));
	if (arena == NULL || torture_open(folder, 0, &store) != OST_OK ||
		store_put(store, SPAN("counter"), value_of(text, 0), 0,
			STORE_ANY) != OST_OK)
		torture_fault(&shared->faults.broken, "open");
	else
		kill_some(store, arena, torture_scale(600, 5000));
	store_close(store);
	arena_free(arena);
	printf("# kills: %d kills of %d writers, %d reads by %d that live on, "
	       "%d folds, %d swaps, %d codes\n",
		shared->kills, WRITERS, shared->reads, READERS, shared->folds,
		shared->swaps, shared->next_code);
	torture_report("kills", &shared->faults);
	workshop_unshare(shared, sizeof(*shared));
	torture_remove(made);
}
