#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Signals that would leave the terminal mute. */
static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static volatile sig_atomic_t caught; /* 0: none */

static void catch (int number)
{
	caught = number;
}

static int
open_terminal(void)
{
	return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

bool
terminal_is_there(void)
{
	int fd = open_terminal();

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static void
show(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		return; /* the question is lost, the answer is not */
}

/* A line without its end; false at the end of input, on an error or a signal,
 * or when it is longer than size. */
static bool
read_line(int fd, char *p, size_t size, size_t *n)
{
	for (*n = 0;;) {
		char c;
		ssize_t got = read(fd, &c, 1);

		if (got < 0 && errno == EINTR && caught == 0)
			continue;
		if (got <= 0)
			return false;
		if (c == '\n')
			return *n <= size;
		if (*n < size)
			p[*n] = c;
		++*n;
	}
}

/* Mutes the terminal before it asks: an answer that comes at once is neither
 * shown nor thrown away with what was typed before. */
static bool
ask_muted(int fd, const char *prompt, char *p, size_t size, size_t *n)
{
	struct termios before, muted;
	bool is_read;

	if (tcgetattr(fd, &before) != 0)
		return false;
	muted = before;
	muted.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	if (tcsetattr(fd, TCSAFLUSH, &muted) != 0)
		return false;
	show(fd, prompt);
	is_read = read_line(fd, p, size, n);
	show(fd, "\n");
	/* Nothing is left to do if the terminal is gone. */
	(void)tcsetattr(fd, TCSAFLUSH, &before);
	return is_read;
}

bool
terminal_ask_secret(struct arena *arena, const char *prompt, size_t size_max,
	struct span *line)
{
	struct sigaction before[SIGNALS], action = { .sa_handler = catch };
	char *p = arena_alloc(arena, size_max + 1);
	bool is_read = false;
	size_t n;
	int fd = p != NULL ? open_terminal() : -1;

	if (fd < 0)
		return false;
	caught = 0;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &action, &before[i]);
	is_read = ask_muted(fd, prompt, p, size_max, &n);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
	close(fd);
	if (caught != 0)
		raise(caught);
	if (is_read)
		*line = (struct span){ p, n };
	return is_read;
}

bool
terminal_ask_yes(const char *question)
{
	char answer[16] = "";
	int fd = open_terminal();
	bool is_yes;
	size_t n;

	if (fd < 0)
		return false;
	show(fd, question);
	show(fd, " [y/N] ");
	is_yes = read_line(fd, answer, sizeof(answer), &n) && n > 0 &&
		 char_lower(answer[0]) == 'y';
	close(fd);
	return is_yes;
}
