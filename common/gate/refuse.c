#include "refuse.h"
#include "code.h"
#include "codec.h"
#include "credentials.h"
#include "device.h"
#include "event.h"
#include "page.h"
#include "ticket.h"

static void
add_challenge(struct response *response, struct buf *buf)
{
	struct span text;

	if (buf_span(buf, &text) == OST_OK)
		response_header(response, "WWW-Authenticate", text);
	else
		response->headers.is_failed = true;
}

void
refuse_bearer(const struct context *c, struct response *response,
	const char *error, struct span scope)
{
	struct buf buf;

	buf_init(&buf, response->arena);
	buf_text(&buf, "Bearer realm=");
	buf_quoted(&buf, c->config->realm);
	if (error != NULL)
		buf_printf(&buf, ", error=\"%s\"", error);
	if (!span_is_absent(scope)) {
		buf_text(&buf, ", scope=");
		buf_quoted(&buf, scope);
	}
	add_challenge(response, &buf);
}

void
refuse_challenge(const struct context *c, struct response *response,
	const char *error, struct span scope)
{
	struct buf buf;

	buf_init(&buf, response->arena);
	buf_text(&buf, "Basic realm=");
	buf_quoted(&buf, c->config->realm);
	buf_text(&buf, ", charset=\"UTF-8\"");
	add_challenge(response, &buf);
	refuse_bearer(c, response, error, scope);
}

/* RFC 6750 section 3.1: which error attribute goes with which answer. */
static const char *
bearer_error(const struct refusal *refusal)
{
	switch (refusal->code) {
	case CODE_TOKEN_INVALID:
	case CODE_TOKEN_EXPIRED:
	case CODE_TOKEN_REVOKED:
		return "invalid_token";
	case CODE_INSUFFICIENT_SCOPE:
		return "insufficient_scope";
	default:
		return NULL;
	}
}

void
refuse_caller(const struct context *c, struct response *response,
	struct span path, const struct refusal *refusal)
{
	int status = api_status(refusal->code);

	response_error(response, format_of_path(path), refusal->code,
		refusal->message);
	if (status == 401 || refusal->code == CODE_INSUFFICIENT_SCOPE)
		refuse_challenge(
			c, response, bearer_error(refusal), refusal->scope);
	else if (refusal->code == CODE_BAD_REQUEST)
		refuse_bearer(c, response, "invalid_request", SPAN_ABSENT);
	if (refusal->retry_after_s > 0)
		response_header_u64(response, "Retry-After",
			(uint64_t)refusal->retry_after_s);
}

void
refuse_code(const struct context *c, struct response *response,
	struct span path, enum api_code code)
{
	struct refusal refusal = { .code = code };

	refuse_caller(c, response, path, &refusal);
}

static void
note(const struct context *c, const struct request *request,
	struct span user_id, struct span client_id)
{
	event_note_app(c, request->arena, user_id, EVENT_TOKEN_REVOKED_HTTP,
		request->address, client_id);
}

/* Revokes a token that is alive; anything else causes no write. */
static enum ost_err
revoke_token(const struct context *c, const struct request *request,
	struct span text, bool *was_revoked)
{
	struct arena *arena = request->arena;
	enum token_state state;
	struct token token;
	struct user user;
	struct app app;
	enum ost_err err =
		token_verify(arena, c->ring, c->config->issuer, text, &token);

	if (err == OST_DENIED || err == OST_EXPIRED)
		return OST_OK;
	if (err == OST_OK)
		err = gate_token_state(c, arena, &token, &state, &user, &app);
	if (err != OST_OK || state != TOKEN_LIVE)
		return err;
	err = jti_revoke(
		c->grants, arena, token.jti, (token.expires_s + 1) * 1000);
	if (err != OST_OK)
		return err;
	*was_revoked = true;
	/* An application's token for itself is nobody's. */
	if (!token_is_client(&token))
		note(c, request, token.subject, token.client_id);
	return OST_OK;
}

static enum ost_err
destroy_code(const struct context *c, const struct request *request,
	struct span text, bool *was_revoked)
{
	struct code code;
	enum ost_err err = code_find(c->grants, request->arena, text, &code);

	if (err == OST_NOTFOUND || (err == OST_OK && code.used_by.n > 0))
		return OST_OK;
	if (err == OST_OK)
		err = code_destroy(c->grants, request->arena, text);
	if (err != OST_OK)
		return err;
	*was_revoked = true;
	note(c, request, code.user_id, code.client_id);
	return OST_OK;
}

/* A refresh token, live or used, ends what it belongs to. */
static enum ost_err
end_grant(const struct context *c, const struct request *request,
	struct span text, bool *was_revoked)
{
	struct arena *arena = request->arena;
	struct refresh refresh;
	struct grant grant;
	enum ost_err err = refresh_find(c->grants, arena, text, &refresh);

	if (err == OST_OK)
		err = grant_find(c->grants, arena, refresh.grant_id, &grant);
	if (err == OST_NOTFOUND)
		return OST_OK;
	if (err == OST_OK)
		err = grant_end(c->grants, arena, grant.id);
	if (err != OST_OK)
		return err;
	*was_revoked = true;
	note(c, request, grant.user_id, grant.client_id);
	return OST_OK;
}

/* A device's code that nobody has used yet. */
static enum ost_err
destroy_device(const struct context *c, const struct request *request,
	struct span text, bool *was_revoked)
{
	bool was_there = false;
	enum ost_err err =
		device_destroy(c->grants, request->arena, text, &was_there);

	if (err == OST_OK && was_there)
		*was_revoked = true;
	return err;
}

/* The secret of a mailed link. */
static enum ost_err
destroy_ticket(const struct context *c, const struct request *request,
	struct span text, bool *was_revoked)
{
	struct ticket ticket;
	enum ost_err err =
		ticket_find(c->grants, request->arena, text, &ticket);

	if (err == OST_OK)
		err = ticket_use(c->grants, request->arena, &ticket);
	*was_revoked = *was_revoked || err == OST_OK;
	return err == OST_NOTFOUND || err == OST_CONFLICT ? OST_OK : err;
}

/* What revoke and introspect are asked about, and what stands in a header: of
 * either kind. */
static enum ost_err
revoke_any(const struct context *c, const struct request *request,
	struct span text, bool *was_revoked)
{
	enum ost_err err = end_grant(c, request, text, was_revoked);

	return err == OST_OK ? revoke_token(c, request, text, was_revoked)
			     : err;
}

/* The parameters that hold something which must not be known to others. */
static const struct {
	const char *name;
	enum ost_err (*destroy)(const struct context *context,
		const struct request *request, struct span text,
		bool *was_revoked);
} fields[] = {
	{ "access_token", revoke_token },
	{ "code", destroy_code },
	{ "refresh_token", end_grant },
	{ "device_code", destroy_device },
	{ "token", revoke_any },
	{ "ticket", destroy_ticket },
};

static enum ost_err
destroy_field(const struct context *c, const struct request *request,
	struct span name, struct span value, bool *was_revoked)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (span_eq(name, span_of(fields[i].name)))
			return fields[i].destroy(
				c, request, value, was_revoked);
	return OST_OK;
}

/* Every one of them of a query or body, however often it stands there: what
 * travelled in clear is known to others. */
static enum ost_err
destroy_in(const struct context *c, const struct request *request,
	struct span text, bool *was_revoked)
{
	struct span rest = text, pair, name, value;

	while (span_next(&rest, '&', &pair)) {
		struct span raw = pair;
		enum ost_err err = OST_OK;

		if (!span_cut(&raw, '=', &pair) ||
			form_decode(request->arena, pair, &name) != OST_OK ||
			form_decode(request->arena, raw, &value) != OST_OK)
			continue;
		err = destroy_field(c, request, name, value, was_revoked);
		if (err != OST_OK)
			return err;
	}
	return OST_OK;
}

/* Each credential of a header that a server joined from several too. A piece
 * that is none is refused like everything else. */
static enum ost_err
revoke_in_header(const struct context *c, const struct request *request,
	bool *was_revoked)
{
	struct span rest = request->authorization, piece;
	struct credentials given;
	enum ost_err err = OST_OK;

	while (err == OST_OK && span_next(&rest, ',', &piece))
		if (credentials_parse(request->arena, span_trim(piece),
			    &given) == OST_OK &&
			given.scheme == SCHEME_BEARER)
			err = revoke_any(c, request, given.token, was_revoked);
	return err;
}

/* Whether it is a browser that asks: the media range text/html (RFC 9110
 * section 12.5.1), which no client of an API sends by itself. */
static bool
wants_page(const struct request *request)
{
	struct span accept, range, type;

	if (request_param(request, "HTTP_ACCEPT", &accept) != OST_OK)
		return false;
	while (span_next(&accept, ',', &range))
		if (span_next(&range, ';', &type) &&
			span_eq_nocase(span_trim(type), SPAN("text/html")))
			return true;
	return false;
}

/* The same address over https, without its query: what stands there has
 * travelled in clear. None for what an application has to ask anew, and after a
 * form. */
static struct span
secure_address(const struct context *c, const struct request *request)
{
	struct span rest = request->uri, path, address;
	struct buf buf;

	if (request->method != METHOD_GET || !span_next(&rest, '?', &path) ||
		!span_starts(path, SPAN("/")) ||
		span_starts(request->path, SPAN("/oauth/")))
		return SPAN_ABSENT;
	buf_init(&buf, request->arena);
	buf_add(&buf, c->config->issuer);
	buf_add(&buf, path);
	return buf_span(&buf, &address) == OST_OK ? address : SPAN_ABSENT;
}

static void
refuse_page(const struct context *c, const struct request *request,
	struct response *response)
{
	const struct page_var vars[] = {
		{ "address", secure_address(c, request) },
	};

	page_answer_vars(response, 403, "https_required", "insecure", vars, 1);
}

enum ost_err
refuse_insecure(const struct context *c, const struct request *request,
	struct response *response, struct span path, bool has_pages)
{
	bool was_revoked = false,
	     is_known = request->transport == TRANSPORT_HTTP;
	enum ost_err err = OST_OK;

	if (is_known) {
		err = revoke_in_header(c, request, &was_revoked);
		if (err == OST_OK)
			err = destroy_in(
				c, request, request->query, &was_revoked);
		/* Whatever its type says. */
		if (err == OST_OK)
			err = destroy_in(
				c, request, request->body, &was_revoked);
	}
	if (err != OST_OK)
		return err;
	/* Who is at https already is led into no circle. */
	if (is_known && has_pages && wants_page(request))
		refuse_page(c, request, response);
	else
		refuse_code(c, response, path, CODE_HTTPS_REQUIRED);
	response->reason = !is_known	 ? "transport_unknown"
			   : was_revoked ? "revoked_over_http"
					 : "https_required";
	return OST_OK;
}
