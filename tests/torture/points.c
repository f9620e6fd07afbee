#include "copier.h"
#include "script.h"
#include "torture.h"
#include "workshop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/*
 * A process goes through the script and is killed at the n-th kill point; for
 * every n. Then everybody who looks - a process that had the store open all the
 * time, one that opens it, both after a restart of the machine, and after more
 * has been written and folded - must see the records as they were after the
 * last step that was acknowledged, or after the step that was under way; and
 * nobody may go back.
 *
 * While a base is made, another process writes, so that there is always a tail
 * to be carried over. At the rename of the base another opens the store: in the
 * moment in which base and word do not belong together.
 */
enum way {
	FRESH,	 /* the store is made on the way */
	PEER,	 /* somebody has it open, and looks */
	WRITER,	 /* somebody has it open, and writes on at once */
	RESTART, /* the machine was started anew: recovery */
	DAMAGE,	 /* and the base is gone */
	COPY,	 /* the folder is a copy that was made amid a fold */
	WAYS
};

static const char *const way_names[] = { "a new store", "a store in use",
	"a store in use by a writer", "a store after a restart",
	"a store whose base is gone", "a copy without its log" };

enum { NOTHING, TAIL, WATCH, QUIT };

#define COPY_STEPS 9 /* that are in it */

static struct shared {
	struct faults faults;
	atomic_int begun, acked;
	atomic_int tail_begun, tail_acked;
	atomic_int way;
	atomic_int call; /* what the helper is to do now */
} * shared;

static const char *folder;
static struct arena *arena;

/* The version of the record "tail"; -1: an error. */
static int
tail_read(struct store *store)
{
	struct span value;
	uint64_t n = 0;
	enum ost_err err = store_get(store, SPAN("tail"), arena, &value);

	if (err == OST_NOTFOUND)
		return 0;
	if (err != OST_OK || span_to_u64(value, 1, 10000, &n) != OST_OK)
		return -1;
	return (int)n;
}

static void
tail_write(void)
{
	struct store *store = NULL;
	char text[16];
	int n, version = ++shared->tail_begun;

	n = snprintf(text, sizeof(text), "%d", version);
	if (torture_open(folder, 0, &store) == OST_OK &&
		store_put(store, SPAN("tail"), (struct span){ text, (size_t)n },
			0, STORE_ANY) == OST_OK)
		shared->tail_acked = version;
	else
		torture_fault(&shared->faults.broken, "tail");
	store_close(store);
}

static void
watch(void)
{
	int acked = shared->tail_acked, version;
	int step = shared->acked, begun = shared->begun;
	struct store *store = NULL;

	if (torture_open(folder, 0, &store) != OST_OK) {
		torture_fault(&shared->faults.broken, "watch, killed at %s",
			torture_killed_at());
		return;
	}
	version = tail_read(store);
	if (version < acked)
		torture_fault(&shared->faults.stale,
			"tail %d after %d amid a rename", version, acked);
	/* Unless the victim has got on while this was looking. */
	if (script_find(store, arena, step, begun) < 0 &&
		begun == shared->begun)
		torture_fault(&shared->faults.stale, "records amid a rename");
	store_close(store);
}

/* Another process, for the victim to call. Forked before, from who has nothing
 * open: an inherited mapping would keep the victim's flock alive. */
static bool
helper(void *arg, int i)
{
	(void)arg;
	(void)i;
	for (;;) {
		switch (atomic_load(&shared->call)) {
		case TAIL:
			tail_write();
			break;
		case WATCH:
			watch();
			break;
		case QUIT:
			return true;
		default:
			usleep(50);
			continue;
		}
		shared->call = NOTHING;
	}
}

static void
call(int what)
{
	for (int i = 0; i < 100000 && shared->call != NOTHING; i++)
		usleep(50);
	shared->call = what;
}

static void
at_point(const char *name)
{
	if (strcmp(name, "fold: the base is made") == 0) {
		call(TAIL);
		call(NOTHING);
	}
	/* He would recover it, and nobody else be the first. */
	if (strcmp(name, "publish: the base has its name") == 0 &&
		shared->way != WRITER)
		call(WATCH);
}

struct run {
	int n; /* the kill point */
	int first;
};

static bool
victim(void *arg, int n)
{
	const struct run *run = arg;
	struct store *store = NULL;

	torture_kill_at(n, at_point);
	if (torture_open(folder, 0, &store) != OST_OK)
		return false;
	for (int i = run->first; i < SCRIPT_STEPS; i++) {
		shared->begun = i + 1;
		if (script_do(store, arena, i) != OST_OK) {
			torture_fault(&shared->faults.broken, "step %d", i);
			return false;
		}
		shared->acked = i + 1;
		shared->faults.acked++;
	}
	store_close(store);
	return true;
}

/* Looks, and from now on what was seen is the least. */
static void
look(struct store *store, const char *who)
{
	int tail = tail_read(store);
	int found = script_find(store, arena, shared->acked, shared->begun);

	if (found < 0)
		torture_fault(&shared->faults.lost,
			"killed at %s: %s does not find step %d or %d",
			torture_killed_at(), who, shared->acked, shared->begun);
	else
		shared->acked = found;
	if (tail < shared->tail_acked || tail > shared->tail_begun)
		torture_fault(&shared->faults.lost,
			"killed at %s: %s finds tail %d, not %d",
			torture_killed_at(), who, tail, shared->tail_acked);
	else
		shared->tail_acked = tail;
}

static void
look_fresh(const char *who)
{
	struct store *store = NULL;

	if (torture_open(folder, 0, &store) != OST_OK) {
		torture_fault(&shared->faults.broken, "killed at %s: %s",
			torture_killed_at(), who);
		return;
	}
	look(store, who);
	store_close(store);
}

/* A power cut may undo a rename that was not synced yet. */
static void
undo_rename(bool was_gone)
{
	const char *before = shared->way == COPY && shared->begun == COPY_STEPS
				     ? ".kept"
				     : ".prev";

	if (strcmp(torture_killed_at(), "publish: the base has its name") != 0)
		return;
	if (was_gone) {
		unlink(torture_path(folder, ".gdbm"));
		return;
	}
	if (link(torture_path(folder, before), torture_path(folder, ".undo")) ==
		0)
		(void)!rename(torture_path(folder, ".undo"),
			torture_path(folder, ".gdbm"));
}

static void
write_on(struct store *store)
{
	int step = shared->acked;

	/* What was under way did not happen, or it did: from here on. */
	shared->begun = step;
	if (step < SCRIPT_STEPS) {
		shared->begun = step + 1;
		if (script_do(store, arena, step) != OST_OK)
			torture_fault(&shared->faults.broken,
				"killed at %s: cannot write on",
				torture_killed_at());
		else
			shared->acked = step + 1;
	}
	if (store_settle(store, STORE_AT_ALL_COSTS) != OST_OK)
		torture_fault(&shared->faults.broken,
			"killed at %s: cannot fold", torture_killed_at());
}

/* Who had it open is the first to do something: he writes. */
static void
write_first(struct store *peer)
{
	int step;

	look(peer, "who had it open");
	step = shared->acked;
	if (step >= SCRIPT_STEPS)
		return;
	shared->begun = step + 1;
	if (script_do(peer, arena, step) == OST_OK) {
		shared->acked = step + 1;
		return;
	}
	/* Under the lock he has found the record of who was killed, and the
	 * step is done. */
	look(peer, "who had it open and was refused");
	if (shared->acked == step)
		torture_fault(&shared->faults.broken,
			"killed at %s: who had it open cannot write",
			torture_killed_at());
}

static void
aftermath(struct store *peer, bool was_gone, bool is_write_first)
{
	struct store *fresh = NULL;

	if (peer != NULL && is_write_first)
		write_first(peer);
	else if (peer != NULL)
		look(peer, "who had it open");
	look_fresh("who opens it");
	/* Unless it was synced since, by who came next. */
	if (!is_write_first)
		undo_rename(was_gone);
	torture_reboot(folder);
	look_fresh("who opens it after a restart");
	if (torture_open(folder, 0, &fresh) != OST_OK) {
		torture_fault(&shared->faults.broken, "open");
		return;
	}
	write_on(peer != NULL ? peer : fresh);
	look(fresh, "another after more was written");
	store_close(fresh);
	look_fresh("who opens it in the end");
}

static void
fold(void *store)
{
	if (store_settle(store, STORE_AT_ALL_COSTS) != OST_OK)
		torture_fault(&shared->faults.broken, "prepare: fold");
}

/* Its base is kept under a name of its own, too. */
static void
replace_by_copy(struct store *store)
{
	if (!copier_replace(folder, fold, store) ||
		link(torture_path(folder, ".gdbm"),
			torture_path(folder, ".kept")) != 0)
		torture_fault(&shared->faults.broken, "prepare: copy");
}

/* Steps that are done in peace before, and what happens to the files. */
static int
prepare(enum way way)
{
	struct store *store = NULL;
	int steps =
		way == RESTART || way == DAMAGE || way == COPY ? COPY_STEPS : 0;

	for (int i = 0; i < steps; i++) {
		if (store == NULL && torture_open(folder, 0, &store) != OST_OK)
			return 0;
		if (script_do(store, arena, i) != OST_OK)
			torture_fault(&shared->faults.broken, "prepare");
	}
	if (way == COPY)
		replace_by_copy(store);
	store_close(store);
	if (way == RESTART || way == DAMAGE)
		torture_reboot(folder);
	if (way == DAMAGE)
		unlink(torture_path(folder, ".gdbm"));
	return steps;
}

/* False: the script came to its end. */
static bool
run_one(enum way way, int n)
{
	char *made = torture_folder("t");
	struct store *peer = NULL;
	bool is_killed = false;
	pid_t other;
	struct run run;
	int begun;

	folder = made;
	shared->tail_begun = shared->tail_acked = 0;
	torture_kill_at(0, NULL);
	run.first = prepare(way);
	shared->begun = shared->acked = run.first;
	shared->call = NOTHING;
	shared->way = (int)way;
	other = workshop_start(helper, NULL, 0);
	if ((way == PEER || way == WRITER) &&
		torture_open(folder, 0, &peer) != OST_OK)
		torture_fault(&shared->faults.broken, "open");
	else
		is_killed = !workshop_end(workshop_start(victim, &run, n));
	begun = shared->begun;
	call(QUIT);
	workshop_end(other);
	if (is_killed && torture_killed_at()[0] == '\0')
		torture_fault(&shared->faults.broken, "%s, point %d: ended",
			way_names[way], n);
	else
		aftermath(peer, way == DAMAGE && begun == run.first,
			way == WRITER);
	store_close(peer);
	torture_remove(made);
	return is_killed && torture_killed_at()[0] != '\0';
}

void
torture_points(void)
{
	shared = workshop_share(sizeof(*shared));
	arena = arena_new(1 << 20);
	for (int way = 0; way < WAYS; way++) {
		int n = 1;

		while (run_one((enum way)way, n))
			n++;
		printf("# points: %d kill points of %s\n", n - 1,
			way_names[way]);
		fflush(stdout);
	}
	arena_free(arena);
	torture_report("points", &shared->faults);
	workshop_unshare(shared, sizeof(*shared));
}
