#ifndef OSTIARY_PORTAL_H
#define OSTIARY_PORTAL_H
#include "form.h"
#include "page.h"
#include "signin.h"
/*
 * What the pages below /account have in common: who is there, forms that are
 * this visitor's and used once, answers. A page is a line of pages.c.
 */

#define PORTAL_PURPOSE "account" /* of the tokens of their forms */

enum portal_flags {
	PORTAL_OPEN = 1 << 0, /* for whoever comes; else a sign-in first. Its
			       * forms are the browser's (open_form.h) */
	PORTAL_OPERATOR = 1 << 1, /* for users with the role admin alone */
	PORTAL_FIRST = 1 << 2,	  /* also before a second step that is required
				   * was set up */
};

/* One visit to one page; everything in it lives as long as the request. */
struct visit {
	const struct context *context;
	const struct request *request;
	struct response *response;
	struct arena *arena;
	const struct portal_page *page;
	struct visitor visitor;
	const struct form *query; /* of the address */
	const struct form *form;  /* what was posted; NULL: GET */
	struct span nonce;	  /* of the posted form, for portal_once() */
};

/* post comes only with a form that this page gave this visitor. */
struct portal_page {
	const char *path; /* the whole */
	unsigned int flags;
	enum ost_err (*get)(struct visit *visit);
	enum ost_err (*post)(struct visit *visit); /* NULL: 405 */
};

/* Answers the request with the page of its path; the last of pages has no
 * path. OST_DENIED of a page that has answered is no error. */
OST_CHECK enum ost_err portal_answer(const struct portal_page *pages,
	const struct context *context, const struct request *request,
	struct response *response);

/*
 * The values that each page has: csrf for its forms, user_name, signout_csrf,
 * is_operator, at_HERE (a literal: "at_keys", which entry of the navigation
 * this is), is_fresh (portal_password() would not ask), and notice, when this
 * is the page that portal_done() led to. OST_STORE, OST_NOMEM.
 */
OST_CHECK enum ost_err portal_values(
	struct visit *visit, const char *here, struct values **values);
/* Answers with the page: 200, or 400 when values say that a field is wrong
 * (portal_wrong()). */
void portal_show(struct visit *visit, const char *reason, const char *page,
	struct values *values);
/*
 * Answers with an error page: heading and message are keys of texts, reason is
 * the word for the log. In the layout of the pages for who is signed in.
 */
void portal_error(struct visit *visit, int status, const char *heading,
	const char *message, const char *reason);
/* The ones for what is not there, or not this user's: 404; and for a form that
 * is not this visitor's, was used already or is too old: 403. */
void portal_not_found(struct visit *visit);
void portal_refuse_form(struct visit *visit);
/* Answers 303 to path, whose page then says the text "done.WORD". */
void portal_done(struct visit *visit, const char *path, const char *word);
/* The same without a word; path may have a query. */
void portal_go(struct visit *visit, struct span path);

/* A field of the posted form or of the address, without blanks at both ends;
 * empty when it is not there or stands there twice. */
struct span portal_field(const struct visit *visit, const char *name);
struct span portal_query(const struct visit *visit, const char *name);
/* Gives the form back as it was typed: sets each of the names (ends with NULL)
 * to what was posted. Never for secrets. */
void portal_keep(const struct visit *visit, struct values *values,
	const char *const *names);
/*
 * Notes that a field is wrong: sets error_FIELD (a literal, "error_name") to
 * the key of the text that says why, and has_error.
 */
void portal_wrong(struct visit *visit, struct values *values,
	const char *error_field, const char *key);

/*
 * Uses up the posted form: to be called when all of it is right, just before
 * something is done. OST_DENIED: it was used already, and that is answered.
 * Pages that are open (PORTAL_OPEN) do without: their forms are the browser's,
 * and what they do works once by itself (a ticket) or is counted.
 */
OST_CHECK enum ost_err portal_once(struct visit *visit);
/*
 * Whether the password was proved lately or the posted one is right: for what
 * is dangerous. OST_DENIED: no, *error is the key of the text for its field.
 * OST_BUSY, OST_STORE, OST_CRYPTO: could not be found out.
 */
OST_CHECK enum ost_err portal_password(struct visit *visit, const char **error);
#endif
