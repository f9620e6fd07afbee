#define _GNU_SOURCE
#include "ctl.h"
#include "log.h"
#include "siphash.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_WAIT_MS 5000
#define BOOT_ID	     "/proc/sys/kernel/random/boot_id"

_Static_assert(sizeof(struct ctl_page) <= CTL_SIZE, "one page");

static enum ost_err
failed(const char *path, const char *what)
{
	log_message("error", "%s: %s: %s", path, what, strerror(errno));
	return OST_STORE;
}

/* Never 0. */
static enum ost_err
boot_read(uint64_t *boot)
{
	static const uint64_t key[2] = { 0, 0 };
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	char text[64];
	ssize_t n;

	if (fd < 0)
		return failed(BOOT_ID, "cannot open");
	n = read(fd, text, sizeof(text));
	close(fd);
	if (n < 36)
		return failed(BOOT_ID, "cannot read");
	*boot = siphash(key, (struct span){ text, (size_t)n }) | 1;
	return OST_OK;
}

/* A hole in a mapped file is SIGBUS when the disk is full. */
static bool
fill(int fd)
{
	errno = posix_fallocate(fd, 0, CTL_SIZE);
	return errno == 0;
}

static enum ost_err
file_open(const char *path, bool is_shared, struct ctl *ctl)
{
	ctl->may_write = true;
	ctl->fd = statefile_open_there(path, true);
	if (ctl->fd >= 0)
		return OST_OK;
	if (errno == EACCES || errno == EROFS) {
		ctl->may_write = false;
		ctl->fd = statefile_open_there(path, false);
		return ctl->fd >= 0 ? OST_OK : failed(path, "cannot open");
	}
	if (errno != ENOENT)
		return failed(path, "cannot open");
	return statefile_open(path, is_shared, fill, &ctl->fd);
}

static enum ost_err
page_map(const char *path, bool is_shared, struct ctl *ctl)
{
	mode_t mode = is_shared ? 0660 : 0600;
	int rights = ctl->may_write ? PROT_READ | PROT_WRITE : PROT_READ;
	struct stat file;
	void *map;

	if (fstat(ctl->fd, &file) != 0 || !statefile_id_of(ctl->fd, &ctl->id))
		return failed(path, "cannot open");
	/* Cut, or a copy that has got holes. */
	if (file.st_size < CTL_SIZE || file.st_blocks * 512 < CTL_SIZE) {
		if (!ctl->may_write || file.st_nlink > 1 || !fill(ctl->fd))
			return failed(path, "cannot allocate");
	}
	/* A store whose layout was changed. Only its owner can, and that is
	 * enough: he has been here. Of a file with another name, that is
	 * somebody else's. */
	if ((file.st_mode & 0777) != mode && ctl->may_write &&
		file.st_nlink == 1)
		statefile_own(ctl->fd, path, is_shared);
	map = mmap(NULL, CTL_SIZE, rights, MAP_SHARED, ctl->fd, 0);
	if (map == MAP_FAILED)
		return failed(path, "cannot map");
	ctl->page = map;
	return OST_OK;
}

enum ost_err
ctl_open(const char *path, bool is_shared, struct ctl *ctl)
{
	struct ctl opened = { .page = NULL, .fd = -1 };
	enum ost_err err = boot_read(&opened.boot);

	if (err == OST_OK)
		err = file_open(path, is_shared, &opened);
	if (err == OST_OK)
		err = page_map(path, is_shared, &opened);
	if (err != OST_OK) {
		if (opened.fd >= 0)
			close(opened.fd);
		return err;
	}
	*ctl = opened;
	return OST_OK;
}

void
ctl_close(struct ctl *ctl)
{
	if (ctl->page == NULL)
		return;
	munmap(ctl->page, CTL_SIZE);
	close(ctl->fd);
	ctl->page = NULL;
}

enum ost_err
ctl_lock(const struct ctl *ctl)
{
	enum ost_err err = statefile_lock_in_turn(ctl->fd, LOCK_WAIT_MS);

	if (err == OST_BUSY)
		log_message("error", "a store's lock was not free for %d ms",
			LOCK_WAIT_MS);
	return err == OST_BUSY ? OST_STORE : err;
}

void
ctl_unlock(const struct ctl *ctl)
{
	statefile_unlock(ctl->fd);
}

bool
ctl_is_valid(const struct ctl *ctl)
{
	return atomic_load_explicit(&ctl->page->boot, memory_order_acquire) ==
	       ctl->boot;
}

bool
ctl_names_files(const struct ctl *ctl, const struct fileid *base,
	const struct fileid *log)
{
	const struct ctl_page *page = ctl->page;

	return page->base[0] == base->dev && page->base[1] == base->ino &&
	       page->base[2] == base->size && page->base[3] == base->mtime_ns &&
	       page->log[0] == log->dev && page->log[1] == log->ino;
}

bool
ctl_counts(const struct ctl *ctl, const struct logfile *log)
{
	const struct ctl_page *page = ctl->page;

	return ctl_is_valid(ctl) && page->log[0] == log->id.dev &&
	       page->log[1] == log->id.ino && page->log[2] == log->salt &&
	       ctl_epoch(ctl_state(ctl)) == log->epoch;
}

bool
ctl_names(const struct ctl *ctl, const struct fileid *base,
	const struct logfile *log)
{
	return ctl_names_files(ctl, base, &log->id) &&
	       ctl->page->log[2] == log->salt &&
	       ctl_epoch(ctl_state(ctl)) == log->epoch;
}

/*
 * state comes after the names: who has loaded it finds those of its files, or
 * of later ones, and then comes back with the lock. Killed in between, the
 * names and the state belong to different epochs, or boot is 0: the next who
 * has the lock sees that and begins again.
 */
void
ctl_publish(struct ctl *ctl, const struct fileid *base,
	const struct logfile *log, uint64_t end, bool is_synced)
{
	struct ctl_page *page = ctl->page;
	uint64_t state = ctl_state_of(log->epoch, end);
	uint64_t failed;

	if (page->boot != ctl->boot) {
		page->boot = 0;
		page->synced = 0;
		page->failed = 0;
		page->damaged = 0;
	}
	page->base[0] = base->dev;
	page->base[1] = base->ino;
	page->base[2] = base->size;
	page->base[3] = base->mtime_ns;
	page->log[0] = log->id.dev;
	page->log[1] = log->id.ino;
	page->log[2] = log->salt;
	/* Of other epochs, and only here: the mark of this one stays. Who sets
	 * one meanwhile wins. */
	failed = page->failed;
	if (failed != log->epoch + 1)
		atomic_compare_exchange_strong(&page->failed, &failed, 0);
	if (!is_synced) {
		page->synced = 0;
		ctl_set_failed(ctl, log->epoch);
	}
	atomic_store_explicit(&page->state, state, memory_order_release);
	if (!ctl_has_failed(ctl, log->epoch))
		page->synced = state;
	atomic_store_explicit(&page->boot, ctl->boot, memory_order_release);
}

void
ctl_advance(struct ctl *ctl, uint64_t state)
{
	atomic_store_explicit(&ctl->page->state, state, memory_order_release);
}

bool
ctl_has_failed(const struct ctl *ctl, uint64_t epoch)
{
	return ctl->page->failed > epoch;
}

void
ctl_set_failed(struct ctl *ctl, uint64_t epoch)
{
	uint64_t before = ctl->page->failed;

	while (before < epoch + 1 &&
		!atomic_compare_exchange_weak(
			&ctl->page->failed, &before, epoch + 1))
		;
}

bool
ctl_is_synced(const struct ctl *ctl, uint64_t state)
{
	uint64_t synced = ctl->page->synced;

	return ctl_epoch(synced) == ctl_epoch(state) && synced >= state;
}

/* The word is read before the names: it is another when they are. */
void
ctl_set_synced(struct ctl *ctl, const struct logfile *log, uint64_t state)
{
	uint64_t before = ctl->page->synced;

	do {
		if (ctl_epoch(before) != ctl_epoch(state) || before >= state ||
			!ctl_counts(ctl, log))
			return;
	} while (!atomic_compare_exchange_weak(
		&ctl->page->synced, &before, state));
}
