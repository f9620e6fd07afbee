#ifndef OSTIARY_INPUT_H
#define OSTIARY_INPUT_H
#include "command.h"
/* What comes from standard input, a file or the person at the terminal. */

/* The first line of standard input without its line feed, in the arena; the
 * absent span when there is nothing. what names it in messages. EXIT_REFUSED
 * when it has more than size_max bytes, EXIT_FAILED. */
enum exit_status input_line(struct admin *admin, size_t size_max,
	const char *what, struct span *line);
/* All of standard input. EXIT_FAILED. */
enum exit_status input_all(struct admin *admin, struct span *text);
/* The new password of user: the first line of standard input with
 * --password-stdin, else asked for twice at the terminal. Checked against the
 * rules for passwords: EXIT_REFUSED; EXIT_USAGE without a terminal. */
enum exit_status input_password(
	struct admin *admin, struct span user, struct span *password);
/* The first line of the file of --passphrase-file, or of standard input with
 * --passphrase-stdin, into admin->passphrase; nothing without both. */
enum exit_status input_passphrase(struct admin *admin);
/* Whether the person says yes; also when there is nobody to ask (standard
 * input is no terminal). */
__attribute__((format(printf, 1, 2))) bool input_confirms(
	const char *format, ...);
#endif
