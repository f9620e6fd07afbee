#include "textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MESSAGE_SIZE 512 /* bytes of a message behind "path:line: " */

static void
report_at(struct textfile *file, unsigned int line, const char *level,
	const char *text)
{
	struct span message;

	if (file->report == NULL)
		return;
	buf_clear(&file->message);
	buf_text(&file->message, file->path);
	if (line > 0)
		buf_printf(&file->message, ":%u", line);
	buf_printf(&file->message, ": %s%s", level, text);
	if (buf_span(&file->message, &message) != OST_OK)
		message = span_of(text);
	file->report(file->arg, message.p);
}

void
textfile_error(struct textfile *file, const char *format, ...)
{
	char text[MESSAGE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	file->errors++;
	report_at(file, file->line, "", text);
}

void
textfile_warning(
	struct textfile *file, unsigned int line, const char *format, ...)
{
	char text[MESSAGE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	report_at(file, line, "warning: ", text);
}

/* Opens a regular file; -1 and reported when it is none. */
static int
open_regular(struct textfile *file)
{
	/* O_NONBLOCK: a named pipe must not hold the program up. */
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status;

	if (fd < 0) {
		textfile_error(file, "cannot be opened: %s", strerror(errno));
		return -1;
	}
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return fd;
	textfile_error(file, "is not a regular file");
	close(fd);
	return -1;
}

/* Reads up to size bytes; *n is less only at the end of the file. */
static enum ost_err
read_all(int fd, char *p, size_t size, size_t *n)
{
	size_t got = 0;

	while (got < size) {
		ssize_t part = read(fd, p + got, size - got);

		if (part < 0 && errno == EINTR)
			continue;
		if (part < 0)
			return OST_SYSTEM;
		if (part == 0)
			break;
		got += (size_t)part;
	}
	*n = got;
	return OST_OK;
}

static enum ost_err
read_file(struct textfile *file, int fd, size_t size_max)
{
	/* One byte more than allowed tells a file that is too large, also one
	 * that grows while it is read. */
	char *p = arena_alloc(file->arena, size_max + 1);
	size_t n = 0;

	if (p == NULL)
		return OST_NOMEM;
	if (read_all(fd, p, size_max + 1, &n) != OST_OK) {
		textfile_error(file, "cannot be read: %s", strerror(errno));
		return OST_SYSTEM;
	}
	if (n > size_max) {
		textfile_error(file, "is larger than %zu KiB", size_max / 1024);
		return OST_BADINPUT;
	}
	file->rest = (struct span){ p, n };
	return OST_OK;
}

enum ost_err
textfile_open(struct textfile *file, struct arena *arena, const char *path,
	size_t size_max, void (*report)(void *arg, const char *line), void *arg)
{
	enum ost_err err;
	int fd;

	*file = (struct textfile){
		.arena = arena, .path = path, .report = report, .arg = arg
	};
	buf_init(&file->message, arena);
	fd = open_regular(file);
	if (fd < 0)
		return OST_SYSTEM;
	err = read_file(file, fd, size_max);
	close(fd);
	if (err != OST_OK)
		return err;
	if (span_starts(file->rest, SPAN("\xef\xbb\xbf"))) {
		file->line = 1;
		textfile_error(file,
			"the file begins with a UTF-8 byte order mark; "
			"save it without one");
		file->line = 0;
		file->rest = span_skip(file->rest, 3);
	}
	return OST_OK;
}

static void
strip_cr(struct textfile *file, struct span *line)
{
	if (line->n == 0 || line->p[line->n - 1] != '\r')
		return;
	line->n--;
	if (file->is_crlf_reported)
		return;
	file->is_crlf_reported = true;
	textfile_error(file, "the line ends in CR LF; save the file with Unix "
			     "line ends (LF)");
}

static bool
is_clean(struct textfile *file, struct span line)
{
	for (size_t i = 0; i < line.n; i++) {
		if (!char_is_control(line.p[i]) || line.p[i] == '\t')
			continue;
		textfile_error(file,
			"control byte 0x%02x in column %zu; only text is "
			"allowed",
			(unsigned int)(unsigned char)line.p[i], i + 1);
		return false;
	}
	return true;
}

bool
textfile_next(struct textfile *file, struct span *line)
{
	struct span piece;

	while (span_next(&file->rest, '\n', &piece)) {
		file->line++;
		strip_cr(file, &piece);
		if (!is_clean(file, piece))
			continue;
		*line = span_trim(piece);
		return true;
	}
	return false;
}
