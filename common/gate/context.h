#ifndef OSTIARY_CONTEXT_H
#define OSTIARY_CONTEXT_H
#include "config.h"
#include "keyring.h"
#include "messages.h"
#include "policy.h"
#include "rate.h"
#include "store.h"
#include "tally.h"
/*
 * What one program or the command works with: the configuration and the
 * stores behind it. Opened once, refreshed at each request, borrowed by
 * everything else.
 */
struct verified;

struct context {
	const struct config *config;
	const struct policy *policy;	 /* NULL unless asked for */
	const struct messages *messages; /* NULL: those compiled in */
	struct store *accounts, *grants, *activity, *keys;
	struct rate *rate;
	struct tally *tally;	   /* NULL: the command, or it cannot be kept */
	struct keyring *ring;	   /* loaded, unless CONTEXT_NO_RING */
	struct verified *verified; /* FastCGI only, else NULL; not ours */
	bool is_shared; /* state files belong to a group: modes 0660, 2770 */
	struct context_files *files; /* for context_refresh() */
};

enum context_flags {
	CONTEXT_POLICY = 1 << 0,  /* keep the policy table loaded */
	CONTEXT_NO_RING = 1 << 1, /* do not insist on a keyring */
	CONTEXT_PAGES = 1 << 2,	  /* keep the texts of the pages loaded */
	/* As CONTEXT_POLICY, but a table that is not good is no error: until it
	 * is, policy is NULL. Only for what decides nothing by it. */
	CONTEXT_POLICY_IF_GOOD = 1 << 3,
};

/*
 * Reads the configuration at path and opens what it names: first the log, for
 * program (a literal; NULL: the log stays where it is), so that what cannot be
 * opened then is told there. Errors are reported through log_message():
 * OST_BADINPUT (a broken file), OST_SYSTEM, OST_STORE, OST_NOTFOUND (no
 * keyring: not initialised). Ended by context_close(), which leaves the log.
 */
OST_CHECK enum ost_err context_open(const char *path, const char *program,
	unsigned int flags, struct arena *scratch, struct context *context);
/*
 * Takes changed files in: a changed configuration or policy replaces the one
 * in force, a broken one is reported once and the last good one stays; so do
 * changed texts. The
 * keyring is read anew. Without a change it costs two stat(2) and one read of
 * the store.
 */
OST_CHECK enum ost_err context_refresh(
	struct context *context, struct arena *scratch);
/* Lets the stores do what they put off. */
void context_settle(struct context *context, enum store_leisure leisure);
void context_close(struct context *context);
#endif
