/* ostiary consent list, revoke. */
#include "access.h"
#include "note.h"
#include "show.h"
#include "withdraw.h"

static enum exit_status
consent_list(struct admin *admin)
{
	const struct arguments *arguments = &admin->arguments;
	struct user user = { .id = SPAN_ABSENT };
	struct consent *consents = NULL;
	size_t n;
	enum exit_status status = EXIT_DONE;

	if (arguments->operands_n > 0)
		status = find_user(admin, arguments->operands[0], &user);
	if (status == EXIT_DONE)
		status = find_consents(
			admin, user.id, SPAN_ABSENT, &consents, &n);
	if (status != EXIT_DONE)
		return status;
	return show_all(admin, &shown_consent, NULL, consents, n);
}

static enum exit_status
consent_revoke(struct admin *admin)
{
	struct span client_id = admin->arguments.operands[1];
	struct withdrawn ended;
	struct user user;
	enum exit_status status =
		find_user(admin, admin->arguments.operands[0], &user);
	enum ost_err err;

	if (status != EXIT_DONE)
		return status;
	err = withdraw(&admin->context, user.id, client_id, &ended);
	if (err != OST_OK)
		return report_fail(err, "consent of %.*s to %.*s",
			SPAN_ARG(user.name), SPAN_ARG(client_id));
	if (ended.consents + ended.grants + ended.pending == 0)
		return report_refuse("not_found",
			"%.*s has allowed nothing to %.*s", SPAN_ARG(user.name),
			SPAN_ARG(client_id));
	note_operator(admin, user.id, EVENT_APP_WITHDRAWN,
		find_app_label(admin, client_id));
	const struct field fields[] = {
		{ .name = "userName", .text = user.name },
		{ .name = "client_id", .text = client_id },
		{ .name = "state", .text = SPAN("revoked") },
		{ .name = "grants",
			.kind = FIELD_COUNT,
			.number = (int64_t)ended.grants },
	};
	output_say(&admin->out,
		"consent of %.*s to %.*s: revoked, %zu grants have ended",
		SPAN_ARG(user.name), SPAN_ARG(client_id), ended.grants);
	output_object(&admin->out, fields, 4);
	return EXIT_DONE;
}

const struct command consent_commands[] = {
	{ "consent list", "[USER]", 0, 1, NULL,
		"List what users need not be asked again",
		"Remembered for those who wished it so.", NEEDS_STATE,
		consent_list },
	{ "consent revoke", "USER CLIENT_ID", 2, 2, NULL,
		"Take back all that a user allowed to an application",
		"What is remembered goes, every grant ends and so do its "
		"tokens. The user is asked\nwhen the application comes again.",
		NEEDS_STATE, consent_revoke },
	{ .name = NULL },
};
