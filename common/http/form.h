#ifndef OSTIARY_FORM_H
#define OSTIARY_FORM_H
#include "arena.h"
/* application/x-www-form-urlencoded: a query string or a body. */
struct form;

/*
 * Fields are separated by '&' only, decoded once, names and values UTF-8.
 * An empty text gives a form without fields. OST_BADINPUT: broken percent
 * escape, NUL, broken UTF-8; OST_TOOBIG: more than 100 fields; OST_NOMEM.
 */
OST_CHECK enum ost_err form_parse(
	struct arena *arena, struct span text, struct form **form);
/*
 * The one value of that name (compared decoded, case matters). OST_NOTFOUND
 * when it is absent or empty (RFC 6749 section 3.1), OST_BADINPUT when the
 * name stands there more than once.
 */
OST_CHECK enum ost_err form_get(
	const struct form *form, const char *name, struct span *value);
/* Whether the name is there at all, with or without value. */
bool form_has(const struct form *form, const char *name);
/* Whether any name stands there more than once. */
bool form_has_duplicate(const struct form *form);
/* The i-th field, in order; false past the end. */
bool form_field(const struct form *form, size_t i, struct span *name,
	struct span *value);
#endif
