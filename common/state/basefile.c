#include "basefile.h"
#include "birth.h"
#include "crypto.h"
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EPOCH_KEY  SPAN("\001epoch")
#define SIZE_KEY   SPAN("\001size")
#define ORIGIN_KEY SPAN("\001origin")
#define PIECE_SIZE 65536

static enum ost_err
failed(const char *path, const char *what)
{
	log_message("error", "%s: %s: %s", path, what, strerror(errno));
	return OST_STORE;
}

/* n numbers, with blanks between. They stay 0 when there is no such record, or
 * something else in its place. */
static enum ost_err
stamp_read(struct gdbmfile *file, struct span key, uint64_t *numbers, size_t n)
{
	struct arena *scratch = arena_new(2 * PIECE_SIZE);
	struct span text, word;
	enum ost_err err = OST_NOMEM;

	if (scratch == NULL)
		return OST_NOMEM;
	err = gdbmfile_get(file, key, scratch, &text);
	for (size_t i = 0; i < n && err == OST_OK; i++)
		if (!span_next(&text, ' ', &word) ||
			span_to_u64(word, 0, UINT64_MAX, &numbers[i]) != OST_OK)
			break;
	arena_free(scratch);
	return err == OST_NOTFOUND ? OST_OK : err;
}

enum ost_err
basefile_open(const char *path, struct basefile *base)
{
	int fd = statefile_open_there(path, false);
	struct basefile opened = { .epoch = 0 };
	enum ost_err err;

	if (fd < 0)
		return errno == ENOENT ? OST_NOTFOUND : statefile_failure(path);
	if (!statefile_id_of(fd, &opened.id)) {
		close(fd);
		return failed(path, "cannot open");
	}
	err = gdbmfile_open(fd, path, GDBMFILE_READ, &opened.file);
	if (err != OST_OK)
		return err;
	err = stamp_read(opened.file, EPOCH_KEY, &opened.epoch, 1);
	if (err == OST_OK)
		err = stamp_read(opened.file, SIZE_KEY, &opened.made_size, 1);
	if (err == OST_OK && opened.epoch > BASEFILE_EPOCH_MAX) {
		log_message("error", "%s: no such epoch", path);
		err = OST_STORE;
	}
	if (err != OST_OK) {
		basefile_close(&opened);
		return err;
	}
	*base = opened;
	return OST_OK;
}

void
basefile_close(struct basefile *base)
{
	/* A file that was only read has nothing to lose. */
	(void)gdbmfile_close(base->file);
	base->file = NULL;
}

static enum ost_err
sum_of(int fd, const char *path, struct basesum *sum)
{
	char *piece = malloc(PIECE_SIZE);
	struct basesum made = { 0, 0 };
	ssize_t n = 1;

	if (piece == NULL)
		return OST_NOMEM;
	while (n > 0) {
		n = read(fd, piece, PIECE_SIZE);
		if (n <= 0)
			break;
		made.size += (size_t)n;
		made.crc = crypto_crc32_more(
			made.crc, (struct span){ piece, (size_t)n });
	}
	free(piece);
	if (n < 0)
		return failed(path, "cannot read");
	*sum = made;
	return OST_OK;
}

enum ost_err
basefile_sum(const char *path, struct basesum *sum)
{
	int fd = statefile_open_there(path, false);
	enum ost_err err;

	if (fd < 0)
		return failed(path, "cannot open");
	err = sum_of(fd, path, sum);
	close(fd);
	return err;
}

enum ost_err
basefile_origin(const struct basefile *base, struct baseorigin *origin)
{
	uint64_t numbers[3] = { 0, 0, 0 };
	enum ost_err err = stamp_read(base->file, ORIGIN_KEY, numbers, 3);

	if (err == OST_OK)
		*origin = (struct baseorigin){ numbers[0], numbers[1],
			numbers[2] };
	return err;
}

__attribute__((format(printf, 3, 4))) static enum ost_err
stamp_write(struct gdbmfile *file, struct span key, const char *format, ...)
{
	char text[80];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return gdbmfile_put(file, key, (struct span){ text, (size_t)n });
}

enum ost_err
basefile_stamp(struct gdbmfile *file, uint64_t epoch, uint64_t made_size,
	struct baseorigin origin)
{
	enum ost_err err = OST_OK;

	if (!birth_of(gdbmfile_fd(file), &origin.birth))
		err = failed("a base", "cannot be read");
	if (err == OST_OK)
		err = stamp_write(
			file, EPOCH_KEY, "%llu", (unsigned long long)epoch);
	if (err == OST_OK)
		err = stamp_write(
			file, SIZE_KEY, "%llu", (unsigned long long)made_size);
	if (err == OST_OK)
		err = stamp_write(file, ORIGIN_KEY, "%llu %llu %llu",
			(unsigned long long)origin.birth,
			(unsigned long long)origin.salt,
			(unsigned long long)origin.end);
	return err;
}

bool
basefile_is_stamp(struct span key)
{
	return key.n > 0 && key.p[0] == '\001';
}
