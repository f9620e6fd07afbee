#ifndef OSTIARY_TALLYFILE_H
#define OSTIARY_TALLYFILE_H
#include "span.h"
#include <limits.h>
#include <stdatomic.h>
/*
 * The file rates/tally of the state folder: what answers were given, and the
 * last refusals. All processes map it. It is not durable: one that is damaged,
 * or has a wrong size, is made anew. In the order of bytes of its machine.
 */
#define TALLYFILE_NAMES	   128
#define TALLYFILE_OTHER	   0  /* the name of those that found no place */
#define TALLYFILE_WORD	   56 /* bytes of a name, a NUL among them */
#define TALLYFILE_MINUTES  1440
#define TALLYFILE_REFUSALS 1024
#define TALLYFILE_ENTRY	   320 /* bytes of a refusal */

/* Taken by who writes its tag first; then, as often as anybody likes, the word
 * is written, for it is the only one of that tag. */
struct tally_name {
	_Atomic uint64_t tag; /* tallyfile_tag(); 0: free */
	_Atomic uint64_t word[TALLYFILE_WORD / 8];
};

struct tally_entry {
	_Atomic uint64_t words[TALLYFILE_ENTRY / 8];
};

struct tally_map {
	char head[64];
	_Atomic uint64_t refusals; /* how many there have been */
	char reserved[4096 - 72];
	struct tally_name names[TALLYFILE_NAMES];
	struct tally_entry entries[TALLYFILE_REFUSALS]; /* n-th: n % that */
	/* By name; no, yes; minute since 1970 % MINUTES: that minute << 32 |
	 * count. */
	_Atomic uint64_t slots[TALLYFILE_NAMES][2][TALLYFILE_MINUTES];
};

struct tallyfile {
	struct tally_map *map; /* NULL: not open */
	int fd;
	bool may_write, is_shared;
	char path[PATH_MAX];
};

/*
 * state_path: the state folder; rates/ in it must exist. may_write: makes the
 * file when it is missing or damaged (a warning in the log); else OST_NOTFOUND,
 * and nothing is changed. is_shared: 0660 instead of 0600. OST_STORE. Ended by
 * tallyfile_close(), also when it failed.
 */
OST_CHECK enum ost_err tallyfile_open(struct span state_path, bool may_write,
	bool is_shared, struct tallyfile *file);
/* Before each use: whether it is still whole and the one of that name; if not,
 * it is opened again. To touch a map whose file was cut off is SIGBUS. */
OST_CHECK enum ost_err tallyfile_refresh(struct tallyfile *file);
void tallyfile_close(struct tallyfile *file);
/* Of a name's word, without its NUL; never 0. */
uint64_t tallyfile_tag(struct span word);
/* Reports, in rates/ of the state folder, that the file cannot be used. Changes
 * nothing; one that is missing is made by who needs it. */
void tallyfile_check(struct span state_path,
	void (*report)(void *arg, const char *file, const char *message),
	void *arg);
/* Makes it anew; programs that run take it at once. OST_STORE. */
OST_CHECK enum ost_err tallyfile_repair(struct span state_path, bool is_shared);
#endif
