#ifndef OSTIARY_CLAIMS_H
#define OSTIARY_CLAIMS_H
#include "json.h"
#include "user.h"
/* What an application with scope openid is told about its user (OpenID Connect
 * Core sections 5.1 and 5.4): the same in ID tokens and at userinfo. */

/*
 * Adds to the object that is open: sub, always; by scope: profile (name,
 * preferred_username), email (email, email_verified: whether it was
 * proven, see user.h; both only of a user who has one), roles (roles, an
 * array).
 */
void claims_write(
	struct json_writer *w, const struct user *user, struct span scope);
/* The name of the i-th claim that an ID token or userinfo may have; NULL past
 * the end. */
const char *claims_name(size_t i);
#endif
