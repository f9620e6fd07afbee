/*
 * ostiary: administration of users, applications, keys, tokens and state.
 *
 *	ostiary [-c FILE] [--json] COMMAND ...
 *
 * Reads: the configuration (-c, else OSTIARY_CONF, else
 *	/etc/ostiary/ostiary.conf), the policy for `policy check`, passwords and
 *	tokens from standard input, never from the arguments.
 * Writes: the stores; secrets, once, to standard output; errors to standard
 *	error, with --json as {"error":"word","message":"..."}.
 * Exits with 0 done, 1 refused, 2 usage, 3 configuration, store or system.
 *
 * Run by root it becomes the owner of the state folder after it has read the
 * configuration.
 */
#include "command.h"
#include "help.h"
#include "run.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ARENA_MAX ((size_t)2048 * 1024 * 1024)

const struct command *const command_tables[] = {
	init_commands,
	user_commands,
	user_state_commands,
	app_commands,
	key_commands,
	token_commands,
	grant_commands,
	consent_commands,
	session_commands,
	signing_key_commands,
	policy_commands,
	dump_commands,
	load_commands,
	check_commands,
	NULL,
};

/* argv without the options that may stand anywhere. */
struct words {
	char **words;
	size_t n;
	const char *config_path;
	bool is_json;
	bool lacks_path; /* -c was the last word */
};

static void
read_words(int argc, char **argv, struct words *found)
{
	bool is_options = true;

	*found = (struct words){ .words = argv, .config_path = config_path() };
	for (int i = 1; i < argc; i++) {
		struct span word = span_of(argv[i]);

		if (is_options && span_eq(word, SPAN("--json"))) {
			found->is_json = true;
		} else if (is_options && span_eq(word, SPAN("-c"))) {
			found->lacks_path = ++i == argc;
			found->config_path = argv[i];
		} else {
			if (span_eq(word, SPAN("--")))
				is_options = false;
			found->words[found->n++] = argv[i];
		}
	}
}

static enum exit_status
run_words(struct admin *admin, const struct words *words, struct span first)
{
	enum exit_status status;
	size_t used;

	admin->command = command_find(words->words, words->n, &used);
	if (admin->command == NULL && command_is_group(first))
		return report_usage(
			"%s what? `ostiary %s --help` lists what there is",
			first.p, first.p);
	if (admin->command == NULL)
		return report_usage(
			"unknown %s %s; `ostiary --help` lists them all",
			first.n > 0 && first.p[0] == '-' ? "option" : "command",
			first.p);
	status = arguments_parse(admin->arena, admin->command,
		words->words + used, words->n - used, &admin->arguments);
	if (status != EXIT_DONE)
		return status;
	if (!admin->arguments.is_help)
		return run_command(admin, words->config_path);
	help_command(&admin->out, admin->command);
	return output_finish(&admin->out);
}

static bool
is_help(const char *word)
{
	return span_eq(span_of(word), SPAN("--help")) ||
	       span_eq(span_of(word), SPAN("-h"));
}

static enum exit_status
dispatch(struct admin *admin, const struct words *words)
{
	struct span first;

	if (words->lacks_path)
		return report_usage(
			"a file is missing behind -c; see `ostiary --help`");
	if (words->n == 0)
		return report_usage(
			"which command? `ostiary --help` lists them");
	first = span_of(words->words[0]);
	if (is_help(first.p))
		help_all(&admin->out, SPAN_ABSENT);
	else if (span_eq(first, SPAN("--version")))
		buf_text(&admin->out.text, "ostiary " OSTIARY_VERSION "\n");
	else if (words->n == 2 && is_help(words->words[1]) &&
		 command_is_group(first))
		help_all(&admin->out, first);
	else
		return run_words(admin, words, first);
	return output_finish(&admin->out);
}

/* A standard stream that is closed would be the number of the first file that
 * is opened, and output would go into that. */
static void
hold_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 &&
			open("/dev/null",
				fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(EXIT_FAILED);
}

int
main(int argc, char **argv)
{
	struct admin admin = { .passphrase = SPAN_ABSENT };
	struct words words;
	enum exit_status status;

	hold_streams();
	umask(077);
	tzset();
	signal(SIGPIPE, SIG_IGN);
	read_words(argc, argv, &words);
	report_begin(words.is_json);
	admin.arena = arena_new(ARENA_MAX);
	if (admin.arena == NULL)
		return (int)report_fail(OST_NOMEM, "start");
	output_init(&admin.out, admin.arena, words.is_json);
	status = dispatch(&admin, &words);
	arena_free(admin.arena);
	return (int)status;
}
