#include "arguments.h"
#include "command.h"
#include "text.h"

#define WORD_MAX 4096 /* bytes of one argument */

static const struct option *
find_option(const struct command *command, struct span name)
{
	const struct option *option = command->options;

	for (; option != NULL && option->name != NULL; option++)
		if (span_eq(name, span_of(option->name)))
			return option;
	return NULL;
}

static enum exit_status
complain(const struct command *command, const char *what, struct span word)
{
	return report_usage("%s: %s%.*s; see `ostiary %s --help`",
		command->name, what, SPAN_ARG(word), command->name);
}

static enum exit_status
add_operand(const struct command *command, struct arguments *arguments,
	struct span word)
{
	if (arguments->operands_n == command->operands_max)
		return complain(command, "one argument too many: ", word);
	arguments->operands[arguments->operands_n++] = word;
	return EXIT_DONE;
}

/* word is "name" or "name=value"; *i moves on when the value is the next
 * word. */
static enum exit_status
add_option(const struct command *command, struct arguments *arguments,
	struct span word, char *const *words, size_t n, size_t *i)
{
	struct span name = word, value = word;
	bool has_value = span_cut(&value, '=', &name);
	const struct option *option = find_option(command, name);

	if (option == NULL)
		return complain(command, "unknown option ", span_of(words[*i]));
	if (option->value == NULL && has_value)
		return complain(command, "no value goes with --", name);
	if (!option->is_repeatable && argument_has(arguments, option->name))
		return complain(command, "given twice: --", name);
	if (option->value != NULL && !has_value) {
		if (*i + 1 == n)
			return complain(
				command, "a value is missing behind --", name);
		value = span_of(words[++*i]);
	}
	if (option->value == NULL)
		value = SPAN("");
	arguments->given[arguments->given_n++] =
		(struct given){ .option = option, .value = value };
	return EXIT_DONE;
}

static bool
words_are_plain(char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!text_is_plain(span_of(words[i]), WORD_MAX))
			return false;
	return true;
}

/* Whether everything is there that must be. */
static enum exit_status
find_missing(const struct command *command, const struct arguments *arguments)
{
	const struct option *option = command->options;

	if (arguments->operands_n < command->operands_min)
		return complain(
			command, "missing: ", span_of(command->operands));
	for (; option != NULL && option->name != NULL; option++)
		if (option->is_required &&
			!argument_has(arguments, option->name))
			return complain(
				command, "missing: --", span_of(option->name));
	return EXIT_DONE;
}

enum exit_status
arguments_parse(struct arena *arena, const struct command *command,
	char *const *words, size_t n, struct arguments *arguments)
{
	enum exit_status status = EXIT_DONE;
	bool is_options = true;

	*arguments = (struct arguments){ 0 };
	arguments->given = arena_array(arena, n + 1, sizeof(struct given));
	if (arguments->given == NULL)
		return report_fail(OST_NOMEM, "%s", command->name);
	if (!words_are_plain(words, n))
		return report_usage(
			"%s: an argument has control characters, is not "
			"UTF-8 or has over %d bytes",
			command->name, WORD_MAX);
	for (size_t i = 0; i < n && status == EXIT_DONE; i++) {
		struct span word = span_of(words[i]);

		if (!is_options || word.n < 2 || word.p[0] != '-') {
			status = add_operand(command, arguments, word);
		} else if (span_eq(word, SPAN("--"))) {
			is_options = false;
		} else if (span_eq(word, SPAN("--help")) ||
			   span_eq(word, SPAN("-h"))) {
			arguments->is_help = true;
			return EXIT_DONE;
		} else if (!span_starts(word, SPAN("--"))) {
			status = complain(command, "unknown option ", word);
		} else {
			status = add_option(command, arguments,
				span_skip(word, 2), words, n, &i);
		}
	}
	return status == EXIT_DONE ? find_missing(command, arguments) : status;
}

bool
argument_has(const struct arguments *arguments, const char *name)
{
	return !span_is_absent(argument_get(arguments, name));
}

struct span
argument_get(const struct arguments *arguments, const char *name)
{
	struct span value;
	size_t i = 0;

	return argument_next(arguments, name, &i, &value) ? value : SPAN_ABSENT;
}

bool
argument_next(const struct arguments *arguments, const char *name, size_t *i,
	struct span *value)
{
	for (; *i < arguments->given_n; ++*i) {
		const struct given *given = &arguments->given[*i];

		if (!span_eq(span_of(given->option->name), span_of(name)))
			continue;
		*value = given->value;
		++*i;
		return true;
	}
	return false;
}
