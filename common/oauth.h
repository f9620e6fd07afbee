#ifndef OSTIARY_OAUTH_H
#define OSTIARY_OAUTH_H
#include "app.h"
#include "form.h"
#include "uri.h"
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
	OAUTH_AUTHORIZATION_PENDING, /* RFC 8628 section 3.5 */
	OAUTH_SLOW_DOWN,	     /* likewise */
	OAUTH_EXPIRED_TOKEN,	     /* likewise */
};

#define OAUTH_STATE_MAX 2048

/* The word of the RFC; "ok" for OAUTH_OK. */
const char *oauth_error_name(enum oauth_error error);

/* Whether a redirect URI is good by itself: the rules stand in uri.h. */
enum uri_rule oauth_uri_check(struct span uri);
/*
 * A callback prefix as it may be registered: a redirect URI without query or
 * percent escape. *stored is its one spelling, in the arena: scheme and host
 * in lower case, the port as given, "https://h" as "https://h/". Only loopback
 * hosts may have the root as prefix. OST_BADINPUT: *rule says why; OST_NOMEM.
 */
OST_CHECK enum ost_err oauth_prefix_check(struct arena *arena,
	struct span prefix, enum uri_rule *rule, struct span *stored);
/* Whether the app may be called back there: a good URI that is an exact one
 * of the app's byte for byte, or lies below one of its prefixes. */
enum uri_rule oauth_redirect_check(const struct app *app, struct span uri);
/* host[:port] of a checked URI, as it stands there: for the consent page. The
 * absent span for any other. */
struct span oauth_uri_host(struct span uri);

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
