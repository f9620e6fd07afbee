#ifndef OSTIARY_LOG_H
#define OSTIARY_LOG_H
#include "span.h"
/*
 * One JSON line per event, written with one write(2), so that the lines of
 * several processes never mix. The fields are fixed: there is none for a
 * secret. What comes from a peer is escaped and cut to 512 bytes.
 */
struct log_decision {
	struct span request_id;
	struct span subject; /* user name, app or address; absent: nobody */
	struct span address;
	struct span method;
	struct span path; /* without its query */
	int status;
	const char *reason; /* a literal word: ok, credentials_invalid ... */
	int64_t ms;	    /* how long it took */
};

/*
 * Where lines go: "stderr", "syslog" or a file's path (opened for appending,
 * mode 0640, and opened anew when it was moved away). Keeps a copy of the
 * arguments; program names the process in each line. OST_SYSTEM when the file
 * cannot be opened: lines then go to stderr.
 */
OST_CHECK enum ost_err log_open(const char *target, const char *program);
void log_decision(const struct log_decision *decision);
/* Something the operator should know: a broken file, a store that fails.
 * level is "error", "warning" or "info". Never give it a secret. */
__attribute__((format(printf, 2, 3))) void log_message(
	const char *level, const char *format, ...);
/* For the command: messages go to divert instead of the target. */
void log_divert(void (*divert)(const char *level, const char *message));
#endif
