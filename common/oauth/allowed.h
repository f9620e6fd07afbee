#ifndef OSTIARY_ALLOWED_H
#define OSTIARY_ALLOWED_H
#include "context.h"
/* The applications that a user has let in: what can be withdrawn. */
struct allowed {
	struct span client_id;
	struct span name;  /* the client id when the application is gone */
	struct span scope; /* all that any of it allows, parted by one blank; up
			    * to 4000 bytes of it */
	int64_t since_ms;  /* the first of what is still there */
	int64_t used_ms;   /* the last use that was noted; 0: none */
	bool is_gone;	   /* there is no such application any more */
	bool is_remembered; /* it is not asked about again */
	bool is_offline;    /* it goes on without the user */
	size_t grants;	    /* that live */
};

/*
 * One entry for each application that has a live grant or a remembered consent
 * of that user, by name; also those that are gone but left some. An array of *n
 * in the arena, which does not grow with the number of grants. OST_NOTFOUND: no
 * such user. Two looks at all grants, one at all consents.
 */
OST_CHECK enum ost_err allowed_list(const struct context *context,
	struct arena *arena, struct span user_id, struct allowed **list,
	size_t *n);
/* That of one application. OST_NOTFOUND: there is none. */
OST_CHECK enum ost_err allowed_find(const struct context *context,
	struct arena *arena, struct span user_id, struct span client_id,
	struct allowed *allowed);
#endif
