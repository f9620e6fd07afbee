#ifndef OSTIARY_GATE_H
#define OSTIARY_GATE_H
#include "app.h"
#include "context.h"
#include "gate_token.h"
#include "grant.h"
#include "limit.h"
#include "request.h"
#include "response.h"
#include "token.h"
#include "user.h"
/* Who is asking, or why that cannot be said. Shared by protect, users_current
 * and login. */

enum caller_means {
	MEANS_NONE, /* no credential at all */
	MEANS_APP_TOKEN,
	MEANS_CLIENT, /* an application's token for itself */
	MEANS_PASSWORD,
	MEANS_KEY,
	MEANS_TOKEN,
};

/* The spans live as long as the request. */
struct caller {
	enum caller_means means;
	struct user user; /* unless there is none: caller_has_user() */
	bool has_app;
	struct app app;	    /* of the token, else of the app token */
	struct span scope;  /* of an application's token; else absent: its
			     * user may do everything */
	struct span key_id; /* of MEANS_KEY, and what marks its secret */
	struct span key_mark;
	struct token token; /* of MEANS_TOKEN and MEANS_CLIENT */
};

static inline bool
caller_has_user(const struct caller *caller)
{
	return caller->means > MEANS_CLIENT;
}

/* Why somebody was turned away. */
struct refusal {
	enum api_code code;
	const char *message;   /* NULL: the code's own */
	int64_t retry_after_s; /* of CODE_TOO_MANY_FAILURES */
	struct span scope;     /* of CODE_INSUFFICIENT_SCOPE: what it takes */
	bool was_token;	       /* a bearer token was presented */
};

enum gate_flags {
	GATE_PASSWORDS = 1 << 0, /* take passwords, whatever basic_password
				  * says: /login */
	GATE_NO_TOKENS = 1 << 1, /* a bearer token is a wrong credential */
};

/*
 * Identifies the caller by Authorization and app token (X-App-Token, or
 * $$app_token / app_token of the query). OST_OK also for MEANS_NONE: whether
 * that is enough is for the caller of this function. OST_DENIED: *refusal says
 * why. OST_STORE, OST_BUSY, OST_CRYPTO, OST_NOMEM: it could not be found out,
 * so nobody is let in. Sets response->subject for the log: who it is, else the
 * user whose password or key was tried, else the address.
 */
OST_CHECK enum ost_err gate_identify(const struct context *context,
	const struct request *request, struct response *response,
	unsigned int flags, struct caller *caller, struct refusal *refusal);

/* Whom the caller's requests are charged to, and his id (absent for an
 * address). */
enum limit_subject gate_subject(const struct caller *caller, struct span *id);
/* Charges the request to the caller (to the address when there is none), once.
 * OST_OK, OST_LIMITED, OST_STORE; see limit_charge(). */
OST_CHECK enum ost_err gate_charge(const struct context *context,
	const struct request *request, struct response *response,
	const struct caller *caller, const struct policy_rule *rule);

/* The format of errors: by the suffix .xml of the path, in any case. */
enum format format_of_path(struct span path);
#endif
