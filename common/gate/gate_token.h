#ifndef OSTIARY_GATE_TOKEN_H
#define OSTIARY_GATE_TOKEN_H
#include "app.h"
#include "context.h"
#include "token.h"
#include "user.h"
/* Whether a token whose MAC holds is still alive. */
enum token_state {
	TOKEN_LIVE,
	TOKEN_REVOKED,
	TOKEN_GRANT_ENDED,
	TOKEN_USER_GONE,
	TOKEN_USER_DISABLED,
	TOKEN_APP_GONE,
	TOKEN_APP_DISABLED,
	TOKEN_PASSWORD_CHANGED, /* or it does not suffice any more */
	TOKEN_KEY_GONE, /* the API key that bought it was revoked or expired */
	TOKEN_SECRET_ROTATED, /* the app's secret that bought it was replaced */
};
const char *token_state_name(enum token_state state);
/* *user and *app are filled as far as they were found; a client's own token has
 * no user. */
OST_CHECK enum ost_err gate_token_state(const struct context *context,
	struct arena *arena, const struct token *token, enum token_state *state,
	struct user *user, struct app *app);
#endif
