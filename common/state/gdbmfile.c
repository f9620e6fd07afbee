#include "gdbmfile.h"
#include "log.h"

#include <gdbm.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
/*
 * GDBM's fatal_func must be NULL: with one, GDBM calls exit() after it; without
 * one it returns an error. NOMMAP: opening costs a third, and an I/O error is
 * an error instead of SIGBUS. gdbm_close() syncs a file that was written, and
 * reports it.
 */
#define OPEN_FLAGS (GDBM_NOLOCK | GDBM_NOMMAP | GDBM_CLOEXEC)
#define RECORD_MIN 24 /* bytes of the file that a record takes at least */

struct gdbmfile {
	GDBM_FILE db;
	const char *path;
};

/* GDBM takes as char * what it only reads. */
static datum
datum_of(struct span s)
{
	return (datum){ (char *)(uintptr_t)s.p, (int)s.n };
}

static struct span
span_of_datum(datum d)
{
	return (struct span){ d.dptr, (size_t)d.dsize };
}

/* What the last GDBM call, which failed, comes to. */
static enum ost_err
failure(const char *path)
{
	if (gdbm_errno == GDBM_ITEM_NOT_FOUND)
		return OST_NOTFOUND;
	if (gdbm_errno == GDBM_MALLOC_ERROR)
		return OST_NOMEM;
	log_message("error", "%s: %s", path, gdbm_strerror(gdbm_errno));
	return OST_STORE;
}

enum ost_err
gdbmfile_open(int fd, const char *path, enum gdbmfile_mode mode,
	struct gdbmfile **file)
{
	static const int modes[] = {
		[GDBMFILE_READ] = GDBM_READER,
		[GDBMFILE_MODIFY] = GDBM_WRITER,
		[GDBMFILE_NEW] = GDBM_NEWDB,
	};
	struct gdbmfile *opened = calloc(1, sizeof(*opened));
	enum ost_err err;

	if (opened == NULL) {
		close(fd);
		return OST_NOMEM;
	}
	opened->path = path;
	opened->db = gdbm_fd_open(
		fd, path, 0, modes[mode] | OPEN_FLAGS | GDBM_CLOERROR, NULL);
	if (opened->db == NULL) {
		err = failure(path);
		free(opened);
		return err;
	}
	*file = opened;
	return OST_OK;
}

enum ost_err
gdbmfile_close(struct gdbmfile *file)
{
	enum ost_err err = OST_OK;

	if (file == NULL)
		return OST_OK;
	if (gdbm_close(file->db) != 0)
		err = failure(file->path);
	free(file);
	return err;
}

int
gdbmfile_fd(const struct gdbmfile *file)
{
	return gdbm_fdesc(file->db);
}

enum ost_err
gdbmfile_size(const struct gdbmfile *file, int64_t *size)
{
	struct stat found;

	if (fstat(gdbm_fdesc(file->db), &found) != 0)
		return OST_STORE;
	*size = found.st_size;
	return OST_OK;
}

enum ost_err
gdbmfile_get(struct gdbmfile *file, struct span key, struct arena *arena,
	struct span *bytes)
{
	datum found = gdbm_fetch(file->db, datum_of(key));
	enum ost_err err;

	if (found.dptr == NULL)
		return failure(file->path);
	err = arena_copy(arena, span_of_datum(found), bytes);
	free(found.dptr);
	return err;
}

enum ost_err
gdbmfile_put(struct gdbmfile *file, struct span key, struct span bytes)
{
	if (gdbm_store(file->db, datum_of(key), datum_of(bytes),
		    GDBM_REPLACE) != 0)
		return failure(file->path);
	return OST_OK;
}

enum ost_err
gdbmfile_delete(struct gdbmfile *file, struct span key)
{
	enum ost_err err = OST_OK;

	if (gdbm_delete(file->db, datum_of(key)) != 0)
		err = failure(file->path);
	return err == OST_NOTFOUND ? OST_OK : err;
}

enum ost_err
gdbmfile_walk(struct gdbmfile *file,
	enum ost_err (*visit)(void *arg, struct span key, struct span bytes),
	void *arg)
{
	datum key = gdbm_firstkey(file->db);
	enum ost_err err = OST_OK;
	int64_t left = 0;

	if (gdbmfile_size(file, &left) != OST_OK)
		err = OST_STORE;
	/* Damage may lead round in circles: no more than fit in the file. */
	left /= RECORD_MIN;
	while (key.dptr != NULL && err == OST_OK) {
		datum record = gdbm_fetch(file->db, key), next = { NULL, 0 };

		if (record.dptr == NULL || left-- == 0) {
			log_message("error", "%s: damaged", file->path);
			err = OST_STORE;
		} else {
			err = visit(
				arg, span_of_datum(key), span_of_datum(record));
		}
		if (err == OST_OK)
			next = gdbm_nextkey(file->db, key);
		free(record.dptr);
		free(key.dptr);
		key = next;
	}
	if (err == OST_OK && gdbm_errno != GDBM_ITEM_NOT_FOUND)
		err = failure(file->path);
	return err;
}
