#include "command.h"

/* Whether name is "GROUP VERB"; then what its parts are. */
static bool
split(const struct command *command, struct span *group, struct span *verb)
{
	*verb = span_of(command->name);
	return span_cut(verb, ' ', group);
}

static bool
is_called(const struct command *command, char *const *words, size_t n,
	size_t *used)
{
	struct span group, verb, first = span_of(words[0]);

	*used = 1;
	if (!split(command, &group, &verb))
		return span_eq(verb, first);
	*used = 2;
	return n > 1 && span_eq(group, first) &&
	       span_eq(verb, span_of(words[1]));
}

const struct command *
command_find(char *const *words, size_t n, size_t *used)
{
	for (size_t t = 0; command_tables[t] != NULL; t++) {
		const struct command *command = command_tables[t];

		for (; command->name != NULL; command++)
			if (is_called(command, words, n, used))
				return command;
	}
	return NULL;
}

bool
command_is_group(struct span word)
{
	for (size_t t = 0; command_tables[t] != NULL; t++) {
		const struct command *command = command_tables[t];
		struct span group, verb;

		for (; command->name != NULL; command++)
			if (split(command, &group, &verb) &&
				span_eq(group, word))
				return true;
	}
	return false;
}
