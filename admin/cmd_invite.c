/* ostiary user invite, invitations, uninvite. */
#include "collect.h"
#include "command.h"
#include "log.h"
#include "roles.h"
#include "signup.h"

/* The wrong words of the configuration, before anything is written. */
static enum exit_status
check_invite(struct admin *admin, struct span email)
{
	if (admin->config->signup == SIGNUP_OFF)
		return report_refuse("signup_off",
			"signup = off: nobody could follow the link; set "
			"signup = invite in %s",
			admin->config->file.p);
	if (!mail_address_is_valid(email))
		return report_refuse("bad_email", "%.*s is no mail address",
			SPAN_ARG(email));
	if (argument_has(&admin->arguments, "mail") &&
		!reset_is_possible(admin->config))
		return report_refuse("no_mail_from",
			"--mail needs the setting mail_from in %s",
			admin->config->file.p);
	return EXIT_DONE;
}

/* What is not mailed is not printed either: nobody would know the link. */
static enum ost_err
mail_or_withdraw(
	struct admin *admin, const struct ticket *ticket, struct span link)
{
	enum ost_err err = signup_mail_invitation(
			     &admin->context, admin->arena, ticket, link),
		     withdrawn;

	if (err == OST_OK)
		return OST_OK;
	withdrawn = ticket_use(admin->context.grants, admin->arena, ticket);
	if (withdrawn != OST_OK)
		log_message("warning", "`user uninvite` withdraws it");
	return err;
}

static enum exit_status
user_invite(struct admin *admin)
{
	const struct config *config = admin->config;
	bool is_mailed = argument_has(&admin->arguments, "mail");
	struct ticket ticket = { .kind = TICKET_INVITE,
		.email = argument_get(&admin->arguments, "email"),
		.is_mailed = is_mailed };
	struct span text, link = SPAN_ABSENT;
	enum exit_status status = check_invite(admin, ticket.email);
	enum ost_err err;

	if (status == EXIT_DONE)
		status = roles_given(admin, SPAN(""), &ticket.roles);
	if (status != EXIT_DONE)
		return status;
	err = ticket_create(admin->context.grants, admin->arena, &ticket,
		config->invitation_lifetime_s * 1000, &text);
	if (err == OST_OK)
		err = signup_link(
			config, admin->arena, TICKET_INVITE, text, &link);
	if (err == OST_OK && is_mailed)
		err = mail_or_withdraw(admin, &ticket, link);
	if (err != OST_OK)
		return report_fail(
			err, "invitation of %.*s", SPAN_ARG(ticket.email));
	const struct field fields[] = {
		{ .name = "link", .heading = "link", .text = link },
		{ .name = "email", .heading = "email", .text = ticket.email },
		{ .name = "expires",
			.heading = "expires",
			.kind = FIELD_TIME,
			.number = ticket.expires_ms },
	};
	output_object(&admin->out, fields, 3);
	output_say(&admin->out,
		"%sThe link is shown now and never again; whoever has it can "
		"make the account.",
		is_mailed ? "The mail is on its way. " : "");
	admin->out.regret = "user uninvite takes the invitation back";
	return EXIT_DONE;
}

/* All that are open; of that address unless it is absent. */
static enum exit_status
find_invitations(struct admin *admin, struct span email,
	struct ticket **tickets, size_t *n)
{
	struct collection found;
	enum ost_err err = collect(
		admin->context.grants, SPAN("ticket:"), admin->arena, &found);

	*n = 0;
	if (err == OST_OK) {
		*tickets = arena_array(
			admin->arena, found.n + 1, sizeof(**tickets));
		err = *tickets != NULL ? OST_OK : OST_NOMEM;
	}
	for (size_t i = 0; err == OST_OK && i < found.n; i++) {
		struct ticket *ticket = &(*tickets)[*n];

		err = ticket_decode(admin->arena, found.items[i].key,
			found.items[i].value, ticket);
		if (err == OST_OK && ticket->kind == TICKET_INVITE &&
			(span_is_absent(email) ||
				span_eq_nocase(ticket->email, email)))
			++*n;
	}
	return err == OST_OK ? EXIT_DONE : report_fail(err, "records ticket:*");
}

#define COLUMNS 5

static enum exit_status
user_invitations(struct admin *admin)
{
	struct ticket *tickets = NULL;
	struct field *fields;
	size_t n;
	enum exit_status status =
		find_invitations(admin, SPAN_ABSENT, &tickets, &n);

	if (status != EXIT_DONE)
		return status;
	fields = arena_array(admin->arena, n * COLUMNS + 1, sizeof(*fields));
	if (fields == NULL)
		return report_fail(OST_NOMEM, "invitations");
	for (size_t i = 0; i < n; i++) {
		struct field *row = &fields[COLUMNS * i];

		row[0] = (struct field){ .name = "email",
			.heading = "email",
			.text = tickets[i].email };
		row[1] = (struct field){ .name = "roles",
			.heading = "roles",
			.kind = FIELD_WORDS,
			.text = tickets[i].roles };
		row[2] = (struct field){ .name = "created",
			.heading = "created",
			.kind = FIELD_TIME,
			.number = tickets[i].created_ms };
		row[3] = (struct field){ .name = "expires",
			.heading = "expires",
			.kind = FIELD_TIME,
			.number = tickets[i].expires_ms };
		row[4] = (struct field){ .name = "invited_by",
			.heading = "invited by",
			.text = tickets[i].by };
	}
	output_table(&admin->out, NULL, "invitations", fields, n, COLUMNS);
	return EXIT_DONE;
}

static enum exit_status
user_uninvite(struct admin *admin)
{
	struct span email = admin->arguments.operands[0];
	struct ticket *tickets = NULL;
	size_t n, withdrawn = 0;
	enum exit_status status = find_invitations(admin, email, &tickets, &n);
	enum ost_err err = OST_OK;

	if (status != EXIT_DONE)
		return status;
	for (size_t i = 0; err == OST_OK && i < n; i++) {
		err = ticket_use(
			admin->context.grants, admin->arena, &tickets[i]);
		withdrawn += err == OST_OK;
		/* Followed, or withdrawn, just now. */
		if (err == OST_CONFLICT)
			err = OST_OK;
	}
	if (err != OST_OK)
		return report_fail(err, "invitation of %.*s", SPAN_ARG(email));
	if (withdrawn == 0)
		return report_refuse(
			"not_found", "%.*s has no invitation", SPAN_ARG(email));
	const struct field fields[] = {
		{ .name = "email", .text = email },
		{ .name = "withdrawn",
			.kind = FIELD_COUNT,
			.number = (int64_t)withdrawn },
	};
	output_say(
		&admin->out, "%zu withdrawn: %.*s", withdrawn, SPAN_ARG(email));
	output_object(&admin->out, fields, 2);
	return EXIT_DONE;
}

static const struct option invite_options[] = {
	{ .name = "email",
		.value = "E",
		.help = "the address that the account will have",
		.is_required = true },
	{ .name = "role",
		.value = "R",
		.help = "a role that the user will have",
		.is_repeatable = true },
	{ .name = "mail", .help = "send the link there, too" },
	{ .name = NULL },
};

const struct command invite_commands[] = {
	{ "user invite", "", 0, 0, invite_options,
		"Print a link by which somebody makes an account",
		"It works once, for the time of the setting "
		"invitation_lifetime. Refused when\nsignup = off.",
		NEEDS_TEXTS, user_invite },
	{ "user invitations", "", 0, 0, NULL,
		"List the invitations that are open", NULL, NEEDS_STATE,
		user_invitations },
	{ "user uninvite", "EMAIL", 1, 1, NULL,
		"Withdraw the invitations of an address", NULL, NEEDS_STATE,
		user_uninvite },
	{ .name = NULL },
};
