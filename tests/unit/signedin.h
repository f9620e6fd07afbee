#ifndef OSTIARY_TESTS_SIGNEDIN_H
#define OSTIARY_TESTS_SIGNEDIN_H
#include "records.h"
#include "session.h"
/* What the tests of sessions share: a user who signs in. */
#define LIFETIME_MS (12 * HOUR_MS)
#define IDLE_MS	    HOUR_MS

extern struct signedin {
	struct arena *arena;
	struct store *store;
	struct session_origin origin; /* of the sessions that begin */
} signedin;
extern const struct user signedin_user;

int signedin_open(void **state);
int signedin_close(void **state);
/* Begins one of the user's: its cookie. */
struct span signedin_new(void);
/* What looking for it says; it counts as a use. */
enum ost_err signedin_look(struct span cookie);
/* It is there. */
struct session signedin_found(struct span cookie);
#endif
