#include "copier.h"
#include "workshop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_MAX (256 << 10)

const char *const copier_orders[COPIER_ORDERS] = { "as read", "sorted",
	"reversed", "base first", "base last", "shuffled" };

static void
demand(bool is_good, const char *what)
{
	if (is_good)
		return;
	perror(what);
	exit(2);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int
by_name_reversed(const void *a, const void *b)
{
	return strcmp(b, a);
}

static void
swap(struct copier *copier, size_t a, size_t b)
{
	char name[sizeof(copier->names[0])];

	memcpy(name, copier->names[a], sizeof(name));
	memmove(copier->names[a], copier->names[b], sizeof(name));
	memcpy(copier->names[b], name, sizeof(name));
}

static void
base_to(struct copier *copier, size_t place)
{
	for (size_t i = 0; i < copier->n; i++)
		if (strstr(copier->names[i], ".gdbm") != NULL)
			swap(copier, i, place);
}

static void
put_in_order(struct copier *copier, enum copier_order order)
{
	const size_t size = sizeof(copier->names[0]);

	if (order == COPIER_SORTED)
		qsort(copier->names, copier->n, size, by_name);
	if (order == COPIER_REVERSED)
		qsort(copier->names, copier->n, size, by_name_reversed);
	if (order >= COPIER_BASE_FIRST)
		for (size_t i = copier->n; i > 1; i--)
			swap(copier, i - 1, workshop_random((unsigned int)i));
	if (order == COPIER_BASE_FIRST)
		base_to(copier, 0);
	if (order == COPIER_BASE_LAST)
		base_to(copier, copier->n - 1);
}

void
copier_begin(struct copier *copier, const char *from, const char *to,
	enum copier_order order)
{
	DIR *folder = opendir(from);
	const struct dirent *entry;

	memset(copier, 0, sizeof(*copier));
	snprintf(copier->from, sizeof(copier->from), "%s", from);
	snprintf(copier->to, sizeof(copier->to), "%s", to);
	copier->in = copier->out = -1;
	copier->piece = (size_t)4096 << 2 * workshop_random(4);
	demand(folder != NULL, from);
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		demand(copier->n < COPIER_FILES, "too many files");
		snprintf(copier->names[copier->n++], sizeof(copier->names[0]),
			"%.63s", entry->d_name);
	}
	closedir(folder);
	put_in_order(copier, order);
}

static void
file_end(struct copier *copier)
{
	if (copier->in >= 0)
		close(copier->in);
	if (copier->out >= 0)
		close(copier->out);
	copier->in = copier->out = -1;
	copier->seen = 0;
	copier->at++;
}

/* One that was replaced between the look and the opening is left out, as cp
 * has it, and so is one that is gone. */
static void
file_begin(struct copier *copier)
{
	char from[512], to[512];
	struct stat file;

	snprintf(from, sizeof(from), "%s/%s", copier->from,
		copier->names[copier->at]);
	snprintf(
		to, sizeof(to), "%s/%s", copier->to, copier->names[copier->at]);
	if (copier->seen == 0) {
		if (stat(from, &file) == 0)
			copier->seen = file.st_ino;
		else
			file_end(copier);
		return;
	}
	copier->in = open(from, O_RDONLY | O_CLOEXEC);
	if (copier->in < 0 || fstat(copier->in, &file) != 0 ||
		file.st_ino != copier->seen) {
		if (strstr(from, ".gdbm") != NULL)
			copier->is_base_left_out = true;
		file_end(copier);
		return;
	}
	copier->out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	demand(copier->out >= 0, to);
}

bool
copier_step(struct copier *copier)
{
	static char piece[PIECE_MAX];
	ssize_t n;

	if (copier->at == copier->n)
		return false;
	if (copier->in < 0) {
		file_begin(copier);
		return true;
	}
	n = read(copier->in, piece, copier->piece);
	demand(n >= 0, "read");
	demand(write(copier->out, piece, (size_t)n) == n, "write");
	if (n == 0)
		file_end(copier);
	return true;
}

bool
copier_replace(const char *folder, void (*before_base)(void *arg), void *arg)
{
	char from[256], to[256], away[256];
	struct copier copier;

	snprintf(from, sizeof(from), "%s/t", folder);
	snprintf(to, sizeof(to), "%s/copy", folder);
	snprintf(away, sizeof(away), "%s/away", folder);
	if (mkdir(to, 0700) != 0)
		return false;
	copier_begin(&copier, from, to, COPIER_BASE_LAST);
	while (copier.at + 1 < copier.n)
		copier_step(&copier);
	before_base(arg);
	while (copier_step(&copier))
		;
	return rename(from, away) == 0 && rename(to, from) == 0;
}
