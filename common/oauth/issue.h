#ifndef OSTIARY_ISSUE_H
#define OSTIARY_ISSUE_H
#include "app.h"
#include "code.h"
#include "context.h"
#include "form.h"
#include "oauth.h"
#include "request.h"
#include "response.h"
#include "user.h"
/* What a grant type of the token endpoint gives, and the answer that says so
 * (RFC 6749 sections 5.1 and 5.2). */
struct issue {
	struct app app;	    /* the client, authenticated by the caller */
	struct user user;   /* no id: the application speaks for itself */
	struct grant grant; /* no id: there is none */
	struct code code;   /* no client_id: none was redeemed */
	struct span scope;  /* of the access token */
	struct span refresh_token; /* absent: none */
	const char *reason; /* literal word for the log; NULL: the usual one */
	int64_t retry_after_s;	/* of OST_LIMITED */
	enum oauth_error error; /* of OST_DENIED */
	const char *why;	/* likewise: a literal for the developer */
};

/* Each grant type is such a function: fills *issue, whose app is there, and
 * has written what it gives. OST_DENIED: error and why say what to answer.
 * OST_LIMITED: this user has made this app write too much; retry_after_s, and
 * nothing was used up. */
typedef enum ost_err issue_grant(const struct context *context,
	const struct request *request, const struct form *form,
	struct issue *issue);

/* Sets error and why, and returns OST_DENIED. */
OST_CHECK enum ost_err issue_deny(
	struct issue *issue, enum oauth_error error, const char *why);
/* How long what this app gets for that scope lives, and whether it gets refresh
 * tokens: when it may have them now, and who allowed it was told so
 * (is_offline). */
struct grant_terms issue_terms(const struct config *config,
	const struct app *app, struct span scope, bool is_offline);
/* Whether a grant's refresh tokens count: it has them, and the app may still
 * have them, which `app set` may have changed since. */
bool issue_may_refresh(const struct app *app, const struct grant *grant);
/* Sets issue->scope: wide, or the part of it that the form asks for (RFC 6749
 * section 6). OST_DENIED: it asks for more. */
OST_CHECK enum ost_err issue_narrow(
	const struct form *form, struct span wide, struct issue *issue);
/* Sets issue->user. OST_DENIED: user or app are not those of the consent any
 * more: gone, or disabled since, if only for a while. */
OST_CHECK enum ost_err issue_find_user(const struct context *context,
	struct arena *arena, struct span user_id, int64_t user_epoch,
	int64_t app_epoch, struct issue *issue);
/* 200 with the tokens. No access token outlives its grant. */
OST_CHECK enum ost_err issue_answer(const struct context *context,
	const struct request *request, struct response *response,
	const struct issue *issue);
#endif
