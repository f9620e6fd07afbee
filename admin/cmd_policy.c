/* ostiary policy check: the policy, and the files behind the pages. */
#include "command.h"
#include "dataset.h"
#include "messages.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct problem {
	struct span file, message;
	uint64_t line; /* 0: of the whole file */
	bool is_warning;
	struct problem *next;
};

struct problems {
	struct admin *admin;
	struct span looked_at; /* the file or folder */
	struct problem *first, **last;
	bool is_failed; /* no memory for one */
	bool has_errors;
};

/* What line begins with: looked_at, or the file in it. */
static struct span
file_of(struct span line, struct span looked_at)
{
	struct span rest = line, name;

	if (!span_starts(line, looked_at))
		return looked_at;
	rest = span_skip(rest, looked_at.n);
	if (!span_starts(rest, SPAN("/")) || !span_cut(&rest, ':', &name))
		return looked_at;
	line.n = looked_at.n + name.n;
	return line;
}

/* line is "PATH[:LINE]: [warning: ]MESSAGE"; the path is known. */
static void
split_line(struct span line, struct problem *problem)
{
	struct span warning = SPAN("warning: "), rest = line, number;

	if (span_starts(rest, problem->file))
		rest = span_skip(rest, problem->file.n);
	if (span_starts(rest, SPAN(":")))
		rest = span_skip(rest, 1);
	if (!span_starts(rest, SPAN(" ")) && span_cut(&rest, ':', &number) &&
		span_to_u64(number, 1, UINT32_MAX, &problem->line) != OST_OK)
		rest = line;
	if (span_starts(rest, SPAN(" ")))
		rest = span_skip(rest, 1);
	problem->is_warning = span_starts(rest, warning);
	problem->message =
		problem->is_warning ? span_skip(rest, warning.n) : rest;
}

static void
note(void *arg, const char *line)
{
	struct problems *problems = arg;
	struct arena *arena = problems->admin->arena;
	struct problem *problem = arena_alloc(arena, sizeof(*problem));
	struct span copy;

	if (problem == NULL ||
		arena_copy(arena, span_of(line), &copy) != OST_OK) {
		problems->is_failed = true;
		return;
	}
	problem->file = file_of(copy, problems->looked_at);
	split_line(copy, problem);
	if (!problem->is_warning)
		problems->has_errors = true;
	*problems->last = problem;
	problems->last = &problem->next;
	output_say(&problems->admin->out, "%s", copy.p);
}

static void
write_json(struct output *out, const struct problems *problems, size_t rules)
{
	struct json_writer *json = &out->json;

	json_open(json, NULL, '{');
	json_i64(json, "rules", (int64_t)rules);
	json_open(json, "problems", '[');
	for (const struct problem *p = problems->first; p != NULL;
		p = p->next) {
		json_open(json, NULL, '{');
		json_string(json, "file", p->file);
		json_i64(json, "line", (int64_t)p->line);
		json_string(json, "level",
			p->is_warning ? SPAN("warning") : SPAN("error"));
		json_string(json, "message", p->message);
		json_close(json);
	}
	json_close(json);
	json_close(json);
}

/* A file that is given out as it is. */
static void
check_file(struct problems *problems, struct span path)
{
	struct arena *arena = problems->admin->arena;
	struct span line;
	struct buf buf;
	struct stat st;
	int fd;

	if (span_is_absent(path))
		return;
	problems->looked_at = path;
	errno = 0;
	fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	buf_init(&buf, arena);
	if (fd < 0)
		buf_printf(&buf, "%s: %s", path.p, strerror(errno));
	else if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		buf_printf(&buf, "%s: is not a file", path.p);
	if (fd >= 0)
		close(fd);
	if (buf_span(&buf, &line) != OST_OK)
		problems->is_failed = true;
	else if (line.n > 0)
		note(problems, line.p);
}

/* What the pages are made of: nothing that decides who comes in. */
static void
check_pages(struct problems *problems)
{
	const struct config *config = problems->admin->config;
	struct messages *messages = NULL;
	struct dataset data;
	enum ost_err err = OST_OK;

	if (!span_is_absent(config->messages)) {
		problems->looked_at = config->messages;
		err = messages_load(
			config->messages, note, problems, &messages);
		messages_free(messages);
	}
	if (err == OST_NOMEM)
		problems->is_failed = true;
	check_file(problems, config->logo);
	check_file(problems, config->style);
	if (span_is_absent(config->front_data))
		return;
	problems->looked_at = config->front_data;
	if (dataset_read(problems->admin->arena, config->front_data.p, note,
		    problems, &data) == OST_NOMEM)
		problems->is_failed = true;
}

static enum exit_status
policy_check(struct admin *admin)
{
	struct problems problems = { .admin = admin };
	struct policy *policy = NULL;
	enum exit_status status;
	size_t rules = 0;
	enum ost_err err;

	problems.last = &problems.first;
	problems.looked_at = admin->config->policy;
	err = policy_load(admin->config->policy.p, note, &problems, &policy);
	if (err == OST_OK)
		rules = policy_count(policy);
	policy_free(policy);
	if (err == OST_OK || err == OST_BADINPUT)
		check_pages(&problems);
	if (err == OST_OK && problems.has_errors)
		err = OST_BADINPUT;
	if (problems.is_failed || err == OST_NOMEM)
		return report_fail(OST_NOMEM, "policy check");
	if (err != OST_OK && !problems.has_errors)
		return report_fail(err, "policy check");
	if (admin->out.is_json)
		write_json(&admin->out, &problems, rules);
	if (err == OST_OK) {
		output_say(&admin->out, "policy ok: %zu rules", rules);
		return EXIT_DONE;
	}
	/* Refused, but what it found is the answer. */
	status = output_finish(&admin->out);
	if (status != EXIT_DONE)
		return status;
	return err == OST_BADINPUT ? EXIT_REFUSED : EXIT_FAILED;
}

const struct command policy_commands[] = {
	{ "policy check", "", 0, 0, NULL, "Look for errors in the policy",
		"Prints file:line: and what is wrong, also with the files of "
		"messages, logo,\nstyle and front_data. Exits with 1 when "
		"there are errors; warnings alone are\nnone.",
		NEEDS_CONFIG, policy_check },
	{ .name = NULL },
};
