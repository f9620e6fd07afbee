#ifndef OSTIARY_SPOOL_H
#define OSTIARY_SPOOL_H
#include "arena.h"
/*
 * Mail that waits for `ostiary mail send`, in mail/ of the state folder: the
 * programs may start no other program, and nobody may learn by time whether
 * there was anything to send. Every file has the same size and is made by the
 * same calls, whether it is for somebody or to be thrown away.
 *
 *	mail/new/     came since the last run: the sender leaves it empty, for
 *	              systemd starts it as long as it is not
 *	mail/wait/    could not be sent, and is tried again
 *	mail/failed/  was given up; the latest 100 are kept
 *	mail/lock     one sender at a time; mail/draft.* are being written
 *
 * A name is CREATED-NEXT-TRIES-RANDOM (milliseconds, when it is due, how often
 * it was tried); a file is one line "OSTMAIL1 SIZE ADDRESS" (no address: throw
 * it away), the message of SIZE bytes, then zeros.
 */
#define SPOOL_FILE_SIZE 8192
#define SPOOL_FILES_MAX 1000 /* in new/ and wait/ together: 8 MiB */
#define SPOOL_NAME_SIZE (13 + 1 + 13 + 1 + 2 + 1 + 8)
#define SPOOL_KEPT_MAX	100

enum spool_folder { SPOOL_NEW, SPOOL_WAIT, SPOOL_FAILED, SPOOL_FOLDERS };

struct spool {
	struct span state; /* the state folder; borrowed */
	bool is_shared;	   /* files 0660, folders 2770 */
	struct arena *arena;
};

struct spooled {
	enum spool_folder folder;
	char name[SPOOL_NAME_SIZE + 1];
	int64_t created_ms, next_ms;
	unsigned int tries;
};

struct spool_message {
	struct span address; /* absent: for nobody */
	struct span text;
};

/* Makes the folders that are missing; *was_made: some were. OST_STORE. */
OST_CHECK enum ost_err spool_make(const struct spool *spool, bool *was_made);
/* Adds a message, durably; makes missing folders. OST_TOOBIG, OST_BUSY (there
 * are too many, logged), OST_STORE. */
OST_CHECK enum ost_err spool_put(
	const struct spool *spool, const struct spool_message *message);
/* The files of one folder, the oldest first; what has another kind of name is
 * only counted. No folder: none. OST_STORE, OST_NOMEM. */
OST_CHECK enum ost_err spool_list(const struct spool *spool,
	enum spool_folder folder, struct spooled **files, size_t *n,
	size_t *strangers);
/* OST_NOTFOUND; OST_BADINPUT: it is no such file; OST_STORE. */
OST_CHECK enum ost_err spool_read(const struct spool *spool,
	const struct spooled *file, struct spool_message *message);
/* The message alone as a file without a name, to be read from its beginning:
 * whoever reads it gets all of it, also when we are killed. The caller closes
 * *fd. OST_STORE. */
OST_CHECK enum ost_err spool_open_text(
	const struct spool *spool, struct span text, int *fd);
OST_CHECK enum ost_err spool_remove(
	const struct spool *spool, const struct spooled *file);
/* One more try was in vain: to wait/ until next_ms. */
OST_CHECK enum ost_err spool_defer(
	const struct spool *spool, const struct spooled *file, int64_t next_ms);
/* To failed/, from where the oldest are removed. */
OST_CHECK enum ost_err spool_give_up(
	const struct spool *spool, const struct spooled *file);
/* The one who sends; ends with close(*fd) or the process. Removes drafts that
 * a killed process left. OST_BUSY: another one is at work. */
OST_CHECK enum ost_err spool_lock(const struct spool *spool, int *fd);
#endif
