#include "clock.h"
#include "crypto.h"
#include "killpoint.h"
#include "log.h"
#include "torture.h"
#include "workshop.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/*
 * usage: torture [PART...]      LONG=1 for ten times as much
 *
 * What the store and the rate counters promise, while processes are killed,
 * disks fill up or fail, and the power goes. TAP on stdout; exits 1 when
 * anything was not ok. doc/STATE.md says what is promised.
 *
 * The short form does every kind of thing, and dies at every kill point in each
 * way. It leaves out half of the ways to lose at a point (cuts); of the calls
 * that fail, from the 12th on, 13 of 14 (io; LONG=1: 3 of 4); nine of ten of
 * what is done at random (power, copies, rates), and 4400 of 5000 kills.
 */
struct shared {
	char killed_at[64];
	atomic_int said;
	atomic_int failed;
};

static struct shared *shared;
static int kill_at, point_n;
static void (*at_point_call)(const char *name);

void
killpoint(const char *name)
{
	void (*call)(const char *name) = at_point_call;

	if (call != NULL) {
		at_point_call = NULL;
		call(name);
		at_point_call = call;
	}
	if (kill_at == 0 || ++point_n != kill_at)
		return;
	snprintf(shared->killed_at, sizeof(shared->killed_at), "%s", name);
	kill(getpid(), SIGKILL);
}

void
torture_kill_at(int n, void (*at_point)(const char *name))
{
	kill_at = n;
	point_n = 0;
	at_point_call = at_point;
	if (n != 0)
		shared->killed_at[0] = '\0';
}

const char *
torture_killed_at(void)
{
	return shared->killed_at;
}

int
torture_scale(int short_n, int long_n)
{
	const char *is_long = getenv("LONG");

	return is_long != NULL && *is_long == '1' ? long_n : short_n;
}

void
torture_fault(atomic_int *counter, const char *format, ...)
{
	va_list args;

	atomic_fetch_add(counter, 1);
	if (atomic_fetch_add(&shared->said, 1) > 40)
		return;
	printf("# FAULT: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

void
torture_verdict(const char *part, const char *what, int n)
{
	printf("%s - %s: %s", n == 0 ? "ok" : "not ok", part, what);
	printf(n == 0 ? "\n" : ": %d\n", n);
	if (n != 0)
		shared->failed++;
}

void
torture_report(const char *part, const struct faults *faults)
{
	printf("# %s: acknowledged %d, lost %d, stale %d, resurrected %d, "
	       "double %d, broken %d\n",
		part, faults->acked, faults->lost, faults->stale,
		faults->resurrected, faults->doubled, faults->broken);
	torture_verdict(part, "something was acknowledged", faults->acked == 0);
	torture_verdict(part, "nothing lost", faults->lost);
	torture_verdict(part, "nothing stale", faults->stale);
	torture_verdict(part, "nothing resurrected", faults->resurrected);
	torture_verdict(part, "nothing double", faults->doubled);
	torture_verdict(part, "nothing broken", faults->broken);
	fflush(stdout);
}

char *
torture_folder(const char *name)
{
	return workshop_open(name, NULL);
}

void
torture_remove(char *folder)
{
	workshop_close(folder);
}

enum ost_err
torture_open(const char *folder, unsigned int flags, struct store **store)
{
	char url[256];

	snprintf(url, sizeof(url), "gdbm:%s", folder);
	return store_open(span_of(url), "t", flags, store);
}

const char *
torture_path(const char *folder, const char *suffix)
{
	static char paths[4][256];
	static unsigned int i;
	char *path = paths[i++ % 4];

	snprintf(path, 256, "%s/t/t%s", folder, suffix);
	return path;
}

void
torture_reboot(const char *folder)
{
	const uint64_t another = 2;
	int fd = open(torture_path(folder, ".ctl"), O_WRONLY | O_CLOEXEC);

	/* The first word of the page (ctl.h). */
	if (fd >= 0 && write(fd, &another, sizeof(another)) != 8)
		abort();
	if (fd >= 0)
		close(fd);
}

static bool
is_wanted(int argc, char **argv, const char *part)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], part) == 0)
			return true;
	return argc < 2;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} parts[] = {
		{ "points", torture_points },
		{ "io", torture_io },
		{ "syncs", torture_syncs },
		{ "restores", torture_restores },
		{ "cuts", torture_cuts },
		{ "power", torture_power },
		{ "kills", torture_kills },
		{ "copies", torture_copies },
		{ "rates", torture_rates },
	};
	const char *log = getenv("TORTURE_LOG");

	if (crypto_init() != OST_OK ||
		log_open(log != NULL ? log : "/dev/null", "torture") != OST_OK)
		return 3;
	shared = workshop_share(sizeof(*shared));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int64_t began_ms = clock_monotonic_ms();

		if (!is_wanted(argc, argv, parts[i].name))
			continue;
		parts[i].run();
		printf("# %s: %.1f s\n", parts[i].name,
			(double)(clock_monotonic_ms() - began_ms) / 1000);
		fflush(stdout);
	}
	return shared->failed == 0 ? 0 : 1;
}
