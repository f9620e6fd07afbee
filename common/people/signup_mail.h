#ifndef OSTIARY_SIGNUP_MAIL_H
#define OSTIARY_SIGNUP_MAIL_H
#include "mail_text.h"
#include "signup.h"
/* The mails of signing up, and who gets them; for signup.c, signup_start.c and
 * confirm.c. */

/* How somebody is looked for: by address and, if that is set and nobody has the
 * address, by name. */
struct signup_search {
	struct span who;
	bool is_by_name;
	bool is_found;
	char id[64]; /* of who was found; else an id that nobody has */
	size_t id_n;
};
/* Looks at every user, whether one was found or not. */
OST_CHECK enum ost_err signup_search(const struct context *context,
	struct arena *arena, struct signup_search *search);
/* Deletes a ticket that was used. One that is left of a user who was made, of
 * an older password or of an address that is confirmed opens nothing: a failure
 * is logged. */
void signup_forget(const struct context *context, struct arena *arena,
	const struct ticket *ticket);
/* Counts a mail that was asked for by what was typed. OST_LIMITED: *wait_s,
 * from 1, says how long. */
OST_CHECK enum ost_err signup_count(const struct context *context,
	const struct request *request, struct span who, int64_t *wait_s);
/* The mail with that text and link, which works for lifetime_s. */
OST_CHECK enum ost_err signup_mail(const struct context *context,
	struct arena *arena, enum mail_text_id id, struct span language,
	struct span link, int64_t lifetime_s, struct span to,
	bool is_discarded);
#endif
