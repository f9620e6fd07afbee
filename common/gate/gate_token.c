#include "gate_token.h"
#include "clock.h"
#include "grant.h"
#include "key.h"

static const char *const state_names[] = {
	[TOKEN_LIVE] = "live",
	[TOKEN_REVOKED] = "revoked",
	[TOKEN_GRANT_ENDED] = "grant_ended",
	[TOKEN_USER_GONE] = "user_deleted",
	[TOKEN_USER_DISABLED] = "user_disabled",
	[TOKEN_APP_GONE] = "app_deleted",
	[TOKEN_APP_DISABLED] = "app_disabled",
	[TOKEN_PASSWORD_CHANGED] = "password_changed",
	[TOKEN_KEY_GONE] = "key_revoked",
	[TOKEN_SECRET_ROTATED] = "secret_rotated",
};

const char *
token_state_name(enum token_state state)
{
	return state_names[state];
}

/* OST_NOTFOUND becomes the state that it means here. */
static enum ost_err
gone(enum ost_err err, enum token_state *state, enum token_state meaning)
{
	if (err != OST_NOTFOUND)
		return err;
	*state = meaning;
	return OST_OK;
}

static enum ost_err
access_state(const struct context *c, struct arena *arena,
	const struct token *token, enum token_state *state, struct app *app)
{
	struct grant grant;
	enum ost_err err;

	err = app_by_id(c->accounts, arena, token->client_id, app);
	if (err != OST_OK)
		return gone(err, state, TOKEN_APP_GONE);
	if (token_is_client(token) &&
		(app->is_public ||
			!secret_knows_mark(&app->secret,
				span_skip(token->source, 2), clock_wall_ms())))
		*state = TOKEN_SECRET_ROTATED;
	if (app->is_disabled || app->epoch != token->app_epoch)
		*state = TOKEN_APP_DISABLED;
	if (token_is_client(token))
		return OST_OK;
	err = grant_find(c->grants, arena, token->grant_id, &grant);
	return gone(err, state, TOKEN_GRANT_ENDED);
}

/* A login token lives as long as the password or key that bought it, and as
 * long as that would buy one. */
static enum ost_err
login_state(const struct context *c, struct arena *arena,
	const struct token *token, enum token_state *state,
	const struct user *user)
{
	int64_t now_ms = clock_wall_ms();
	struct span mark = span_skip(token->source, 2), id;
	uint64_t generation;
	struct key key;
	enum ost_err err;

	if (span_starts(token->source, SPAN("k:"))) {
		err = span_cut(&mark, ':', &id)
			      ? key_by_id(c->accounts, arena, id, &key)
			      : OST_NOTFOUND;
		if (err == OST_OK &&
			(!key_is_live(&key, now_ms) ||
				!key_knows_mark(&key, mark, now_ms)))
			err = OST_NOTFOUND;
		return gone(err, state, TOKEN_KEY_GONE);
	}
	if (span_to_u64(span_skip(token->source, 2), 0, INT64_MAX,
		    &generation) != OST_OK ||
		(int64_t)generation != user->generation ||
		user_has_two_steps(user) ||
		user_must_have_two_steps(c->config, user))
		*state = TOKEN_PASSWORD_CHANGED;
	return OST_OK;
}

enum ost_err
gate_token_state(const struct context *c, struct arena *arena,
	const struct token *token, enum token_state *state, struct user *user,
	struct app *app)
{
	enum token_state found = TOKEN_LIVE;
	enum ost_err err = jti_find(c->grants, arena, token->jti);

	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	*state = TOKEN_REVOKED;
	if (err == OST_OK)
		return OST_OK;
	if (token_is_client(token)) {
		*state = TOKEN_LIVE;
		return access_state(c, arena, token, state, app);
	}
	err = user_by_id(c->accounts, arena, token->subject, user);
	if (err != OST_OK)
		return gone(err, state, TOKEN_USER_GONE);
	if (token->kind != TOKEN_LOGIN)
		err = access_state(c, arena, token, &found, app);
	else
		err = login_state(c, arena, token, &found, user);
	if (user->is_disabled || user->epoch != token->user_epoch)
		found = TOKEN_USER_DISABLED;
	*state = found;
	return err;
}
