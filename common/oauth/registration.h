#ifndef OSTIARY_REGISTRATION_H
#define OSTIARY_REGISTRATION_H
#include "context.h"
#include "redirect.h"
/* Registering applications: one set of rules for the command and for the pages
 * on which users look after their own. Which name one may have: app.h. */

#define APP_DESCRIPTION_MAX 1000 /* bytes */
#define APP_CALLBACKS_MAX   32	 /* of each kind */
#define APPS_OWN_MAX	    50	 /* that a user registers alone */
#define APP_PEOPLE_MAX	    1000 /* that are counted */

/* Nothing is a good description; no control characters. */
bool app_description_is_valid(struct span text);
/* An http or https URL with a host and without a user name: to be shown, and
 * never fetched. */
bool app_website_is_valid(struct span url);
/* Whether it has what it needs to be called back, or need not: one for itself
 * alone, an API, or a public one, which may be on a device without a browser.
 */
bool app_has_callbacks(const struct app *app);

/* A callback prefix or an exact redirect URI as somebody typed it. */
struct callback {
	struct span typed;
	bool is_prefix;
	enum uri_rule rule; /* URI_OK: it may be registered, else why not */
	struct span stored; /* as it is registered then; else absent */
};
/* Sets rule and stored. OST_NOMEM. */
OST_CHECK enum ost_err callback_check(
	struct arena *arena, bool is_public, struct callback *callback);

/*
 * Registers it for the user who owns it: *secret is to be shown once, absent
 * for a public one. OST_LIMITED: the user has APPS_OWN_MAX, however many are
 * registered at once. OST_NOTFOUND: there is no such user; OST_BUSY: too many
 * at once.
 */
OST_CHECK enum ost_err registration_add(struct store *accounts,
	struct arena *arena, struct app *app, struct span *secret);
/* A new secret; the old one is good until old_until_ms (0: it ends now).
 * OST_CONFLICT: changed meanwhile. */
OST_CHECK enum ost_err registration_rotate(struct store *accounts,
	struct arena *arena, struct app *app, int64_t old_until_ms,
	struct span *secret);
/* Deletes it with all that was allowed to it. OST_STORE: some of it may be
 * left, disabled; it can be done again. OST_CONFLICT: changed meanwhile. */
OST_CHECK enum ost_err registration_end(
	const struct context *context, struct arena *arena, struct app *app);
/* Those of that owner, the newest first; an array of *n in the arena. One look
 * at all applications. */
OST_CHECK enum ost_err registration_list(struct store *accounts,
	struct arena *arena, struct span owner_id, struct app **apps,
	size_t *n);
/* How many people have allowed it something, up to APP_PEOPLE_MAX. One look at
 * all grants and consents. */
OST_CHECK enum ost_err registration_people(const struct context *context,
	struct arena *arena, struct span client_id, size_t *n);
#endif
