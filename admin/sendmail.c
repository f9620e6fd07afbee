#include "sendmail.h"
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOT_RUN	       127 /* exit status of a child that could not exec */
#define PAUSE_FIRST_NS 1000000
#define PAUSE_MAX_NS   50000000

/* The child: never returns. */
static void
become(const char *path, const char *address, int fd)
{
	/* execve(2) takes strings that may be written to, and writes none. */
	union {
		const char *text;
		char *word;
	} words[] = { { path }, { "-i" }, { "--" }, { address }, { NULL } };
	union {
		const char *text;
		char *word;
	} variables[] = { { "PATH=/usr/sbin:/usr/bin:/sbin:/bin" },
		{ "LC_ALL=C" }, { NULL } };
	char *argv[5], *environment[3];
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	for (size_t i = 0; i < 5; i++)
		argv[i] = words[i].word;
	for (size_t i = 0; i < 3; i++)
		environment[i] = variables[i].word;
	signal(SIGPIPE, SIG_DFL);
	/* A group of its own, to be killed with all that it starts. */
	if (setpgid(0, 0) == 0 && null >= 0 && dup2(fd, STDIN_FILENO) >= 0 &&
		dup2(null, STDOUT_FILENO) >= 0 &&
		dup2(null, STDERR_FILENO) >= 0 && chdir("/") == 0)
		execve(path, argv, environment);
	_exit(NOT_RUN);
}

static int64_t
deadline_of(const struct config *config)
{
	return clock_monotonic_ms() + config->sendmail_timeout_s * 1000;
}

/* False: its time was over; it is dead all the same. */
static bool
await(pid_t child, int64_t deadline_ms, int *status)
{
	struct timespec pause = { .tv_nsec = PAUSE_FIRST_NS };

	while (waitpid(child, status, WNOHANG) == 0) {
		if (clock_monotonic_ms() >= deadline_ms) {
			kill(-child, SIGKILL);
			kill(child, SIGKILL);
			while (waitpid(child, status, 0) < 0 && errno == EINTR)
				;
			return false;
		}
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < PAUSE_MAX_NS)
			pause.tv_nsec *= 2;
	}
	return true;
}

enum ost_err
sendmail_run(
	const struct config *config, struct span address, int fd, int *status)
{
	char argument[MAIL_ADDRESS_MAX + 1];
	int ended = 0;
	pid_t child;

	if (!mail_address_is_valid(address))
		return OST_BADINPUT;
	memcpy(argument, address.p, address.n);
	argument[address.n] = '\0';
	if (lseek(fd, 0, SEEK_SET) != 0)
		return OST_SYSTEM;
	child = fork();
	if (child < 0)
		return OST_SYSTEM;
	if (child == 0)
		become(config->sendmail.p, argument, fd);
	if (!await(child, deadline_of(config), &ended)) {
		*status = 128 + SIGKILL;
		return OST_EXPIRED;
	}
	if (WIFEXITED(ended)) {
		*status = WEXITSTATUS(ended);
		if (*status == NOT_RUN)
			return OST_SYSTEM;
		return *status == 0 ? OST_OK : OST_DENIED;
	}
	*status = 128 + (WIFSIGNALED(ended) ? WTERMSIG(ended) : 0);
	return OST_DENIED;
}
