#ifndef OSTIARY_COMMAND_H
#define OSTIARY_COMMAND_H
#include "arguments.h"
#include "context.h"
#include "output.h"
#include "report.h"
/* A sub-command, and what one run of the command works with. */

enum command_needs {
	NEEDS_CONFIG, /* the configuration alone; the state may be missing */
	NEEDS_STATE,  /* and the stores; there may be no keyring */
	NEEDS_TEXTS,  /* as NEEDS_STATE, and the texts of mails */
	NEEDS_RING,   /* the stores and the keyring */
};

struct admin {
	struct arena *arena; /* lives until the end */
	const struct command *command;
	struct arguments arguments;
	struct span passphrase; /* of --passphrase-file; absent: not given */
	const struct config *config;
	struct context context; /* its stores only as command->needs says */
	struct output out;
};

struct command {
	const char *name;     /* "user add" */
	const char *operands; /* "NAME", "[USER]" or "" */
	unsigned int operands_min, operands_max;
	const struct option *options; /* the last has no name; NULL: none */
	const char *summary;	      /* one line of `ostiary --help` */
	const char *help;	      /* what else there is to say; or NULL */
	enum command_needs needs;
	enum exit_status (*run)(struct admin *admin);
};

/* One table a file cmd_*.c; its last command has no name. */
extern const struct command user_commands[], user_state_commands[],
	invite_commands[], mail_commands[], app_commands[], key_commands[],
	token_commands[], grant_commands[], consent_commands[],
	session_commands[], signing_key_commands[], policy_commands[],
	init_commands[], dump_commands[], load_commands[], check_commands[],
	stats_commands[];

/* All of them, in the order of `ostiary --help`, up to a NULL. */
extern const struct command *const command_tables[];

/* The command that the first words name, and how many words that took; NULL:
 * there is none. n is at least 1. */
const struct command *command_find(char *const *words, size_t n, size_t *used);
/* Whether there are commands of two words that begin with this one. */
bool command_is_group(struct span word);
#endif
