#ifndef OSTIARY_STORECHECK_H
#define OSTIARY_STORECHECK_H
#include "store.h"
/* store_check() of a store in files: folder PATH/NAME. */
OST_CHECK enum ost_err storecheck(struct span path, const char *name,
	const struct store_checker *checker, struct store_size *size);
#endif
