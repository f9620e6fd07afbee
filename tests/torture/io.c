#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "fail_io.h"
#include "script.h"
#include "torture.h"
#include "workshop.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/*
 * The n-th call of one kind fails while a process goes through the script, once
 * or from then on; for every n, kind and way to fail. Whatever it says then:
 * - what it acknowledged is there, for it, for others, and after a restart;
 * - what it refused has happened or has not, but not in part, and everybody
 *   sees the same;
 * - when calls do not fail any more, a fold makes all well again, and writes
 *   are taken.
 */
static struct faults *faults;
static struct arena *arena;
static const char *folder;
static void (*set)(const char *call, int n, enum fail_how how, int is_lasting);
static int (*count)(void);
static int runs, refused, hits; /* hits: calls that failed in this run */

/* From now on nothing fails. */
static void
disarm(void)
{
	hits += count();
	set("", 0, FAIL_EIO, 0);
}

struct way {
	const char *call;
	enum fail_how how;
	int is_lasting;
};

static void
fault(atomic_int *counter, const struct way *way, int n, const char *what)
{
	torture_fault(counter, "%s no %d fails (%s%s): %s", way->call, n,
		way->how == FAIL_EIO	 ? "EIO"
		: way->how == FAIL_SHORT ? "short"
					 : "ENOSPC",
		way->is_lasting ? ", and all after it" : "", what);
}

/* What `found` means: from now on exactly that is there. */
static void
look(struct store *store, const struct way *way, int n, int *from, int *to,
	const char *who)
{
	int found = script_find(store, arena, *from, *to);

	if (found < 0)
		fault(&faults->lost, way, n, who);
	else
		*from = *to = found;
}

/*
 * After a step was refused, what is there is what the next step goes on from:
 * the step happened or not. The writer itself must be able to read it, as soon
 * as calls do not fail any more.
 */
static int
go_on(struct store *store, const struct way *way, int n, int step)
{
	int from = step, to = step + 1;

	look(store, way, n, &from, &to, "the writer, after a refusal");
	return from;
}

static void
recover_all(struct store *store, const struct way *way, int n, int step)
{
	struct store *fresh = NULL;
	int from = step, to = step;

	if (store_settle(store, STORE_AT_ALL_COSTS) != OST_OK)
		fault(&faults->broken, way, n, "cannot fold afterwards");
	look(store, way, n, &from, &to, "the writer, after a fold");
	torture_reboot(folder);
	if (torture_open(folder, 0, &fresh) != OST_OK) {
		fault(&faults->broken, way, n, "cannot open afterwards");
		return;
	}
	look(fresh, way, n, &from, &to, "another, after a restart");
	if (from < SCRIPT_STEPS && script_do(fresh, arena, from) != OST_OK)
		fault(&faults->broken, way, n, "cannot write afterwards");
	store_close(fresh);
}

/* After refusals, as a program does: when it has a moment. */
static int
steps_do(struct store *store, const struct way *way, int n)
{
	int step = 0;

	while (step < SCRIPT_STEPS) {
		int failed = count();
		enum ost_err err = script_do(store, arena, step);

		if (err == OST_OK) {
			faults->acked++;
			step++;
			continue;
		}
		refused++;
		if (count() == failed && !way->is_lasting)
			fault(&faults->broken, way, n,
				"refused though nothing failed");
		/* Lasting: the end of the disk, until somebody tidies up. */
		disarm();
		step = go_on(store, way, n, step);
		if (store_settle(store, STORE_BETWEEN) != OST_OK)
			fault(&faults->broken, way, n, "cannot settle");
	}
	return step;
}

/* False: no call failed; the script has no more of that kind. */
static bool
run_one(const struct way *way, int n)
{
	char *made = torture_folder("t");
	struct store *store = NULL;
	int step;

	folder = made;
	hits = 0;
	runs++;
	set(way->call, n, way->how, way->is_lasting);
	if (torture_open(folder, 0, &store) != OST_OK) {
		refused++;
		disarm();
		/* A disk that is no longer full: it is made after all. */
		if (torture_open(folder, 0, &store) != OST_OK) {
			fault(&faults->broken, way, n, "cannot be made");
			torture_remove(made);
			return true;
		}
	}
	step = steps_do(store, way, n);
	disarm();
	recover_all(store, way, n, step);
	store_close(store);
	torture_remove(made);
	return hits > 0;
}

/* fdatasync fails: refused, visible; and writes stay refused until a fold. */
static void
check_sync(void)
{
	const struct way way = { "fdatasync", FAIL_EIO, 0 };
	struct store *store = NULL, *other = NULL;
	char *made = torture_folder("t");
	struct span value;

	folder = made;
	if (torture_open(folder, 0, &store) != OST_OK ||
		torture_open(folder, 0, &other) != OST_OK ||
		store_put(store, SPAN("a"), SPAN("1"), 0, STORE_ANY) != OST_OK)
		fault(&faults->broken, &way, 1, "open");
	set("fdatasync", 1, FAIL_EIO, 0);
	if (store_put(store, SPAN("a"), SPAN("2"), 0, STORE_ANY) != OST_STORE)
		fault(&faults->broken, &way, 1, "acknowledged");
	if (store_get(other, SPAN("a"), arena, &value) != OST_OK ||
		!span_eq(value, SPAN("2")))
		fault(&faults->broken, &way, 1, "not visible");
	if (store_put(other, SPAN("b"), SPAN("1"), 0, STORE_ANY) != OST_STORE)
		fault(&faults->broken, &way, 1, "the next write is taken");
	if (store_settle(other, STORE_BRIEF) != OST_OK)
		fault(&faults->broken, &way, 1, "no fold");
	if (store_put(store, SPAN("b"), SPAN("1"), 0, STORE_ANY) != OST_OK ||
		store_get(other, SPAN("a"), arena, &value) != OST_OK ||
		!span_eq(value, SPAN("2")))
		fault(&faults->broken, &way, 1, "not well after a fold");
	store_close(other);
	store_close(store);
	torture_remove(made);
}

void
torture_io(void)
{
	static const char *const calls[] = { "write", "pwrite", "fsync",
		"fsync folder", "fdatasync", "rename", "link", "ftruncate",
		"posix_fallocate", "mmap" };
	/* So that the short form comes to the 40th, which once was a fault. */
	int step = torture_scale(14, 4);

	*(void **)&set = dlsym(RTLD_DEFAULT, "fail_io_set");
	*(void **)&count = dlsym(RTLD_DEFAULT, "fail_io_count");
	if (set == NULL || count == NULL) {
		torture_verdict("io", "fail_io.so is preloaded", 1);
		return;
	}
	faults = workshop_share(sizeof(*faults));
	arena = arena_new(1 << 20);
	check_sync();
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (int how = FAIL_ENOSPC; how <= FAIL_SHORT; how++)
			for (int lasts = 0; lasts < 2; lasts++) {
				struct way way = { calls[i], (enum fail_how)how,
					lasts };
				int n = 1;

				if (how == FAIL_SHORT &&
					strstr(calls[i], "write") == NULL)
					continue;
				while (run_one(&way, n))
					n += n < 12 ? 1 : step;
			}
	printf("# io: %d runs with a failing call, %d refusals\n", runs,
		refused);
	arena_free(arena);
	torture_report("io", faults);
	workshop_unshare(faults, sizeof(*faults));
}
