#ifndef OSTIARY_TORTURE_KILLS_H
#define OSTIARY_TORTURE_KILLS_H
#include "store.h"
#include "torture.h"
/* What the processes of kills.c share, and what its reads look for. */
#define WRITERS 3
#define READERS 2
#define KEYS	24
#define CODES	200000

struct version {
	atomic_uint begun, acked;
};

struct kills {
	struct faults faults;
	atomic_bool is_over;
	atomic_int reads, kills, folds, swaps;
	atomic_uint pair_acked[WRITERS];
	struct version versions[WRITERS][KEYS];
	atomic_int next_code;
	atomic_uchar taken[CODES], made[CODES];
};

extern struct kills *kills;

/* The name of who's i-th record of that kind. */
struct span kills_name(char text[static 32], char kind, int who, int i);
/* Reads what anybody may, at any time. */
void kills_read_key(struct store *store, struct arena *arena, int who, int i);
void kills_read_pairs(struct store *store);
/* What one writer left, whom nobody restarted yet. */
void kills_settle(struct store *store, struct arena *arena, int who);
/* In the end. */
void kills_check(struct store *store, struct arena *arena);
#endif
