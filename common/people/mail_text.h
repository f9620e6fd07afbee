#ifndef OSTIARY_MAIL_TEXT_H
#define OSTIARY_MAIL_TEXT_H
#include "buf.h"
#include "messages.h"
/*
 * What our mails say: the texts mail.NAME.subject and mail.NAME.body of
 * messages.h, plain, with {site_name}, {link} and {hours} where those stand,
 * the last with its unit ("24 hours"; in whole days from two up); a backslash
 * and an n in a body begin a new line.
 */
enum mail_text_id {
	MAIL_SIGNUP, /* the link that goes on with signing up */
	MAIL_KNOWN,  /* there is an account of that address already */
	MAIL_INVITE,
	MAIL_RESET,
	MAIL_CONFIRM,
};

struct mail_text {
	struct span subject, body;
};

struct mail_values {
	struct span site_name, link;
	int64_t hours;
};

/* The text in that language, filled in; NULL: in English as compiled in.
 * OST_NOMEM. */
OST_CHECK enum ost_err mail_text(struct arena *arena, enum mail_text_id id,
	const struct language *language, const struct mail_values *values,
	struct mail_text *text);
/* A template in that language with its values, in the arena; another word in
 * braces stays as it is. What stands in a value is never looked through again.
 * OST_NOMEM. */
OST_CHECK enum ost_err mail_text_fill(struct arena *arena,
	const struct language *language, struct span template,
	const struct mail_values *values, struct span *text);
#endif
