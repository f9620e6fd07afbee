#include "help.h"

static void
add_padded(struct buf *buf, struct span text, size_t width)
{
	buf_add(buf, text);
	for (size_t n = text.n; n < width; n++)
		buf_char(buf, ' ');
}

static void
add_summary(struct buf *buf, const struct command *command)
{
	buf_text(buf, "  ");
	add_padded(buf, span_of(command->name), 20);
	buf_text(buf, command->summary);
	buf_char(buf, '\n');
}

static bool
is_in_group(const struct command *command, struct span group)
{
	struct span name = span_of(command->name), head;

	return span_is_absent(group) || span_eq(name, group) ||
	       (span_cut(&name, ' ', &head) && span_eq(head, group));
}

void
help_all(struct output *out, struct span group)
{
	struct buf *buf = &out->text;

	buf_text(buf, "usage: ostiary [-c FILE] [--json] COMMAND ...\n"
		      "       ostiary COMMAND --help\n\n");
	for (size_t t = 0; command_tables[t] != NULL; t++) {
		const struct command *command = command_tables[t];

		for (; command->name != NULL; command++)
			if (is_in_group(command, group))
				add_summary(buf, command);
	}
	if (!span_is_absent(group))
		return;
	buf_text(buf,
		"\n"
		"  -c FILE    the configuration; else the variable "
		"OSTIARY_CONF\n"
		"             says where it is, else "
		"/etc/ostiary/ostiary.conf\n"
		"  --json     answers and errors for programs\n"
		"  --version  which one this is\n\n"
		"Exit status: 0 done, 1 refused, 2 usage, 3 configuration, "
		"store or system.\n");
}

static void
add_option(struct buf *buf, const struct option *option)
{
	size_t start = buf->n;

	buf_text(buf, "  --");
	buf_text(buf, option->name);
	if (option->value != NULL) {
		buf_char(buf, ' ');
		buf_text(buf, option->value);
	}
	add_padded(buf, SPAN("  "),
		buf->n - start < 27 ? 27 - (buf->n - start) : 2);
	buf_text(buf, option->help);
	if (option->is_repeatable)
		buf_text(buf, "; may be given again");
	buf_char(buf, '\n');
}

void
help_command(struct output *out, const struct command *command)
{
	const struct option *option = command->options;
	struct buf *buf = &out->text;

	buf_printf(buf, "usage: ostiary [-c FILE] [--json] %s", command->name);
	if (command->operands[0] != '\0')
		buf_printf(buf, " %s", command->operands);
	if (option != NULL)
		buf_text(buf, " [OPTION]...");
	buf_printf(buf, "\n\n%s.\n", command->summary);
	if (command->help != NULL)
		buf_printf(buf, "\n%s\n", command->help);
	if (option != NULL)
		buf_char(buf, '\n');
	for (; option != NULL && option->name != NULL; option++)
		add_option(buf, option);
}
