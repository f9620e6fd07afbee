#ifndef OSTIARY_ADMIN_DO_H
#define OSTIARY_ADMIN_DO_H
#include "admin.h"
#include "event.h"
/* What the operator can do: each on a page of its own that says what will
 * happen, once, with his password, noted for the user and in the log. */

enum admin_target { TARGET_USER, TARGET_APP, TARGET_KEY };

/* One doing of it; what belongs to another target is absent. */
struct deed {
	struct visit *visit;
	const struct admin_deed *what;
	struct user user; /* of TARGET_USER; else only its id: the owner's */
	struct app app;
	struct key key;
	struct span id, name; /* of the target */
	struct span role;     /* to be given or taken away */
	struct span detail;   /* for the event */
	const char *problem;  /* the key of a text: why act() did nothing */
};

enum deed_state {
	DEED_POSSIBLE,
	DEED_DONE, /* it is so already: somebody else was faster */
	DEED_SELF, /* it would lock the operator out */
};

struct admin_deed {
	const char *word;
	enum admin_target target;
	enum deed_state (*state)(const struct deed *deed);
	/* OST_CONFLICT: the target was changed meanwhile. OST_BADINPUT,
	 * OST_LIMITED, OST_BUSY: nothing was done, problem says why. */
	enum ost_err (*act)(struct deed *deed);
	enum event_kind event;
	const char *back; /* the page that follows; the id behind a '=' */
	/* The keys of texts, and the word of the log's line, which is also
	 * that of the text "done.WORD". */
	const char *title, *text, *button, *reason;
};
/* Ends with a word that is NULL. */
extern const struct admin_deed admin_deeds[];
#endif
