#include "torture.h"
#include "workshop.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/*
 * What a power cut may do to the files: of the log, whatever was not synced may
 * be there, or not, or in part, in any order. After n acknowledged records and
 * some that were not, everything behind the n-th is cut off, torn, zeroed or
 * turned to garbage, for every n; the machine is started anew, and the n must
 * be there, the others whole and in their order or not at all.
 *
 * Then what no power cut does but a bad disk may: bytes that were on disk
 * change. In the log: the store must close rather than go back. In the base: it
 * is made anew, and nothing is missing.
 */
#define LATER 5 /* records that were not acknowledged */

enum damage { CUT, ZERO, GARBAGE, TEAR, FLIP, HOLE, DAMAGES };

static struct faults *faults;
static struct arena *arena;
static const char *folder;

static struct span
key_of(char text[static 16], int i)
{
	return (struct span){ text, (size_t)snprintf(text, 16, "k%d", i) };
}

static struct span
value_of(char text[static 4000], int i)
{
	int n = snprintf(text, 16, "%d:", i);
	size_t size = (size_t)(i * 37 % 600) + (i % 7 == 3 ? 3000 : 0);

	memset(text + n, 'a' + i % 26, size);
	return (struct span){ text, (size_t)n + size };
}

static void
put(struct store *store, int i)
{
	char key[16], value[4000];

	if (store_put(store, key_of(key, i), value_of(value, i), 0,
		    STORE_ABSENT) != OST_OK)
		torture_fault(&faults->broken, "put %d", i);
}

/* 1: there, 0: not there, -1: an error, -2: something else. */
static int
find(struct store *store, int i)
{
	char key[16], text[4000];
	struct span value;
	enum ost_err err = store_get(store, key_of(key, i), arena, &value);
	int found = -1;

	if (err == OST_OK)
		found = span_eq(value, value_of(text, i)) ? 1 : -2;
	else if (err == OST_NOTFOUND)
		found = 0;
	arena_reset(arena);
	return found;
}

/* The end of what was published, from the page (ctl.h). */
static off_t
end_read(void)
{
	int fd = open(torture_path(folder, ".ctl"), O_RDONLY | O_CLOEXEC);
	uint64_t words[2] = { 0, 0 };

	if (fd < 0 || read(fd, words, sizeof(words)) != sizeof(words))
		torture_fault(&faults->broken, "ctl");
	close(fd);
	return (off_t)(words[1] & ((UINT64_C(1) << 40) - 1));
}

static void
scribble(int fd, off_t from, off_t to, int byte)
{
	for (; from < to; from++) {
		char c = (char)(byte < 0 ? (int)workshop_random(256) : byte);

		if (pwrite(fd, &c, 1, from) != 1)
			torture_fault(&faults->broken, "scribble");
	}
}

static void
flip(int fd, off_t at)
{
	char c = 0;

	if (pread(fd, &c, 1, at) == 1) {
		c = (char)(c ^ 1 << workshop_random(8));
		scribble(fd, at, at + 1, (unsigned char)c);
	}
}

/* from: what is on disk; next: the end of the record after it; end: of all. */
static void
damage_log(
	const char *path, enum damage damage, off_t from, off_t next, off_t end)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	off_t at = from + (off_t)workshop_random((unsigned)(end - from));
	off_t in_next = from + (off_t)workshop_random((unsigned)(next - from));

	switch (damage) {
	case CUT:
		if (ftruncate(fd, at) != 0)
			torture_fault(&faults->broken, "ftruncate");
		break;
	case ZERO:
		scribble(fd, at, end, 0);
		break;
	case GARBAGE:
		scribble(fd, at, end + 4096, -1);
		break;
	case TEAR:
		scribble(fd, in_next, next, -1);
		break;
	case FLIP:
		flip(fd, in_next);
		break;
	default: /* HOLE: the next was not written, those after it were */
		scribble(fd, from, next, 0);
	}
	close(fd);
}

static void
check_after_cut(int n, const char *what)
{
	struct store *store = NULL;
	bool has_ended = false;

	torture_reboot(folder);
	if (torture_open(folder, 0, &store) != OST_OK) {
		torture_fault(&faults->broken, "%s after %d: open", what, n);
		return;
	}
	for (int i = 0; i < n + LATER; i++) {
		int found = find(store, i);

		if (found < 0)
			torture_fault(&faults->broken, "%s after %d: record %d",
				what, n, i);
		else if (found == 0 && i < n)
			torture_fault(&faults->lost, "%s after %d: record %d",
				what, n, i);
		else if (found == 1 && has_ended)
			torture_fault(&faults->broken,
				"%s after %d: %d but not the one before", what,
				n, i);
		has_ended = has_ended || found == 0;
	}
	put(store, n + LATER);
	store_close(store);
	if (torture_open(folder, 0, &store) != OST_OK) {
		torture_fault(&faults->broken, "%s after %d: again", what, n);
		return;
	}
	if (find(store, n + LATER) != 1)
		torture_fault(&faults->lost, "%s after %d: the next", what, n);
	store_close(store);
}

static void
cut_one(int n, enum damage damage)
{
	static const char *const words[] = { "cut", "zero", "garbage", "tear",
		"flip", "hole" };
	struct store *store = NULL, *fast = NULL;
	char *made = torture_folder("t");
	off_t from, next = 0;

	folder = made;
	if (torture_open(folder, 0, &store) != OST_OK ||
		torture_open(folder, STORE_FAST, &fast) != OST_OK) {
		torture_fault(&faults->broken, "open");
		return;
	}
	for (int i = 0; i < n; i++)
		put(store, i);
	faults->acked += n;
	from = end_read();
	for (int i = n; i < n + LATER; i++) {
		put(fast, i);
		next = i == n ? end_read() : next;
	}
	damage_log(
		torture_path(folder, ".log1"), damage, from, next, end_read());
	store_close(fast);
	store_close(store);
	check_after_cut(n, words[damage]);
	torture_remove(made);
}

/* Closed, or all there; an error for one record, but never less. */
static void
check_closed(int n, const char *what)
{
	struct store *store = NULL;

	torture_reboot(folder);
	if (torture_open(folder, 0, &store) != OST_OK)
		return;
	for (int i = 0; i < n; i++) {
		int found = find(store, i);

		if (found == 0)
			torture_fault(&faults->lost, "%s: record %d of %d",
				what, i, n);
		if (found == -2)
			torture_fault(
				&faults->broken, "%s: record %d", what, i);
	}
	store_close(store);
}

/* All but the last record is known, from that, to have been on disk. */
static void
rot_log(int n)
{
	struct store *store = NULL;
	char *made = torture_folder("t");
	off_t before = 0;
	int fd;

	folder = made;
	if (torture_open(folder, 0, &store) != OST_OK)
		torture_fault(&faults->broken, "open");
	for (int i = 0; i < n; i++) {
		before = end_read();
		put(store, i);
	}
	faults->acked += n;
	store_close(store);
	/* That it closes is because of the damage. */
	torture_reboot(folder);
	store = NULL;
	if (torture_open(folder, 0, &store) != OST_OK)
		torture_fault(&faults->broken, "before damage: open");
	store_close(store);
	fd = open(torture_path(folder, ".log1"), O_RDWR | O_CLOEXEC);
	flip(fd, (off_t)workshop_random((unsigned)before));
	close(fd);
	check_closed(n, "a bad log");
	torture_remove(made);
}

static void
rot_base(int n, enum damage damage)
{
	struct store *store = NULL;
	char *made = torture_folder("t");
	struct stat file;
	off_t at;
	int fd;

	folder = made;
	if (torture_open(folder, 0, &store) != OST_OK)
		torture_fault(&faults->broken, "open");
	for (int i = 0; i < n; i++) {
		put(store, i);
		if (i == n / 3 || i == n / 2)
			(void)store_settle(store, STORE_AT_ALL_COSTS);
	}
	faults->acked += n;
	store_close(store);
	fd = open(torture_path(folder, ".gdbm"), O_RDWR | O_CLOEXEC);
	fstat(fd, &file);
	at = (off_t)workshop_random((unsigned)file.st_size);
	if (damage == CUT && ftruncate(fd, at) != 0)
		torture_fault(&faults->broken, "ftruncate");
	if (damage == FLIP)
		flip(fd, at);
	if (damage == GARBAGE)
		scribble(fd, at, file.st_size, -1);
	close(fd);
	torture_reboot(folder);
	if (torture_open(folder, 0, &store) != OST_OK)
		torture_fault(&faults->lost, "a bad base: open");
	for (int i = 0; i < n && store != NULL; i++)
		if (find(store, i) != 1)
			torture_fault(&faults->lost,
				"a bad base: record %d of "
				"%d",
				i, n);
	store_close(store);
	torture_remove(made);
}

void
torture_power(void)
{
	int most = 24, times = torture_scale(1, 10);
	int cuts = 0, rots = torture_scale(60, 600);

	faults = workshop_share(sizeof(*faults));
	arena = arena_new(1 << 20);
	for (int n = 0; n <= most; n++)
		for (int damage = 0; damage < DAMAGES; damage++)
			for (int i = 0; i < times; i++, cuts++)
				cut_one(n, (enum damage)damage);
	for (int i = 0; i < rots; i++) {
		rot_log(2 + i % 20);
		rot_base(6 + i % 20, i % 3 == 0	  ? CUT
				     : i % 3 == 1 ? FLIP
						  : GARBAGE);
	}
	printf("# power: %d cuts, %d bad logs, %d bad bases\n", cuts, rots,
		rots);
	arena_free(arena);
	torture_report("power", faults);
	workshop_unshare(faults, sizeof(*faults));
}
