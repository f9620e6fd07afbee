#ifndef OSTIARY_PROCESS_H
#define OSTIARY_PROCESS_H
/* What a process of ours is before it meets strangers. */

/* Takes away what it should not be able to do: core files, being traced, new
 * privileges, files that others may read. */
void process_harden(void);
/* The exit status when it was asked for --help or --version, or wrongly; -1:
 * there is a request, or a socket, to serve. */
int process_arguments(int argc, char **argv, const char *name);
#endif
