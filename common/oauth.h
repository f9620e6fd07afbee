#ifndef OSTIARY_OAUTH_H
#define OSTIARY_OAUTH_H
#include "form.h"
/* The rules of OAuth 2.0 (RFC 6749, RFC 9700) as functions without I/O. */

/* RFC 6749 sections 4.1.2.1 and 5.2. */
enum oauth_error {
	OAUTH_OK,
	OAUTH_INVALID_REQUEST,
	OAUTH_INVALID_CLIENT,
	OAUTH_INVALID_GRANT,
	OAUTH_UNAUTHORIZED_CLIENT,
	OAUTH_UNSUPPORTED_GRANT_TYPE,
	OAUTH_UNSUPPORTED_RESPONSE_TYPE,
	OAUTH_INVALID_SCOPE,
	OAUTH_ACCESS_DENIED,
	OAUTH_SERVER_ERROR,
	OAUTH_TEMPORARILY_UNAVAILABLE,
};

#define OAUTH_STATE_MAX 2048

/* The word of the RFC; "ok" for OAUTH_OK. */
const char *oauth_error_name(enum oauth_error error);

/*
 * The parameters of an authorization request once client and redirect URI
 * are known to be good (they are checked by the caller first, for until then
 * nothing may be redirected). OAUTH_OK or what to redirect with; state is set
 * in any case, but absent when it may not be sent back.
 *
 * What would weaken the answer if it were ignored is refused as
 * invalid_request until it is built: a PKCE challenge (RFC 9700 section
 * 4.8.2), a request object (RFC 9101), a response mode other than query.
 */
struct authorize_params {
	struct span scope; /* empty when none was asked */
	struct span state; /* absent: none */
};
enum oauth_error oauth_authorize_params(
	const struct form *form, struct authorize_params *params);

/*
 * redirect_uri with parameters appended in this order: code, or error and
 * error_description (literal text of %x20-21 / %x23-5B / %x5D-7E; may be NULL)
 * when code is absent; state unless absent; iss (RFC 9207). Its own query is
 * kept. In the arena; OST_NOMEM.
 */
OST_CHECK enum ost_err oauth_redirect_location(struct arena *arena,
	struct span redirect_uri, struct span code, enum oauth_error error,
	const char *description, struct span state, struct span issuer,
	struct span *location);
#endif
