/* Making an RSA key takes a fifth of a second, and each test of the keyring
 * makes several: in this binary the same few are handed out in turn. Linked
 * with --wrap=pkey_generate. */
#include "keypool.h"

#include <stdlib.h>

#define POOL 2

enum ost_err
__wrap_pkey_generate(enum pkey_type type, struct pkey **key)
{
	static struct arena *arena;
	static struct span pool[2][POOL];
	static size_t turn[2];
	struct span *der = &pool[type][turn[type]++ % POOL];
	struct pkey *made;
	enum ost_err err;

	if (arena == NULL)
		arena = arena_new((size_t)8 * PKEY_ENCODED_MAX);
	if (arena == NULL)
		return OST_NOMEM;
	if (!span_is_absent(*der))
		return pkey_decode(type, *der, key);
	err = __real_pkey_generate(type, &made);
	if (err != OST_OK)
		return err;
	err = pkey_encode(made, arena, der);
	if (err == OST_OK)
		*key = made;
	return err;
}
