#ifndef OSTIARY_GATEWAY_H
#define OSTIARY_GATEWAY_H
#include "span.h"
/* The web server's side: libfcgi, or the environment and standard streams of
 * plain CGI. Only gateway.c knows libfcgi. */
struct gateway;

/* Exactly n bytes of the request's body. OST_BADINPUT: it ended before. */
OST_CHECK enum ost_err gateway_read(
	struct gateway *gateway, char *bytes, size_t n);
/* Part of the answer in CGI form. OST_SYSTEM: the peer has gone. */
OST_CHECK enum ost_err gateway_write(
	struct gateway *gateway, struct span bytes);
/* Whether fd 0 is no listening socket. */
bool gateway_is_cgi(void);
/*
 * Calls serve() for each request until SIGTERM, SIGINT or SIGUSR1, which are
 * taken between requests only; once under plain CGI. rest() comes after each,
 * when the answer has gone out. params are "NAME=value"
 * and end with NULL. Returns the process's exit status.
 */
int gateway_run(void (*serve)(void *arg, struct gateway *gateway,
			const char *const *params),
	void (*rest)(void *arg), void *arg);
#endif
