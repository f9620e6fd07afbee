#include "log.h"
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES	32768
#define FIELD_MAX_BYTES 512

static struct {
	int fd;
	bool is_syslog;
	bool is_file;
	char path[1024];
	char program[64];
	void (*divert)(const char *level, const char *message);
} target = { .fd = STDERR_FILENO, .program = "ostiary" };

/* A line is built in a fixed buffer: logging must work when memory is out. */
struct line {
	char p[LINE_MAX_BYTES];
	size_t n;
};

static void
line_text(struct line *line, const char *text)
{
	while (*text != '\0' && line->n < sizeof(line->p) - 2)
		line->p[line->n++] = *text++;
}

static void
line_escaped(struct line *line, struct span s)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = s.n > FIELD_MAX_BYTES ? FIELD_MAX_BYTES : s.n;

	line_text(line, "\"");
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char escape[7] = { '\\', 'u', '0', '0', hex[c >> 4],
			hex[c & 15], '\0' };
		char plain[2] = { (char)c, '\0' };

		/* Bytes beyond ASCII are shown as Latin-1 escapes: the line
		 * is valid JSON whatever the peer sent. */
		line_text(line, c < 0x20 || c >= 0x7f || c == '"' || c == '\\'
					? escape
					: plain);
	}
	line_text(line, "\"");
}

static void
line_field(struct line *line, const char *name, struct span value)
{
	if (span_is_absent(value))
		return;
	line_text(line, ",\"");
	line_text(line, name);
	line_text(line, "\":");
	line_escaped(line, value);
}

static void
line_number(struct line *line, const char *name, int64_t value)
{
	char text[64];

	snprintf(text, sizeof(text), ",\"%s\":%lld", name, (long long)value);
	line_text(line, text);
}

static void
line_begin(struct line *line, const char *level)
{
	int64_t now = clock_wall_ms();
	time_t seconds = (time_t)(now / 1000);
	char text[64], stamp[32];
	struct tm utc;

	line->n = 0;
	gmtime_r(&seconds, &utc);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text, sizeof(text), "{\"time\":\"%s.%03dZ\"", stamp,
		(int)(now % 1000));
	line_text(line, text);
	line_field(line, "level", span_of(level));
	line_field(line, "program", span_of(target.program));
}

/* Whether the file that we hold is still the one of that name. */
static bool
file_is_current(void)
{
	struct stat held, named;

	return fstat(target.fd, &held) == 0 && stat(target.path, &named) == 0 &&
	       held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

static enum ost_err
file_open(void)
{
	int fd = open(target.path,
		O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);

	if (fd < 0)
		return OST_SYSTEM;
	if (target.is_file)
		close(target.fd);
	target.fd = fd;
	target.is_file = true;
	return OST_OK;
}

static void
line_end(struct line *line)
{
	line->p[line->n++] = '}';
	if (target.is_syslog) {
		syslog(LOG_INFO, "%.*s", (int)line->n, line->p);
		return;
	}
	line->p[line->n++] = '\n';
	if (target.is_file && !file_is_current() && file_open() != OST_OK)
		return;
	/* A log that cannot be written must not stop the doorkeeper. */
	if (write(target.fd, line->p, line->n) < 0)
		return;
}

enum ost_err
log_open(const char *where, const char *program)
{
	snprintf(target.program, sizeof(target.program), "%s", program);
	if (target.is_file)
		close(target.fd);
	target.is_file = target.is_syslog = false;
	target.fd = STDERR_FILENO;
	if (strcmp(where, "stderr") == 0)
		return OST_OK;
	if (strcmp(where, "syslog") == 0) {
		openlog(target.program, LOG_PID, LOG_DAEMON);
		target.is_syslog = true;
		return OST_OK;
	}
	if ((size_t)snprintf(target.path, sizeof(target.path), "%s", where) >=
		sizeof(target.path))
		return OST_SYSTEM;
	return file_open();
}

void
log_decision(const struct log_decision *d)
{
	struct line line;

	line_begin(&line, "info");
	line_field(&line, "request_id", d->request_id);
	line_field(&line, "subject", d->subject);
	line_field(&line, "address", d->address);
	line_field(&line, "method", d->method);
	line_field(&line, "path", d->path);
	line_number(&line, "status", d->status);
	line_field(&line, "reason", span_of(d->reason));
	line_number(&line, "ms", d->ms);
	line_end(&line);
}

void
log_message(const char *level, const char *format, ...)
{
	char text[FIELD_MAX_BYTES];
	struct line line;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (target.divert != NULL) {
		target.divert(level, text);
		return;
	}
	line_begin(&line, level);
	line_field(&line, "message", span_of(text));
	line_end(&line);
}

void
log_divert(void (*divert)(const char *level, const char *message))
{
	target.divert = divert;
}
