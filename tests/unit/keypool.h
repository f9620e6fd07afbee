#ifndef OSTIARY_TESTS_KEYPOOL_H
#define OSTIARY_TESTS_KEYPOOL_H
#include "pkey.h"
/* What pkey_generate() is in the unit tests: two keys of each type, in turn. */
enum ost_err __wrap_pkey_generate(enum pkey_type type, struct pkey **key);
/* What it is elsewhere. */
enum ost_err __real_pkey_generate(enum pkey_type type, struct pkey **key);
#endif
