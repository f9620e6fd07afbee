#include "oauth.h"
#include "codec.h"

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
	[OAUTH_LOGIN_REQUIRED] = "login_required",
	[OAUTH_CONSENT_REQUIRED] = "consent_required",
	[OAUTH_REQUEST_NOT_SUPPORTED] = "request_not_supported",
	[OAUTH_REQUEST_URI_NOT_SUPPORTED] = "request_uri_not_supported",
	[OAUTH_REGISTRATION_NOT_SUPPORTED] = "registration_not_supported",
	[OAUTH_AUTHORIZATION_PENDING] = "authorization_pending",
	[OAUTH_SLOW_DOWN] = "slow_down",
	[OAUTH_EXPIRED_TOKEN] = "expired_token",
};

const char *
oauth_error_name(enum oauth_error error)
{
	return error_names[error];
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
