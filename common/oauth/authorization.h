#ifndef OSTIARY_AUTHORIZATION_H
#define OSTIARY_AUTHORIZATION_H
#include "app.h"
#include "asking.h"
#include "signin.h"
/* An authorization request (RFC 6749 section 4.1.1) and the answers that lead
 * back to the application. */

struct authorization {
	struct span target; /* the query string that it came as */
	struct form *form;
	struct app app;
	struct span redirect_uri;
	struct asking asking;
	enum oauth_error error; /* of the parameters; not yet sent */
};

/* That the visitor allows it, now or before. */
struct allowance {
	struct span once;	       /* of code_create() */
	const struct store_item *also; /* likewise */
	bool is_offline;	       /* of struct code */
	const char *reason;	       /* for the log */
};

/*
 * Reads the request and checks what must hold before anything may be
 * redirected: the application, then its redirect URI. When one of them is
 * bad the response is an error page (status set, still OST_OK) that says
 * which rule failed.
 */
OST_CHECK enum ost_err authorization_read(const struct context *context,
	const struct request *request, struct response *response,
	struct span target, struct authorization *asked);
/* Whether a form is no form of our pages but an authorization request, which
 * may be posted (OpenID Connect Core section 3.1.2.1). */
bool authorization_is_posted(const struct form *form);
/* 303 to this page with what was posted as its query, so that the browser
 * brings its cookies, which it does not to a form of another site. */
OST_CHECK enum ost_err authorization_move(const struct request *request,
	struct response *response, const struct form *form);
/*
 * Reads the ID token that the request brought as id_token_hint, if any, into
 * asking.hint_subject. One that is not ours for this application, expired or
 * not, sets error; so it is not asked for where there is an error already.
 * OST_STORE, OST_CRYPTO, OST_NOMEM: it could not be found out.
 */
OST_CHECK enum ost_err authorization_hint(const struct context *context,
	const struct request *request, struct authorization *asked);
/* 303 to the application with the error. why: a sentence for its developer,
 * of the characters of oauth_redirect_location(). */
OST_CHECK enum ost_err authorization_refuse(const struct context *context,
	const struct request *request, struct response *response,
	const struct authorization *asked, enum oauth_error error,
	const char *why);
/* The same for a failure of ours, which `failure` is: the application is told
 * to try again later (RFC 6749 section 4.1.2.1). */
OST_CHECK enum ost_err authorization_fail(const struct context *context,
	const struct request *request, struct response *response,
	const struct authorization *asked, enum ost_err failure);
/*
 * 303 to the application with a code for the visitor. Over limit_pair() it is
 * the error temporarily_unavailable, and nothing is used up. Answers nothing on
 * OST_CONFLICT. Every other failure is authorization_fail().
 */
OST_CHECK enum ost_err authorization_grant(const struct context *context,
	const struct request *request, struct response *response,
	const struct authorization *asked, const struct visitor *visitor,
	const struct allowance *allowance);
#endif
