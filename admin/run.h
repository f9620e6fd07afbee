#ifndef OSTIARY_RUN_H
#define OSTIARY_RUN_H
#include "command.h"

/* Runs admin->command with what it needs, by the configuration at path, and
 * prints its output: the status to end with. */
enum exit_status run_command(struct admin *admin, const char *path);
#endif
