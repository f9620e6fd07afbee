/*
 * protect - may this request pass?
 *
 *	any method, any guarded path; asked by the web server:
 *	FCGI_ROLE=AUTHORIZER (lighttpd, Apache), else PROTECT_MODE = nginx,
 *	forward (Caddy) or serve (plain CGI: sends the file behind PATH_INFO
 *	below protect_root itself); neither: 500
 *
 *	yes  identity and X-RateLimit-* for the web server to pass on
 *	204  a preflight that the policy's cors= allows
 *	400  two credentials, two app tokens, a token in the URL
 *	401  a credential is needed, or the one presented is wrong
 *	403  not over https (a token that came so is revoked first); known,
 *	     but not allowed; no line of the policy matches; the path cannot
 *	     be told
 *	429  over the limit, or too many failures
 *	503  a store did not answer
 *
 * Reads: policy, keyring, accounts, grants. Writes: rates; activity; grants
 * to revoke a token.
 */
#include "admit.h"
#include "cors.h"
#include "face.h"
#include "file.h"
#include "gate.h"
#include "refuse.h"
#include "serve.h"

/*
 * "/data.json/" and, behind an authorizer, "/data.json/more" may be served as
 * /data.json: then the line for just that file must allow it as well.
 */
static enum ost_err
find_file_rule(const struct context *ctx, const struct request *req,
	struct span path, const struct policy_rule *rule,
	const struct policy_rule **of_file)
{
	const struct policy_rule *found;
	struct span file;
	bool is_served;
	enum ost_err err = face_file_path(req, path, &file);

	if (err != OST_OK)
		return err;
	is_served = file.n < path.n;
	if (!is_served && file.n > 1 && file.p[file.n - 1] == '/')
		file.n--;
	*of_file = rule;
	if (file.n == path.n)
		return OST_OK;
	found = policy_match(ctx->policy, req->method_name, file);
	if (found != NULL || is_served)
		*of_file = found;
	return OST_OK;
}

static enum ost_err
pass(const struct context *ctx, const struct request *req, struct response *res,
	const struct caller *caller, struct span path)
{
	if (req->face == FACE_SERVE) {
		if (!span_is_absent(ctx->config->protect_root))
			return file_respond(
				req, res, ctx->config->protect_root, path);
		refuse_code(ctx, res, path, CODE_NOT_FOUND);
		return OST_OK;
	}
	response_begin(res, 200, "ok", NULL);
	if (caller_has_user(caller)) {
		response_header(res, "X-Ostiary-User", caller->user.name);
		response_header(res, "X-Ostiary-User-Id", caller->user.id);
		if (caller->user.roles.n > 0)
			response_header(
				res, "X-Ostiary-Roles", caller->user.roles);
	}
	if (caller->has_app)
		response_header(res, "X-Ostiary-App", caller->app.client_id);
	if (caller->scope.n > 0)
		response_header(res, "X-Ostiary-Scope", caller->scope);
	return OST_OK;
}

static enum ost_err
decide(const struct context *ctx, const struct request *req,
	struct response *res, const struct policy_rule *rule,
	const struct policy_rule *of_file, struct span path)
{
	struct refusal refusal;
	struct caller caller;
	bool is_yes;
	enum ost_err err = gate_identify(ctx, req, res, 0, &caller, &refusal);

	if (err == OST_DENIED) {
		refuse_caller(ctx, res, path, &refusal);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	is_yes = admit(rule, &caller, &refusal) &&
		 admit(of_file, &caller, &refusal);
	/* A 401 is charged to the address, by serve_main(). */
	if (is_yes || refusal.code != CODE_CREDENTIALS_MISSING)
		err = gate_charge(ctx, req, res, &caller, rule);
	if (err == OST_LIMITED) {
		refuse_code(ctx, res, path, CODE_RATE_LIMITED);
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	if (is_yes)
		return pass(ctx, req, res, &caller, path);
	refuse_caller(ctx, res, path, &refusal);
	if (rule == NULL)
		res->reason = "no_rule";
	return OST_OK;
}

static enum ost_err
protect(const struct context *ctx, const struct request *req,
	struct response *res)
{
	const struct policy_rule *rule, *of_file;
	struct span path = SPAN_ABSENT;
	enum ost_err err = OST_NOTFOUND;

	if (req->face == FACE_NONE)
		return OST_DENIED; /* a broken installation: 500 */
	if (face_path(req, &path) != OST_OK) {
		refuse_code(ctx, res, path, CODE_FORBIDDEN);
		res->reason = "path_refused";
		return OST_OK;
	}
	if (cors_is_preflight(req))
		err = cors_preflight(ctx, req, res, path);
	if (err == OST_LIMITED)
		refuse_code(ctx, res, path, CODE_RATE_LIMITED);
	if (err != OST_NOTFOUND)
		return err == OST_LIMITED ? OST_OK : err;
	rule = policy_match(ctx->policy, req->method_name, path);
	err = find_file_rule(ctx, req, path, rule, &of_file);
	if (err == OST_OK)
		err = decide(ctx, req, res, rule, of_file, path);
	cors_headers(req, res, rule);
	return err;
}

static const struct endpoint endpoint = {
	.name = "protect",
	.is_limited = true,
	.guards = true,
	.handle = protect,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
