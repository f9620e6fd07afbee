/*
 * account - the pages on which people look after their own account
 *
 *	GET  /account, /account/...
 *	POST the forms of its pages, and the sign-in form
 *
 *	200  the page, or the sign-in page
 *	303  after a form: to the page that shows what was done
 *	400  the page again, with what was typed and what is wrong with it
 *	403  a form that is not this visitor's, was used already or is too
 *	     old; a wrong password; a page of the operator's; not over https
 *	404  there is no such page, or a mailed link is not good any more
 *	429  too many requests of this user, failed sign-ins, or mails
 *	503  a store did not answer: nothing was done
 *
 * account/pages.c has the table of its pages.
 *
 * Reads: accounts, grants, activity, rates, keyring, policy. Writes: all but
 * the keyring and the policy; mail/.
 */
#include "pages.h"
#include "serve.h"

static enum ost_err
account(const struct context *ctx, const struct request *req,
	struct response *res)
{
	return portal_answer(account_pages, ctx, req, res);
}

static const struct endpoint endpoint = {
	.name = "account",
	.methods = METHOD_GET | METHOD_POST,
	.body_max = 32768,
	.has_pages = true,
	.shows_policy = true,
	.handle = account,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
