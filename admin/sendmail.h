#ifndef OSTIARY_SENDMAIL_H
#define OSTIARY_SENDMAIL_H
#include "config.h"
/* Hands one message to the command that config->sendmail names: run as
 * PATH -i -- ADDRESS, without a shell and with no environment of ours, the file
 * fd as its standard input, read from its beginning. */

/* OST_OK: it ended with 0. OST_DENIED: with another status, or by a signal;
 * OST_EXPIRED: it took too long, and it and what it had started were killed;
 * OST_SYSTEM: it could not be run. *status: as the shell would have it (its
 * exit status, or 128 and the signal). Says nothing itself. */
OST_CHECK enum ost_err sendmail_run(
	const struct config *config, struct span address, int fd, int *status);
#endif
