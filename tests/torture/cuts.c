#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "disk.h"
#include "fail_io.h"
#include "script.h"
#include "torture.h"
#include "workshop.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/*
 * A process goes through the script and dies at the n-th kill point, and so
 * does the machine: what was not synced is lost - bytes, new files, renames -
 * or only some of it, in any order (disk.h). Then the machine starts anew, and
 * what was acknowledged must be there.
 *
 * The short form goes through every point, too, but loses in two of the four
 * ways at each: the even ones at one point, the odd ones at the next.
 */
enum way {
	FRESH,	 /* the store is made on the way */
	RESTART, /* recovery, of a log whose end nobody has synced */
	RESUME,	 /* another process died after the rename of a base */
	DAMAGE,	 /* the base is gone */
	WAYS
};

static const char *const way_names[] = { "a new store", "a restart",
	"a fold that was killed", "a base that is gone" };

#define STEPS 7	 /* done in peace before, with a fold */
#define LAST  12 /* then comes another, and what fits behind it */

static struct shared {
	struct faults faults;
	atomic_int begun, acked;
	atomic_bool has_tail, has_checked;
} * shared;

static const char *folder;
static char tracked[200], disk[200];
static struct arena *arena;
static void (*track)(const char *folder, const char *disk);
static enum way way;

static void
put(const char *key, unsigned int flags, atomic_bool *is_acked)
{
	struct store *store = NULL;

	if (torture_open(folder, flags, &store) == OST_OK &&
		store_put(store, span_of(key), SPAN("v"), 0, STORE_ANY) ==
			OST_OK)
		*is_acked = true;
	else
		torture_fault(&shared->faults.broken, "put %s", key);
	store_close(store);
}

static void
at_point(const char *name)
{
	if (strcmp(name, "fold: the base is made") == 0)
		put("tail", 0, &shared->has_tail);
}

static void
die_renamed(const char *name)
{
	if (strcmp(name, "publish: the base has its name") == 0)
		kill(getpid(), SIGKILL);
	at_point(name);
}

static bool
folder_of_fold(void *arg, int i)
{
	struct store *store = NULL;

	(void)arg;
	(void)i;
	torture_kill_at(1 << 30, die_renamed);
	return torture_open(folder, 0, &store) == OST_OK &&
	       store_settle(store, STORE_AT_ALL_COSTS) == OST_OK;
}

/* That this is acknowledged says that the record is on disk. */
static void
check_fast(struct store *store)
{
	const struct store_item item = {
		.action = STORE_CHECK,
		.expect = STORE_EQUALS,
		.key = SPAN("fast"),
		.expected = SPAN("v"),
	};

	if (store_batch(store, &item, 1) == OST_OK)
		shared->has_checked = true;
	else
		torture_fault(&shared->faults.lost, "fast");
}

static bool
victim(void *arg, int n)
{
	struct store *store = NULL;

	(void)arg;
	torture_kill_at(n, at_point);
	if (torture_open(folder, 0, &store) != OST_OK) {
		torture_fault(&shared->faults.broken, "victim: open");
		return true;
	}
	if (way == RESTART)
		check_fast(store);
	for (int i = shared->acked; i < LAST; i++) {
		shared->begun = i + 1;
		if (script_do(store, arena, i) != OST_OK) {
			torture_fault(&shared->faults.broken, "step %d", i);
			return true;
		}
		shared->acked = i + 1;
		shared->faults.acked++;
	}
	store_close(store);
	return true;
}

static void
prepare(void)
{
	struct store *store = NULL;
	atomic_bool is_put = false;

	if (way == FRESH)
		return;
	if (torture_open(folder, 0, &store) != OST_OK)
		torture_fault(&shared->faults.broken, "prepare");
	for (int i = 0; i < STEPS && store != NULL; i++)
		if (script_do(store, arena, i) != OST_OK)
			torture_fault(&shared->faults.broken, "prepare");
	store_close(store);
	shared->acked = shared->begun = STEPS;
	if (way == RESUME)
		workshop_end(workshop_start(folder_of_fold, NULL, 0));
	if (way == RESTART)
		put("fast", STORE_FAST, &is_put);
	if (way == RESTART || way == DAMAGE)
		torture_reboot(folder);
	if (way == DAMAGE)
		unlink(torture_path(folder, ".gdbm"));
}

static void
look(struct store *store, const char *who)
{
	struct span value;
	int found = script_find(store, arena, shared->acked, shared->begun);

	if (found < 0)
		torture_fault(&shared->faults.lost,
			"%s, killed at %s: %s does not find step %d or %d",
			way_names[way], torture_killed_at(), who, shared->acked,
			shared->begun);
	else
		shared->acked = found;
	if ((shared->has_tail &&
		    store_get(store, SPAN("tail"), arena, &value) != OST_OK) ||
		(shared->has_checked && store_get(store, SPAN("fast"), arena,
						&value) != OST_OK))
		torture_fault(&shared->faults.lost,
			"%s, killed at %s: %s does not find all",
			way_names[way], torture_killed_at(), who);
	arena_reset(arena);
}

static void
aftermath(int cut)
{
	struct store *store = NULL;
	int step;

	torture_reboot(folder);
	if (torture_open(folder, 0, &store) != OST_OK) {
		torture_fault(&shared->faults.broken, "%s, killed at %s, %d",
			way_names[way], torture_killed_at(), cut);
		return;
	}
	look(store, "who opens it");
	step = shared->acked;
	if (step < SCRIPT_STEPS) {
		shared->begun = step + 1;
		if (script_do(store, arena, step) == OST_OK)
			shared->acked = step + 1;
		else
			torture_fault(&shared->faults.broken, "write on");
	}
	store_close(store);
	if (torture_open(folder, 0, &store) != OST_OK)
		torture_fault(&shared->faults.broken, "open again");
	else
		look(store, "another");
	store_close(store);
}

/* False: the script came to its end. */
static bool
run_one(int n, int cut)
{
	char *made = torture_folder("t");
	bool is_killed;

	folder = made;
	snprintf(tracked, sizeof(tracked), "%s/t", made);
	snprintf(disk, sizeof(disk), "%s/disk", made);
	if (mkdir(disk, 0700) != 0)
		torture_fault(&shared->faults.broken, "mkdir");
	shared->acked = shared->begun = 0;
	shared->has_tail = shared->has_checked = false;
	torture_kill_at(0, NULL);
	track(tracked, disk);
	prepare();
	is_killed = !workshop_end(workshop_start(victim, NULL, n));
	track(NULL, NULL);
	if (disk_cut(tracked, disk, (enum disk_cut)cut) != 0)
		torture_fault(&shared->faults.broken, "cut");
	aftermath(cut);
	torture_remove(made);
	return is_killed;
}

void
torture_cuts(void)
{
	*(void **)&track = dlsym(RTLD_DEFAULT, "fail_io_disk");
	if (track == NULL) {
		torture_verdict("cuts", "fail_io.so is preloaded", 1);
		return;
	}
	shared = workshop_share(sizeof(*shared));
	arena = arena_new(1 << 20);
	for (int i = 0; i < WAYS; i++) {
		int n = 1, step = torture_scale(2, 1);

		way = (enum way)i;
		for (bool goes_on = true; goes_on; n++) {
			goes_on = false;
			for (int cut = n % step; cut < DISK_CUTS; cut += step)
				goes_on = run_one(n, cut) || goes_on;
		}
		printf("# cuts: %d points of %s, %d of %d ways to lose\n",
			n - 2, way_names[i], DISK_CUTS / step, DISK_CUTS);
		fflush(stdout);
	}
	arena_free(arena);
	torture_report("cuts", &shared->faults);
	workshop_unshare(shared, sizeof(*shared));
}
