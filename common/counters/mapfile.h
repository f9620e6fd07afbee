#ifndef OSTIARY_MAPFILE_H
#define OSTIARY_MAPFILE_H
#include "err.h"
#include <stdbool.h>
#include <stddef.h>
/*
 * A state file of a fixed size that all processes map and write to. Never
 * sparse: a hole on a full disk would be SIGBUS, as is a file that somebody
 * cuts off while it is mapped.
 */

/* Gives a file all of its blocks. False, with errno. */
bool mapfile_fill(int fd, size_t size);
/* Maps a file that must have that size; one with holes (a copy may have got
 * some) is filled first. The caller ends it with munmap(); fd may be closed.
 * path is for the log. OST_STORE. */
OST_CHECK enum ost_err mapfile_map(
	const char *path, int fd, size_t size, void **map);
#endif
