#ifndef OSTIARY_SOURCES_H
#define OSTIARY_SOURCES_H
#include "generation.h"
/* What a base can be made of again: the one before, and the logs since. */
struct sources {
	struct generation logs[STATEPATHS_LOGS]; /* the first with NAME.prev */
	size_t n;
};

/* Checks all of it: checksums, and that each log goes on where the one before
 * ended. OST_NOTFOUND: there is no previous base. OST_STORE: they are not
 * whole. is_copy: of a folder that is one (copied.h). Ended by sources_close().
 */
OST_CHECK enum ost_err sources_open(
	const struct statepaths *paths, bool is_copy, struct sources *sources);
void sources_close(struct sources *sources);
#endif
