#ifndef OSTIARY_SHOW_H
#define OSTIARY_SHOW_H
#include "find.h"
/* Records as fields of output.h, the same wherever they are shown. */

#define SHOW_COLUMNS_MAX 16

struct shown {
	const char *plural; /* for people */
	size_t size;	    /* of a struct user, struct app ... */
	size_t columns;
	enum exit_status (*fill)(
		struct admin *admin, const void *thing, struct field *fields);
};

extern const struct shown shown_user, shown_app, shown_key, shown_grant,
	shown_consent, shown_session, shown_event;

/* One thing: the members of a JSON object that the caller has opened. */
enum exit_status show_one(
	struct admin *admin, const struct shown *shown, const void *thing);
/* The same as a whole object. */
enum exit_status show_object(
	struct admin *admin, const struct shown *shown, const void *thing);
/* n things of an array; name is that of the JSON member, or NULL. */
enum exit_status show_all(struct admin *admin, const struct shown *shown,
	const char *name, const void *things, size_t n);
#endif
