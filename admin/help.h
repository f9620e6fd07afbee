#ifndef OSTIARY_HELP_H
#define OSTIARY_HELP_H
#include "command.h"
/* The texts of --help, made of the tables of commands. */

/* Every command; of one group alone ("user") unless group is absent. */
void help_all(struct output *out, struct span group);
void help_command(struct output *out, const struct command *command);
#endif
