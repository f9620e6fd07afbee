#ifndef OSTIARY_LOGFILE_H
#define OSTIARY_LOGFILE_H
#include "basefile.h"
#include "birth.h"
/*
 * The file of one log: a header that names its epoch and the base that it
 * belongs to, then records. It gets its name only when the header is on disk.
 *
 * The bytes for records to come are written, as zeros, before they are needed:
 * appending then only overwrites, which neither finds a full disk nor needs
 * more than one write to disk; and a scan knows the end.
 */
#define LOGFILE_HEAD 64
/* Room is made in steps of this. A power of two. */
#define LOGFILE_STEP (UINT64_C(256) << 10)

struct logfile {
	int fd; /* -1: not open */
	struct fileid id;
	uint64_t epoch, salt;
	uint64_t room; /* bytes that are allocated and written */
	struct basesum base;
	/* Where the log before ended when this one took its place: all that it
	 * said from then on, this one says. */
	uint64_t prev_end;
	uint64_t birth; /* of the file; 0: made before there were any */
};

/* OST_NOTFOUND: there is none. OST_STORE: its header is damaged. Ended by
 * logfile_close(). */
OST_CHECK enum ost_err logfile_open(
	const char *path, bool may_write, struct logfile *log);
/* Whether the file still holds that log: nobody copied over it. */
bool logfile_is_same(const struct logfile *log);
void logfile_close(struct logfile *log);
/* A new log in the file `draft`, for base of epoch, with room for records up
 * to that offset; on disk, but for its name. */
OST_CHECK enum ost_err logfile_make(const char *draft, bool is_shared,
	uint64_t epoch, struct basesum base, uint64_t end, struct logfile *log);
/* Before it gets its name. Not synced. */
OST_CHECK enum ost_err logfile_set_prev_end(
	struct logfile *log, uint64_t prev_end);
/* Makes more room when it is needed. */
OST_CHECK enum ost_err logfile_write(
	struct logfile *log, struct span bytes, uint64_t offset);
/* After a write that failed there: what came of it is no record, or the next
 * writer would find it whole and count it though it was refused. As good as it
 * goes; logs nothing. */
void logfile_spoil(const struct logfile *log, uint64_t offset);
OST_CHECK enum ost_err logfile_read(
	const struct logfile *log, char *p, size_t n, uint64_t offset);
/* Whether no byte behind its head was ever written. */
bool logfile_is_empty(const struct logfile *log);
/* Writes zeros from offset to the end, unless they are there. */
OST_CHECK enum ost_err logfile_clear(struct logfile *log, uint64_t offset);
/* OST_STORE: what was written may be lost, whatever a second try says. */
OST_CHECK enum ost_err logfile_sync(const struct logfile *log);
#endif
