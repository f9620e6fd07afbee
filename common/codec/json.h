#ifndef OSTIARY_JSON_H
#define OSTIARY_JSON_H
#include "buf.h"
/*
 * Reading: JSON from outside passes a strict scanner of our own before json-c
 * sees it, for json-c 0.16 takes duplicate names, single quotes, NaN, raw
 * control characters and "\u0000" without a word. Accepted: one value of RFC
 * 8259, UTF-8, no duplicate names in an object, no \u0000, no lone surrogate
 * escape, numbers that are integers of at most 15 digits, at most 4 levels
 * of objects and arrays, at most size_max bytes, nothing around it but blanks.
 */
struct json; /* a read-only value; belongs to its root */

/* OST_BADINPUT, OST_TOOBIG, OST_NOMEM. *root is released by json_free(); it is
 * NULL for the text "null", which every function below takes. text is copied.
 */
OST_CHECK enum ost_err json_parse(
	struct span text, size_t size_max, struct json **root);
/*
 * The other mode, for data that is shown and decides nothing: any number of
 * RFC 8259, kept as text, and 16 levels; else as strict. json_each_value() and
 * json_get_value() read it, json_get_i64() does not.
 */
OST_CHECK enum ost_err json_parse_data(
	struct span text, size_t size_max, struct json **root);
void json_free(struct json *root); /* NULL is allowed */
bool json_is_object(const struct json *value);
bool json_is_array(const struct json *value);
/* Member of an object. The span stays valid until json_free(). OST_NOTFOUND
 * when it is absent or null, OST_BADINPUT when it is of another type or object
 * is none. */
OST_CHECK enum ost_err json_get_string(
	const struct json *object, const char *name, struct span *value);
OST_CHECK enum ost_err json_get_i64(
	const struct json *object, const char *name, int64_t *value);
OST_CHECK enum ost_err json_get_bool(
	const struct json *object, const char *name, bool *value);
/* Calls each(arg, text) for every string of the array of that name, in order,
 * until one fails; errors as above (OST_BADINPUT also at the first item that is
 * no string), and what each() returns when it is not OST_OK. */
OST_CHECK enum ost_err json_each_string(const struct json *object,
	const char *name, enum ost_err (*each)(void *arg, struct span text),
	void *arg);
/* Calls each() for every member of an object, in order, until one fails;
 * OST_BADINPUT at the first whose value is no string. */
OST_CHECK enum ost_err json_each_member(const struct json *object,
	enum ost_err (*each)(void *arg, struct span name, struct span text),
	void *arg);

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_TEXT,
	JSON_NESTED, /* an object or an array */
};
/* text: as it stands in the JSON ("1e400", "true"), a string without its
 * quotes; absent for JSON_NULL and JSON_NESTED. Valid until json_free(). */
struct json_value {
	enum json_kind kind;
	struct span text;
};
/* Calls each() for every member of an object of json_parse_data(), in order,
 * until one fails. OST_BADINPUT: it is no object. */
OST_CHECK enum ost_err json_each_value(const struct json *object,
	enum ost_err (*each)(
		void *arg, struct span name, const struct json_value *value),
	void *arg);
/* One of them; name ends in a NUL. OST_NOTFOUND: it is not there. */
OST_CHECK enum ost_err json_get_value(
	const struct json *object, const char *name, struct json_value *value);

/* Calls each() for every item of an array, in order, until one fails; an item
 * is NULL for null. OST_BADINPUT: it is no array. */
OST_CHECK enum ost_err json_each_item(const struct json *array,
	enum ost_err (*each)(void *arg, const struct json *item), void *arg);

/*
 * Writing, into a buf (whose failure is latched there):
 *	json_begin(&w, buf); json_open(&w, NULL, '{');
 *	json_string(&w, "name", s); json_close(&w);
 * name is NULL at the root and inside an array. Commas are put by the writer.
 * At most 8 levels; more, or a json_close() too many, fails the buf.
 */
struct json_writer {
	struct buf *buf;
	unsigned int depth;
	bool has_item[8];
	char closer[8];
};

void json_begin(struct json_writer *w, struct buf *buf);
/* kind: '{' or '[' */
void json_open(struct json_writer *w, const char *name, char kind);
void json_close(struct json_writer *w);
/* An absent span is written as null. Broken UTF-8 becomes U+FFFD; U+2028,
 * U+2029, < and > are escaped, so that the text is safe in a script too. */
void json_string(struct json_writer *w, const char *name, struct span value);
void json_i64(struct json_writer *w, const char *name, int64_t value);
void json_bool(struct json_writer *w, const char *name, bool value);
#endif
