/* /account/admin/invite: a link by which somebody makes an account. */
#include "admin.h"
#include "log.h"
#include "mailbox.h"
#include "operate.h"
#include "pages.h"
#include "signup.h"

static enum ost_err
page_of(struct visit *visit, struct values **values)
{
	static const char *const typed[] = { "email", "roles", "mail", NULL };
	enum ost_err err = portal_values(visit, "at_admin", values);

	if (err != OST_OK)
		return err;
	portal_keep(visit, *values, typed);
	values_flag(
		*values, "may_mail", reset_is_possible(visit->context->config));
	return OST_OK;
}

/* OST_DENIED: nobody could follow the link, so there is no such page. */
static enum ost_err
check_signup(struct visit *visit)
{
	if (visit->context->config->signup != SIGNUP_OFF)
		return OST_OK;
	admin_not_found(visit);
	return OST_DENIED;
}

enum ost_err
admin_invite_get(struct visit *visit)
{
	struct values *values;
	enum ost_err err = check_signup(visit);

	if (err == OST_OK)
		err = page_of(visit, &values);
	if (err == OST_OK)
		portal_show(visit, "account", "admin_invite", values);
	return err;
}

/* What was typed, into the ticket. What is wrong is in values, which then have
 * has_error. */
static enum ost_err
read_invitation(
	struct visit *visit, struct ticket *ticket, struct values *values)
{
	const char *why = NULL;
	enum ost_err err = operate_roles(visit->arena, SPAN(""), SPAN(""),
		portal_field(visit, "roles"), &ticket->roles);

	if (err == OST_BADINPUT || err == OST_TOOBIG) {
		portal_wrong(visit, values, "error_roles",
			err == OST_TOOBIG ? "admin.roles_too_long"
					  : "admin.role_wrong");
		err = OST_OK;
	}
	ticket->email = portal_field(visit, "email");
	if (!mail_address_is_valid(ticket->email))
		portal_wrong(visit, values, "error_email", "admin.email_wrong");
	if (err != OST_OK || values_have(values, "has_error"))
		return err;
	err = portal_password(visit, &why);
	if (err != OST_DENIED || why == NULL)
		return err;
	portal_wrong(visit, values, "error_password", why);
	return OST_OK;
}

/* What cannot be mailed is taken back. */
static enum ost_err
mail(struct visit *visit, const struct ticket *ticket, struct span link,
	struct values *values)
{
	enum ost_err err = signup_mail_invitation(
			     visit->context, visit->arena, ticket, link),
		     withdrawn;

	if (err == OST_OK)
		return OST_OK;
	withdrawn = ticket_use(visit->context->grants, visit->arena, ticket);
	if (withdrawn != OST_OK)
		log_message("warning", "`user uninvite` withdraws it");
	if (err != OST_BUSY && err != OST_DENIED)
		return err;
	portal_wrong(visit, values, "error_mail", "admin.mail_impossible");
	return OST_OK;
}

static enum ost_err
invite(struct visit *visit, struct ticket *ticket, struct values *values)
{
	const struct config *config = visit->context->config;
	struct span text, link = SPAN_ABSENT;
	enum ost_err err;

	ticket->is_mailed = portal_field(visit, "mail").n > 0;
	err = ticket_create(visit->context->grants, visit->arena, ticket,
		config->invitation_lifetime_s * 1000, &text);

	if (err == OST_OK)
		err = signup_link(
			config, visit->arena, TICKET_INVITE, text, &link);
	if (err == OST_OK && ticket->is_mailed)
		err = mail(visit, ticket, link, values);
	if (err != OST_OK || values_have(values, "has_error"))
		return err;
	log_message("info", "operator_invite: %.*s invited %.*s, roles %.*s",
		SPAN_ARG(visit->visitor.user.name), SPAN_ARG(ticket->email),
		SPAN_ARG(ticket->roles));
	/* One that is mailed shows that whoever follows it has that mailbox: so
	 * nobody else may see it, the operator neither. */
	values_set(values, "link", ticket->is_mailed ? SPAN_ABSENT : link);
	values_flag(values, "is_invited", true);
	values_time(values, "until", ticket->expires_ms);
	return OST_OK;
}

enum ost_err
admin_invite_post(struct visit *visit)
{
	struct ticket ticket = { .kind = TICKET_INVITE,
		.by = visit->visitor.user.id,
		.by_epoch = visit->visitor.user.epoch };
	struct values *values;
	enum ost_err err = check_signup(visit);

	if (err == OST_OK)
		err = page_of(visit, &values);
	if (err == OST_OK)
		err = read_invitation(visit, &ticket, values);
	if (err == OST_OK && !values_have(values, "has_error")) {
		err = portal_once(visit);
		if (err == OST_OK)
			err = invite(visit, &ticket, values);
	}
	if (err == OST_OK)
		portal_show(visit, "operator_invite", "admin_invite", values);
	return err;
}
