#ifndef OSTIARY_MAIL_H
#define OSTIARY_MAIL_H
#include "context.h"
#include "mailbox.h"
#include "spool.h"
/* A mail to one person. */
struct mail {
	struct span to;	     /* one address */
	struct span subject; /* UTF-8 of one line */
	struct span body;    /* UTF-8; lines end in LF */
	bool is_discarded;   /* costs what it costs, and goes to nobody */
};

/*
 * The message (RFC 5322, RFC 2047, RFC 3834) with LF line ends, in the arena.
 * Whatever the values hold, no header comes of it that is not ours: control
 * characters, what is not UTF-8, what is no address and lines of more than 998
 * bytes are OST_BADINPUT.
 */
OST_CHECK enum ost_err mail_compose(struct arena *arena,
	const struct mailbox *from, const struct mail *mail,
	struct span *message);
/*
 * Leaves it for `ostiary mail send`, durably. OST_DENIED: there is no
 * mail_from; OST_BADINPUT as above; OST_TOOBIG: over 8 KiB; OST_BUSY: 1000
 * mails wait already; OST_STORE.
 */
OST_CHECK enum ost_err mail_queue(const struct context *context,
	struct arena *arena, const struct mail *mail);
/* The spool of this state, for what spool.h has. */
struct spool mail_spool(const struct context *context, struct arena *arena);
#endif
