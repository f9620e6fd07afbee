#ifndef OSTIARY_GDBMFILE_H
#define OSTIARY_GDBMFILE_H
#include "arena.h"
/*
 * One GDBM file with our types and errors, for one process: no locks. Whatever
 * GDBM says but "not there" is logged and OST_STORE (or OST_NOMEM).
 */
struct gdbmfile;

enum gdbmfile_mode {
	GDBMFILE_READ,
	GDBMFILE_MODIFY,
	GDBMFILE_NEW, /* of an empty file */
};

/* Takes fd over, also when it fails. path (for messages) is kept, not copied.
 * The caller ends it with gdbmfile_close(). */
OST_CHECK enum ost_err gdbmfile_open(int fd, const char *path,
	enum gdbmfile_mode mode, struct gdbmfile **file);
/* What was written is durable when it says OST_OK. NULL is allowed. */
enum ost_err gdbmfile_close(struct gdbmfile *file);
/* The file's descriptor, its own still, and its size now. */
int gdbmfile_fd(const struct gdbmfile *file);
OST_CHECK enum ost_err gdbmfile_size(
	const struct gdbmfile *file, int64_t *size);
/* *bytes lies in the arena. OST_NOTFOUND. After OST_STORE the file is of no
 * more use than to be closed. */
OST_CHECK enum ost_err gdbmfile_get(struct gdbmfile *file, struct span key,
	struct arena *arena, struct span *bytes);
OST_CHECK enum ost_err gdbmfile_put(
	struct gdbmfile *file, struct span key, struct span bytes);
/* It need not be there. */
OST_CHECK enum ost_err gdbmfile_delete(struct gdbmfile *file, struct span key);
/* Calls visit() for each record, in no order; ends early with what it returns
 * when that is not OST_OK. */
OST_CHECK enum ost_err gdbmfile_walk(struct gdbmfile *file,
	enum ost_err (*visit)(void *arg, struct span key, struct span bytes),
	void *arg);
#endif
