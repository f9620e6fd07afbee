/* ostiary grant list, revoke. */
#include "note.h"
#include "show.h"

static enum exit_status
grant_list(struct admin *admin)
{
	const struct arguments *arguments = &admin->arguments;
	struct user user = { .id = SPAN_ABSENT };
	struct grant *grants = NULL;
	size_t n;
	enum exit_status status = EXIT_DONE;

	if (arguments->operands_n > 0)
		status = find_user(admin, arguments->operands[0], &user);
	if (status == EXIT_DONE)
		status = find_grants(admin, user.id, &grants, &n);
	if (status != EXIT_DONE)
		return status;
	return show_all(admin, &shown_grant, NULL, grants, n);
}

static bool
id_is_possible(struct span id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!char_is_alnum(id.p[i]))
			return false;
	return id.n > 0 && id.n <= 64;
}

static enum exit_status
grant_revoke(struct admin *admin)
{
	struct store *grants = admin->context.grants;
	struct span id = admin->arguments.operands[0];
	struct grant grant;
	enum ost_err err = OST_NOTFOUND;

	if (id_is_possible(id))
		err = grant_find(grants, admin->arena, id, &grant);
	if (err == OST_OK)
		err = grant_end(grants, admin->arena, id);
	if (err == OST_NOTFOUND)
		return report_refuse(
			"not_found", "no grant %.*s", SPAN_ARG(id));
	if (err != OST_OK)
		return report_fail(err, "grant %.*s", SPAN_ARG(id));
	note_operator(admin, grant.user_id, EVENT_APP_WITHDRAWN,
		find_app_label(admin, grant.client_id));
	const struct field fields[] = {
		{ .name = "grant_id", .text = id },
		{ .name = "state", .text = SPAN("revoked") },
	};
	output_say(&admin->out, "grant %.*s: revoked, its tokens are dead",
		SPAN_ARG(id));
	output_object(&admin->out, fields, 2);
	return EXIT_DONE;
}

const struct command grant_commands[] = {
	{ "grant list", "[USER]", 0, 1, NULL,
		"List what users allowed to applications", NULL, NEEDS_STATE,
		grant_list },
	{ "grant revoke", "GRANT_ID", 1, 1, NULL,
		"End a grant, and so all its tokens",
		"Refresh tokens of it too.", NEEDS_STATE, grant_revoke },
	{ .name = NULL },
};
