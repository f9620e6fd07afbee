#ifndef OSTIARY_JSON_SCAN_H
#define OSTIARY_JSON_SCAN_H
#include "span.h"
/*
 * The strict half of json_parse(): whether text is what json.h accepts, but
 * for duplicate names. No memory is taken; the stack is bounded by the levels.
 */
#define JSON_LEVELS_MAX 4

/* What a text holds. The tree made of it must hold as much: one value less
 * and a name was there twice; one byte less and memory ran out. */
struct json_census {
	size_t values; /* of any type, the root too */
	size_t bytes;  /* of all names and strings, unescaped */
};

/* OST_BADINPUT. */
OST_CHECK enum ost_err json_scan(struct span text, struct json_census *census);
#endif
