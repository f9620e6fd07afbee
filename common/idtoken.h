#ifndef OSTIARY_IDTOKEN_H
#define OSTIARY_IDTOKEN_H
#include "app.h"
#include "code.h"
#include "context.h"
#include "user.h"
/* ID tokens (OpenID Connect Core section 2): who signed in, for the
 * application alone. They open nothing here. */

/* None lives longer, whatever access_token_lifetime is. */
#define IDTOKEN_LIFETIME_MAX_S 3600

/*
 * The signed token that goes with access_token, for scope, which has openid:
 * RS256, or ES256 for an app that has_es256_id. code is the one that was
 * exchanged: auth_time and nonce are its; NULL where there is none, as when
 * tokens are refreshed. OST_CRYPTO, OST_STORE, OST_NOMEM.
 */
OST_CHECK enum ost_err idtoken_make(const struct context *context,
	struct arena *arena, const struct user *user, const struct app *app,
	const struct code *code, struct span scope, struct span access_token,
	struct span *text);
/* What is signed: its claims as JSON. */
OST_CHECK enum ost_err idtoken_payload(const struct config *config,
	struct arena *arena, const struct user *user, const struct app *app,
	const struct code *code, struct span scope, struct span access_token,
	struct span *payload);
#endif
