#include "permit.h"
#include "log.h"
#include "statefile.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
/*
 * A permit is the flock of one of K files. No more than K processes can hold
 * one because each file has one holder; a killed process loses its own because
 * the kernel closes its files. Which file is free does not matter, so a waiter
 * tries them all in turn instead of standing in line for one.
 */
#define WAIT_MAX_MS 2000
#define PAUSE_MS    10

static unsigned int
permits(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores > 2 ? (unsigned int)cores - 1 : 1;
}

static enum ost_err
try_one(struct span path, bool is_shared, unsigned int i, int *fd)
{
	char file[PATH_MAX];
	enum ost_err err;
	int opened;

	if (snprintf(file, sizeof(file), "%.*s/rates/permit.%u", SPAN_ARG(path),
		    i) >= PATH_MAX)
		return OST_STORE;
	err = statefile_open(file, is_shared, NULL, &opened);
	if (err != OST_OK)
		return err;
	err = statefile_lock(opened, 0);
	if (err != OST_OK) {
		close(opened);
		return err;
	}
	*fd = opened;
	return OST_OK;
}

enum ost_err
permit_take(struct span path, bool is_shared, struct permit *permit)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	unsigned int n = permits();

	for (int waited_ms = 0;; waited_ms += PAUSE_MS) {
		for (unsigned int i = 0; i < n; i++) {
			enum ost_err err =
				try_one(path, is_shared, i, &permit->fd);

			if (err != OST_BUSY)
				return err;
		}
		if (waited_ms >= WAIT_MAX_MS)
			return OST_BUSY;
		nanosleep(&pause, NULL);
	}
}

void
permit_give(struct permit *permit)
{
	close(permit->fd);
	permit->fd = -1;
}
