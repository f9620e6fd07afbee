#ifndef OSTIARY_WITHDRAW_H
#define OSTIARY_WITHDRAW_H
#include "context.h"
/* What was ended, for who is told. */
struct withdrawn {
	size_t grants, consents;
	size_t pending; /* codes and allowed devices that were not used yet */
};
/*
 * Ends what lets in, of one user and to one application unless absent: the
 * remembered consents, the codes and allowed devices that are not used yet, and
 * then the grants. When it returns OST_OK nothing lives of what was allowed
 * before it was called, also not what was being redeemed meanwhile: that has
 * become a grant, and those come last. Refresh and access tokens die with their
 * grant. One look at all records of each kind, with the same memory however
 * many there are. OST_STORE: some of it may live; it can be done again.
 */
OST_CHECK enum ost_err withdraw(const struct context *context,
	struct span user_id, struct span client_id,
	struct withdrawn *withdrawn);
#endif
