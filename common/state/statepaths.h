#ifndef OSTIARY_STATEPATHS_H
#define OSTIARY_STATEPATHS_H
#include "arena.h"
/* The present log, the one before, and the place of the next: so that making
 * that one does not cost the one before. */
#define STATEPATHS_LOGS 3

/* Where the files of one store are. */
struct statepaths {
	const char *folder;
	const char *ctl, *base, *prev;
	const char *logs[STATEPATHS_LOGS]; /* of epoch e: e % that many */
	const char *next_base, *next_log;  /* drafts: of who has CTL_FOLD */
	const char *damaged; /* a base that was replaced, to look at */
};

/* FOLDER/NAME and what is in it. The paths lie in the arena. OST_NOMEM. */
OST_CHECK enum ost_err statepaths_make(struct span folder, const char *name,
	struct arena *arena, struct statepaths *paths);
#endif
