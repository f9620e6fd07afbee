#ifndef OSTIARY_TESTS_ASKED_H
#define OSTIARY_TESTS_ASKED_H
#include "asking.h"
/* What the tests of authorization requests share: an arena, and the scopes
 * that there are: read, write, trees:read, a and b. */
#define GOOD "response_type=code"

extern struct arena *asked_arena;
extern const struct scope_registry asked_registry;

int asked_open(void **state);
int asked_close(void **state);
struct form *asked_parse(const char *query);
/* What a confidential application asks for, which it may. */
struct asking asked_well(const char *query);
#endif
