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
	/* OpenID Connect Core section 3.1.2.6 */
	OAUTH_LOGIN_REQUIRED,
	OAUTH_CONSENT_REQUIRED,
	OAUTH_REQUEST_NOT_SUPPORTED,
	OAUTH_REQUEST_URI_NOT_SUPPORTED,
	OAUTH_REGISTRATION_NOT_SUPPORTED,
	OAUTH_AUTHORIZATION_PENDING, /* RFC 8628 section 3.5 */
	OAUTH_SLOW_DOWN,	     /* likewise */
	OAUTH_EXPIRED_TOKEN,	     /* likewise */
	OAUTH_ERRORS
};

/* The word of the RFC; "ok" for OAUTH_OK. */
const char *oauth_error_name(enum oauth_error error);

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
