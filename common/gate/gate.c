#include "gate.h"
#include "activity.h"
#include "codec.h"
#include "credentials.h"
#include "guess.h"
#include "key.h"
#include "limit.h"

static enum ost_err
refused(struct refusal *refusal, enum api_code code)
{
	refusal->code = code;
	return OST_DENIED;
}

/* When the application last did anything, and when for that user. */
static void
note_app_use(
	const struct context *c, struct arena *arena, const struct token *token)
{
	struct span pair;

	activity_touch(c->activity, arena, token->client_id);
	if (!token_is_client(token) &&
		activity_pair(arena, token->subject, token->client_id, &pair) ==
			OST_OK)
		activity_touch(c->activity, arena, pair);
}

static enum ost_err
identify_token(const struct context *c, const struct request *request,
	struct span text, struct caller *caller, struct refusal *refusal)
{
	struct arena *arena = request->arena;
	struct token token;
	enum token_state state;
	enum ost_err err =
		token_verify(arena, c->ring, c->config->issuer, text, &token);

	if (err == OST_DENIED)
		return refused(refusal, CODE_TOKEN_INVALID);
	if (err == OST_EXPIRED)
		return refused(refusal, CODE_TOKEN_EXPIRED);
	if (err != OST_OK)
		return err;
	err = gate_token_state(
		c, arena, &token, &state, &caller->user, &caller->app);
	if (err != OST_OK)
		return err;
	if (state != TOKEN_LIVE)
		return refused(refusal, CODE_TOKEN_REVOKED);
	caller->means = token_is_client(&token) ? MEANS_CLIENT : MEANS_TOKEN;
	caller->token = token;
	if (token.kind != TOKEN_LOGIN) {
		caller->has_app = true;
		caller->scope = token.scope;
		note_app_use(c, arena, &token);
	}
	return OST_OK;
}

/* A secret of ours is never a password: it is looked up, not hashed slowly.
 * Failures count like those of passwords, only afterwards. */
static enum ost_err
identify_key(const struct context *c, const struct request *request,
	const struct credentials *given, struct caller *caller,
	struct refusal *refusal)
{
	struct arena *arena = request->arena;
	struct guess guess;
	struct user user;
	struct key key;
	enum ost_err err =
		key_by_secret(c->accounts, arena, given->password, &key);

	if (err == OST_OK)
		err = user_by_id(c->accounts, arena, key.user_id, &user);
	if (err == OST_OK && !user.is_disabled &&
		(span_eq(given->user, key.id) ||
			span_eq_nocase(given->user, user.name))) {
		caller->means = MEANS_KEY;
		caller->user = user;
		caller->key_id = key.id;
		caller->key_mark = key.mark;
		activity_touch(c->activity, arena, key.id);
		return OST_OK;
	}
	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	err = guess_reserve(c, request, given->user, false, &guess);
	if (err == OST_LIMITED) {
		refusal->retry_after_s = guess.retry_after_s;
		return refused(refusal, CODE_TOO_MANY_FAILURES);
	}
	return err == OST_OK ? refused(refusal, CODE_CREDENTIALS_INVALID) : err;
}

static enum ost_err
identify_basic(const struct context *c, const struct request *request,
	unsigned int flags, const struct credentials *given,
	struct caller *caller, struct refusal *refusal)
{
	enum ost_err err;

	if (span_starts(given->password, SPAN(SECRET_KEY_PREFIX)))
		return identify_key(c, request, given, caller, refusal);
	if (!(flags & GATE_PASSWORDS) &&
		!c->config->is_basic_password_everywhere)
		return refused(refusal, CODE_CREDENTIALS_INVALID);
	err = guess_password(c, request, GUESS_CREDENTIAL, given->user,
		given->password, &caller->user, &refusal->retry_after_s);
	if (err == OST_DENIED)
		return refused(refusal, CODE_CREDENTIALS_INVALID);
	if (err == OST_LIMITED)
		return refused(refusal, CODE_TOO_MANY_FAILURES);
	if (err == OST_OK)
		caller->means = MEANS_PASSWORD;
	return err;
}

/* What the query of a request says under our names. The rest of a guarded
 * request's query is its backend's: it may be anything. */
struct query_tokens {
	struct span app_token;
	bool has_app_token, has_access_token;
};

static enum ost_err
read_query(const struct request *request, struct query_tokens *found)
{
	struct span rest = request->query, pair, name, value;

	*found = (struct query_tokens){ 0 };
	while (span_next(&rest, '&', &pair)) {
		struct span raw_name = pair, raw_value = pair;

		if (span_cut(&raw_value, '=', &raw_name) == false)
			raw_value = SPAN("");
		if (form_decode(request->arena, raw_name, &name) != OST_OK)
			continue;
		if (span_eq(name, SPAN("access_token")))
			found->has_access_token = true;
		if (!span_eq(name, SPAN("$$app_token")) &&
			!span_eq(name, SPAN("app_token")))
			continue;
		if (form_decode(request->arena, raw_value, &value) != OST_OK)
			return OST_BADINPUT;
		if (value.n == 0)
			continue;
		if (found->has_app_token && !span_eq(found->app_token, value))
			return OST_BADINPUT;
		found->has_app_token = true;
		found->app_token = value;
	}
	return OST_OK;
}

static enum ost_err
identify_app(const struct context *c, const struct request *request,
	struct caller *caller, struct refusal *refusal)
{
	struct query_tokens query;
	struct span id = request->app_token;
	struct app app;
	enum ost_err err = read_query(request, &query);

	if (err == OST_OK && query.has_access_token) {
		refusal->message = "A token must not be sent in the URL";
		err = OST_BADINPUT;
	}
	if (err == OST_OK && query.has_app_token) {
		if (id.n > 0 && !span_eq(id, query.app_token))
			err = OST_BADINPUT;
		id = query.app_token;
	}
	if (err == OST_BADINPUT)
		return refused(refusal, CODE_BAD_REQUEST);
	if (err != OST_OK || id.n == 0)
		return err;
	err = app_by_id(c->accounts, request->arena, id, &app);
	if (err == OST_NOTFOUND || (err == OST_OK && app.is_disabled))
		return refused(refusal, CODE_CREDENTIALS_INVALID);
	if (err == OST_OK) {
		caller->means = MEANS_APP_TOKEN;
		caller->has_app = true;
		caller->app = app;
	}
	return err;
}

enum ost_err
gate_identify(const struct context *c, const struct request *request,
	struct response *response, unsigned int flags, struct caller *caller,
	struct refusal *refusal)
{
	struct caller found = { 0 };
	struct credentials given;
	enum ost_err err;

	*refusal = (struct refusal){ 0 };
	response->subject = request->address;
	err = credentials_parse(request->arena, request->authorization, &given);
	if (err == OST_BADINPUT)
		return refused(refusal, CODE_BAD_REQUEST);
	if (err == OST_DENIED || err == OST_TOOBIG)
		return refused(refusal, CODE_CREDENTIALS_INVALID);
	if (err == OST_OK)
		err = identify_app(c, request, &found, refusal);
	if (err != OST_OK)
		return err;
	if (given.scheme == SCHEME_BASIC) {
		err = identify_basic(
			c, request, flags, &given, &found, refusal);
		if (err == OST_DENIED)
			guess_note_tried(c, request, given.user, response);
	} else if (given.scheme == SCHEME_BEARER) {
		refusal->was_token = true;
		err = flags & GATE_NO_TOKENS
			      ? refused(refusal, CODE_CREDENTIALS_INVALID)
			      : identify_token(c, request, given.token, &found,
					refusal);
	}
	if (err != OST_OK)
		return err;
	if (found.user.name.n > 0)
		response->subject = found.user.name;
	else if (found.has_app)
		response->subject = found.app.client_id;
	*caller = found;
	return OST_OK;
}

enum limit_subject
gate_subject(const struct caller *caller, struct span *id)
{
	*id = SPAN_ABSENT;
	if (caller == NULL || caller->means == MEANS_NONE)
		return LIMIT_ADDRESS;
	if (caller_has_user(caller)) {
		*id = caller->user.id;
		return LIMIT_USER;
	}
	*id = caller->app.client_id;
	return caller->means == MEANS_CLIENT ? LIMIT_CLIENT : LIMIT_APP;
}

enum ost_err
gate_charge(const struct context *c, const struct request *request,
	struct response *response, const struct caller *caller,
	const struct policy_rule *rule)
{
	struct span id;
	enum limit_subject subject = gate_subject(caller, &id);

	return limit_charge(c, request, response, subject, id, rule);
}

enum format
format_of_path(struct span path)
{
	if (path.n >= 4 &&
		span_eq_nocase(span_skip(path, path.n - 4), SPAN(".xml")))
		return FORMAT_XML;
	return FORMAT_JSON;
}
