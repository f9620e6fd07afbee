#ifndef OSTIARY_TOKEN_H
#define OSTIARY_TOKEN_H
#include "keyring.h"
/*
 * Signed bearer tokens: JWS compact serialization (RFC 7515) with HS256, or
 * ES256 if configured, and the claims of RFC 9068 where they apply. Both are
 * verified whatever is configured, so that a change logs nobody out. Whether a
 * well-signed token is still alive is gate's question, not this module's.
 */
#define TOKEN_SIZE_MAX 4096 /* bytes; a longer one is never verified */

struct token {
	enum token_kind kind; /* TOKEN_ACCESS or TOKEN_LOGIN */
	bool is_es256;	      /* an access token signed with ES256, not HS256 */
	struct span subject;  /* user id; client id in a client's own token */
	struct span client_id; /* absent in a login token */
	struct span scope;     /* absent in a login token; may be empty */
	struct span jti;
	struct span grant_id; /* of an application's token for a user */
	struct span source;   /* "p:GENERATION" or "k:KEY_ID:MARK" of a login
			       * token, "c:MARK" of a client's own one */
	int64_t user_epoch, app_epoch; /* of user.h and app.h; 0: absent */
	int64_t issued_s, expires_s;
};

/* An application's token for itself: of client credentials. */
static inline bool
token_is_client(const struct token *token)
{
	return token->kind != TOKEN_LOGIN && token->grant_id.n == 0;
}

/* Signs as kind and is_es256 say; sets jti. issuer is also the audience.
 * OST_TOOBIG: it would be longer than TOKEN_SIZE_MAX; OST_STORE: there is no
 * key pair to sign with (logged). */
OST_CHECK enum ost_err token_issue(struct arena *arena, struct keyring *ring,
	struct span issuer, struct token *token, struct span *text);
/*
 * OST_OK: the signature holds, every claim is right and it has not expired.
 * OST_EXPIRED: as that, but expired; *token is filled then too.
 * OST_DENIED: anything else that is wrong with it; an ID token is none.
 * OST_STORE: its key pair cannot be had. OST_CRYPTO, OST_NOMEM.
 */
OST_CHECK enum ost_err token_verify(struct arena *arena, struct keyring *ring,
	struct span issuer, struct span text, struct token *token);
#endif
