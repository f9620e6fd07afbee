/*
 * The accept loop. libfcgi's own lets a peer that stalls pin the process for
 * ever and takes SIGTERM in the middle of a body, which then looks complete.
 * Therefore: signals are blocked except while we wait for a connection, we
 * accept by ourselves and give the connection deadlines, and libfcgi is told
 * never to keep one open (an idle kept connection would starve the others of
 * a preforked process).
 */
#define _GNU_SOURCE /* accept4(2), ppoll(2) */
#include "gateway.h"
#include "log.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define PEER_TIMEOUT_S 2

struct gateway {
	FCGX_Request *fcgi; /* NULL: plain CGI */
};

static volatile sig_atomic_t is_stopping;

enum ost_err
gateway_read(struct gateway *gateway, char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t got;

		if (gateway->fcgi != NULL)
			got = FCGX_GetStr(bytes, n > 65536 ? 65536 : (int)n,
				gateway->fcgi->in);
		else
			got = read(STDIN_FILENO, bytes, n);
		if (got < 0 && errno == EINTR && gateway->fcgi == NULL)
			continue;
		if (got <= 0)
			return OST_BADINPUT;
		bytes += got;
		n -= (size_t)got;
	}
	return OST_OK;
}

enum ost_err
gateway_write(struct gateway *gateway, struct span bytes)
{
	while (bytes.n > 0) {
		size_t part = bytes.n > 1 << 20 ? 1 << 20 : bytes.n;
		ssize_t put;

		if (gateway->fcgi != NULL)
			put = FCGX_PutStr(
				bytes.p, (int)part, gateway->fcgi->out);
		else
			put = write(STDOUT_FILENO, bytes.p, part);
		if (put < 0 && errno == EINTR && gateway->fcgi == NULL)
			continue;
		if (put <= 0)
			return OST_SYSTEM;
		bytes = span_skip(bytes, (size_t)put);
	}
	return OST_OK;
}

bool
gateway_is_cgi(void)
{
	return FCGX_IsCGI() != 0;
}

static void
stop(int number)
{
	(void)number;
	is_stopping = 1;
}

/* A peer that has gone and a file that may not grow are errors to report, and
 * no reason to die. */
static void
ignore_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/* Handlers before FCGX_Init(), which would install its own. *waiting is the
 * mask for ppoll(): there alone a signal comes through. */
static void
catch_signals(sigset_t *waiting)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGUSR1 };
	struct sigaction action;
	sigset_t blocked;

	memset(&action, 0, sizeof(action));
	action.sa_handler = stop;
	sigemptyset(&blocked);
	for (size_t i = 0; i < 3; i++) {
		sigaction(numbers[i], &action, NULL);
		sigaddset(&blocked, numbers[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, waiting);
	for (size_t i = 0; i < 3; i++)
		sigdelset(waiting, numbers[i]);
}

/* The next connection, or -1: look at is_stopping and come again. */
static int
next_connection(const sigset_t *waiting)
{
	struct pollfd listener = { .fd = STDIN_FILENO, .events = POLLIN };
	const struct timeval limit = { .tv_sec = PEER_TIMEOUT_S };
	const struct timespec pause = { .tv_nsec = 100000000 };
	int fd;

	if (ppoll(&listener, 1, NULL, waiting) < 0)
		return -1;
	fd = accept4(STDIN_FILENO, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0) {
		/* EAGAIN: a sibling was faster. Out of something: wait. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			errno == ENOMEM)
			nanosleep(&pause, NULL);
		else if (errno != EAGAIN && errno != EINTR &&
			 errno != ECONNABORTED)
			is_stopping = 1;
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return fd;
}

static int
run_fastcgi(void (*serve)(void *arg, struct gateway *gateway,
		    const char *const *params),
	void (*rest)(void *arg), void *arg)
{
	FCGX_Request request;
	struct gateway gateway = { &request };
	sigset_t waiting;

	ignore_signals();
	catch_signals(&waiting);
	/* A peer that closes slowly costs 0.2 s instead of 2 s. */
	setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "200", 1);
	if (FCGX_Init() != 0 ||
		FCGX_InitRequest(&request, STDIN_FILENO, 0) != 0 ||
		fcntl(STDIN_FILENO, F_SETFL,
			fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK) != 0) {
		log_message("error", "FastCGI cannot be started: %s",
			strerror(errno));
		return 3;
	}
	while (!is_stopping) {
		int fd = next_connection(&waiting);

		if (fd < 0)
			continue;
		/* "Kept" until accepted, or libfcgi closes what we opened. */
		request.ipcFd = fd;
		request.keepConnection = 1;
		if (FCGX_Accept_r(&request) != 0)
			continue;
		request.keepConnection = 0;
		serve(arg, &gateway, (const char *const *)request.envp);
		FCGX_Finish_r(&request);
		rest(arg);
	}
	return 0;
}

int
gateway_run(void (*serve)(void *arg, struct gateway *gateway,
		    const char *const *params),
	void (*rest)(void *arg), void *arg)
{
	struct gateway cgi = { NULL };

	if (!gateway_is_cgi())
		return run_fastcgi(serve, rest, arg);
	ignore_signals();
	serve(arg, &cgi, (const char *const *)environ);
	/* The server waits for this end of the answer. 1 stays in use: nothing
	 * that is opened later is to be the answer. */
	if (freopen("/dev/null", "w", stdout) != NULL)
		rest(arg);
	return 0;
}
