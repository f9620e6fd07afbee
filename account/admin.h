#ifndef OSTIARY_ADMIN_H
#define OSTIARY_ADMIN_H
#include "app.h"
#include "key.h"
#include "portal.h"
/* What the operator's pages have in common. */

/* The record of that id, as it came from outside. OST_DENIED: there is none,
 * and that is answered (404). OST_STORE. */
OST_CHECK enum ost_err admin_user(
	struct visit *visit, struct span id, struct user *user);
OST_CHECK enum ost_err admin_app(
	struct visit *visit, struct span id, struct app *app);
OST_CHECK enum ost_err admin_key(
	struct visit *visit, struct span id, struct key *key);
/* Answers 404. */
void admin_not_found(struct visit *visit);

/* owner_id and owner, the user name; absent when that user is gone. */
OST_CHECK enum ost_err admin_owner(
	struct visit *visit, struct span user_id, struct values *values);
/* used: when that key or application was last used, if it was. */
OST_CHECK enum ost_err admin_used(
	struct visit *visit, struct span id, struct values *values);
/* One key or one application as a row of a list of that name. */
OST_CHECK enum ost_err admin_key_row(struct visit *visit, const struct key *key,
	struct values *values, const char *list);
OST_CHECK enum ost_err admin_app_row(struct visit *visit, const struct app *app,
	struct values *values, const char *list);
/* page, previous, next, is_paged: of what part_admin_pager.html shows. */
void admin_pager(struct values *values, size_t page, bool has_more);
/* The charts, and why it was no; is_uncounted when there is no tally. */
OST_CHECK enum ost_err admin_rates(struct visit *visit, struct values *values);
/* Up to max of who was limited (else: who failed) as rows of that list,
 * without the first offset ones; *has_more. No tally: none. */
OST_CHECK enum ost_err admin_refusals(struct visit *visit, bool is_limited,
	size_t offset, size_t max, struct values *values, const char *list,
	bool *has_more);
#endif
