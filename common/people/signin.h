#ifndef OSTIARY_SIGNIN_H
#define OSTIARY_SIGNIN_H
#include "context.h"
#include "form.h"
#include "request.h"
#include "response.h"
#include "session.h"
#include "user.h"
/* Signing in and out at the pages: cookies, forms, sessions. */

/* Before anybody is signed in, this cookie binds the form to the browser that
 * asked for it: nobody can sign somebody else in to his own account. */
#define SIGNIN_COOKIE "__Host-ostiary-signin"

struct visitor {
	bool is_signed_in;
	bool must_enroll;   /* has shown the password, but must have two steps
			     * and has none: may set them up, and nothing else.
			     * is_signed_in is false then, so that who does not
			     * know of this lets nobody in */
	struct user user;   /* when either of them */
	struct span cookie; /* the session's secret; binds form tokens */
	struct session session; /* when either of them */
	int64_t auth_time_s;	/* when that session's sign-in was; 0: never */
};

/* Who the session cookie says it is; nobody when the session is over, the
 * user is disabled, has a new password, or has two steps and the session began
 * with the password alone. The pages of response then speak the
 * user's language. OST_STORE: could not be found out.
 */
OST_CHECK enum ost_err visitor_find(const struct context *context,
	const struct request *request, struct response *response,
	struct visitor *visitor);

/*
 * Answers with the sign-in page. target: what the visitor wanted, given back
 * unchanged in the form as `request` (for authorize the query string).
 * app_name may be absent. username and error (the key of a text) are of a
 * failed try (error NULL: the first one); status is that of the answer.
 */
OST_CHECK enum ost_err signin_page(const struct context *context,
	const struct request *request, struct response *response,
	struct span target, struct span app_name, struct span username,
	const char *error, int status);
/*
 * Answers the posted form, also that of the second step (second_page.h): a new
 * session and 303 to this page with target as its query; the page that asks
 * for the second step of who has it; else the page again, or an error page
 * (403: the form is not ours, 429, 503).
 */
OST_CHECK enum ost_err signin_submit(const struct context *context,
	const struct request *request, struct response *response,
	const struct form *form, struct span target, struct span app_name);
/*
 * A new session of user for this browser, by a new cookie; whatever session it
 * had ends. Sets no status and notes no event. steps: what was shown just
 * now. *cookie (it may be NULL) is what the cookie holds, for form
 * tokens of the page that is answered. OST_STORE: there is none.
 */
OST_CHECK enum ost_err signin_begin_session(const struct context *context,
	const struct request *request, struct response *response,
	const struct user *user, enum session_steps steps, struct span *cookie);
/* The same at the end of signing in: it is noted, and 303 leads to this page
 * with target as its query. */
OST_CHECK enum ost_err signin_finish(const struct context *context,
	const struct request *request, struct response *response,
	const struct user *user, enum session_steps steps, struct span target);
/* The token for a sign-out form of this visitor. */
OST_CHECK enum ost_err signout_token(const struct context *context,
	struct arena *arena, const struct visitor *visitor, struct span *text);
/* Answers POST /oauth/signout. Nothing ends without the token of its form; 403
 * unless the session is over anyway. */
OST_CHECK enum ost_err signout_submit(const struct context *context,
	const struct request *request, struct response *response,
	const struct form *form);

/* Answers that the visitor is signed out, and takes the cookie away. */
void signout_answer(struct response *response);

/* An error page that names the rule that failed; heading and message are keys
 * of texts, detail may be absent. */
void error_page(const struct request *request, struct response *response,
	int status, const char *heading, const char *message, const char *rule,
	struct span detail);
/* The one for a form that is not this visitor's, was used already or is too
 * old: 403. */
void form_refuse(const struct request *request, struct response *response);
/* The same for a form of signing in: with a link to begin anew, for it may be
 * that another window has overtaken it. target as it was posted, by whomever:
 * it becomes no more than the query of this page. OST_NOMEM. */
OST_CHECK enum ost_err form_refuse_signin(const struct request *request,
	struct response *response, struct span target);
#endif
