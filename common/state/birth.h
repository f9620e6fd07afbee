#ifndef OSTIARY_BIRTH_H
#define OSTIARY_BIRTH_H
#include "span.h"
/*
 * What tells a file from all its copies: a hash of its inode number and of the
 * time it was made, which nobody can set. A file that holds its own is what it
 * was made as; one that holds another's is a copy. Renaming, links, restarts
 * and snapshots of the whole disk change nothing of it.
 */
enum birth {
	BIRTH_UNKNOWN, /* it holds none: of an earlier format */
	BIRTH_OWN,
	BIRTH_COPY,
};

/* Never 0. False, with errno. */
bool birth_of(int fd, uint64_t *birth);
/* held: what the file holds; 0: nothing. */
enum birth birth_look(int fd, uint64_t held);
#endif
