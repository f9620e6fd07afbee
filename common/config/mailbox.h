#ifndef OSTIARY_MAILBOX_H
#define OSTIARY_MAILBOX_H
#include "span.h"
/* Mail addresses, as far as we write to them: no quoted local part, no comment,
 * no address literal, ASCII only. What is taken can stand in a header and as an
 * argument of a command as it is. */

#define MAIL_ADDRESS_MAX 254 /* bytes: RFC 5321 section 4.5.3.1.3, less <> */

/* "bob" and "example.org" of bob@example.org: an addr-spec of RFC 5322 section
 * 3.4.1 of that form, which does not begin with a dash. */
bool mail_address_is_valid(struct span address);

struct mailbox {
	struct span name;    /* absent: none */
	struct span address; /* absent: no mailbox */
};

/* "a@b", "Name <a@b>" or "\"Name\" <a@b>"; the spans lie in text. OST_BADINPUT:
 * neither, or a name with one of < > " \ or a control character in it. */
OST_CHECK enum ost_err mailbox_parse(struct span text, struct mailbox *mailbox);
#endif
