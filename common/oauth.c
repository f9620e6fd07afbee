#include "oauth.h"
#include "codec.h"
#include "scope.h"

static const char *const error_names[] = {
	[OAUTH_OK] = "ok",
	[OAUTH_INVALID_REQUEST] = "invalid_request",
	[OAUTH_INVALID_CLIENT] = "invalid_client",
	[OAUTH_INVALID_GRANT] = "invalid_grant",
	[OAUTH_UNAUTHORIZED_CLIENT] = "unauthorized_client",
	[OAUTH_UNSUPPORTED_GRANT_TYPE] = "unsupported_grant_type",
	[OAUTH_UNSUPPORTED_RESPONSE_TYPE] = "unsupported_response_type",
	[OAUTH_INVALID_SCOPE] = "invalid_scope",
	[OAUTH_ACCESS_DENIED] = "access_denied",
	[OAUTH_SERVER_ERROR] = "server_error",
	[OAUTH_TEMPORARILY_UNAVAILABLE] = "temporarily_unavailable",
	[OAUTH_AUTHORIZATION_PENDING] = "authorization_pending",
	[OAUTH_SLOW_DOWN] = "slow_down",
	[OAUTH_EXPIRED_TOKEN] = "expired_token",
};

const char *
oauth_error_name(enum oauth_error error)
{
	return error_names[error];
}

enum uri_rule
oauth_uri_check(struct span uri)
{
	struct uri unused;

	return uri_parse(uri, &unused);
}

struct span
oauth_uri_host(struct span uri)
{
	struct uri parsed;

	return uri_parse(uri, &parsed) == URI_OK ? parsed.authority
						 : SPAN_ABSENT;
}

static enum uri_rule
prefix_rule(struct span text, struct uri *prefix)
{
	enum uri_rule rule = uri_parse(text, prefix);

	if (rule == URI_RESERVED_QUERY)
		return URI_HAS_QUERY;
	if (rule != URI_OK)
		return rule;
	if (!span_is_absent(prefix->query))
		return URI_HAS_QUERY;
	if (span_has(prefix->path, '%'))
		return URI_BAD_CHARACTER;
	if (prefix->path.n <= 1 && !uri_is_loopback(prefix))
		return URI_ROOT_PREFIX;
	return URI_OK;
}

enum ost_err
oauth_prefix_check(struct arena *arena, struct span prefix, enum uri_rule *rule,
	struct span *stored)
{
	struct uri parsed;
	struct buf buf;

	*rule = prefix_rule(prefix, &parsed);
	if (*rule != URI_OK)
		return OST_BADINPUT;
	buf_init(&buf, arena);
	buf_text(&buf, "https://");
	for (size_t i = 0; i < parsed.authority.n; i++)
		buf_char(&buf, char_lower(parsed.authority.p[i]));
	buf_add(&buf, parsed.path.n > 0 ? parsed.path : SPAN("/"));
	return buf_span(&buf, stored);
}

enum uri_rule
oauth_redirect_check(const struct app *app, struct span uri)
{
	struct span prefixes = app->prefixes, text;
	struct uri parsed, prefix;
	enum uri_rule rule = uri_parse(uri, &parsed);

	if (rule != URI_OK)
		return rule;
	if (list_has(app->redirect_uris, uri))
		return URI_OK;
	/* A stored prefix is checked again: the record may be older than the
	 * rules. */
	while (span_next(&prefixes, ' ', &text))
		if (prefix_rule(text, &prefix) == URI_OK &&
			uri_is_below(&parsed, &prefix))
			return URI_OK;
	return URI_NOT_REGISTERED;
}

/* Any UTF-8 (form_parse() has seen to that) without control characters: more
 * than RFC 6749 appendix A.5 asks for, and no harm in a URI. */
static bool
state_is_valid(struct span state)
{
	if (state.n > OAUTH_STATE_MAX)
		return false;
	for (size_t i = 0; i < state.n; i++)
		if (char_is_control(state.p[i]))
			return false;
	return true;
}

static bool
has_value(const struct form *form, const char *name)
{
	struct span value;

	return form_get(form, name, &value) == OST_OK;
}

enum oauth_error
oauth_authorize_params(const struct form *form, struct authorize_params *params)
{
	struct span type, state, scope = SPAN(""), mode = SPAN("query");
	bool has_state = form_get(form, "state", &state) == OST_OK;
	bool is_bad_state = has_state && !state_is_valid(state);

	params->state = has_state && !is_bad_state ? state : SPAN_ABSENT;
	params->scope = scope;
	/* From here on no name stands twice, and every form_get() that fails
	 * means that there is no such parameter. */
	if (form_has_duplicate(form) || is_bad_state)
		return OAUTH_INVALID_REQUEST;
	if (form_get(form, "response_type", &type) != OST_OK)
		return OAUTH_INVALID_REQUEST;
	if (!span_eq(type, SPAN("code")))
		return OAUTH_UNSUPPORTED_RESPONSE_TYPE;
	if (form_get(form, "scope", &scope) == OST_OK && !scope_is_valid(scope))
		return OAUTH_INVALID_SCOPE;
	if (form_get(form, "response_mode", &mode) == OST_OK &&
		!span_eq(mode, SPAN("query")))
		return OAUTH_INVALID_REQUEST;
	if (has_value(form, "code_challenge") ||
		has_value(form, "code_challenge_method") ||
		has_value(form, "request") || has_value(form, "request_uri"))
		return OAUTH_INVALID_REQUEST;
	params->scope = scope;
	return OAUTH_OK;
}

static void
add_param(struct buf *buf, char *separator, const char *name, struct span value)
{
	if (span_is_absent(value))
		return;
	if (*separator != '\0')
		buf_char(buf, *separator);
	*separator = '&';
	buf_text(buf, name);
	buf_char(buf, '=');
	percent_encode(buf, value);
}

enum ost_err
oauth_redirect_location(struct arena *arena, struct span redirect_uri,
	struct span code, enum oauth_error error, const char *description,
	struct span state, struct span issuer, struct span *location)
{
	struct span query = redirect_uri, head;
	char separator = '?';
	struct buf buf;

	/* "https://h/cb?" has its separator already. */
	if (span_cut(&query, '?', &head))
		separator = query.n > 0 ? '&' : '\0';
	buf_init(&buf, arena);
	buf_add(&buf, redirect_uri);
	if (!span_is_absent(code)) {
		add_param(&buf, &separator, "code", code);
	} else {
		add_param(&buf, &separator, "error",
			span_of(oauth_error_name(error)));
		add_param(&buf, &separator, "error_description",
			span_of(description));
	}
	add_param(&buf, &separator, "state", state);
	add_param(&buf, &separator, "iss", issuer);
	return buf_span(&buf, location);
}
