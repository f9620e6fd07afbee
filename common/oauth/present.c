#include "present.h"
#include "gate.h"
#include "issue.h"
#include "refresh.h"
#include "secret.h"

static enum ost_err
find_signed(const struct context *c, struct arena *arena, struct span text,
	struct present *present)
{
	enum token_state state;
	struct app app;
	enum ost_err err = token_verify(
		arena, c->ring, c->config->issuer, text, &present->token);

	if (err == OST_DENIED || err == OST_EXPIRED)
		return OST_OK;
	if (err == OST_OK)
		err = gate_token_state(c, arena, &present->token, &state,
			&present->user, &app);
	if (err != OST_OK)
		return err;
	/* Of the other kinds only access tokens have a client. */
	present->client_id = present->token.client_id;
	if (present->token.kind == TOKEN_LOGIN)
		present->kind = PRESENT_LOGIN;
	else if (present->client_id.n > 0)
		present->kind = PRESENT_ACCESS;
	present->is_live =
		state == TOKEN_LIVE && present->kind != PRESENT_UNKNOWN;
	return OST_OK;
}

/* As gate_token_state() has it for access tokens: its user and application are
 * there, and neither was disabled since. */
static enum ost_err
grant_is_live(const struct context *c, struct arena *arena,
	const struct grant *grant, struct user *user, bool *is_live)
{
	struct app app;
	enum ost_err err = user_by_id(c->accounts, arena, grant->user_id, user);

	*is_live = false;
	if (err == OST_OK)
		err = app_by_id(c->accounts, arena, grant->client_id, &app);
	if (err != OST_OK)
		return err == OST_NOTFOUND ? OST_OK : err;
	*is_live = !user->is_disabled && user->epoch == grant->user_epoch &&
		   !app.is_disabled && app.epoch == grant->app_epoch &&
		   issue_may_refresh(&app, grant);
	return OST_OK;
}

static enum ost_err
find_refresh(const struct context *c, struct arena *arena, struct span text,
	struct present *present)
{
	struct refresh refresh;
	bool is_live;
	enum ost_err err = refresh_find(c->grants, arena, text, &refresh);

	if (err != OST_OK)
		return err == OST_NOTFOUND ? OST_OK : err;
	present->kind = PRESENT_REFRESH;
	present->client_id = refresh.client_id;
	err = grant_find(c->grants, arena, refresh.grant_id, &present->grant);
	if (err != OST_OK)
		return err == OST_NOTFOUND ? OST_OK : err;
	err = grant_is_live(
		c, arena, &present->grant, &present->user, &is_live);
	present->is_live = is_live && refresh.used_ms == 0;
	present->expires_ms = refresh.expires_ms != 0
				      ? refresh.expires_ms
				      : present->grant.expires_ms;
	return err;
}

enum ost_err
present_find(const struct context *c, struct arena *arena, struct span text,
	struct present *present)
{
	*present = (struct present){ 0 };
	if (text.n > TOKEN_SIZE_MAX)
		return OST_OK;
	if (span_starts(text, SPAN(SECRET_REFRESH_PREFIX)))
		return find_refresh(c, arena, text, present);
	return find_signed(c, arena, text, present);
}

enum ost_err
present_end(const struct context *c, struct arena *arena,
	const struct present *present, bool *was_live)
{
	const struct token *token = &present->token;
	enum ost_err err = OST_OK;

	*was_live = false;
	if (present->kind == PRESENT_REFRESH && present->grant.id.n > 0)
		err = grant_end(c->grants, arena, present->grant.id);
	else if (present->is_live)
		err = jti_revoke(c->grants, arena, token->jti,
			(token->expires_s + 1) * 1000);
	else
		return OST_OK;
	*was_live = err == OST_OK;
	return err;
}
