#include "report.h"
#include "json.h"
#include "log.h"
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define MESSAGE_MAX 2048 /* a longer one is cut */
#define ARENA_MAX   65536

/* State of the log, which has no argument to carry it. */
static struct {
	bool is_json;
	bool has_message; /* since report_begin() */
	size_t n;
	char text[MESSAGE_MAX]; /* with --json: what was logged so far */
} report;

static void
write_stderr(struct span text)
{
	/* Whom to tell that nobody can be told? */
	while (text.n > 0) {
		ssize_t n = write(STDERR_FILENO, text.p, text.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text = span_skip(text, (size_t)n);
	}
}

/* word: NULL for a remark that is no JSON. */
static void
write_line(const char *word, struct span message)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct span line = SPAN("ostiary: out of memory\n");
	struct json_writer json;
	struct buf buf;

	if (arena == NULL) {
		write_stderr(line);
		return;
	}
	buf_init(&buf, arena);
	if (report.is_json && word != NULL) {
		json_begin(&json, &buf);
		json_open(&json, NULL, '{');
		json_string(&json, "error", span_of(word));
		json_string(&json, "message", message);
		json_close(&json);
	} else {
		buf_text(&buf, "ostiary: ");
		buf_printable(&buf, message);
	}
	buf_char(&buf, '\n');
	if (buf_span(&buf, &line) == OST_OK)
		write_stderr(line);
	arena_free(arena);
}

static void
keep(const char *message)
{
	int n = snprintf(report.text + report.n, MESSAGE_MAX - report.n, "%s%s",
		report.n > 0 ? "; " : "", message);

	if (n > 0)
		report.n += (size_t)n;
	if (report.n >= MESSAGE_MAX)
		report.n = MESSAGE_MAX - 1;
}

static void
divert(const char *level, const char *message)
{
	bool is_error = span_eq(span_of(level), SPAN("error"));

	/* What goes well is for the log, not for who typed a command. */
	if (span_eq(span_of(level), SPAN("info")))
		return;
	if (is_error)
		report.has_message = true;
	if (!report.is_json)
		write_line(NULL, span_of(message));
	else if (is_error)
		keep(message);
}

void
report_begin(bool is_json)
{
	report.is_json = is_json;
	report.has_message = false;
	report.n = 0;
	log_divert(divert);
}

__attribute__((format(printf, 2, 0))) static void
say_line(const char *word, const char *format, va_list args)
{
	char text[MESSAGE_MAX];

	vsnprintf(text, sizeof(text), format, args);
	write_line(word, span_of(text));
}

enum exit_status
report_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_line("usage", format, args);
	va_end(args);
	return EXIT_USAGE;
}

enum exit_status
report_refuse(const char *word, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_line(word, format, args);
	va_end(args);
	return EXIT_REFUSED;
}

static const char *
sentence(enum ost_err err)
{
	switch (err) {
	case OST_CONFLICT:
		return "somebody else changed it meanwhile; try again";
	case OST_NOMEM:
		return "out of memory";
	case OST_CRYPTO:
		return "the cryptographic library failed";
	case OST_STORE:
		return "the state does not answer";
	default:
		return ost_err_name(err);
	}
}

enum exit_status
report_fail(enum ost_err err, const char *format, ...)
{
	char text[MESSAGE_MAX / 2], message[MESSAGE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(message, sizeof(message), "%s: %s", text, sentence(err));
	if (report.is_json && report.has_message)
		write_line(ost_err_name(err), span_of(report.text));
	else if (!report.has_message)
		write_line(ost_err_name(err), span_of(message));
	return err == OST_CONFLICT ? EXIT_REFUSED : EXIT_FAILED;
}

enum exit_status
report_fail_system(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_line(ost_err_name(OST_SYSTEM), format, args);
	va_end(args);
	return EXIT_FAILED;
}

void
report_remark(const char *format, ...)
{
	char text[MESSAGE_MAX];
	va_list args;

	if (report.is_json)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	write_line(NULL, span_of(text));
}
