#ifndef OSTIARY_IDTOKEN_H
#define OSTIARY_IDTOKEN_H
#include "app.h"
#include "context.h"
#include "grant.h"
#include "user.h"
/* ID tokens (OpenID Connect Core section 2): who signed in, for the
 * application alone. They open nothing here. */

/* None lives longer, whatever access_token_lifetime is. */
#define IDTOKEN_LIFETIME_MAX_S 3600

/*
 * The signed token that goes with access_token, for scope, which has openid:
 * RS256, or ES256 for an app that has_es256_id. auth_time and amr are those of
 * the grant; nonce that of the code, absent where there was none, as when
 * tokens are refreshed (section 12.2). OST_CRYPTO, OST_STORE, OST_NOMEM.
 */
OST_CHECK enum ost_err idtoken_make(const struct context *context,
	struct arena *arena, const struct user *user, const struct app *app,
	const struct grant *grant, struct span nonce, struct span scope,
	struct span access_token, struct span *text);
/* Whom an ID token of ours for that client is about, in the arena; it may have
 * expired (section 3.1.2.1, id_token_hint). OST_DENIED: it is none. OST_STORE,
 * OST_CRYPTO, OST_NOMEM. */
OST_CHECK enum ost_err idtoken_subject(const struct context *context,
	struct arena *arena, struct span text, struct span client_id,
	struct span *subject);
/* What is signed: its claims as JSON. */
OST_CHECK enum ost_err idtoken_payload(const struct config *config,
	struct arena *arena, const struct user *user, const struct app *app,
	const struct grant *grant, struct span nonce, struct span scope,
	struct span access_token, struct span *payload);
#endif
