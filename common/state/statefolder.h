#ifndef OSTIARY_STATEFOLDER_H
#define OSTIARY_STATEFOLDER_H
#include "err.h"
/* Checks that path is a folder on a local disk: flock(2) and mmap(2) do not
 * hold between the machines that share a network file system. (What lies below
 * FUSE cannot be known.) A failure is logged and OST_STORE. */
OST_CHECK enum ost_err statefolder_check(const char *path);
#endif
