/* ostiary session list, end; ostiary user events. */
#include "note.h"
#include "session.h"
#include "show.h"

/* Those that let somebody in: users who are gone or disabled, and new
 * passwords, have ended the others. */
static enum ost_err
keep_live(struct admin *admin, struct session *sessions, size_t *n)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		struct user user;
		enum ost_err err = user_by_id(admin->context.accounts,
			admin->arena, sessions[i].user_id, &user);

		if (err != OST_OK && err != OST_NOTFOUND)
			return err;
		if (err == OST_OK && !user.is_disabled &&
			user.generation == sessions[i].generation)
			sessions[kept++] = sessions[i];
	}
	*n = kept;
	return OST_OK;
}

static enum exit_status
find_sessions(struct admin *admin, struct span user_id,
	struct session **sessions, size_t *n)
{
	const struct config *config = admin->config;
	enum ost_err err = session_all(admin->context.grants, admin->arena,
		user_id, config->session_lifetime_s * 1000,
		config->session_idle_s * 1000, sessions, n);

	if (err == OST_OK)
		err = keep_live(admin, *sessions, n);
	return err == OST_OK ? EXIT_DONE
			     : report_fail(err, "records session:*");
}

static enum exit_status
session_list_all(struct admin *admin)
{
	const struct arguments *arguments = &admin->arguments;
	struct user user = { .id = SPAN_ABSENT };
	struct session *sessions = NULL;
	size_t n;
	enum exit_status status = EXIT_DONE;

	if (arguments->operands_n > 0)
		status = find_user(admin, arguments->operands[0], &user);
	if (status == EXIT_DONE)
		status = find_sessions(admin, user.id, &sessions, &n);
	return status == EXIT_DONE
		       ? show_all(admin, &shown_session, NULL, sessions, n)
		       : status;
}

static enum exit_status
end_one(struct admin *admin, struct span id)
{
	struct span user_id = SPAN_ABSENT;
	struct session *sessions = NULL;
	size_t n;
	enum exit_status status =
		find_sessions(admin, SPAN_ABSENT, &sessions, &n);
	enum ost_err err;

	if (status != EXIT_DONE)
		return status;
	for (size_t i = 0; i < n; i++)
		if (span_eq(sessions[i].id, id))
			user_id = sessions[i].user_id;
	err = session_end_id(admin->context.grants, admin->arena, user_id, id);
	if (err == OST_NOTFOUND)
		return report_refuse(
			"not_found", "no session %.*s", SPAN_ARG(id));
	if (err != OST_OK)
		return report_fail(err, "session %.*s", SPAN_ARG(id));
	note_operator(admin, user_id, EVENT_SESSION_ENDED, SPAN_ABSENT);
	const struct field fields[] = {
		{ .name = "session_id", .text = id },
		{ .name = "state", .text = SPAN("ended") },
	};
	output_say(&admin->out, "session %.*s: ended", SPAN_ARG(id));
	output_object(&admin->out, fields, 2);
	return EXIT_DONE;
}

static enum exit_status
end_all(struct admin *admin, struct span name)
{
	struct user user;
	size_t ended;
	enum exit_status status = find_user(admin, name, &user);
	enum ost_err err;

	if (status != EXIT_DONE)
		return status;
	err = session_end_others(admin->context.grants, admin->arena, user.id,
		SPAN_ABSENT, &ended);
	if (err != OST_OK)
		return report_fail(
			err, "sessions of %.*s", SPAN_ARG(user.name));
	if (ended > 0)
		note_operator(
			admin, user.id, EVENT_SESSIONS_ENDED, SPAN_ABSENT);
	const struct field fields[] = {
		{ .name = "userName", .text = user.name },
		{ .name = "sessions",
			.kind = FIELD_COUNT,
			.number = (int64_t)ended },
	};
	output_say(&admin->out, "user %.*s: %zu sessions have ended",
		SPAN_ARG(user.name), ended);
	output_object(&admin->out, fields, 2);
	return EXIT_DONE;
}

static enum exit_status
session_end_any(struct admin *admin)
{
	const struct arguments *arguments = &admin->arguments;
	struct span user = argument_get(arguments, "user");

	if (span_is_absent(user) == (arguments->operands_n == 0))
		return report_usage("session end: either SESSION_ID or --user "
				    "USER; see `ostiary session end --help`");
	return span_is_absent(user) ? end_one(admin, arguments->operands[0])
				    : end_all(admin, user);
}

static enum exit_status
user_events(struct admin *admin)
{
	struct event *events = NULL;
	struct user user;
	size_t n;
	enum exit_status status =
		find_user(admin, admin->arguments.operands[0], &user);
	enum ost_err err;

	if (status != EXIT_DONE)
		return status;
	err = event_list(&admin->context, admin->arena, user.id, &events, &n);
	if (err != OST_OK)
		return report_fail(err, "events of %.*s", SPAN_ARG(user.name));
	return show_all(admin, &shown_event, NULL, events, n);
}

static const struct option end_options[] = {
	{ .name = "user",
		.value = "USER",
		.help = "all sessions of that user" },
	{ .name = NULL },
};

const struct command session_commands[] = {
	{ "session list", "[USER]", 0, 1, NULL,
		"List who is signed in at the pages",
		"The one that was used last comes first.", NEEDS_STATE,
		session_list_all },
	{ "session end", "[SESSION_ID]", 0, 1, end_options,
		"Sign a browser, or all of a user's, out",
		"At once, for all programs. Tokens and keys stay.", NEEDS_STATE,
		session_end_any },
	{ "user events", "USER", 1, 1, NULL,
		"List what happened to a user's account",
		"The last 64 events, the newest first, as the user sees them.",
		NEEDS_STATE, user_events },
	{ .name = NULL },
};
