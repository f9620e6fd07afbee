#ifndef OSTIARY_TORTURE_H
#define OSTIARY_TORTURE_H
#include "arena.h"
#include "store.h"
#include <stdatomic.h>
/*
 * What the parts of the torture share. Each part does its worst, prints what
 * that was as a TAP comment, and then one `ok` or `not ok` for each thing that
 * must not be.
 */
struct faults {
	atomic_int acked;	/* operations that were acknowledged */
	atomic_int lost;	/* of those, what is not there any more */
	atomic_int stale;	/* read, but older than what was acknowledged */
	atomic_int resurrected; /* deleted, acknowledged, and there again */
	atomic_int doubled;	/* taken, counted or admitted twice */
	atomic_int broken;	/* wrong bytes, or an error where none may be */
};

/* For LONG=1: times as much of everything. */
int torture_scale(int short_n, int long_n);
/* Counts and, a few times, says what it was. */
__attribute__((format(printf, 2, 3))) void torture_fault(
	atomic_int *counter, const char *format, ...);
/* `ok` when n is 0. */
void torture_verdict(const char *part, const char *what, int n);
/* Prints the counters and the verdict. */
void torture_report(const char *part, const struct faults *faults);
/* A new folder with `name` in it, in the environment's TORTURE_DIR or /tmp. */
char *torture_folder(const char *name);
void torture_remove(char *folder);
/* Opens the store `t` in the folder. */
OST_CHECK enum ost_err torture_open(
	const char *folder, unsigned int flags, struct store **store);
/* Makes all processes that open the store think that the machine was started
 * anew. */
void torture_reboot(const char *folder);
/* The path of the file t with that suffix; the last four calls are good. */
const char *torture_path(const char *folder, const char *suffix);

/* killpoint() kills the process when it is called for the n-th time; 0: not at
 * all. at_point() is called before that, with the name. */
void torture_kill_at(int n, void (*at_point)(const char *name));
/* The name of the point where it was, in memory that is shared. */
const char *torture_killed_at(void);

void torture_kills(void);
void torture_points(void);
void torture_power(void);
void torture_io(void);
void torture_syncs(void);
void torture_restores(void);
void torture_cuts(void);
void torture_rates(void);
void torture_copies(void);
#endif
