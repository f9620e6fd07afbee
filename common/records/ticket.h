#ifndef OSTIARY_TICKET_H
#define OSTIARY_TICKET_H
#include "store.h"
/*
 * What stands behind the links that we mail, in the grants store:
 * "ticket:HASH" of the link's secret, which nobody but the receiver has.
 *
 * A ticket changes the accounts store, and no batch spans two stores. So that
 * it works once even when two use it at a time or a process dies between, the
 * accounts store alone decides: an invitation or sign-up names the id that the
 * new user will have, and "user:ID" can be made only once; a reset names the
 * password's generation, and the record can be changed from it only once; to
 * confirm an address twice is to have confirmed it. Who
 * uses one writes the user first and deletes the ticket then. Killed between,
 * nothing is lost: the user is there; and the ticket that is left opens
 * nothing, for its id is taken or its generation over.
 */
enum ticket_kind {
	TICKET_INVITE,	/* email, roles, by */
	TICKET_SIGNUP,	/* email */
	TICKET_RESET,	/* user_id, generation, email */
	TICKET_CONFIRM, /* user_id, email */
};

struct ticket {
	enum ticket_kind kind;
	struct span hash;    /* of its secret: names the record */
	struct span user_id; /* who will be made, or whose password it is */
	/* Whose mailbox the link is for; absent: a reset of before this was
	 * noted. */
	struct span email;
	bool is_mailed;	   /* of an invitation: by us, and not only shown to who
			    * invites. The others are, always */
	struct span roles; /* parted by one blank; absent: none */
	struct span language; /* absent: none was chosen */
	struct span by;	      /* id of the operator who invites at a page: good
			       * while he is one; absent: the command did */
	int64_t by_epoch;     /* his, of user.h: once disabled is over */
	int64_t generation;   /* of user.h */
	int64_t created_ms, expires_ms;
	struct span raw;
};

/*
 * Writes a new one, good for lifetime_ms, of the kind and the fields that
 * belong to it; sets the rest (the new user's id too). *text is the secret of
 * its link.
 */
OST_CHECK enum ost_err ticket_create(struct store *grants, struct arena *arena,
	struct ticket *ticket, int64_t lifetime_ms, struct span *text);
/* Looks, and changes nothing: programs that read mail follow links too.
 * OST_NOTFOUND: unknown, used, withdrawn or over. */
OST_CHECK enum ost_err ticket_find(struct store *grants, struct arena *arena,
	struct span text, struct ticket *ticket);
/* Deletes it as it was found. OST_CONFLICT: somebody else did. */
OST_CHECK enum ost_err ticket_use(
	struct store *grants, struct arena *arena, const struct ticket *ticket);
/* A record of that key, for store_each(). OST_STORE: it cannot be one. */
OST_CHECK enum ost_err ticket_decode(struct arena *arena, struct span key,
	struct span value, struct ticket *ticket);
/* The address that whoever follows the link has the mail of; absent: none. */
struct span ticket_proves(const struct ticket *ticket);
/* "invite", "signup", "reset", "confirm". */
const char *ticket_kind_name(enum ticket_kind kind);
#endif
