#ifndef OSTIARY_STORE_FIXTURE_H
#define OSTIARY_STORE_FIXTURE_H
#include "store.h"
/* What the tests of stores share: a store in a folder of its own. */
struct store_fixture {
	const struct store_backend *backend; /* set before the group runs */
	char *folder;			     /* grants/ and accounts/ in it */
	struct arena *arena;
	struct store *store; /* grants */
};

extern struct store_fixture fixture;

#define FIXTURE_NOW  INT64_C(1700000000000) /* the clock stands still at it */
#define FIXTURE_PATH 128

/* For cmocka, before and after each test. The log goes nowhere. */
int fixture_setup(void **state);
int fixture_teardown(void **state);
/* Closes fixture.store and opens it anew; false when it could not. Children
 * begin with it, so that no two processes share a handle. */
bool fixture_reopen(unsigned int flags);
/* The path of a file of the store, by its suffix. */
const char *fixture_path(char path[static FIXTURE_PATH], const char *suffix);
/* prefix and i as one word. */
struct span fixture_word(char text[static 16], const char *prefix, int i);
/* Puts k0 to k(n-1) with value0 to value(n-1). */
void fixture_fill(int n);
enum ost_err fixture_get(struct span key, struct span *value);
enum ost_err fixture_put(
	struct span key, struct span value, enum store_expect expect);
#endif
