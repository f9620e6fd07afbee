#include "client.h"
#include "clock.h"
#include "credentials.h"
#include "guess.h"

/* Query and body as one text, so that a name in both stands there twice. */
static enum ost_err
join(struct arena *arena, struct span query, struct span body,
	struct span *text)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_add(&buf, query);
	if (query.n > 0 && body.n > 0)
		buf_char(&buf, '&');
	buf_add(&buf, body);
	return buf_span(&buf, text);
}

enum ost_err
client_form(const struct context *c, const struct request *request,
	struct form **form, enum oauth_error *error)
{
	struct span text;
	enum ost_err err;

	*error = OAUTH_INVALID_REQUEST;
	if (request->has_body && !request_is_form(request))
		return OST_OK;
	if (!c->config->is_secret_in_query && request->query.n > 0)
		return OST_OK;
	err = join(request->arena, request->query, request->body, &text);
	if (err == OST_OK)
		err = form_parse(request->arena, text, form);
	if (err == OST_BADINPUT || err == OST_TOOBIG)
		return OST_OK;
	if (err == OST_OK && !form_has_duplicate(*form))
		*error = OAUTH_OK;
	return err;
}

struct presented {
	struct span id, secret;
	bool is_basic;
};

/* RFC 6749 section 2.3: one way to authenticate, not two. */
static enum ost_err
read_client(const struct request *request, const struct form *form,
	struct presented *client, enum oauth_error *error)
{
	struct credentials basic;
	enum ost_err err = credentials_parse(
		request->arena, request->authorization, &basic);

	*error = OAUTH_INVALID_REQUEST;
	if (err == OST_BADINPUT)
		return OST_OK;
	if (err == OST_OK && basic.scheme == SCHEME_BASIC)
		err = credentials_form_decode(request->arena, &basic);
	if (err == OST_DENIED || err == OST_TOOBIG || err == OST_BADINPUT) {
		*error = OAUTH_INVALID_CLIENT;
		return OST_OK;
	}
	if (err != OST_OK)
		return err;
	/* client_form() has refused repeated names. */
	if (form_get(form, "client_id", &client->id) != OST_OK)
		client->id = SPAN_ABSENT;
	if (form_get(form, "client_secret", &client->secret) != OST_OK)
		client->secret = SPAN_ABSENT;
	if (basic.scheme == SCHEME_BEARER)
		return OST_OK;
	if (basic.scheme == SCHEME_BASIC) {
		if (client->secret.n > 0 ||
			(client->id.n > 0 && !span_eq(client->id, basic.user)))
			return OST_OK;
		*client =
			(struct presented){ basic.user, basic.password, true };
	}
	*error = client->id.n == 0 ? OAUTH_INVALID_CLIENT : OAUTH_OK;
	return OST_OK;
}

static enum ost_err
check_secret(struct arena *arena, const struct presented *client, bool is_known,
	struct app *app, enum oauth_error *error)
{
	struct span hash = SPAN("");
	enum ost_err err = OST_OK;

	if (client->secret.n > 0)
		err = secret_hash(arena, client->secret, &hash);
	app->mark = secret_mark(hash);
	*error = err == OST_OK && is_known && !app->is_public && hash.n > 0 &&
				 secret_matches(
					 &app->secret, hash, clock_wall_ms())
			 ? OAUTH_OK
			 : OAUTH_INVALID_CLIENT;
	return err;
}

static enum ost_err
reserve(const struct context *c, const struct request *request, struct span id,
	struct guess *guess)
{
	struct span account;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, request->arena);
	buf_text(&buf, "app:");
	buf_add(&buf, id);
	err = buf_span(&buf, &account);
	return err == OST_OK ? guess_reserve(c, request, account, false, guess)
			     : err;
}

enum ost_err
client_authenticate(const struct context *c, const struct request *request,
	const struct form *form, struct app *app, enum oauth_error *error,
	int64_t *retry_after_s)
{
	struct presented client = { 0 };
	struct guess guess;
	bool is_known;
	enum ost_err err = read_client(request, form, &client, error);

	if (err != OST_OK || *error == OAUTH_INVALID_REQUEST)
		return err;
	err = app_by_id(c->accounts, request->arena, client.id, app);
	if (err != OST_OK && err != OST_NOTFOUND)
		return err;
	is_known = err == OST_OK && *error == OAUTH_OK && !app->is_disabled;
	/* A public client has nothing that could be guessed (RFC 6749 section
	 * 2.1). One that brings a secret takes itself for another. */
	if (is_known && app->is_public && client.secret.n == 0)
		return OST_OK;
	err = reserve(c, request, client.id, &guess);
	if (err == OST_LIMITED)
		*retry_after_s = guess.retry_after_s;
	if (err != OST_OK)
		return err;
	err = check_secret(request->arena, &client, is_known, app, error);
	if (err != OST_OK || *error == OAUTH_OK)
		guess_return(c, &guess);
	return err;
}

static void
write_error(struct response *response, struct span error,
	const char *description, const char *code)
{
	struct json_writer w;

	json_begin(&w, &response->body);
	json_open(&w, NULL, '{');
	json_string(&w, "error", error);
	json_string(&w, "error_description", span_of(description));
	if (code != NULL)
		json_string(&w, "code", span_of(code));
	json_close(&w);
	buf_char(&response->body, '\n');
}

void
client_refuse(const struct context *c, struct response *response,
	enum oauth_error error, const char *description)
{
	const char *name = oauth_error_name(error);
	bool is_client = error == OAUTH_INVALID_CLIENT;
	struct span challenge;
	struct buf buf;

	response_begin(
		response, is_client ? 401 : 400, name, "application/json");
	response_no_store(response);
	if (is_client) {
		buf_init(&buf, response->arena);
		buf_text(&buf, "Basic realm=");
		buf_quoted(&buf, c->config->realm);
		if (buf_span(&buf, &challenge) == OST_OK)
			response_header(
				response, "WWW-Authenticate", challenge);
	}
	write_error(response, span_of(name), description, NULL);
}

static void
refuse_now(struct response *response, int64_t retry_after_s, const char *reason,
	const char *description, const char *code)
{
	response_begin(response, 429, reason, "application/json");
	response_no_store(response);
	response_header_u64(response, "Retry-After", (uint64_t)retry_after_s);
	write_error(
		response, SPAN("temporarily_unavailable"), description, code);
}

void
client_refuse_failures(struct response *response, int64_t retry_after_s)
{
	refuse_now(response, retry_after_s, "too_many_failures",
		"Too many failed attempts", "too_many_failures");
}

void
client_refuse_limited(struct response *response, int64_t retry_after_s,
	const char *reason, const char *description)
{
	refuse_now(
		response, retry_after_s, reason, description, "rate_limited");
}
