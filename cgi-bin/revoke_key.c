/*
 * revoke_key - whoever holds a secret ends it by sending it
 *
 *	POST /api/keys/revoke
 *	     a form with secret= (or token=), JSON {"secret"} (or {"token"}),
 *	     or the secret as text/plain; with client_id for the secret of an
 *	     application
 *	     or JSON [{"token", "type", "url", "source"}, ...], at most 100, as
 *	     GitHub's partner program for secret scanning sends it
 *
 *	200  {"revoked": true | false}; to a list [{"token_hash",
 *	     "token_type", "label": "true_positive" | "false_positive"}, ...]
 *	400  nothing of the form of a secret; a list that cannot be
 *	403  not over https; a token that came so is revoked first
 *	405  413  415
 *	429  over 100 an hour from this address
 *	503  a store did not answer: the secret may be alive
 *
 * To have it is the authority: no credential is asked for, and the signature
 * headers of a list are not looked at. "revoked":false says of 256 random bits
 * that they were none of ours or dead before, which is no help in guessing. All
 * is durable before the answer.
 *
 * Reads: accounts, grants, keyring. Writes: accounts, grants, rates.
 */
#include "content_type.h"
#include "form.h"
#include "leak_report.h"
#include "limit.h"
#include "refuse.h"
#include "serve.h"

#define BODY_SIZE 65536

static const struct limit_rule address_limit = { 100, 3600 };

static enum ost_err
charge(const struct context *c, const struct request *req,
	struct refusal *refusal)
{
	struct span address, key;
	struct buf buf;
	enum ost_err err = request_address_key(req, &address);

	if (err != OST_OK)
		return err;
	buf_init(&buf, req->arena);
	buf_text(&buf, "revoke-key:");
	buf_add(&buf, address);
	err = buf_span(&buf, &key);
	return err == OST_OK ? limit_count(c, RATE_ADDRESSES, key,
				       &address_limit, &refusal->retry_after_s)
			     : err;
}

/* One of two names, not both. */
static enum ost_err
choose(enum ost_err first, enum ost_err second, const struct span values[2],
	struct span *value)
{
	if (first != OST_NOTFOUND && second != OST_NOTFOUND)
		return OST_BADINPUT;
	*value = values[first == OST_OK ? 0 : 1];
	if (first != OST_NOTFOUND)
		return first;
	return second == OST_NOTFOUND ? OST_BADINPUT : second;
}

static enum ost_err
end_json(const struct leak_call *call)
{
	struct span values[2], secret, client_id = SPAN_ABSENT;
	struct json *root = NULL;
	enum ost_err err = json_parse(call->request->body, BODY_SIZE, &root);

	if (err == OST_OK && json_is_array(root)) {
		err = leak_report_list(call, root);
	} else if (err == OST_OK) {
		err = choose(json_get_string(root, "secret", &values[0]),
			json_get_string(root, "token", &values[1]), values,
			&secret);
		if (err == OST_OK)
			err = json_get_string(root, "client_id", &client_id);
		if (err == OST_NOTFOUND)
			err = OST_OK;
		if (err == OST_OK)
			err = leak_report_one(call, secret, client_id);
	}
	json_free(root);
	return err;
}

static enum ost_err
end_form(const struct leak_call *call)
{
	struct span values[2], secret, client_id = SPAN_ABSENT;
	struct form *form;
	enum ost_err err =
		form_parse(call->request->arena, call->request->body, &form);

	if (err == OST_OK)
		err = choose(form_get(form, "secret", &values[0]),
			form_get(form, "token", &values[1]), values, &secret);
	if (err == OST_OK)
		err = form_get(form, "client_id", &client_id);
	if (err == OST_NOTFOUND)
		err = OST_OK;
	return err == OST_OK ? leak_report_one(call, secret, client_id) : err;
}

static struct span
without_line_ends(struct span text)
{
	while (text.n > 0 &&
		(text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	return span_trim(text);
}

static enum ost_err
revoke_key(const struct context *c, const struct request *req,
	struct response *res)
{
	struct leak_call call = { c, req, res };
	struct refusal refusal = { .code = CODE_RATE_LIMITED };
	enum ost_err err = charge(c, req, &refusal);

	if (err == OST_LIMITED) {
		refuse_caller(c, res, req->path, &refusal);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	if (request_is_json(req))
		return end_json(&call);
	if (request_is_form(req))
		return end_form(&call);
	if (content_type_is(req->content_type, SPAN("text/plain")))
		return leak_report_one(
			&call, without_line_ends(req->body), SPAN_ABSENT);
	response_error(res, FORMAT_JSON, CODE_UNSUPPORTED_TYPE, NULL);
	return OST_OK;
}

static const struct endpoint endpoint = {
	.name = "revoke_key",
	.methods = METHOD_POST,
	.body_max = BODY_SIZE,
	.handle = revoke_key,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
