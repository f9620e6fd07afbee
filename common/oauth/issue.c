#include "issue.h"
#include "clock.h"
#include "idtoken.h"
#include "json.h"
#include "token.h"

enum ost_err
issue_deny(struct issue *issue, enum oauth_error error, const char *why)
{
	issue->error = error;
	issue->why = why;
	return OST_DENIED;
}

struct grant_terms
issue_terms(const struct config *config, const struct app *app,
	struct span scope, bool is_offline)
{
	struct grant_terms terms = {
		.access_ms = config->access_token_lifetime_s * 1000,
		.idle_ms = config->refresh_token_idle_s * 1000,
	};

	if (is_offline && app_is_offline(app, scope))
		terms.total_ms = config->refresh_token_lifetime_s * 1000;
	return terms;
}

bool
issue_may_refresh(const struct app *app, const struct grant *grant)
{
	return grant->ends_ms != 0 && app_is_offline(app, grant->scope);
}

enum ost_err
issue_narrow(const struct form *form, struct span wide, struct issue *issue)
{
	struct span scope;
	enum ost_err err = form_get(form, "scope", &scope);

	issue->scope = span_is_absent(wide) ? SPAN("") : wide;
	if (err == OST_NOTFOUND)
		return OST_OK;
	if (err != OST_OK || !scope_is_valid(scope) ||
		!scope_is_within(scope, wide))
		return issue_deny(issue, OAUTH_INVALID_SCOPE,
			"scope asks for more than was allowed");
	issue->scope = scope;
	return OST_OK;
}

enum ost_err
issue_find_user(const struct context *c, struct arena *arena,
	struct span user_id, int64_t user_epoch, int64_t app_epoch,
	struct issue *issue)
{
	enum ost_err err =
		user_by_id(c->accounts, arena, user_id, &issue->user);

	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	if (err == OST_NOTFOUND || issue->user.is_disabled ||
		issue->user.epoch != user_epoch)
		return issue_deny(issue, OAUTH_INVALID_GRANT,
			"The user is not there any more, or was disabled "
			"meanwhile");
	if (issue->app.epoch != app_epoch)
		return issue_deny(issue, OAUTH_INVALID_GRANT,
			"The application was disabled meanwhile");
	return OST_OK;
}

static enum ost_err
client_source(struct arena *arena, struct span mark, struct span *source)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_text(&buf, "c:");
	buf_add(&buf, mark);
	return buf_span(&buf, source);
}

static enum ost_err
access_token(const struct context *c, struct arena *arena,
	const struct issue *issue, struct token *token, struct span *text)
{
	const struct grant *grant = &issue->grant;
	enum ost_err err = OST_OK;

	*token = (struct token){
		.kind = TOKEN_ACCESS,
		.is_es256 = c->config->is_access_token_es256,
		.subject = issue->user.id,
		.user_epoch = issue->user.epoch,
		.app_epoch = issue->app.epoch,
		.client_id = issue->app.client_id,
		.scope = issue->scope,
		.grant_id = grant->id,
		.issued_s = clock_wall_s(),
	};
	token->expires_s = token->issued_s + c->config->access_token_lifetime_s;
	if (grant->id.n > 0 && token->expires_s > grant->expires_ms / 1000)
		token->expires_s = grant->expires_ms / 1000;
	/* The clock went on since the grant was written: expired already. */
	if (token->issued_s >= token->expires_s)
		token->issued_s = token->expires_s - 1;
	if (issue->user.id.n == 0) {
		token->subject = issue->app.client_id;
		err = client_source(arena, issue->app.mark, &token->source);
	}
	return err == OST_OK ? token_issue(arena, c->ring, c->config->issuer,
				       token, text)
			     : err;
}

/* Absent unless the scope has openid (OpenID Connect Core section 3.1.3.3). */
static enum ost_err
id_token(const struct context *c, struct arena *arena,
	const struct issue *issue, struct span access, struct span *text)
{
	*text = SPAN_ABSENT;
	if (issue->user.id.n == 0 || !list_has(issue->scope, SPAN("openid")))
		return OST_OK;
	return idtoken_make(c, arena, &issue->user, &issue->app, &issue->grant,
		issue->code.nonce, issue->scope, access, text);
}

enum ost_err
issue_answer(const struct context *c, const struct request *request,
	struct response *response, const struct issue *issue)
{
	struct token token;
	struct span access, id;
	struct json_writer w;
	enum ost_err err =
		access_token(c, request->arena, issue, &token, &access);

	if (err == OST_OK)
		err = id_token(c, request->arena, issue, access, &id);
	if (err != OST_OK)
		return err;
	response_begin(response, 200,
		issue->reason != NULL ? issue->reason : "token_given",
		"application/json");
	response_no_store(response);
	json_begin(&w, &response->body);
	json_open(&w, NULL, '{');
	json_string(&w, "access_token", access);
	json_string(&w, "token_type", SPAN("bearer"));
	json_i64(&w, "expires_in", token.expires_s - token.issued_s);
	json_string(&w, "scope", token.scope);
	if (!span_is_absent(issue->refresh_token))
		json_string(&w, "refresh_token", issue->refresh_token);
	if (!span_is_absent(id))
		json_string(&w, "id_token", id);
	json_close(&w);
	buf_char(&response->body, '\n');
	return OST_OK;
}
