/*
 * users_current - tell the caller who they are
 *
 *	GET /api/users/current.json, /users/current.xml (and the two crossed)
 *	Authorization: Basic ... | OAuth TOKEN | Bearer TOKEN
 *
 *	200  {"id", "userName", "displayName", "email", "roles", "app", "scope"}
 *	     or <user> with the same elements; app and scope only for the token
 *	     of an application; no-store
 *	401  no credential, a wrong one, or an app token alone (RFC 6750
 *	     section 3.1)
 *	403  not over https; a token that came so is revoked first. The token
 *	     of an application for itself
 *	404  another suffix than .json or .xml
 *	429  over the caller's limit
 *	503  a store did not answer
 *
 * Reads: keyring, accounts, grants. Writes: rates; activity; grants to revoke
 * a token.
 */
#include "codec.h"
#include "gate.h"
#include "json.h"
#include "refuse.h"
#include "serve.h"

static void
write_json(struct response *response, const struct caller *caller)
{
	const struct user *user = &caller->user;
	struct span rest = user->roles, role;
	struct json_writer w;

	response_begin(response, 200, "ok", "application/json");
	json_begin(&w, &response->body);
	json_open(&w, NULL, '{');
	json_string(&w, "id", user->id);
	json_string(&w, "userName", user->name);
	json_string(&w, "displayName", user->display_name);
	json_string(&w, "email", user->email);
	json_open(&w, "roles", '[');
	while (span_next(&rest, ' ', &role))
		if (role.n > 0)
			json_string(&w, NULL, role);
	json_close(&w);
	if (!span_is_absent(caller->scope)) {
		json_open(&w, "app", '{');
		json_string(&w, "client_id", caller->app.client_id);
		json_string(&w, "name", caller->app.name);
		json_close(&w);
		json_string(&w, "scope", caller->scope);
	}
	json_close(&w);
	buf_char(&response->body, '\n');
}

static void
xml_element(struct buf *body, const char *name, struct span value)
{
	buf_printf(body, "<%s>", name);
	buf_html(body, value);
	buf_printf(body, "</%s>", name);
}

static void
write_xml(struct response *response, const struct caller *caller)
{
	const struct user *user = &caller->user;
	struct span rest = user->roles, role;
	struct buf *body = &response->body;

	response_begin(response, 200, "ok", "application/xml; charset=utf-8");
	buf_text(body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<user>");
	xml_element(body, "id", user->id);
	xml_element(body, "userName", user->name);
	xml_element(body, "displayName", user->display_name);
	if (!span_is_absent(user->email))
		xml_element(body, "email", user->email);
	buf_text(body, "<roles>");
	while (span_next(&rest, ' ', &role))
		if (role.n > 0)
			xml_element(body, "role", role);
	buf_text(body, "</roles>");
	if (!span_is_absent(caller->scope)) {
		buf_text(body, "<app>");
		xml_element(body, "client_id", caller->app.client_id);
		xml_element(body, "name", caller->app.name);
		buf_text(body, "</app>");
		xml_element(body, "scope", caller->scope);
	}
	buf_text(body, "</user>\n");
}

/* An application that speaks for itself is known, but nobody's user: charged
 * as such. */
static enum ost_err
refuse_client(const struct context *ctx, const struct request *req,
	struct response *res, const struct caller *caller)
{
	enum ost_err err = gate_charge(ctx, req, res, caller, NULL);

	if (err == OST_OK || err == OST_LIMITED)
		refuse_code(ctx, res, req->path,
			err == OST_OK ? CODE_FORBIDDEN : CODE_RATE_LIMITED);
	return err == OST_LIMITED ? OST_OK : err;
}

static enum ost_err
current_user(const struct context *ctx, const struct request *req,
	struct response *res)
{
	enum format format = format_of_path(req->path);
	struct refusal refusal;
	struct caller caller;
	enum ost_err err;

	if (format == FORMAT_JSON && span_has(req->path, '.') &&
		!span_ends(req->path, SPAN(".json"))) {
		refuse_code(ctx, res, req->path, CODE_NOT_FOUND);
		return OST_OK;
	}
	err = gate_identify(ctx, req, res, 0, &caller, &refusal);
	if (err == OST_OK && caller.means <= MEANS_APP_TOKEN) {
		refusal.code = CODE_CREDENTIALS_MISSING;
		err = OST_DENIED;
	}
	if (err == OST_OK && !caller_has_user(&caller))
		return refuse_client(ctx, req, res, &caller);
	if (err == OST_DENIED) {
		refuse_caller(ctx, res, req->path, &refusal);
		return OST_OK;
	}
	if (err == OST_OK)
		err = gate_charge(ctx, req, res, &caller, NULL);
	if (err == OST_LIMITED) {
		refuse_code(ctx, res, req->path, CODE_RATE_LIMITED);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	if (format == FORMAT_XML)
		write_xml(res, &caller);
	else
		write_json(res, &caller);
	response_no_store(res);
	response_header(res, "X-Content-Type-Options", SPAN("nosniff"));
	return OST_OK;
}

static const struct endpoint endpoint = {
	.name = "users_current",
	.methods = METHOD_GET,
	.body_max = 0,
	.is_limited = true,
	.handle = current_user,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
