#ifndef OSTIARY_RENEW_H
#define OSTIARY_RENEW_H
#include "issue.h"
/*
 * grant_type=refresh_token (RFC 6749 section 6): a refresh token is used up for
 * an access token and the next refresh token. Asked again within refresh_grace,
 * as by a client that lost the answer or that asks twice at once, it gives the
 * same next one, as long as that has not been used. Any other use of a used one
 * means that two have it: the grant ends (RFC 9700 section 4.14.2).
 *
 * OST_DENIED: as above; unknown, expired, of another client, its grant ended,
 * user or app disabled since, the app may have none any more, or more scope
 * than the grant has. OST_BUSY:
 * others changed it again and again meanwhile.
 */
issue_grant renew;
#endif
