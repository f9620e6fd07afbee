#include "client_grant.h"

enum ost_err
client_grant(const struct context *c, const struct request *request,
	const struct form *form, struct issue *x)
{
	(void)c;
	(void)request;
	if (x->app.is_public)
		return issue_deny(x, OAUTH_UNAUTHORIZED_CLIENT,
			"An application without a secret has no token of "
			"its own");
	x->reason = "client_token_given";
	return issue_narrow(form, x->app.own_scope, x);
}
