#include "input.h"
#include "password.h"
#include "password_rule.h"
#include "terminal.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PASSPHRASE_LENGTH_MIN 12 /* it guards keys that open everything */
#define INPUT_MAX	      ((size_t)256 * 1024 * 1024)

/* Up to size bytes; fewer only at the end. False with errno. */
static bool
read_up_to(int fd, char *p, size_t size, size_t *n)
{
	*n = 0;
	while (*n < size) {
		ssize_t part = read(fd, p + *n, size - *n);

		if (part < 0 && errno == EINTR)
			continue;
		if (part < 0)
			return false;
		if (part == 0)
			break;
		*n += (size_t)part;
	}
	return true;
}

static enum exit_status
first_line(struct admin *admin, int fd, size_t size_max, const char *what,
	struct span *line)
{
	size_t size = size_max + 1, n;
	char *p = arena_alloc(admin->arena, size);
	struct span rest, head;

	if (p == NULL)
		return report_fail(OST_NOMEM, "%s", what);
	if (!read_up_to(fd, p, size, &n))
		return report_fail_system("%s: %s", what, strerror(errno));
	rest = (struct span){ n > 0 ? p : NULL, n };
	if (span_cut(&rest, '\n', &head))
		rest = head;
	if (rest.n > size_max)
		return report_refuse("too_big", "%s has more than %zu bytes",
			what, size_max);
	*line = rest;
	return EXIT_DONE;
}

enum exit_status
input_line(struct admin *admin, size_t size_max, const char *what,
	struct span *line)
{
	return first_line(admin, STDIN_FILENO, size_max, what, line);
}

enum exit_status
input_all(struct admin *admin, struct span *text)
{
	struct buf buf;
	char part[65536];
	size_t n;

	buf_init(&buf, admin->arena);
	do {
		if (!read_up_to(STDIN_FILENO, part, sizeof(part), &n))
			return report_fail_system(
				"standard input: %s", strerror(errno));
		buf_add(&buf, (struct span){ part, n });
		if (buf.n > INPUT_MAX)
			return report_refuse("too_big",
				"standard input has more than %zu bytes",
				INPUT_MAX);
	} while (n == sizeof(part));
	if (buf_span(&buf, text) != OST_OK)
		return report_fail(OST_NOMEM, "standard input");
	return EXIT_DONE;
}

static enum exit_status
ask_twice(struct admin *admin, struct span user, struct span *password)
{
	struct span again;
	char prompt[128];

	if (!terminal_is_there())
		return report_usage(
			"there is no terminal to ask for the password; "
			"use --password-stdin");
	snprintf(prompt, sizeof(prompt),
		"New password of %.*s: ", SPAN_ARG(user));
	if (!terminal_ask_secret(
		    admin->arena, prompt, PASSWORD_SIZE_MAX, password) ||
		!terminal_ask_secret(admin->arena,
			"The same again: ", PASSWORD_SIZE_MAX, &again))
		return report_refuse("no_password", "no password was given");
	if (!span_eq(*password, again))
		return report_refuse("no_password", "the two are not the same");
	return EXIT_DONE;
}

enum exit_status
input_password(struct admin *admin, struct span user, struct span *password)
{
	enum exit_status status;
	const char *fault;

	if (argument_has(&admin->arguments, "password-stdin"))
		status = input_line(
			admin, PASSWORD_SIZE_MAX, "the password", password);
	else
		status = ask_twice(admin, user, password);
	if (status != EXIT_DONE)
		return status;
	fault = password_fault(*password);
	return fault == NULL ? EXIT_DONE
			     : report_refuse("bad_password", "%s", fault);
}

static enum exit_status
check_passphrase(struct span passphrase)
{
	if (text_is_plain(passphrase, PASSWORD_SIZE_MAX) &&
		text_length(passphrase) >= PASSPHRASE_LENGTH_MIN)
		return EXIT_DONE;
	return report_refuse("bad_passphrase",
		"a passphrase is a line of %d characters or more, UTF-8, none "
		"of them a control character",
		PASSPHRASE_LENGTH_MIN);
}

enum exit_status
input_passphrase(struct admin *admin)
{
	struct span path = argument_get(&admin->arguments, "passphrase-file");
	bool is_stdin = argument_has(&admin->arguments, "passphrase-stdin");
	enum exit_status status;
	int fd = STDIN_FILENO;

	if (is_stdin && !span_is_absent(path))
		return report_usage("%s: one passphrase is enough; see "
				    "`ostiary %s --help`",
			admin->command->name, admin->command->name);
	if (!is_stdin && span_is_absent(path))
		return EXIT_DONE;
	if (!is_stdin)
		fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return report_fail_system("%s: %s", path.p, strerror(errno));
	status = first_line(admin, fd, PASSWORD_SIZE_MAX, "the passphrase",
		&admin->passphrase);
	if (!is_stdin)
		close(fd);
	return status == EXIT_DONE ? check_passphrase(admin->passphrase)
				   : status;
}

bool
input_confirms(const char *format, ...)
{
	char question[512];
	va_list args;

	if (isatty(STDIN_FILENO) == 0)
		return true;
	va_start(args, format);
	vsnprintf(question, sizeof(question), format, args);
	va_end(args);
	return terminal_ask_yes(question);
}
