#include "store_gdbm.h"
#include "basefile.h"
#include "clock.h"
#include "envelope.h"
#include "gdbmfile.h"
#include "log.h"
#include "statefile.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/*
 * A GDBM file that is in use is never modified, because GDBM promises nothing
 * about a process killed in the middle or a reader beside a writer.
 *
 * A writer takes the lock, looks at the base, makes NAME.new of it with all
 * items applied, syncs that, renames it to the base and syncs the folder. The
 * rename is the one moment of change:
 * - Killed before it, the base is as it was, and a stale NAME.new is replaced
 *   by the next writer. Killed after it, the base is the new one, whole.
 * - What the expectations were compared with is the base until the rename, for
 *   nobody else may rename.
 * - An error before the rename leaves the base. An error after it (the
 *   folder's sync) is OST_STORE: the change is visible but not promised.
 *
 * A reader takes no lock: it keeps the base open and, before each use, looks
 * whether it still is the base.
 *
 * Values are in envelopes: damage to one is OST_STORE. Damage that makes GDBM
 * itself miss a key is not seen.
 *
 * A base is made anew, without free space and expired records, when it has
 * grown to twice what it was after the last time (the record META_KEY, which
 * no caller can name). That bounds both, and spread over the writes between
 * costs no more than they added.
 *
 * The new base is synced when it is closed, also with STORE_FAST (GDBM leaves
 * no choice), which so saves only the folder's sync.
 */
#define GROWTH_MIN  65536
#define PATHS_MAX   65536
#define SCRATCH_MAX ((size_t)3 * ENVELOPE_SIZE_MAX)
#define META_KEY    SPAN("\001size")

struct gdbm_handle {
	struct arena *paths, *scratch;
	struct basefile base;
	bool is_fast;
	struct gdbmfile *view; /* the base; NULL: none, the store is empty */
	struct stat view_file;
};

static void
view_close(struct gdbm_handle *handle)
{
	/* A file that was only read has nothing to lose. */
	(void)gdbmfile_close(handle->view);
	handle->view = NULL;
}

static enum ost_err
view_refresh(struct gdbm_handle *handle)
{
	enum ost_err err;
	int fd;

	if (handle->view != NULL &&
		basefile_is_current(&handle->base, &handle->view_file))
		return OST_OK;
	view_close(handle);
	err = basefile_open(&handle->base, &fd, &handle->view_file);
	if (err != OST_OK || fd < 0)
		return err;
	return gdbmfile_open(
		fd, handle->base.path.p, GDBMFILE_READ, &handle->view);
}

/* Opens the envelope; OST_NOTFOUND when its time is over. */
static enum ost_err
record_open(const struct gdbm_handle *handle, struct span key,
	struct span sealed, struct arena *arena, struct span *value,
	int64_t *expires_ms)
{
	enum ost_err err = envelope_open(key, sealed, arena, value, expires_ms);

	if (err == OST_STORE)
		log_message("error", "%.*s: record %.*s is damaged",
			SPAN_ARG(handle->base.path), SPAN_ARG(key));
	if (err == OST_OK && *expires_ms != 0 && *expires_ms <= clock_wall_ms())
		return OST_NOTFOUND;
	return err;
}

/* From the view as it is. Empties the scratch arena first, which may also be
 * the arena of the value. */
static enum ost_err
view_get(struct gdbm_handle *handle, struct span key, struct arena *arena,
	struct span *value)
{
	struct span sealed, found;
	int64_t expires_ms;
	enum ost_err err;

	if (handle->view == NULL)
		return OST_NOTFOUND;
	arena_reset(handle->scratch);
	err = gdbmfile_get(handle->view, key, handle->scratch, &sealed);
	if (err != OST_OK) {
		if (err != OST_NOTFOUND)
			view_close(handle);
		return err;
	}
	err = record_open(handle, key, sealed, arena, &found, &expires_ms);
	if (err == OST_OK)
		*value = found;
	return err;
}

static enum ost_err
handle_get(void *arg, struct span key, struct arena *arena, struct span *value)
{
	struct gdbm_handle *handle = arg;
	enum ost_err err = view_refresh(handle);

	if (err == OST_OK)
		err = view_get(handle, key, arena, value);
	arena_reset(handle->scratch);
	return err;
}

struct each {
	struct gdbm_handle *handle;
	struct span prefix;
	enum ost_err (*visit)(void *arg, struct span key, struct span value,
		int64_t expires_ms);
	void *arg;
};

static enum ost_err
each_record(void *arg, struct span key, struct span sealed)
{
	struct each *each = arg;
	struct arena *scratch = each->handle->scratch;
	struct span value;
	int64_t expires_ms;
	enum ost_err err;

	if (!span_starts(key, each->prefix) || span_eq(key, META_KEY))
		return OST_OK;
	arena_reset(scratch);
	err = record_open(
		each->handle, key, sealed, scratch, &value, &expires_ms);
	if (err == OST_NOTFOUND)
		return OST_OK;
	return err != OST_OK ? err
			     : each->visit(each->arg, key, value, expires_ms);
}

static enum ost_err
handle_each(void *arg, struct span prefix,
	enum ost_err (*visit)(void *arg, struct span key, struct span value,
		int64_t expires_ms),
	void *visit_arg)
{
	struct gdbm_handle *handle = arg;
	struct each each = { handle, prefix, visit, visit_arg };
	enum ost_err err = view_refresh(handle);

	if (err != OST_OK || handle->view == NULL)
		return err;
	err = gdbmfile_walk(handle->view, each_record, &each);
	arena_reset(handle->scratch);
	/* After an error GDBM may refuse the file. */
	if (err != OST_OK)
		view_close(handle);
	return err;
}

static enum ost_err
item_check(struct gdbm_handle *handle, const struct store_item *item)
{
	struct span found;
	enum ost_err err;

	if (item->expect == STORE_ANY)
		return OST_OK;
	err = view_get(handle, item->key, handle->scratch, &found);
	if (err == OST_NOTFOUND)
		return item->expect == STORE_ABSENT ? OST_OK : OST_CONFLICT;
	if (err != OST_OK)
		return err;
	return item->expect == STORE_EQUALS && span_eq(found, item->expected)
		       ? OST_OK
		       : OST_CONFLICT;
}

static enum ost_err
item_apply(struct gdbm_handle *handle, const struct store_item *item,
	struct gdbmfile *next)
{
	struct span sealed;
	enum ost_err err;

	switch (item->action) {
	case STORE_PUT:
		arena_reset(handle->scratch);
		err = envelope_seal(item->key, item->value, item->expires_ms,
			handle->scratch, &sealed);
		return err != OST_OK ? err
				     : gdbmfile_put(next, item->key, sealed);
	case STORE_DELETE:
		return gdbmfile_delete(next, item->key);
	case STORE_CHECK:
		break;
	}
	return OST_OK;
}

/* Whether the base has doubled since it was last made anew. */
static bool
rewrite_is_due(struct gdbm_handle *handle)
{
	struct span meta;
	int64_t size = 0;

	if (handle->view == NULL)
		return true;
	arena_reset(handle->scratch);
	if (gdbmfile_get(handle->view, META_KEY, handle->scratch, &meta) ==
			OST_OK &&
		meta.n == sizeof(size))
		memcpy(&size, meta.p, sizeof(size));
	return handle->view_file.st_size / 2 - GROWTH_MIN > size;
}

struct rewrite {
	struct gdbm_handle *handle;
	struct gdbmfile *next;
};

/* A damaged record is kept as it is: still damaged, not gone. */
static enum ost_err
rewrite_record(void *arg, struct span key, struct span sealed)
{
	struct rewrite *rewrite = arg;
	struct gdbm_handle *handle = rewrite->handle;
	struct span value;
	int64_t expires_ms;

	if (span_eq(key, META_KEY))
		return OST_OK;
	arena_reset(handle->scratch);
	if (record_open(handle, key, sealed, handle->scratch, &value,
		    &expires_ms) == OST_NOTFOUND)
		return OST_OK;
	return gdbmfile_put(rewrite->next, key, sealed);
}

static enum ost_err
next_rewrite(struct gdbm_handle *handle, struct gdbmfile *next)
{
	struct rewrite rewrite = { handle, next };
	enum ost_err err = OST_OK;
	int64_t size;

	if (handle->view != NULL)
		err = gdbmfile_walk(handle->view, rewrite_record, &rewrite);
	if (err == OST_OK)
		err = gdbmfile_size(next, &size);
	if (err != OST_OK)
		return err;
	return gdbmfile_put(next, META_KEY,
		(struct span){ (const char *)&size, sizeof(size) });
}

static enum ost_err
next_open(const struct gdbm_handle *handle, bool is_rewrite,
	struct gdbmfile **next)
{
	enum ost_err err;
	int fd;

	err = basefile_begin(&handle->base, &fd);
	if (err != OST_OK)
		return err;
	if (!is_rewrite)
		err = statefile_copy(gdbmfile_fd(handle->view), fd,
			handle->view_file.st_size);
	if (err != OST_OK) {
		close(fd);
		return err;
	}
	return gdbmfile_open(fd, handle->base.next_path.p,
		is_rewrite ? GDBMFILE_NEW : GDBMFILE_MODIFY, next);
}

/* Makes the next base, complete and synced. */
static enum ost_err
next_make(struct gdbm_handle *handle, const struct store_item *items, size_t n)
{
	struct gdbmfile *next;
	bool is_rewrite = rewrite_is_due(handle);
	enum ost_err err, close_err;

	err = next_open(handle, is_rewrite, &next);
	if (err != OST_OK)
		return err;
	if (is_rewrite)
		err = next_rewrite(handle, next);
	for (size_t i = 0; i < n && err == OST_OK; i++)
		err = item_apply(handle, &items[i], next);
	close_err = gdbmfile_close(next);
	return err != OST_OK ? err : close_err;
}

static enum ost_err
batch_locked(
	struct gdbm_handle *handle, const struct store_item *items, size_t n)
{
	bool is_change = false;
	enum ost_err err = view_refresh(handle);

	for (size_t i = 0; i < n && err == OST_OK; i++) {
		err = item_check(handle, &items[i]);
		is_change = is_change || items[i].action != STORE_CHECK;
	}
	if (err == OST_OK && is_change) {
		err = next_make(handle, items, n);
		if (err == OST_OK)
			err = basefile_publish(&handle->base);
		if (err != OST_OK)
			basefile_abandon(&handle->base);
	}
	/* Also without a change: what was just compared may be the base of a
	 * writer that was killed before this. */
	if (err == OST_OK && !handle->is_fast)
		err = statefile_sync_folder(handle->base.folder.p);
	return err;
}

static enum ost_err
handle_batch(void *arg, const struct store_item *items, size_t n)
{
	struct gdbm_handle *handle = arg;
	enum ost_err err = basefile_lock(&handle->base);

	if (err != OST_OK)
		return err;
	err = batch_locked(handle, items, n);
	basefile_unlock(&handle->base);
	arena_reset(handle->scratch);
	return err;
}

static void
handle_close(void *arg)
{
	struct gdbm_handle *handle = arg;

	view_close(handle);
	basefile_release(&handle->base);
	arena_free(handle->scratch);
	arena_free(handle->paths);
	free(handle);
}

static enum ost_err
handle_open(
	struct span path, const char *name, unsigned int flags, void **opened)
{
	struct gdbm_handle *handle = calloc(1, sizeof(*handle));
	enum ost_err err = OST_NOMEM;

	if (handle == NULL)
		return OST_NOMEM;
	handle->is_fast = (flags & STORE_FAST) != 0;
	handle->base.lock = -1;
	handle->paths = arena_new(PATHS_MAX);
	handle->scratch = arena_new(SCRATCH_MAX);
	if (handle->paths != NULL && handle->scratch != NULL)
		err = basefile_init(&handle->base, path, name,
			(flags & STORE_SHARED) != 0, handle->paths);
	if (err != OST_OK) {
		handle_close(handle);
		return err;
	}
	*opened = handle;
	return OST_OK;
}

const struct store_backend store_gdbm = {
	.type = "gdbm",
	.open = handle_open,
	.close = handle_close,
	.get = handle_get,
	.batch = handle_batch,
	.each = handle_each,
};
