#ifndef OSTIARY_CHECK_H
#define OSTIARY_CHECK_H
#include "collect.h"
#include "dump.h"
/* What `ostiary check` has seen of the state, and what is wrong with it. */

/* The stores of a dump, and these. */
enum {
	CHECK_KEYRING = DUMP_STORES,
	CHECK_STORES,
	CHECK_RATES = CHECK_STORES,
	CHECK_MAIL
};
const char *check_store_name(unsigned int store);

struct problem {
	unsigned int store;
	struct span key; /* absent: of the store */
	bool is_error;	 /* or a warning */
	bool is_repaired;
	struct span message;
	struct problem *next;
};

struct check {
	struct admin *admin;
	struct arena *arena;
	struct {
		struct store_size size;
		struct collection found;
		bool is_sound; /* all of it could be read */
	} stores[CHECK_STORES];
	bool is_repairing;
	bool is_silent;		/* a second look: what it finds was said */
	bool has_failed;	/* no memory for a problem */
	struct store *accounts; /* for repairs; NULL: not yet open */
	struct problem *first, **last;
};

/* Adds a problem; the key must live in the arena. Never give it a value. */
__attribute__((format(printf, 5, 6))) struct problem *check_add(
	struct check *check, unsigned int store, bool is_error, struct span key,
	const char *format, ...);
/* Adds to what it says. problem may be NULL, of a failed check_add(). */
void problem_note(struct check *check, struct problem *problem,
	bool is_repaired, const char *what);

/* Looks at a store's files. OST_STORE: it could not. */
OST_CHECK enum ost_err check_files(struct check *check, unsigned int store);
/* Of a store that is not sound: lets it make itself anew. */
OST_CHECK enum ost_err check_mend(struct check *check, unsigned int store);
/* What the records must look like, and what they expect of each other. */
OST_CHECK enum ost_err check_records(struct check *check);
/* The record of that key; NULL: it is not there, or *err says why not. */
const struct collected *check_find(const struct check *check,
	unsigned int store, const char *prefix, struct span id,
	enum ost_err *err);
/* That what a record names is there and belongs to it. */
OST_CHECK enum ost_err check_owners(struct check *check, unsigned int store,
	const struct collected *record);
/* Looks at the mails that wait. OST_STORE: it could not; OST_NOMEM. */
OST_CHECK enum ost_err check_mail(struct check *check);
/* Opens a store as the programs do. */
OST_CHECK enum ost_err check_open(
	struct check *check, unsigned int store, struct store **opened);
#endif
