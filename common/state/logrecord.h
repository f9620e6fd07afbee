#ifndef OSTIARY_LOGRECORD_H
#define OSTIARY_LOGRECORD_H
#include "arena.h"
#include "envelope.h"
/*
 * One record of a store's log: the changes of one batch, which happen all or
 * not at all because they share its checksums. These cover the place it was
 * written to too, so that no bytes of another log, of another place or of a
 * value's writer are ever taken for a record. The bytes are in doc/STATE.md.
 */
#define LOGRECORD_HEAD	    24
#define LOGRECORD_ITEM_HEAD 8
#define LOGRECORD_ITEMS_MAX 16
#define LOGRECORD_KEY_MAX   512
#define LOGRECORD_SIZE_MAX                                                     \
	(LOGRECORD_HEAD + 8 +                                                  \
		LOGRECORD_ITEMS_MAX *                                          \
			(size_t)(LOGRECORD_ITEM_HEAD + LOGRECORD_KEY_MAX +     \
				 ENVELOPE_SIZE_MAX))

struct logplace {
	uint64_t salt;	 /* random, of the log */
	uint64_t offset; /* in the file */
};

struct logitem {
	struct span key;
	struct span sealed; /* the envelope; absent: the key is deleted */
};

struct logrecord {
	struct span items; /* for logrecord_next() */
	size_t size;	   /* bytes with head and padding: a multiple of 8 */
	/* How far the log was known to be on disk when this was written. */
	uint64_t durable;
	uint32_t body_crc;
};

/* n is 1 to 16. *bytes lies in the arena. OST_NOMEM. */
OST_CHECK enum ost_err logrecord_make(const struct logitem *items, size_t n,
	struct logplace place, uint64_t durable, struct arena *arena,
	struct span *bytes);
/* The size that a head names; 0: it is none. */
size_t logrecord_size(const char head[static LOGRECORD_HEAD]);
/* The record that bytes begin with. OST_STORE: none that belongs there. Does
 * not look at the values, which have checksums of their own. */
OST_CHECK enum ost_err logrecord_open(
	struct span bytes, struct logplace place, struct logrecord *record);
/* Whether the values are those that were written. */
bool logrecord_is_whole(const struct logrecord *record);
/* Steps through record->items (work on a copy); false at the end. The spans
 * point into the bytes that were opened. */
bool logrecord_next(struct span *items, struct logitem *item);
/* Makes the record at p, which was opened, one of another place. */
void logrecord_move(char *p, const struct logrecord *record,
	struct logplace place, uint64_t durable);
#endif
