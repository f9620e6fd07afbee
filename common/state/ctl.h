#ifndef OSTIARY_CTL_H
#define OSTIARY_CTL_H
#include "logfile.h"
#include <stdatomic.h>
/*
 * NAME.ctl: one page that all processes of a store map, and the locks.
 *
 * state says what is there: the epoch, and how far its log goes. Everything
 * before that offset was written before the word was, so who loads it
 * (acquire) may read all of it without a lock.
 *
 * The page holds nothing that is not in the other files: it is believed only
 * when it was written since the machine was started and names the very base
 * and log that are there. Else they are scanned (recover.h).
 *
 * The exclusive flock of the file protects everything but `synced`. Two bytes
 * of it are locks of their own. Order: CTL_FOLD, then the flock; CTL_SYNC
 * alone, never with the flock held.
 */
#define CTL_SIZE 4096 /* bytes of the file */

enum ctl_byte {
	CTL_SYNC = 1, /* who calls fdatasync for all who wait */
	CTL_FOLD = 2, /* who makes drafts of files: NAME.new, NAME.newlog */
};

struct ctl_page {
	_Atomic uint64_t boot;	  /* hash of the boot id; 0: believe nothing */
	_Atomic uint64_t state;	  /* epoch << 40 | end of its log */
	_Atomic uint64_t synced;  /* a state that is on disk */
	_Atomic uint64_t failed;  /* the last epoch + 1 whose sync failed */
	_Atomic uint64_t damaged; /* epoch + 1 whose base did not read well */
	_Atomic uint64_t base[4]; /* its struct fileid */
	_Atomic uint64_t log[3];  /* dev, ino, salt */
};

struct ctl {
	struct ctl_page *page; /* NULL: not open */
	int fd;
	bool may_write; /* or only look */
	uint64_t boot;	/* of now */
	struct fileid id;
};

static inline uint64_t
ctl_state_of(uint64_t epoch, uint64_t end)
{
	return epoch << 40 | end;
}
static inline uint64_t
ctl_epoch(uint64_t state)
{
	return state >> 40;
}
static inline uint64_t
ctl_end(uint64_t state)
{
	return state & ((UINT64_C(1) << 40) - 1);
}
static inline uint64_t
ctl_state(const struct ctl *ctl)
{
	return atomic_load_explicit(&ctl->page->state, memory_order_acquire);
}

/* Makes the file when there is none. OST_STORE. */
OST_CHECK enum ost_err ctl_open(
	const char *path, bool is_shared, struct ctl *ctl);
void ctl_close(struct ctl *ctl);
/* The flock, for at most 5 s. OST_STORE. */
OST_CHECK enum ost_err ctl_lock(const struct ctl *ctl);
void ctl_unlock(const struct ctl *ctl);
/* Whether it was written since the machine was started, and names these. */
bool ctl_is_valid(const struct ctl *ctl);
bool ctl_names(const struct ctl *ctl, const struct fileid *base,
	const struct logfile *log);
/* Whether state counts the bytes of that very log. */
bool ctl_counts(const struct ctl *ctl, const struct logfile *log);
bool ctl_names_files(const struct ctl *ctl, const struct fileid *base,
	const struct fileid *log);
/* With the flock held: another base and log. is_synced: all of it is on disk;
 * else as if the sync of that log had failed. */
void ctl_publish(struct ctl *ctl, const struct fileid *base,
	const struct logfile *log, uint64_t end, bool is_synced);
/* With the flock held: more of the same log. */
void ctl_advance(struct ctl *ctl, uint64_t state);
/* Whether a sync of that epoch's log has failed: no writes until a fold. */
bool ctl_has_failed(const struct ctl *ctl, uint64_t epoch);
/* It has. Without the flock: a mark of a later epoch stays. */
void ctl_set_failed(struct ctl *ctl, uint64_t epoch);
/* Whether everything up to that state is on disk. */
bool ctl_is_synced(const struct ctl *ctl, uint64_t state);
/* It is, of that very log. `synced` goes back only when another generation is
 * published, and a sync that began before says nothing of that. */
void ctl_set_synced(struct ctl *ctl, const struct logfile *log, uint64_t state);
#endif
