#include "kills.h"
#include "value.h"

#include <stdio.h>
#include <string.h>

struct span
kills_name(char text[static 32], char kind, int who, int i)
{
	int n = snprintf(text, 32, "%c%d/%d", kind, who, i);

	return (struct span){ text, (size_t)n };
}

/* What a read that found `version` (odd: nothing) may not have found. */
static void
judge(struct span key, bool is_there, unsigned int version, unsigned int least,
	unsigned int most)
{
	if (!is_there) {
		/* Some version from least to most must be a deletion. */
		if (least != 0 && !(least & 1) && most < least + 1)
			torture_fault(&kills->faults.lost, "%.*s: %u",
				SPAN_ARG(key), least);
	} else if (version < least) {
		torture_fault(least & 1 ? &kills->faults.resurrected
					: &kills->faults.stale,
			"%.*s: %u after %u", SPAN_ARG(key), version, least);
	} else if (version > most) {
		torture_fault(&kills->faults.broken, "%.*s: %u of %u",
			SPAN_ARG(key), version, most);
	}
}

void
kills_read_key(struct store *store, struct arena *arena, int who, int i)
{
	struct version *version = &kills->versions[who][i];
	unsigned int least = version->acked, found = 0;
	struct span value;
	char text[32];
	struct span key = kills_name(text, 'k', who, i);
	enum ost_err err = store_get(store, key, arena, &value);

	if (err != OST_OK && err != OST_NOTFOUND)
		torture_fault(
			&kills->faults.broken, "get: %s", ost_err_name(err));
	else if (err == OST_OK && !value_read(value, &found))
		torture_fault(
			&kills->faults.broken, "%.*s: bytes", SPAN_ARG(key));
	else
		judge(key, err == OST_OK, found, least, version->begun);
	kills->reads++;
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

void
kills_read_pairs(struct store *store)
{
	unsigned int acked[WRITERS];
	struct seen seen;

	memset(&seen, 0, sizeof(seen));
	for (int i = 0; i < WRITERS; i++)
		acked[i] = kills->pair_acked[i];
	if (store_each(store, SPAN(""), see, &seen) != OST_OK)
		torture_fault(&kills->faults.broken, "each");
	for (int i = 0; i < WRITERS; i++) {
		if (seen.pairs[0][i] != seen.pairs[1][i])
			torture_fault(&kills->faults.broken, "half a batch");
		if (seen.pairs[0][i] < acked[i])
			torture_fault(&kills->faults.stale, "pair %d", i);
	}
}

/* Nobody writes them: each key is as it was acknowledged, or as it was last
 * begun. From now on what is there is what counts. */
void
kills_settle(struct store *store, struct arena *arena, int who)
{
	for (int i = 0; i < KEYS; i++) {
		struct version *version = &kills->versions[who][i];
		unsigned int acked = version->acked, begun = version->begun;
		unsigned int found = 0;
		struct span value;
		char text[32];
		struct span key = kills_name(text, 'k', who, i);
		enum ost_err err;

		kills_read_key(store, arena, who, i);
		err = store_get(store, key, arena, &value);
		if (err == OST_OK && value_read(value, &found) &&
			found != acked && found != begun)
			torture_fault(&kills->faults.stale,
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
		torture_fault(&kills->faults.lost, "counter");
		return;
	}
	if (n < (unsigned int)kills->swaps)
		torture_fault(&kills->faults.lost, "%d swaps, counted %u",
			kills->swaps, n);
	if (n > (unsigned int)(kills->swaps + kills->kills))
		torture_fault(&kills->faults.doubled, "%d swaps, counted %u",
			kills->swaps, n);
}

/* Who was killed may have taken one and not have said so. */
static void
check_codes(struct store *store, struct arena *arena)
{
	int missing = 0;
	struct span value;
	char key[32];

	for (int i = 0; i < kills->next_code && i < CODES; i++) {
		if (kills->made[i] && !kills->taken[i] &&
			store_get(store, kills_name(key, 'c', 0, i), arena,
				&value) != OST_OK)
			missing++;
		arena_reset(arena);
	}
	if (missing > kills->kills)
		torture_fault(&kills->faults.lost, "%d codes", missing);
}

void
kills_check(struct store *store, struct arena *arena)
{
	for (int i = 0; i < WRITERS; i++)
		kills_settle(store, arena, i);
	kills_read_pairs(store);
	check_counter(store, arena);
	check_codes(store, arena);
}
