#ifndef OSTIARY_OUTPUT_H
#define OSTIARY_OUTPUT_H
#include "json.h"
#include "report.h"
/*
 * What goes to standard output: gathered in memory and written at the end, so
 * that a command that fails prints nothing. The same fields make a JSON object
 * for programs, and lines or a table for people.
 */
struct output {
	struct buf text;
	struct json_writer json; /* into text */
	bool is_json;
	/* What is lost when it cannot be written: the sentence for that case,
	 * a literal; NULL: nothing. */
	const char *regret;
};

enum field_kind {
	FIELD_TEXT,  /* absent: null, "-" */
	FIELD_WORDS, /* parted by one blank: an array of strings */
	FIELD_TIME,  /* ms; in JSON Unix seconds, 0 is null, "never" */
	FIELD_COUNT,
	FIELD_BOOL,
};

struct field {
	const char *name;    /* of the JSON member; NULL: not in JSON */
	const char *heading; /* of the line or column; NULL: only in JSON */
	bool is_detail;	     /* has a line, but no column */
	enum field_kind kind;
	struct span text;
	int64_t number;
};

void output_init(struct output *out, struct arena *arena, bool is_json);
/* A sentence for people; nothing with --json. */
__attribute__((format(printf, 2, 3))) void output_say(
	struct output *out, const char *format, ...);
/* The members of a JSON object that the caller opens and closes; for people
 * one line a field. */
void output_fields(struct output *out, const struct field *fields, size_t n);
/* A whole JSON object; for people the same as above. */
void output_object(struct output *out, const struct field *fields, size_t n);
/* rows * columns fields, row by row: a JSON array of objects (name is its
 * member's name, or NULL), or a table; "no THINGS" when it is empty. */
void output_table(struct output *out, const char *name, const char *things,
	const struct field *fields, size_t rows, size_t columns);
/* Writes what is there. OST_SYSTEM with errno, OST_NOMEM. */
OST_CHECK enum ost_err output_flush(struct output *out);
/* Writes what is left and closes standard output: the status to end with,
 * after a failure was reported. */
enum exit_status output_finish(struct output *out);
#endif
