/*
 * api_keys - the caller's own API keys, as Socrata's API has them
 *
 *	GET /api/api_keys?limit&offset&sortBy&sortOrder&seek&nameSearch
 *	     &includeDeleted
 *	POST /api/api_keys with application/json {"keyName", "expires"?}
 *	GET, DELETE /api/api_keys/KEYID
 *	Authorization: Basic user:password | key, or a login token
 *
 *	200  an array of keys; a key; the key that was deleted
 *	201  the new key with its keySecret, which is never shown again
 *	400  a parameter, the body or the name cannot be
 *	401  no credential or a wrong one; a session cookie is none
 *	403  not over https; a token that came so is revoked first. The token
 *	     of an application
 *	404  no key of the caller's, or a deleted one
 *	405  413  415  429
 *	409  the name is taken, or there are 100 keys
 *	503  a store did not answer
 *
 * Errors are {"code", "error":true, "message", "data":{}}.
 *
 * Reads: keyring, accounts, grants, activity. Writes: accounts; rates;
 * activity; grants to revoke a token.
 */
#include "gate.h"
#include "key_api.h"
#include "refuse.h"
#include "serve.h"

#define ROOT "/api_keys"

/* The user himself; an application acts for him, but not here. */
static bool
is_user_himself(const struct caller *caller)
{
	return caller->means == MEANS_PASSWORD || caller->means == MEANS_KEY ||
	       (caller->means == MEANS_TOKEN &&
		       caller->token.kind == TOKEN_LOGIN);
}

/* Answers unless the caller may go on. */
static enum ost_err
admit_caller(const struct context *c, const struct request *req,
	struct response *res, struct caller *caller)
{
	struct refusal refusal;
	enum ost_err err = gate_identify(c, req, res, 0, caller, &refusal);

	if (err == OST_OK && caller->means <= MEANS_APP_TOKEN) {
		refusal.code = CODE_CREDENTIALS_MISSING;
		err = OST_DENIED;
	}
	if (err == OST_DENIED) {
		refuse_caller(c, res, req->path, &refusal);
		return OST_OK;
	}
	if (err == OST_OK)
		err = gate_charge(c, req, res, caller, NULL);
	if (err == OST_LIMITED) {
		refuse_code(c, res, req->path, CODE_RATE_LIMITED);
		return OST_OK;
	}
	if (err == OST_OK && !is_user_himself(caller))
		refuse_code(c, res, req->path, CODE_FORBIDDEN);
	return err;
}

/* What follows /api/api_keys: absent for the list itself, else the id behind
 * the slash. */
static struct span
id_of(struct span path)
{
	for (size_t i = 0; i + sizeof(ROOT) <= path.n; i++)
		if (span_starts(span_skip(path, i), SPAN(ROOT "/")))
			return (struct span){ path.p + i + sizeof(ROOT),
				path.n - i - sizeof(ROOT) };
	return SPAN_ABSENT;
}

/* The key that let the caller in, or bought his login token. */
static struct span
key_of(const struct caller *caller)
{
	struct span rest = span_skip(caller->token.source, 2), id;

	if (caller->means == MEANS_KEY)
		return caller->key_id;
	if (caller->means != MEANS_TOKEN ||
		!span_starts(caller->token.source, SPAN("k:")))
		return SPAN_ABSENT;
	return span_cut(&rest, ':', &id) ? id : rest;
}

static enum ost_err
api_keys(const struct context *c, const struct request *req,
	struct response *res)
{
	struct caller caller;
	struct key_call call = { c, req, res, &caller.user, SPAN_ABSENT };
	struct span id = id_of(req->path);
	bool is_list = span_is_absent(id);
	enum ost_err err;

	if (req->method == (is_list ? METHOD_DELETE : METHOD_POST)) {
		refuse_code(c, res, req->path, CODE_METHOD_NOT_ALLOWED);
		response_header(res, "Allow",
			is_list ? SPAN("GET, HEAD, POST")
				: SPAN("GET, HEAD, DELETE"));
		return OST_OK;
	}
	err = admit_caller(c, req, res, &caller);
	if (err != OST_OK || res->status != 0)
		return err;
	call.key_id = key_of(&caller);
	if (!is_list)
		return key_api_one(&call, id);
	return req->method == METHOD_GET ? key_api_list(&call)
					 : key_api_create(&call);
}

static const struct endpoint endpoint = {
	.name = "api_keys",
	.methods = METHOD_GET | METHOD_POST | METHOD_DELETE,
	.body_max = 8192,
	.is_limited = true,
	.is_socrata = true,
	.handle = api_keys,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
