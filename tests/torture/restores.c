#include "torture.h"
#include "workshop.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/*
 * Bases that are damaged or gone, again and again, after kills and restarts:
 * the store is there, whole, or it is closed; never is it an older one.
 */
static struct faults *faults;
static struct arena *arena;
static const char *folder, *doomed; /* the kill point, by name */
static const char *test;

static void
must(bool is_so, const char *what)
{
	if (!is_so)
		torture_fault(&faults->broken, "%s: %s", test, what);
}

static bool
put(const char *key, const char *value)
{
	struct store *store = NULL;
	bool is_done = torture_open(folder, 0, &store) == OST_OK &&
		       store_put(store, span_of(key), span_of(value), 0,
			       STORE_ANY) == OST_OK;

	store_close(store);
	faults->acked += is_done;
	return is_done;
}

static void
fold(void)
{
	struct store *store = NULL;

	must(torture_open(folder, 0, &store) == OST_OK &&
			store_settle(store, STORE_AT_ALL_COSTS) == OST_OK,
		"fold");
	store_close(store);
}

static bool
is_closed(void)
{
	struct store *store = NULL;
	bool is_open = torture_open(folder, 0, &store) == OST_OK;

	store_close(store);
	return !is_open;
}

/* Keys as letters: "ab" are a and b, each with itself as value. */
static void
check(const char *keys)
{
	struct store *store = NULL;

	if (torture_open(folder, 0, &store) != OST_OK) {
		torture_fault(&faults->lost, "%s: closed", test);
		return;
	}
	for (; *keys != '\0'; keys++) {
		struct span key = { keys, 1 }, value = SPAN_ABSENT;

		if (store_get(store, key, arena, &value) != OST_OK ||
			!span_eq(value, key))
			torture_fault(&faults->lost, "%s: %c", test, *keys);
	}
	store_close(store);
	arena_reset(arena);
}

static void
lose(const char *suffix)
{
	must(unlink(torture_path(folder, suffix)) == 0, suffix);
}

static void
damage_base(void)
{
	int fd = open(torture_path(folder, ".gdbm"), O_RDWR | O_CLOEXEC);
	struct stat file;

	must(fd >= 0 && fstat(fd, &file) == 0 &&
			pwrite(fd, "XXXXXXXX", 8, file.st_size / 2) == 8,
		"damage");
	close(fd);
}

static void
die(const char *name)
{
	if (strcmp(name, doomed) == 0)
		kill(getpid(), SIGKILL);
	/* What was written since is carried over. */
	if (strcmp(name, "fold: the base is made") == 0)
		(void)!put("t", "t");
}

static bool
victim(void *arg, int i)
{
	(void)arg;
	(void)i;
	torture_kill_at(1 << 30, die);
	fold();
	return true;
}

/* A process folds, or makes the base anew, and dies there. */
static void
fold_and_die(const char *name)
{
	doomed = name;
	must(!workshop_end(workshop_start(victim, NULL, 0)), name);
}

static void
fill(void)
{
	must(put("a", "a"), "put");
	fold();
	must(put("b", "b"), "put");
	fold();
	must(put("c", "c"), "put");
}

static void
again_and_again(void)
{
	static const char keys[] = "abcdefgh";

	fill();
	for (int i = 3; i < 8; i++) {
		char key[2] = { keys[i], '\0' }, so_far[10];

		if (i % 2 == 0)
			damage_base();
		else
			lose(".gdbm");
		if (i != 5)
			torture_reboot(folder);
		must(put(key, key), "put");
		snprintf(so_far, sizeof(so_far), "%.*s", i + 1, keys);
		check(so_far);
	}
}

static void
again_and_killed(void)
{
	fill();
	for (int i = 0; i < 3; i++) {
		torture_reboot(folder);
		damage_base();
		must(put("d", "d"), "put");
		torture_reboot(folder);
		damage_base();
		fold_and_die("publish: before the base has its name");
		check("abcd");
	}
}

static void
a_newest_log_that_is_lost(void)
{
	fill();
	torture_reboot(folder);
	damage_base();
	must(put("d", "d"), "put"); /* in the log of epoch 4 */
	lose(".log1");
	torture_reboot(folder);
	must(is_closed(), "a sound base without its log");
	lose(".gdbm");
	must(is_closed(), "no base, and no log");
}

static void
a_log_that_the_page_counts_is_lost(void)
{
	fill();
	lose(".gdbm");
	lose(".log0"); /* of epoch 3 */
	must(is_closed(), "the page counts it");
	torture_reboot(folder);
	must(is_closed(), "after a restart");
}

static void
a_base_is_lost_amid_a_fold(void)
{
	for (int i = 0; i < 4; i++) {
		must(put("a", "a"), "put");
		fold_and_die("publish: the base has its name");
		if (i % 2 == 0)
			lose(".gdbm");
		else
			damage_base();
		if (i > 1)
			torture_reboot(folder);
		check("at");
	}
}

/* Its log says less than the one before, which went on. */
static void
a_fold_that_came_to_nothing(void)
{
	for (int i = 0; i < 2; i++) {
		must(put("a", "a") && put("t", "older"), "put");
		fold_and_die("publish: before the base has its name");
		must(put("t", "older still") && put("t", "t"), "put");
		lose(".gdbm");
		if (i > 0)
			torture_reboot(folder);
		check("at");
	}
}

void
torture_restores(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} tests[] = {
		{ "again and again", again_and_again },
		{ "again and killed", again_and_killed },
		{ "a newest log that is lost", a_newest_log_that_is_lost },
		{ "a log that the page counts is lost",
			a_log_that_the_page_counts_is_lost },
		{ "a base is lost amid a fold", a_base_is_lost_amid_a_fold },
		{ "a fold that came to nothing", a_fold_that_came_to_nothing },
	};

	faults = workshop_share(sizeof(*faults));
	arena = arena_new(1 << 20);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		char *made = torture_folder("t");

		folder = made;
		test = tests[i].name;
		torture_kill_at(0, NULL);
		tests[i].run();
		torture_remove(made);
	}
	arena_free(arena);
	torture_report("restores", faults);
	workshop_unshare(faults, sizeof(*faults));
}
