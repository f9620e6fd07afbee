#include "arena.h"
#include "clock.h"
#include "crypto.h"
#include "log.h"
#include "store.h"
#include "workshop.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
/*
 * usage: state RECORDS [SECONDS [WHAT]]
 *
 * Figures of the store for doc/MEASUREMENTS.md: reads and durable writes a
 * second of 1 and 4 processes, the longest read while others write and fold,
 * recovery, the cost of a new process, growth. Values of 300 bytes. WHAT: only
 * reads, writes or growth.
 */
#define VALUE_SIZE 300

static struct shared {
	atomic_bool is_over;
	atomic_long done;
	atomic_long longest_us; /* of one operation */
} * shared;

static char url[256];
static long records, seconds;

static int64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct store *
open_or_die(unsigned int flags)
{
	struct store *store = NULL;

	if (store_open(span_of(url), "t", flags, &store) != OST_OK) {
		fprintf(stderr, "cannot open\n");
		exit(2);
	}
	return store;
}

static struct span
key_of(char text[static 32], long i)
{
	return (struct span){ text,
		(size_t)snprintf(text, 32, "record/%08ld", i) };
}

static long
any(void)
{
	return ((long)workshop_random(1 << 30)) % records;
}

static void
fill(void)
{
	struct store *store = open_or_die(STORE_FAST);
	static char value[VALUE_SIZE];
	struct store_item items[16];
	char keys[16][32];

	memset(value, 'v', sizeof(value));
	for (long i = 0; i < records; i += 16) {
		size_t n = 0;

		for (; n < 16 && i + (long)n < records; n++)
			items[n] = (struct store_item){
				.action = STORE_PUT,
				.key = key_of(keys[n], i + (long)n),
				.value = { value, sizeof(value) },
			};
		if (store_batch(store, items, n) != OST_OK)
			exit(2);
		/* The old backend copies its file for each: cannot settle. */
	}
	(void)store_settle(store, STORE_AT_ALL_COSTS);
	store_close(store);
}

static void
note_longest(int64_t began_us)
{
	long us = (long)(now_us() - began_us);

	if (us > shared->longest_us)
		shared->longest_us = us;
}

static bool
read_work(void *arg, int me)
{
	struct arena *arena = arena_new(1 << 20);
	struct store *store = open_or_die(0);
	struct span value;
	char key[32];

	(void)arg;
	for (int i = 0; i < me * 1000; i++)
		workshop_random(2);
	while (!shared->is_over) {
		int64_t began_us = now_us();

		for (int i = 0; i < 64; i++) {
			if (store_get(store, key_of(key, any()), arena,
				    &value) != OST_OK)
				return false;
			arena_reset(arena);
		}
		shared->done += 64;
		note_longest(began_us);
	}
	store_close(store);
	arena_free(arena);
	return true;
}

static bool
write_work(void *arg, int me)
{
	const unsigned int *flags = arg;
	struct store *store = open_or_die(*flags);
	static char value[VALUE_SIZE];
	char key[32];

	for (int i = 0; i < me * 1000; i++)
		workshop_random(2);
	memset(value, 'w', sizeof(value));
	while (!shared->is_over) {
		int64_t began_us = now_us();

		if (store_put(store, key_of(key, any()),
			    (struct span){ value, sizeof(value) }, 0,
			    STORE_ANY) != OST_OK)
			return false;
		shared->done++;
		note_longest(began_us);
		(void)store_settle(store, STORE_BETWEEN);
	}
	store_close(store);
	return true;
}

static void
run(const char *what, int n, bool (*work)(void *arg, int i), void *arg)
{
	const struct timespec length = { .tv_sec = seconds };
	pid_t children[8];
	bool is_good = true;

	shared->is_over = false;
	shared->done = shared->longest_us = 0;
	for (int i = 0; i < n; i++)
		children[i] = workshop_start(work, arg, i);
	nanosleep(&length, NULL);
	shared->is_over = true;
	for (int i = 0; i < n; i++)
		is_good = workshop_end(children[i]) && is_good;
	printf("%-28s %d processes %9ld /s  longest %ld us%s\n", what, n,
		shared->done / seconds, shared->longest_us,
		is_good ? "" : "  FAILED");
	fflush(stdout);
}

/* Opening and one read, in a process that did not have it open. */
static void
open_cost(const char *what)
{
	struct arena *arena = arena_new(1 << 20);
	struct span value;
	int64_t began_us = now_us();
	int n = 200;

	for (int i = 0; i < n; i++) {
		struct store *store = open_or_die(0);
		char key[32];

		if (store_get(store, key_of(key, any()), arena, &value) !=
			OST_OK)
			exit(2);
		store_close(store);
		arena_reset(arena);
	}
	printf("%-28s %.1f us\n", what, (double)(now_us() - began_us) / n);
	arena_free(arena);
}

static void
open_costs(void)
{
	static const int wants[] = { 100, 2000, 8000 };
	static char value[VALUE_SIZE];
	struct store *store = open_or_die(STORE_FAST);
	long at = 0;

	open_cost("open + get, empty log");
	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
		int want = wants[i];
		char text[64], key[32];

		for (; at < want; at++)
			if (store_put(store, key_of(key, any()),
				    (struct span){ value, sizeof(value) }, 0,
				    STORE_ANY) != OST_OK)
				exit(2);
		snprintf(text, sizeof(text), "open + get, %d in the log", want);
		open_cost(text);
	}
	store_close(store);
}

static void
recovery(const char *folder)
{
	const uint64_t another = 2;
	char path[300];
	int64_t began_us;
	int fd;

	snprintf(path, sizeof(path), "%s/t/t.ctl", folder);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, &another, 8) != 8)
		return;
	close(fd);
	began_us = now_us();
	store_close(open_or_die(0));
	printf("%-28s %.1f ms\n", "recovery after a restart",
		(double)(now_us() - began_us) / 1000);
}

static void
fold_cost(void)
{
	struct store *store = open_or_die(0);
	int64_t began_us = now_us();

	(void)store_settle(store, STORE_AT_ALL_COSTS);
	printf("%-28s %.1f ms\n", "fold, alone",
		(double)(now_us() - began_us) / 1000);
	store_close(store);
}

/* 1000 records live, sizes of 100 to 2000, put and deleted in turn. */
static void
growth(const char *folder)
{
	struct store *store = open_or_die(STORE_FAST);
	static char value[2000];
	char path[300], key[32];
	struct stat file = { .st_size = 0 };

	snprintf(path, sizeof(path), "%s/t/t.gdbm", folder);
	for (long i = 0; i <= 1000000; i++) {
		struct store_item item = { .action = STORE_DELETE };

		if (store_put(store, key_of(key, i),
			    (struct span){ value, 100 + workshop_random(1900) },
			    0, STORE_ANY) != OST_OK)
			exit(2);
		item.key = key_of(key, i - 1000);
		if (i >= 1000 && store_batch(store, &item, 1) != OST_OK)
			exit(2);
		(void)store_settle(store, STORE_BETWEEN);
		if (i == 10000 || i == 100000 || i == 500000 || i == 1000000) {
			stat(path, &file);
			printf("growth after %7ld puts       %.1f MB (1000 "
			       "live, about 1.05 MB)\n",
				i, (double)file.st_size / 1e6);
		}
	}
	store_close(store);
}

static void
raw_appends(const char *folder)
{
	static char record[384];
	char path[300];
	int64_t began_us = now_us();
	long n = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/raw", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	while (fd >= 0 && now_us() - began_us < seconds * 1000000) {
		if (write(fd, record, sizeof(record)) < 0 || fdatasync(fd) != 0)
			break;
		n++;
	}
	close(fd);
	printf("%-28s 1 processes %9ld /s\n", "raw append + fdatasync",
		n / seconds);
}

int
main(int argc, char **argv)
{
	const char *ready = getenv("FOLDER"); /* filled, and not removed */
	char *folder = workshop_open("t", NULL);
	const char *what = argc > 3 ? argv[3] : "";
	unsigned int durable = 0, fast = STORE_FAST;

	records = argc > 1 ? atol(argv[1]) : 1000;
	seconds = argc > 2 ? atol(argv[2]) : 3;
	if (crypto_init() != OST_OK || log_open("/dev/null", "bench") != OST_OK)
		return 3;
	snprintf(url, sizeof(url), "gdbm:%s", ready != NULL ? ready : folder);
	shared = workshop_share(sizeof(*shared));
	printf("# %ld records of %d bytes, %ld s each\n", records, VALUE_SIZE,
		seconds);
	if (strcmp(what, "growth") == 0) {
		growth(folder);
		workshop_close(folder);
		return 0;
	}
	if (ready == NULL || strcmp(what, "fill") == 0)
		fill();
	if (strcmp(what, "fill") == 0)
		return 0;
	run("reads", 1, read_work, NULL);
	run("reads", 4, read_work, NULL);
	run("writes, durable", 1, write_work, &durable);
	run("writes, durable", 4, write_work, &durable);
	if (strcmp(what, "old") != 0) {
		run("writes, fast", 1, write_work, &fast);
		run("writes, fast", 4, write_work, &fast);
		fold_cost();
		open_costs();
		recovery(folder);
		raw_appends(folder);
	}
	workshop_close(folder);
	return 0;
}
