#include "client_grant.h"
#include "limit.h"
#include "record.h"

/* Nothing is written for it, but for its revocation there is, and none of the
 * other limits is on that: it may be sent over http. */
static enum ost_err
charge(const struct context *c, struct arena *arena, struct issue *x)
{
	struct span key;
	enum ost_err err =
		record_key(arena, "own-token:", x->app.client_id, &key);

	return err == OST_OK ? limit_count(c, RATE_SUBJECTS, key,
				       &c->config->limit_app, &x->retry_after_s)
			     : err;
}

enum ost_err
client_grant(const struct context *c, const struct request *request,
	const struct form *form, struct issue *x)
{
	enum ost_err err;

	if (x->app.is_public)
		return issue_deny(x, OAUTH_UNAUTHORIZED_CLIENT,
			"An application without a secret has no token of "
			"its own");
	err = issue_narrow(form, x->app.own_scope, x);
	if (err == OST_OK)
		err = charge(c, request->arena, x);
	if (err == OST_OK)
		x->reason = "client_token_given";
	return err;
}
