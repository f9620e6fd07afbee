#include "signup_mail.h"
#include "log.h"
#include "mail.h"
#include "record.h"

#include <string.h>

#define SCRATCH_MAX ((size_t)1024 * 1024)

enum ost_err
signup_link(const struct config *config, struct arena *arena,
	enum ticket_kind kind, struct span text, struct span *link)
{
	static const char *const paths[] = {
		[TICKET_INVITE] = "/account/signup",
		[TICKET_SIGNUP] = "/account/signup",
		[TICKET_RESET] = "/account/reset",
		[TICKET_CONFIRM] = "/account/confirm",
	};
	struct buf buf;

	buf_init(&buf, arena);
	buf_add(&buf, config->issuer);
	buf_text(&buf, paths[kind]);
	buf_text(&buf, "?ticket=");
	buf_add(&buf, text);
	return buf_span(&buf, link);
}

static enum ost_err
queue(const struct context *c, struct arena *arena, enum mail_text_id id,
	const struct language *language, const struct mail_values *values,
	struct mail *mail)
{
	struct mail_text text;
	enum ost_err err = mail_text(arena, id, language, values, &text);

	if (err != OST_OK)
		return err;
	mail->subject = text.subject;
	mail->body = text.body;
	return mail_queue(c, arena, mail);
}

enum ost_err
signup_mail(const struct context *c, struct arena *arena, enum mail_text_id id,
	struct span language, struct span link, int64_t lifetime_s,
	struct span to, bool is_discarded)
{
	const struct mail_values values = { .site_name = c->config->site_name,
		.link = link,
		.hours = (lifetime_s + 3599) / 3600 };
	struct mail mail = { .to = to, .is_discarded = is_discarded };
	enum ost_err err = queue(c, arena, id,
		messages_pick(c->messages, language, SPAN_ABSENT), &values,
		&mail);

	if (err != OST_BADINPUT && err != OST_TOOBIG)
		return err;
	/* The address is a good one: it is the operator's text that no mail can
	 * hold. Who waits for a link must not suffer, or tell by it. */
	log_message("warning", "mail: a text of the folder messages cannot be "
			       "sent; the one that is built in was");
	return queue(c, arena, id, NULL, &values, &mail);
}

enum ost_err
signup_mail_invitation(const struct context *c, struct arena *arena,
	const struct ticket *ticket, struct span link)
{
	return signup_mail(c, arena, MAIL_INVITE, ticket->language, link,
		(ticket->expires_ms - ticket->created_ms) / 1000, ticket->email,
		false);
}

struct scan {
	struct signup_search *search;
	struct arena *scratch; /* of one user */
	bool is_address_found;
	int64_t created_ms; /* of who was found by address */
};

static void
keep(struct signup_search *search, const struct user *user)
{
	if (user->id.n > sizeof(search->id))
		return;
	memcpy(search->id, user->id.p, user->id.n);
	search->id_n = user->id.n;
	search->is_found = true;
}

static enum ost_err
look_at(void *arg, struct span key, struct span value, int64_t expires_ms)
{
	struct scan *scan = arg;
	struct signup_search *search = scan->search;
	struct user user;
	enum ost_err err = user_decode(scan->scratch, value, &user);

	(void)key;
	(void)expires_ms;
	/* One that is damaged is `ostiary check`'s to tell. */
	if (err == OST_OK && user.email.n > 0 &&
		span_eq_nocase(user.email, search->who) &&
		(!scan->is_address_found ||
			user.created_ms < scan->created_ms)) {
		keep(search, &user);
		scan->is_address_found = true;
		scan->created_ms = user.created_ms;
	}
	if (err == OST_OK && !scan->is_address_found && search->is_by_name &&
		span_eq_nocase(user.name, search->who))
		keep(search, &user);
	arena_reset(scan->scratch);
	return err == OST_NOMEM ? err : OST_OK;
}

enum ost_err
signup_search(const struct context *c, struct arena *arena,
	struct signup_search *search)
{
	struct scan scan = { .search = search };
	struct span nobody;
	enum ost_err err = record_new_id(arena, 'u', &nobody);

	if (err != OST_OK)
		return err;
	search->is_found = false;
	memcpy(search->id, nobody.p, nobody.n);
	search->id_n = nobody.n;
	scan.scratch = arena_new(SCRATCH_MAX);
	if (scan.scratch == NULL)
		return OST_NOMEM;
	err = store_each(c->accounts, SPAN("user:"), look_at, &scan);
	arena_free(scan.scratch);
	return err;
}
