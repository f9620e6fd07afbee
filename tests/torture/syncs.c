#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "clock.h"
#include "fail_io.h"
#include "groupsync.h"
#include "torture.h"
#include "workshop.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/*
 * What is acknowledged when syncs come late, fail, or fail late: the one who
 * syncs stands still before his fdatasync while others write and fold.
 *
 * A store is opened twice, as a journal, too: descriptors that were opened by
 * themselves have locks of their own, also in one process.
 */
static struct faults *faults;
static struct arena *arena;
static const char *folder;
static struct store *store, *other;
static struct journal *journal;
static uint64_t waiting; /* the state with a record that nobody synced */
static bool is_alone;	 /* nobody else could sync meanwhile */
static void (*set)(const char *call, int n, enum fail_how how, int is_lasting);
static void (*before)(const char *call, void (*then)(void));

static void
must(bool is_so, const char *what)
{
	if (!is_so)
		torture_fault(&faults->broken, "%s", what);
	faults->acked++;
}

static enum ost_err
put(struct store *to, const char *key)
{
	return store_put(to, span_of(key), SPAN("v"), 0, STORE_ANY);
}

static enum ost_err
get(struct store *from, const char *key)
{
	struct span value;

	return store_get(from, span_of(key), arena, &value);
}

/* A batch that changes nothing. */
static enum ost_err
compare(struct span key)
{
	const struct store_item item = {
		.action = STORE_CHECK,
		.expect = STORE_EQUALS,
		.key = key,
		.expected = SPAN("v"),
	};

	return store_batch(other, &item, 1);
}

/* As a writer who has published and not yet synced. */
static void
write_and_wait(void)
{
	struct span sealed;
	struct logitem item = { .key = SPAN("waiting") };

	must(envelope_seal(item.key, SPAN("v"), 0, arena, &sealed) == OST_OK &&
			journal_begin(journal) == OST_OK,
		"begin");
	item.sealed = sealed;
	must(journal_append(journal, &item, 1) == OST_OK, "append");
	waiting = ctl_state(&journal->ctl);
	journal_end(journal);
}

static void
write_amid_sync(void)
{
	write_and_wait();
	is_alone = !statefile_try_byte(journal->ctl.fd, CTL_SYNC);
	if (!is_alone)
		statefile_unlock_byte(journal->ctl.fd, CTL_SYNC);
}

/* The folder is not synced after the base has its name. */
static void
fold_and_fail(void)
{
	set("fsync folder", 2, FAIL_EIO, 0);
	must(store_settle(other, STORE_AT_ALL_COSTS) == OST_STORE,
		"a folder's sync that failed is not said");
}

/* He counts what was published before his sync, and is the only one. */
static void
check_what_is_synced(void)
{
	before("fdatasync", write_amid_sync);
	must(put(store, "a") == OST_OK, "put");
	must(is_alone, "two sync at once");
	must(journal->ctl.page->synced < waiting,
		"what came after a sync began counts as synced");
	/* Whoever relies on it syncs it, or says no. */
	set("fdatasync", 1, FAIL_EIO, 0);
	must(compare(SPAN("waiting")) == OST_STORE,
		"a comparison with what is not synced is acknowledged");
}

static void
check_who_waits_amid_a_failure(void)
{
	before("fdatasync", write_amid_sync);
	set("fdatasync", 1, FAIL_EIO, 0);
	must(put(store, "a") == OST_STORE, "a failed sync is acknowledged");
	must(groupsync(journal, waiting) == OST_STORE,
		"who waited for a failed sync is acknowledged");
	must(put(other, "refused") == OST_STORE &&
			get(other, "refused") == OST_NOTFOUND,
		"a write after a failed sync");
	must(store_settle(other, STORE_BRIEF) == OST_OK, "no fold");
	must(put(other, "refused") == OST_OK, "no write after a fold");
	must(groupsync(journal, waiting) == OST_OK, "folded, and refused");
}

static void
check_a_folder_that_is_not_synced(void)
{
	write_and_wait();
	fold_and_fail();
	must(groupsync(journal, waiting) == OST_STORE,
		"acknowledged, and its fold is not on disk");
	must(compare(SPAN("first")) == OST_STORE, "a comparison after that");
	must(put(store, "refused") == OST_STORE, "a write after that");
	must(store_settle(store, STORE_BRIEF) == OST_OK, "no fold");
	must(put(store, "refused") == OST_OK, "no write after a fold");
}

/* The same, and then the sync of the log before fails, late. */
static void
check_a_late_failure(void)
{
	before("fdatasync", fold_and_fail);
	(void)put(store, "a");
	before("fdatasync", NULL);
	must(put(other, "refused") == OST_STORE,
		"a late failure hides that of the folder");
}

static void
fold_and_fail_both(void)
{
	fold_and_fail();
	set("fdatasync", 1, FAIL_EIO, 0);
}

static void
check_two_failures(void)
{
	before("fdatasync", fold_and_fail_both);
	must(put(store, "a") == OST_STORE, "a failed sync is acknowledged");
	must(put(other, "refused") == OST_STORE,
		"a late failure hides that of the folder");
}

/* Of a base that was made anew after a restart, too. */
static void
check_a_restored_base(void)
{
	must(store_settle(store, STORE_AT_ALL_COSTS) == OST_OK, "fold");
	torture_reboot(folder);
	must(remove(torture_path(folder, ".gdbm")) == 0, "remove");
	set("fsync folder", 2, FAIL_EIO, 0);
	must(put(other, "refused") == OST_STORE &&
			put(other, "refused") == OST_STORE,
		"a write in a restored base that is not on disk");
}

/* A copy of the store's files, made before. */
static void
put_back(void)
{
	char text[600];

	snprintf(text, sizeof(text), "rm %s/t/t.[glp]*; cp %s/kept/* %s/t",
		folder, folder, folder);
	must(system(text) == 0 && get(other, "kept") == OST_OK &&
			get(other, "b") == OST_NOTFOUND,
		"put back");
}

/* A sync that began before says nothing of what was put back. */
static void
check_files_that_were_put_back(void)
{
	char text[600];

	snprintf(text, sizeof(text),
		"mkdir %s/kept; cp %s/t/t.* %s/kept; "
		"rm %s/kept/t.ctl",
		folder, folder, folder, folder);
	must(put(store, "kept") == OST_OK && system(text) == 0, "copy");
	for (int i = 0; i < 4; i++)
		must(put(store, "b") == OST_OK &&
				store_settle(store, STORE_AT_ALL_COSTS) ==
					OST_OK,
			"fold");
	before("fdatasync", put_back);
	clock_fake(clock_wall_ms() + 3000); /* time to look at names again */
	(void)put(store, "a");
	clock_fake(0);
	set("fdatasync", 1, FAIL_EIO, 0);
	must(put(other, "c") == OST_STORE,
		"a write to files that were put back is not synced");
}

static void
check_a_base_that_is_not_synced(void)
{
	static const char *const calls[] = { "fsync", "fdatasync",
		"fsync folder" };

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		set(calls[i], 1, FAIL_EIO, 0);
		must(store_settle(store, STORE_AT_ALL_COSTS) == OST_STORE,
			"a fold whose sync failed");
		must(put(store, "a") == OST_OK, "it has changed something");
	}
	/* The log's, after the base's. */
	set("fsync", 2, FAIL_EIO, 0);
	must(store_settle(store, STORE_AT_ALL_COSTS) == OST_STORE,
		"a fold whose log was not synced");
}

static void
run(void (*check)(void))
{
	char *made = torture_folder("t");

	folder = made;
	store = other = NULL;
	journal = NULL;
	must(torture_open(folder, 0, &store) == OST_OK &&
			torture_open(folder, 0, &other) == OST_OK &&
			journal_open(span_of(folder), "t", false, false,
				&journal) == OST_OK &&
			put(store, "first") == OST_OK,
		"open");
	check();
	set("", 0, FAIL_EIO, 0);
	journal_close(journal);
	store_close(other);
	store_close(store);
	torture_remove(made);
}

void
torture_syncs(void)
{
	*(void **)&set = dlsym(RTLD_DEFAULT, "fail_io_set");
	*(void **)&before = dlsym(RTLD_DEFAULT, "fail_io_before");
	if (set == NULL || before == NULL) {
		torture_verdict("syncs", "fail_io.so is preloaded", 1);
		return;
	}
	faults = workshop_share(sizeof(*faults));
	arena = arena_new(1 << 20);
	run(check_what_is_synced);
	run(check_who_waits_amid_a_failure);
	run(check_a_folder_that_is_not_synced);
	run(check_a_late_failure);
	run(check_two_failures);
	run(check_a_restored_base);
	run(check_files_that_were_put_back);
	run(check_a_base_that_is_not_synced);
	arena_free(arena);
	torture_report("syncs", faults);
	workshop_unshare(faults, sizeof(*faults));
}
