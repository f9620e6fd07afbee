/*
 * limits - what the caller has left in each limit window, spending nothing
 *
 *	GET /api/limits.json
 *	Authorization: Basic ... | OAuth TOKEN | Bearer TOKEN, or
 *	X-App-Token, or without either the session cookie of the pages, or
 *	nothing: then it is about the address
 *
 *	200  {"subject": "user" | "app" | "address", "limits": [
 *	     {"name", "limit", "remaining", "reset", "window"}, ...]}, with
 *	     "methods" and "path" for a limit of a policy line; no-store
 *	401  a wrong credential
 *	403  not over https; a token that came so is revoked first
 *	429  over 600 in 15 minutes, or too many failures
 *	503  a store did not answer
 *
 * X-RateLimit-* are those of "requests", as they were before. A wrong
 * credential is charged to the address as everywhere. Pages of any origin may
 * call it (CORS); browsers send no cookie along then.
 *
 * Reads: keyring, accounts, grants, policy, rates. Writes: rates, for its own
 * limit; activity; grants to revoke a token or to note a session's use.
 */
#include "refuse.h"
#include "serve.h"
#include "signin.h"
#include "usage.h"

static const struct limit_rule own_limit = { 600, 900 };

/* Without any credential it may be somebody who is signed in at the pages. */
static enum ost_err
identify(const struct context *c, const struct request *req,
	struct response *res, struct caller *caller, bool *is_visitor,
	struct refusal *refusal)
{
	struct visitor visitor;
	enum ost_err err = gate_identify(c, req, res, 0, caller, refusal);

	*is_visitor = false;
	if (err != OST_OK || caller->means != MEANS_NONE)
		return err;
	err = visitor_find(c, req, res, &visitor);
	if (err != OST_OK || !visitor.is_signed_in)
		return err;
	*is_visitor = true;
	caller->means = MEANS_PASSWORD;
	caller->user = visitor.user;
	res->subject = visitor.user.name;
	return OST_OK;
}

/* So that nobody polls it for free. */
static enum ost_err
charge_own(const struct context *c, const struct request *req,
	const struct caller *caller, int64_t *wait_s)
{
	struct span id, address;
	enum limit_subject subject = gate_subject(caller, &id);
	bool is_known = subject == LIMIT_USER || subject == LIMIT_CLIENT;
	struct span key;
	struct buf buf;
	enum ost_err err = request_address_key(req, &address);

	if (err != OST_OK)
		return err;
	buf_init(&buf, req->arena);
	buf_text(&buf, "limits:");
	buf_add(&buf, id);
	if (!is_known) {
		buf_char(&buf, '|');
		buf_add(&buf, address);
	}
	err = buf_span(&buf, &key);
	return err == OST_OK
		       ? limit_count(c,
				 is_known ? RATE_SUBJECTS : RATE_ADDRESSES, key,
				 &own_limit, wait_s)
		       : err;
}

static const char *
subject_word(const struct caller *caller)
{
	struct span id;

	switch (gate_subject(caller, &id)) {
	case LIMIT_USER:
		return "user";
	case LIMIT_APP:
	case LIMIT_CLIENT:
		return "app";
	case LIMIT_ADDRESS:
		break;
	}
	return "address";
}

static void
tell(struct response *res, const struct caller *caller,
	const struct usage *list, size_t n)
{
	struct json_writer w;

	response_begin(res, 200, "ok", "application/json");
	response_no_store(res);
	response_header(res, "X-Content-Type-Options", SPAN("nosniff"));
	json_begin(&w, &res->body);
	json_open(&w, NULL, '{');
	json_string(&w, "subject", span_of(subject_word(caller)));
	json_open(&w, "limits", '[');
	for (size_t i = 0; i < n; i++) {
		json_open(&w, NULL, '{');
		json_string(&w, "name", span_of(list[i].name));
		if (list[i].rule != NULL) {
			json_string(&w, "methods", list[i].rule->methods);
			json_string(&w, "path", list[i].rule->path);
		}
		json_i64(&w, "limit", list[i].left.limit);
		json_i64(&w, "remaining", list[i].left.remaining);
		json_i64(&w, "reset", list[i].left.reset_s);
		json_i64(&w, "window", list[i].window_s);
		json_close(&w);
	}
	json_close(&w);
	json_close(&w);
	buf_char(&res->body, '\n');
}

static enum ost_err
limits(const struct context *c, const struct request *req, struct response *res)
{
	struct usage list[USAGE_MAX];
	struct refusal refusal;
	struct caller caller;
	bool is_visitor;
	size_t n;
	enum ost_err err =
		identify(c, req, res, &caller, &is_visitor, &refusal);

	if (err == OST_DENIED) {
		refuse_caller(c, res, req->path, &refusal);
		return OST_OK;
	}
	if (err == OST_OK)
		err = is_visitor ? usage_list(c, req, &caller.user, list,
					   USAGE_MAX, &n)
				 : usage_of_caller(c, req, &caller, list,
					   USAGE_MAX, &n);
	if (err != OST_OK)
		return err;
	res->limit = list[0].left;
	res->limit.is_admitted = true; /* this answer is no refusal */
	res->has_limit = true;
	err = charge_own(c, req, &caller, &refusal.retry_after_s);
	if (err == OST_LIMITED) {
		refusal.code = CODE_RATE_LIMITED;
		refuse_caller(c, res, req->path, &refusal);
		return OST_OK;
	}
	if (err == OST_OK)
		tell(res, &caller, list, n);
	return err;
}

static const struct endpoint endpoint = {
	.name = "limits",
	.methods = METHOD_GET,
	.body_max = 0,
	.is_limited = true,
	.is_open = true,
	.needs_policy = true,
	.handle = limits,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
