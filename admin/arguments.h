#ifndef OSTIARY_ARGUMENTS_H
#define OSTIARY_ARGUMENTS_H
#include "arena.h"
#include "report.h"
/* The words behind the name of a sub-command. */
struct command;

struct option {
	const char *name;  /* without its dashes */
	const char *value; /* what its value is called; NULL: it has none */
	const char *help;
	bool is_repeatable;
	bool is_required;
};

struct given {
	const struct option *option;
	struct span value;
};

#define OPERANDS_MAX 2

struct arguments {
	struct span operands[OPERANDS_MAX];
	size_t operands_n;
	struct given *given; /* in the order in which they were given */
	size_t given_n;
	bool is_help; /* --help was there: nothing else counts */
};

/*
 * Parses n words for a command: --option value, --option=value, operands, and
 * behind -- operands alone. Every word must be UTF-8 without control
 * characters. EXIT_USAGE, after it was said, when they do not fit.
 */
enum exit_status arguments_parse(struct arena *arena,
	const struct command *command, char *const *words, size_t n,
	struct arguments *arguments);
bool argument_has(const struct arguments *arguments, const char *name);
/* The value of an option; the absent span when it was not given. */
struct span argument_get(const struct arguments *arguments, const char *name);
/* Walks the values of a repeatable option: *i from 0; false at the end. */
bool argument_next(const struct arguments *arguments, const char *name,
	size_t *i, struct span *value);
#endif
