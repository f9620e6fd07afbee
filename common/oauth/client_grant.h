#ifndef OSTIARY_CLIENT_GRANT_H
#define OSTIARY_CLIENT_GRANT_H
#include "issue.h"
/*
 * grant_type=client_credentials (RFC 6749 section 4.4): an application gets an
 * access token for itself, within its own scope; all of that when it asks for
 * none. There is no user, no grant and no refresh token; the token dies with
 * the secret that bought it. OST_DENIED: a public app, or too much scope.
 * OST_LIMITED: more than limit_app.
 */
issue_grant client_grant;
#endif
