#ifndef OSTIARY_EXCHANGE_H
#define OSTIARY_EXCHANGE_H
#include "issue.h"
/*
 * grant_type=authorization_code: a code is exchanged for a grant (RFC 6749
 * section 4.1.3, RFC 7636 section 4.6), with refresh tokens if it may have
 * them. OST_DENIED: unknown, expired, of another client or redirect URI, its
 * challenge not met, user or app disabled since; or used before, in which case
 * the grant that it gave has ended. Of several calls at once one gets OST_OK.
 */
issue_grant exchange_code;
#endif
