#ifndef OSTIARY_STORELOOK_H
#define OSTIARY_STORELOOK_H
#include "ctl.h"
#include "generation.h"
#include "store.h"
/*
 * The files of a store as they are, sound or not, without a lock and without
 * changing anything.
 */
struct look {
	struct statepaths paths; /* set by the caller; the rest is zeros */
	struct ctl ctl;		 /* its page is NULL when there is none */
	struct generation now;
	bool has_cut_page;
	bool is_named;		/* the page says how far the log goes */
	bool is_copy;		/* copied.h */
	bool is_unlogged;	/* and its base lacks its log */
	size_t from;		/* where what is read of the log begins */
	enum store_spare spare; /* of a store that is sound */
	char fault[256];	/* why it is not sound */
};

/* Damage has to be found again and again, too: a fold, or who puts files back,
 * may have made it look so. OST_OK with a fault: of that generation is open
 * what could be opened. Ended by storelook_close(). */
OST_CHECK enum ost_err storelook(struct look *look);
void storelook_close(struct look *look);
#endif
