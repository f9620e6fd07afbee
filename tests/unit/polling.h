#ifndef OSTIARY_TESTS_POLLING_H
#define OSTIARY_TESTS_POLLING_H
#include "device.h"
#include "issue.h"
#include "records.h"
/*
 * What the tests of the device grant share: one store in memory for all, with a
 * user and an application, and a clock that stands still at NOW_MS of
 * records.h.
 */
#define LIFE_MS INT64_C(600000) /* of a device code */

extern struct polling {
	struct arena *arena;
	struct store *store;
	struct config config;
	struct context context;
	struct app app;
	struct user user;
	struct issue got; /* by the last poll */
	bool was_told;	  /* the user, that it goes on without him */
} polling;

int polling_open(void **state);
int polling_close(void **state);
/* A device of that scope, and its code. */
struct span polling_device(const char *scope, struct device *device);
/* The user decides about the device of that code. */
enum ost_err polling_decide(struct span text, bool is_allowed);
/* OST_OK: there is an answer, which may be an error of OAuth. */
enum ost_err polling_as(const struct app *client, struct span text);
/* The same by polling.app, which must be OST_OK; the answer's error. */
enum oauth_error polled(struct span text);
#endif
