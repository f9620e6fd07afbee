#ifndef OSTIARY_RECORD_H
#define OSTIARY_RECORD_H
#include "buf.h"
/*
 * How typed records are spelled in a store: one "name=value" line per field,
 * the first one "v=1"; in values, % and control bytes stand as %XX. Fields of
 * a name that the reader does not know are ignored.
 */
struct record;

/* Begins a record in an empty buf. */
void record_begin(struct buf *buf);
/* An absent value adds nothing. */
void record_add(struct buf *buf, const char *name, struct span value);
void record_add_i64(struct buf *buf, const char *name, int64_t value);

/* Decodes a copy of bytes in the arena. OST_STORE (logged): no record of
 * version 1, that is damage; OST_NOMEM. */
OST_CHECK enum ost_err record_parse(
	struct arena *arena, struct span bytes, struct record **record);
/* The first field of that name; the absent span when there is none. */
struct span record_get(const struct record *record, const char *name);
/* 0 when absent. What is no number of 0 or more is damage and reads as -1: a
 * time long past, a flag that is set, so that nothing opens by it. */
int64_t record_get_i64(const struct record *record, const char *name);
/* The i-th field; false past the end. */
bool record_field(const struct record *record, size_t i, struct span *name,
	struct span *value);
/* Whether a field of these bytes is spelled name=value: to pick some of many
 * without decoding them all. value holds nothing that is escaped, as an id. */
bool record_says(struct span bytes, const char *name, struct span value);
/* Whether there is such a field, whatever it says. */
bool record_has(struct span bytes, const char *name);
/* "prefix" + id as a key of a store, in the arena. OST_NOMEM. */
OST_CHECK enum ost_err record_key(struct arena *arena, const char *prefix,
	struct span id, struct span *key);
/* A new id: letter followed by 15 random alphanumerics (89 bits). The letters
 * differ for users, apps, keys and grants, so that none can be taken for
 * another (RFC 9700 section 4.15). */
OST_CHECK enum ost_err record_new_id(
	struct arena *arena, char letter, struct span *id);
#endif
