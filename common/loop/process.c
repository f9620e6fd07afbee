#include "process.h"
#include "gateway.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

void
process_harden(void)
{
	const struct rlimit none = { 0, 0 };

	umask(077);
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int
process_arguments(int argc, char **argv, const char *name)
{
	/* Under CGI the arguments may be a client's (RFC 3875 section 4.4):
	 * they mean nothing. */
	if (argc <= 1 || getenv("GATEWAY_INTERFACE") != NULL ||
		!gateway_is_cgi())
		return -1;
	if (strcmp(argv[1], "--help") == 0 ||
		strcmp(argv[1], "--version") == 0) {
		printf("%s: a program of Ostiary %s, run by a web server as "
		       "CGI or\nby spawn-fcgi as FastCGI; it takes no "
		       "arguments.\nSee ostiary-%s(8).\n",
			name, OSTIARY_VERSION, name);
		return fflush(stdout) == 0 ? 0 : 3;
	}
	fprintf(stderr, "%s: takes no arguments; see ostiary-%s(8)\n", name,
		name);
	return 2;
}
