#ifndef OSTIARY_WORKSHOP_H
#define OSTIARY_WORKSHOP_H
#include "span.h"
#include <stdatomic.h>
#include <sys/types.h>
/*
 * What tests of shared state need: a folder of their own, memory that children
 * share, and children. A failure here ends the test binary.
 */

/* A new empty folder with a sub-folder of each name (NULL ends the list). Ended
 * by workshop_close(), which removes all of it. */
char *workshop_open(const char *name, ...);
void workshop_close(char *folder);
/* n zeroed bytes that stay shared over fork(). */
void *workshop_share(size_t n);
void workshop_unshare(void *bytes, size_t n);
/* Starts a child that runs work(arg, i), which says whether all went well. */
pid_t workshop_start(bool (*work)(void *arg, int i), void *arg, int i);
/* Starts n, lets them go together, and waits: true when all went well. */
bool workshop_run(int n, bool (*work)(void *arg, int i), void *arg);
/* Waits for the child's end; whether all went well. */
bool workshop_end(pid_t child);
/* Waits up to 5 s for a child to set the flag; whether it did. */
bool workshop_wait(const atomic_bool *flag);
/* From now on a signal ends every sleep after that time, so that waits for a
 * deadline are soon over; 0: no more. */
void workshop_interrupt(int every_us);
/* SIGKILL, and waits for its end. */
void workshop_kill(pid_t child);
/* How many files this process has open. */
int workshop_open_files(void);
/* The same numbers in every run: from 0 to below. */
unsigned int workshop_random(unsigned int below);
#endif
