#ifndef OSTIARY_MAIL_TEXT_H
#define OSTIARY_MAIL_TEXT_H
#include "buf.h"
/* What our mails say, with {site_name}, {link} and {hours} where those stand.
 */
enum mail_text_id {
	MAIL_SIGNUP, /* the link that goes on with signing up */
	MAIL_KNOWN,  /* there is an account of that address already */
	MAIL_INVITE,
	MAIL_RESET,
};

struct mail_text {
	struct span subject, body;
};

struct mail_values {
	struct span site_name, link;
	int64_t hours;
};

/* The text in that language; English where there is none. */
const struct mail_text *mail_text(enum mail_text_id id, struct span language);
/* A template with its values, in the arena; another word in braces stays as it
 * is. What stands in a value is never looked through again. OST_NOMEM. */
OST_CHECK enum ost_err mail_text_fill(struct arena *arena, struct span template,
	const struct mail_values *values, struct span *text);
#endif
