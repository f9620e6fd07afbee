#ifndef OSTIARY_TALLYENTRY_H
#define OSTIARY_TALLYENTRY_H
#include "tally.h"
#include "tallyfile.h"
/*
 * A refusal in the ring of rates/tally. Nobody locks it: one that is read while
 * somebody writes it, or that two have written at once, does not have the
 * checksum that stands in it.
 */

/* Texts are cut to their sizes, and what is neither valid UTF-8 nor printable
 * becomes '?'. number: from 1. */
void tallyentry_write(struct tally_entry *entry, uint64_t number,
	const struct tally_refusal *refusal);
/* The texts are copied to the arena. OST_NOTFOUND: it is not, or not yet, the
 * one of that number. OST_NOMEM. */
OST_CHECK enum ost_err tallyentry_read(const struct tally_entry *entry,
	uint64_t number, struct arena *arena, struct tally_refusal *refusal);
#endif
