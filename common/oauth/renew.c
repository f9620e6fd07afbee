#include "renew.h"
#include "clock.h"
#include "limit.h"

/* One that asks at the same time changes the record once; more often only who
 * uses the successors too. */
#define TRIES_MAX 8

struct renewal {
	struct span text;
	struct refresh refresh;
	struct span successor;
	struct refresh next; /* its record, when refresh is used */
	bool is_charged;
};

static enum ost_err
find(const struct context *c, struct arena *arena, struct renewal *r,
	struct issue *x)
{
	enum ost_err err = refresh_find(c->grants, arena, r->text, &r->refresh);

	/* The same word for one of another application: it learns nothing. */
	if (err == OST_NOTFOUND ||
		(err == OST_OK &&
			!span_eq(r->refresh.client_id, x->app.client_id)))
		return issue_deny(x, OAUTH_INVALID_GRANT,
			"The refresh token is not valid");
	if (err == OST_OK)
		err = grant_find(
			c->grants, arena, r->refresh.grant_id, &x->grant);
	if (err == OST_NOTFOUND ||
		(err == OST_OK && x->grant.ends_ms / 1000 <= clock_wall_s()))
		return issue_deny(x, OAUTH_INVALID_GRANT,
			"What the refresh token belongs to has ended");
	return err;
}

/* Also when the clock was set back a little since; but not for an hour more
 * when it was set back an hour. */
static bool
is_in_grace(const struct config *config, const struct refresh *refresh)
{
	int64_t grace_ms = config->refresh_grace_s * 1000;
	int64_t elapsed_ms = clock_wall_ms() - refresh->used_ms;

	return elapsed_ms < grace_ms && elapsed_ms > -grace_ms;
}

/* The live successor of a used one. OST_NOTFOUND: there is none, or it is too
 * late to ask. */
static enum ost_err
find_next(const struct context *c, struct arena *arena, struct renewal *r)
{
	enum ost_err err;

	if (!is_in_grace(c->config, &r->refresh))
		return OST_NOTFOUND;
	err = refresh_successor(
		arena, c->ring, r->refresh.kid, r->text, &r->successor);
	if (err == OST_OK)
		err = refresh_find(c->grants, arena, r->successor, &r->next);
	return err == OST_OK && r->next.used_ms != 0 ? OST_NOTFOUND : err;
}

static enum ost_err
end_grant(const struct context *c, struct arena *arena, struct issue *x)
{
	enum ost_err err = grant_end(c->grants, arena, x->grant.id);

	if (err != OST_OK)
		return err;
	x->reason = "refresh_reused";
	return issue_deny(x, OAUTH_INVALID_GRANT,
		"The refresh token was used before; what it gave is revoked");
}

static enum ost_err
write(const struct context *c, struct arena *arena, struct renewal *r,
	struct issue *x)
{
	bool is_used = r->refresh.used_ms != 0;
	struct grant_terms terms =
		issue_terms(c->config, &x->app, x->grant.scope, true);
	enum ost_err err;

	if (is_used)
		err = refresh_confirm(c->grants, arena, &terms, r->text,
			&r->refresh, &x->grant, r->successor, &r->next);
	else
		err = refresh_rotate(c->grants, arena, &terms, c->ring, r->text,
			&r->refresh, &x->grant, &r->successor);
	if (err != OST_OK)
		return err;
	x->refresh_token = r->successor;
	x->reason = is_used ? "refresh_repeated" : "token_refreshed";
	return OST_OK;
}

/* Before anything is written, and once for a request. One that gets what
 * another got counts too: it is written once more. */
static enum ost_err
charge(const struct context *c, struct arena *arena, struct renewal *r,
	struct issue *x)
{
	enum ost_err err = OST_OK;

	if (!r->is_charged)
		err = limit_pair(c, arena, x->grant.user_id, x->grant.client_id,
			&x->retry_after_s);
	r->is_charged = err == OST_OK;
	return err;
}

/* OST_CONFLICT: another was faster; what is there now must be read anew. */
static enum ost_err
try_once(const struct context *c, struct arena *arena, const struct form *form,
	struct renewal *r, struct issue *x)
{
	enum ost_err err = find(c, arena, r, x);

	if (err == OST_OK && r->refresh.used_ms != 0)
		err = find_next(c, arena, r);
	if (err == OST_NOTFOUND)
		return end_grant(c, arena, x);
	if (err == OST_OK && !issue_may_refresh(&x->app, &x->grant))
		return issue_deny(x, OAUTH_INVALID_GRANT,
			"The application has no refresh tokens any more");
	if (err == OST_OK)
		err = issue_find_user(c, arena, x->grant.user_id,
			x->grant.user_epoch, x->grant.app_epoch, x);
	if (err == OST_OK)
		err = issue_narrow(form, x->grant.scope, x);
	if (err == OST_OK)
		err = charge(c, arena, r, x);
	return err == OST_OK ? write(c, arena, r, x) : err;
}

enum ost_err
renew(const struct context *c, const struct request *request,
	const struct form *form, struct issue *x)
{
	struct renewal r = { 0 };
	enum ost_err err = OST_CONFLICT;

	if (form_get(form, "refresh_token", &r.text) != OST_OK)
		return issue_deny(
			x, OAUTH_INVALID_REQUEST, "refresh_token is missing");
	for (int i = 0; i < TRIES_MAX && err == OST_CONFLICT; i++)
		err = try_once(c, request->arena, form, &r, x);
	return err == OST_CONFLICT ? OST_BUSY : err;
}
