#ifndef OSTIARY_SIGNUP_MAIL_H
#define OSTIARY_SIGNUP_MAIL_H
#include "mail_text.h"
#include "signup.h"
/* The mails of signing up, and who gets them; for signup.c and
 * signup_start.c. */

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
/* The mail with that text and link, which works for lifetime_s. */
OST_CHECK enum ost_err signup_mail(const struct context *context,
	struct arena *arena, enum mail_text_id id, struct span language,
	struct span link, int64_t lifetime_s, struct span to,
	bool is_discarded);
#endif
