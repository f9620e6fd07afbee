#include "changes.h"
#include "copier.h"
#include "torture.h"
#include "workshop.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
/*
 * Plain copies of a store that is written and folded meanwhile, in several
 * orders of its files. First in steps: between any two pieces of the copy, and
 * at the kill points within a change or a fold, whatever can happen does. Then
 * with processes that write and fold all the time.
 *
 * The n-th change of a writer puts n under one key and puts it under another,
 * or deletes that, in one batch. So the greatest number says how many changes a
 * copy has: all of those must be in it, whole, and no others; and no fewer than
 * were acknowledged when the copy began, if it took no more than FOLDS folds
 * and has a base. Any other is so, too, or refused.
 */
#define WRITERS CHANGES_ROWS
#define FOLDS	2 /* doc/STATE.md */

static struct shared {
	struct faults faults;
	struct changes changes;
	atomic_int go_on; /* writers end when it is 0 */
	int copies, folded, late, refused, mended, amid;
} * shared;

static const char *folder;

struct copy {
	struct copier copier;
	char *folder;
	int least[WRITERS];
	uint64_t epoch; /* when it began */
	bool is_begun, is_done;
};

struct found {
	struct changes_found changes;
	char fault[256]; /* of store_check() */
};

static void
change(struct store *store, int who)
{
	if (changes_make(&shared->changes, who, store) != OST_OK)
		torture_fault(&shared->faults.broken, "a change");
	shared->faults.acked++;
}

static enum ost_err
see(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct found *found = arg;

	return changes_see(&found->changes, key, value, expires_ms);
}

static void
report(void *arg, bool is_error, struct span key, const char *message)
{
	struct found *found = arg;

	(void)key;
	if (is_error)
		snprintf(found->fault, sizeof(found->fault), "%s", message);
	else
		shared->amid++;
}

static void
judge(const struct copy *copy, const struct found *found, const int most[],
	const char *when)
{
	if (found->changes.is_wrong)
		torture_fault(&shared->faults.broken, "%s: wrong bytes", when);
	for (int who = 0; who < WRITERS; who++) {
		int n = changes_count(&found->changes, who);

		if (n < 0)
			torture_fault(&shared->faults.resurrected,
				"%s: as it never was", when);
		else if (n < copy->least[who])
			torture_fault(&shared->faults.lost,
				"%s: %d changes, %d were acknowledged", when, n,
				copy->least[who]);
		else if (n > most[who])
			torture_fault(&shared->faults.broken,
				"%s: %d changes of %d", when, n, most[who]);
	}
}

/* As `ostiary check` does. */
static void
look(const struct copy *copy, struct found *found)
{
	const struct store_checker checker = { report, see, found };
	struct store_size size;
	char url[256];

	memset(found, 0, sizeof(*found));
	snprintf(url, sizeof(url), "gdbm:%s", copy->folder);
	if (store_check(span_of(url), "t", &checker, &size) != OST_OK)
		snprintf(found->fault, sizeof(found->fault), "no look");
}

/* It is a store like any other: takes changes, is folded, opened again. */
static void
live_on(const struct copy *copy, struct store *store)
{
	struct found found = { .fault = "" };
	struct store *again = NULL;

	if (store_put(store, SPAN("0/0"), SPAN("x"), 0, STORE_ANY) != OST_OK ||
		store_settle(store, STORE_AT_ALL_COSTS) != OST_OK ||
		store_each(store, SPAN("1/"), see, &found) != OST_OK ||
		torture_open(copy->folder, 0, &again) != OST_OK)
		torture_fault(
			&shared->faults.broken, "a copy does not live on");
	store_close(again);
	look(copy, &found);
	if (found.fault[0] != '\0')
		torture_fault(&shared->faults.broken, "a copy in use: %s",
			found.fault);
}

/* As it lies there, as it is opened, as it is after that. */
static void
try_out(const struct copy *copy, const int most[], bool may_be_refused)
{
	struct store *store = NULL;
	struct found found;
	char why[256];

	look(copy, &found);
	if (found.fault[0] == '\0')
		judge(copy, &found, most, "a copy that was looked at");
	else if (may_be_refused)
		shared->mended++;
	else
		torture_fault(&shared->faults.broken, "a copy: %s, %s",
			copier_orders[shared->copies % COPIER_ORDERS],
			found.fault);
	snprintf(why, sizeof(why), "%s", found.fault);
	may_be_refused = may_be_refused && found.fault[0] != '\0';
	memset(&found, 0, sizeof(found));
	if (torture_open(copy->folder, 0, &store) != OST_OK ||
		store_each(store, SPAN(""), see, &found) != OST_OK) {
		if (may_be_refused)
			shared->refused++;
		else
			torture_fault(&shared->faults.broken,
				"a copy does not open (%s; %s)",
				copier_orders[shared->copies % COPIER_ORDERS],
				why);
		store_close(store);
		return;
	}
	judge(copy, &found, most, "a copy that was opened");
	live_on(copy, store);
	store_close(store);
}

/* Making one */

static uint64_t
epoch_read(void)
{
	int fd = open(torture_path(folder, ".ctl"), O_RDONLY | O_CLOEXEC);
	uint64_t words[2] = { 0, 0 };

	if (fd < 0 || read(fd, words, sizeof(words)) != sizeof(words))
		torture_fault(&shared->faults.broken, "ctl");
	close(fd);
	return words[1] >> 40;
}

static void
copy_begin(struct copy *copy)
{
	char from[256], to[256];

	snprintf(from, sizeof(from), "%s/t", folder);
	snprintf(to, sizeof(to), "%s/t", copy->folder);
	for (int who = 0; who < WRITERS; who++)
		copy->least[who] = shared->changes.acked[who];
	copy->epoch = epoch_read();
	copier_begin(&copy->copier, from, to,
		(enum copier_order)(shared->copies % COPIER_ORDERS));
	copy->is_begun = true;
}

static void
copy_end(struct copy *copy, bool is_judged)
{
	uint64_t folds = epoch_read() - copy->epoch;
	int most[WRITERS];

	for (int who = 0; who < WRITERS; who++)
		most[who] = shared->changes.begun[who];
	if (folds > 0)
		shared->folded++;
	if (folds > FOLDS)
		shared->late++;
	if (is_judged)
		try_out(copy, most,
			folds > FOLDS || copy->copier.is_base_left_out);
	torture_remove(copy->folder);
	shared->copies++;
}

/* In steps: what happens between the pieces of the copy */

static struct copy now;
static struct store *other; /* another process's, as it were */

static void
copy_some(void)
{
	if (!now.is_begun)
		copy_begin(&now);
	for (unsigned int i = workshop_random(4); i > 0 && !now.is_done; i--)
		now.is_done = !copier_step(&now.copier);
}

/* Within a change or a fold. */
static void
at_point(const char *name)
{
	/* Where nobody has the writers' lock: a tail to be carried over. */
	if (strncmp(name, "fold: the ", 10) == 0 &&
		strcmp(name, "fold: the tail is written") != 0 &&
		workshop_random(3) == 0)
		change(other, 1);
	if (workshop_random(4) == 0)
		copy_some();
}

static void
do_something(struct store *store, int *folds)
{
	unsigned int what = workshop_random(8);

	if (what == 0 && *folds > 0) {
		(*folds)--;
		if (store_settle(store, STORE_AT_ALL_COSTS) != OST_OK)
			torture_fault(&shared->faults.broken, "fold");
	} else if (what < 5) {
		change(workshop_random(2) ? store : other, 0);
	} else {
		copy_some();
	}
}

static void
copy_in_steps(struct store *store, int folds)
{
	memset(&now, 0, sizeof(now));
	now.folder = torture_folder("t");
	for (unsigned int i = workshop_random(8); i > 0; i--)
		change(store, 0);
	torture_kill_at(0, at_point);
	while (!now.is_done)
		do_something(store, &folds);
	torture_kill_at(0, NULL);
	copy_end(&now, true);
}

static void
all_in_steps(int times)
{
	struct store *store = NULL;

	if (torture_open(folder, 0, &store) != OST_OK ||
		torture_open(folder, 0, &other) != OST_OK) {
		torture_fault(&shared->faults.broken, "open");
		return;
	}
	for (int i = 0; i < times; i++) {
		copy_in_steps(store, i % 7 == 6 ? 9 : (int)workshop_random(3));
		/* The next begins somewhere else. */
		if (workshop_random(3) == 0 &&
			store_settle(store, STORE_AT_ALL_COSTS) != OST_OK)
			torture_fault(&shared->faults.broken, "fold");
	}
	store_close(other);
	store_close(store);
}

/* With processes that never rest */

static bool
writer(void *arg, int who)
{
	struct store *store = NULL;

	(void)arg;
	if (torture_open(folder, 0, &store) != OST_OK)
		return false;
	while (shared->go_on > 0) {
		for (int i = 0; i < 12; i++)
			change(store, who);
		if (store_settle(store, STORE_AT_ALL_COSTS) != OST_OK)
			torture_fault(&shared->faults.broken, "fold");
	}
	store_close(store);
	return true;
}

static void
all_at_once(int times)
{
	const struct timespec pause = { .tv_nsec = 50000 };
	pid_t writers[WRITERS];

	shared->go_on = 1;
	for (int who = 0; who < WRITERS; who++)
		writers[who] = workshop_start(writer, NULL, who);
	for (int i = 0; i < times; i++) {
		struct copy copy = { .folder = torture_folder("t") };

		copy_begin(&copy);
		while (copier_step(&copy.copier))
			nanosleep(&pause, NULL);
		copy_end(&copy, true);
	}
	shared->go_on = 0;
	for (int who = 0; who < WRITERS; who++)
		workshop_end(writers[who]);
}

static void
say(const char *how)
{
	printf("# copies %s: %d, %d folded meanwhile, %d of them more than %d "
	       "times; %d with a base of no use, %d of them refused; "
	       "%d of a base without its log\n",
		how, shared->copies, shared->folded, shared->late, FOLDS,
		shared->mended, shared->refused, shared->amid);
	fflush(stdout);
	shared->copies = shared->folded = shared->late = 0;
	shared->mended = shared->refused = shared->amid = 0;
}

void
torture_copies(void)
{
	char *made = torture_folder("t");

	folder = made;
	shared = workshop_share(sizeof(*shared));
	all_in_steps(torture_scale(150, 1500));
	say("in steps");
	all_at_once(torture_scale(50, 500));
	say("of processes at work");
	torture_report("copies", &shared->faults);
	workshop_unshare(shared, sizeof(*shared));
	torture_remove(made);
}
