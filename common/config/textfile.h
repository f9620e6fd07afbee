#ifndef OSTIARY_TEXTFILE_H
#define OSTIARY_TEXTFILE_H
#include "buf.h"
/*
 * A small text file that a person wrote, read line by line, with messages
 * that say where: what config and policy have in common.
 */
struct textfile {
	struct arena *arena; /* the caller's; holds the text */
	const char *path;    /* borrowed; as it stands in messages */
	struct span rest;
	unsigned int line;   /* the last line given out, from 1; 0: none yet */
	unsigned int errors; /* how many were reported */
	bool is_crlf_reported;
	void (*report)(void *arg, const char *line);
	void *arg;
	struct buf message;
};

/* For printf's "%.*s": as much of a value as a message shows. */
#define TEXTFILE_ARG(s) (int)((s).n > 60 ? 60 : (s).n), ((s).n ? (s).p : "")

/*
 * Reads the whole file into the arena. report may be NULL; arg goes with it.
 * OST_SYSTEM when it cannot be read, OST_BADINPUT when it has more than
 * size_max bytes, both reported; OST_NOMEM. A byte order mark is an error of
 * line 1 after which textfile_next() can go on: look at errors in the end.
 */
OST_CHECK enum ost_err textfile_open(struct textfile *file, struct arena *arena,
	const char *path, size_t size_max,
	void (*report)(void *arg, const char *line), void *arg);
/*
 * The next line, without its line feed and without blanks at both ends; false
 * at the end. A line with a control byte other than a tab is reported and
 * passed over; of lines that end in CR LF the first is reported.
 */
bool textfile_next(struct textfile *file, struct span *line);
/* Reports "path:line: message" (no line before the first) and counts it. */
__attribute__((format(printf, 2, 3))) void textfile_error(
	struct textfile *file, const char *format, ...);
/* Reports "path:line: warning: message", for the line of that number. */
__attribute__((format(printf, 3, 4))) void textfile_warning(
	struct textfile *file, unsigned int line, const char *format, ...);
#endif
