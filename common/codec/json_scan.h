#ifndef OSTIARY_JSON_SCAN_H
#define OSTIARY_JSON_SCAN_H
#include "span.h"
/*
 * The strict half of json_parse(): whether text is what json.h accepts, but
 * for duplicate names. No memory is taken; the stack is bounded by the levels.
 */
#define JSON_LEVELS_MAX	     4
#define JSON_DATA_LEVELS_MAX 16

/* What a text holds. The tree made of it must hold as much: one value less
 * and a name was there twice; one byte less and memory ran out. */
struct json_census {
	size_t values; /* of any type, the root too */
	size_t bytes;  /* of all names and strings, unescaped */
};

/* OST_BADINPUT. */
OST_CHECK enum ost_err json_scan(struct span text, struct json_census *census);
/*
 * The other mode, of json_parse_data() alone: any number of RFC 8259 section 6
 * and JSON_DATA_LEVELS_MAX levels. OST_BADINPUT.
 */
OST_CHECK enum ost_err json_scan_data(
	struct span text, struct json_census *census);
/*
 * The length of the number that a text which passed begins with; 0: it begins
 * with none. *is_whole: without fraction and exponent.
 */
size_t json_number_length(struct span text, bool *is_whole);
#endif
