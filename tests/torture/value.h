#ifndef OSTIARY_TORTURE_VALUE_H
#define OSTIARY_TORTURE_VALUE_H
#include "span.h"

#define VALUE_MAX 1000

/* A version as a value: its number, and padding of a length that goes with it,
 * so that no other bytes are taken for it. *text holds the value. */
struct span value_of(char text[static VALUE_MAX], unsigned int version);
/* False: no such value. */
bool value_read(struct span value, unsigned int *version);
#endif
