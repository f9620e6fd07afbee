#ifndef OSTIARY_DEVICE_GRANT_H
#define OSTIARY_DEVICE_GRANT_H
#include "issue.h"
/* A device polls the token endpoint (RFC 8628 sections 3.4 and 3.5). */
#define DEVICE_GRANT_TYPE "urn:ietf:params:oauth:grant-type:device_code"

/*
 * The form brings device_code. OST_OK: the user allowed it, and of several
 * polls at once one gets the grant; a later one ends it, as the second use of a
 * code does. OST_DENIED also while the user has not decided: error and why say
 * which.
 */
issue_grant device_grant;
#endif
