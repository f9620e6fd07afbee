#ifndef OSTIARY_PRESENT_H
#define OSTIARY_PRESENT_H
#include "context.h"
#include "grant.h"
#include "token.h"
#include "user.h"
/* A token that a client presents to learn about it or to end it (RFC 7009, RFC
 * 7662). What it is shows in its form, so no hint is needed. */

enum present_kind {
	PRESENT_UNKNOWN, /* none of ours, forgotten, or expired */
	PRESENT_LOGIN,
	PRESENT_ACCESS,
	PRESENT_REFRESH,
};

struct present {
	enum present_kind kind;
	bool is_live;
	struct span client_id; /* whose it is; absent in a login token */
	struct token token;    /* unless it is a refresh token */
	struct grant grant;    /* of a refresh token; id absent: it has ended */
	int64_t expires_ms;    /* of a live refresh token: when it dies unused
				*/
	struct user user;      /* as far as it was found */
};

/* OST_OK also for PRESENT_UNKNOWN. OST_STORE, OST_CRYPTO, OST_NOMEM: it could
 * not be found out. */
OST_CHECK enum ost_err present_find(const struct context *context,
	struct arena *arena, struct span text, struct present *present);
/*
 * Ends it, durably: an access or login token dies alone, a refresh token,
 * even a used one, takes its grant along (RFC 7009 section 2.1). What is dead
 * already causes no write; *was_live says.
 */
OST_CHECK enum ost_err present_end(const struct context *context,
	struct arena *arena, const struct present *present, bool *was_live);
#endif
