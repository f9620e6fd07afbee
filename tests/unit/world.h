#ifndef OSTIARY_TESTS_WORLD_H
#define OSTIARY_TESTS_WORLD_H
#include "issue.h"
/*
 * What the tests of the grant types share: a context on stores in memory with
 * a user, an application and a keyring, a clock that stands still at NOW_MS of
 * records.h, and a grants store that fails or is disturbed when told to.
 */
extern struct world {
	struct arena *arena;
	struct config
		config; /* hours: access 1, idle 24, refresh 72; grace 30 s
			 */
	struct context context;
	struct user user;
	struct app app;
	int batches;	      /* of the grants store so far */
	int fail_at;	      /* the batch, from 1, that fails; 0: none */
	bool is_written;      /* it is written nevertheless */
	void (*before)(void); /* once, before the next batch */
} world;

int world_open(void **state);
int world_close(void **state);
/* The app's or user's record is changed or read anew. */
void world_save_app(void);
void world_save_user(void);
/* What a grant type makes of these parameters, for world.app. */
enum ost_err world_ask(
	issue_grant *grant, const char *form, struct issue *issue);
/* It denies, with that word and that sentence. */
void assert_denies(issue_grant *grant, const char *form, enum oauth_error error,
	const char *why);
/* "a" and b as one string that lives until world_close(). */
const char *world_joined(const char *a, struct span b);
#endif
