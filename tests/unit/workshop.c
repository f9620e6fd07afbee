#define _XOPEN_SOURCE 700 /* nftw */
#include "workshop.h"

#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void
demand(bool is_good, const char *what)
{
	if (is_good)
		return;
	perror(what);
	exit(2);
}

char *
workshop_open(const char *name, ...)
{
	char template[] = "/tmp/ostiary-unit.XXXXXX", path[256];
	char *folder = malloc(sizeof(template));
	va_list names;

	demand(folder != NULL && mkdtemp(template) != NULL, "mkdtemp");
	snprintf(folder, sizeof(template), "%s", template);
	va_start(names, name);
	for (; name != NULL; name = va_arg(names, const char *)) {
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		demand(mkdir(path, 0700) == 0, path);
	}
	va_end(names);
	return folder;
}

static int
remove_one(const char *path, const struct stat *file, int type, struct FTW *at)
{
	(void)file;
	(void)type;
	(void)at;
	return remove(path);
}

void
workshop_close(char *folder)
{
	demand(nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, folder);
	free(folder);
}

void *
workshop_share(size_t n)
{
	void *bytes = mmap(NULL, n, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	demand(bytes != MAP_FAILED, "mmap");
	return bytes;
}

void
workshop_unshare(void *bytes, size_t n)
{
	munmap(bytes, n);
}

pid_t
workshop_start(bool (*work)(void *arg, int i), void *arg, int i)
{
	pid_t child = fork();

	demand(child >= 0, "fork");
	if (child != 0)
		return child;
	/* A failed assertion of the test leaves nobody behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* A failed assertion ends the child instead of going on in it. */
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	_exit(work(arg, i) ? 0 : 1);
}

bool
workshop_end(pid_t child)
{
	int status;

	demand(waitpid(child, &status, 0) == child, "waitpid");
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

struct team {
	atomic_bool *is_started;
	bool (*work)(void *arg, int i);
	void *arg;
};

static bool
team_work(void *arg, int i)
{
	struct team *team = arg;

	while (!atomic_load(team->is_started))
		;
	return team->work(team->arg, i);
}

bool
workshop_run(int n, bool (*work)(void *arg, int i), void *arg)
{
	struct team team = { workshop_share(1), work, arg };
	pid_t children[64];
	bool is_good = n <= 64;

	for (int i = 0; is_good && i < n; i++)
		children[i] = workshop_start(team_work, &team, i);
	atomic_store(team.is_started, true);
	for (int i = 0; i < n && n <= 64; i++)
		is_good = workshop_end(children[i]) && is_good;
	workshop_unshare(team.is_started, 1);
	return is_good;
}

bool
workshop_wait(const atomic_bool *flag)
{
	const struct timespec pause = { .tv_nsec = 100000 };

	for (int i = 0; i < 50000 && !atomic_load(flag); i++)
		nanosleep(&pause, NULL);
	return atomic_load(flag);
}

static void
ignore(int number)
{
	(void)number;
}

void
workshop_interrupt(int every_us)
{
	const struct itimerval timer = { { 0, every_us }, { 0, every_us } };
	const struct sigaction action = { .sa_handler = ignore };

	demand(sigaction(SIGALRM, &action, NULL) == 0 &&
			setitimer(ITIMER_REAL, &timer, NULL) == 0,
		"setitimer");
}

void
workshop_kill(pid_t child)
{
	kill(child, SIGKILL);
	workshop_end(child);
}

int
workshop_open_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int n = 0;

	demand(folder != NULL, "/proc/self/fd");
	while (readdir(folder) != NULL)
		n++;
	closedir(folder);
	return n;
}

unsigned int
workshop_random(unsigned int below)
{
	static uint64_t state = 20240601;

	state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned int)(state >> 33) % below;
}
