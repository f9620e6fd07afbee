#include "clock.h"
#include "limit.h"
#include "log.h"
#include "mailbox.h"
#include "signup_mail.h"

#include <inttypes.h>

#define LANGUAGE_MAX 35 /* RFC 5646 section 4.4.1 */

/* Counted for all, signing up, lost passwords and addresses to confirm,
 * together. */
static const struct limit_rule per_address = { 10, 3600 },
			       per_account = { 3, 3600 },
			       over_all = { 2000, 3600 };

bool
signup_is_open(const struct config *config)
{
	return config->signup == SIGNUP_OPEN && reset_is_possible(config);
}

bool
reset_is_possible(const struct config *config)
{
	return !span_is_absent(config->mail_from.address);
}

static enum ost_err
count(const struct context *c, const struct request *request, const char *kind,
	struct span who, const struct limit_rule *limit, int64_t *wait_s)
{
	struct span key;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, request->arena);
	buf_text(&buf, kind);
	buf_add(&buf, who);
	err = buf_span(&buf, &key);
	return err == OST_OK
		       ? limit_count(c, RATE_ADDRESSES, key, limit, wait_s)
		       : err;
}

/* Nobody gets a mail any more, which the operator should know; once a window
 * and process. */
static void
warn_over_all(int64_t wait_s)
{
	static int64_t silent_until_s;
	int64_t now_s = clock_wall_s();

	if (now_s < silent_until_s)
		return;
	silent_until_s = now_s + wait_s;
	log_message("warning",
		"%" PRIu32 " mails in an hour were asked for: no more are sent "
		"for %" PRId64 " s",
		over_all.count, wait_s);
}

/* By what was typed: what was found must not show. The address first: one that
 * is over its limit uses up nobody else's. */
enum ost_err
signup_count(const struct context *c, const struct request *request,
	struct span who, int64_t *wait_s)
{
	struct span address, typed;
	enum ost_err err = request_address_key(request, &address);

	if (err == OST_OK)
		err = user_canonical(request->arena, who, &typed);
	if (err == OST_OK)
		err = count(c, request, "mail-address:", address, &per_address,
			wait_s);
	if (err == OST_OK)
		err = count(c, request, "mail-account:", typed, &per_account,
			wait_s);
	if (err != OST_OK)
		return err;
	err = count(c, request, "mail-all", SPAN(""), &over_all, wait_s);
	if (err == OST_LIMITED)
		warn_over_all(*wait_s);
	return err;
}

static struct span
good_language(struct span language)
{
	for (size_t i = 0; i < language.n; i++)
		if (!char_is_alnum(language.p[i]) && language.p[i] != '-')
			return SPAN_ABSENT;
	return language.n > 0 && language.n <= LANGUAGE_MAX ? language
							    : SPAN_ABSENT;
}

/* The user that was found, or not, at the price of the one that was. */
static enum ost_err
find(const struct context *c, struct arena *arena, struct signup_search *search,
	struct user *user)
{
	enum ost_err err = signup_search(c, arena, search);

	*user = (struct user){ .id = { search->id, search->id_n } };
	if (err != OST_OK)
		return err;
	err = user_by_id(c->accounts, arena, user->id, user);
	search->is_found = err == OST_OK;
	return err == OST_NOTFOUND ? OST_OK : err;
}

/* The account's own, else that of the page. */
static struct span
language_of(const struct user *user, const struct ticket *ticket)
{
	return user->language.n > 0 ? user->language : ticket->language;
}

/* To the page that goes on, or to that where a lost password is set anew. */
static enum ost_err
link_for(const struct context *c, struct arena *arena, bool is_known,
	struct span text, struct span *link)
{
	struct span signup, reset, query;
	enum ost_err err =
		signup_link(c->config, arena, TICKET_SIGNUP, text, &signup);

	if (err == OST_OK)
		err = signup_link(c->config, arena, TICKET_RESET, text, &reset);
	if (err != OST_OK)
		return err;
	query = reset;
	*link = signup;
	if (is_known && span_cut(&query, '?', link))
		return OST_OK;
	return is_known ? OST_SYSTEM : OST_OK;
}

enum ost_err
signup_start(const struct context *c, const struct request *request,
	struct span email, struct span language, int64_t *wait_s)
{
	int64_t lifetime_s = c->config->ticket_lifetime_s;
	struct arena *arena = request->arena;
	struct signup_search search = { .who = email };
	struct ticket ticket = { .kind = TICKET_SIGNUP,
		.email = email,
		.language = good_language(language) };
	struct span text, link;
	struct user user;
	enum ost_err err;

	if (!signup_is_open(c->config))
		return OST_DENIED;
	if (!mail_address_is_valid(email))
		return OST_BADINPUT;
	err = signup_count(c, request, email, wait_s);
	if (err == OST_OK)
		err = find(c, arena, &search, &user);
	/* Of an address that is known nobody gets its secret. */
	if (err == OST_OK)
		err = ticket_create(
			c->grants, arena, &ticket, lifetime_s * 1000, &text);
	if (err == OST_OK)
		err = link_for(c, arena, search.is_found, text, &link);
	if (err != OST_OK)
		return err;
	return signup_mail(c, arena, search.is_found ? MAIL_KNOWN : MAIL_SIGNUP,
		language_of(&user, &ticket), link, lifetime_s, email, false);
}

/* To nobody it is a mail that is thrown away, and a ticket for an id that there
 * is not. */
static enum ost_err
send_reset(const struct context *c, struct arena *arena,
	const struct user *user, struct span language, bool is_mailed)
{
	int64_t lifetime_s = c->config->ticket_lifetime_s;
	struct span to = is_mailed ? user->email : SPAN("nobody@localhost");
	struct ticket ticket = { .kind = TICKET_RESET,
		.user_id = user->id,
		.email = to,
		.generation = user->generation,
		.language = good_language(language) };
	struct span text, link;
	enum ost_err err = ticket_create(
		c->grants, arena, &ticket, lifetime_s * 1000, &text);

	if (err == OST_OK)
		err = signup_link(c->config, arena, TICKET_RESET, text, &link);
	return err == OST_OK ? signup_mail(c, arena, MAIL_RESET,
				       language_of(user, &ticket), link,
				       lifetime_s, to, !is_mailed)
			     : err;
}

static bool
can_be_mailed(const struct user *user)
{
	return !user->is_disabled && mail_address_is_valid(user->email);
}

enum ost_err
reset_start(const struct context *c, const struct request *request,
	struct span who, struct span language, int64_t *wait_s)
{
	struct signup_search search = { .who = who, .is_by_name = true };
	struct user user;
	enum ost_err err;

	if (!reset_is_possible(c->config))
		return OST_DENIED;
	if (!user_name_is_valid(who) && !mail_address_is_valid(who))
		return OST_BADINPUT;
	err = signup_count(c, request, who, wait_s);
	if (err == OST_OK)
		err = find(c, request->arena, &search, &user);
	return err == OST_OK ? send_reset(c, request->arena, &user, language,
				       search.is_found && can_be_mailed(&user))
			     : err;
}

enum ost_err
reset_send(
	const struct context *c, struct arena *arena, const struct user *user)
{
	if (!reset_is_possible(c->config) || !can_be_mailed(user))
		return OST_DENIED;
	return send_reset(c, arena, user, SPAN_ABSENT, true);
}
