#include "response.h"

#include "codec.h"

#include <unistd.h>

#define RETRY_AFTER_S 5 /* of unavailable */

struct api_fact {
	int status;
	const char *word, *message;
};

static const struct api_fact api_facts[] = {
	[CODE_CREDENTIALS_MISSING] = { 401, "credentials_missing",
		"Authentication required" },
	[CODE_CREDENTIALS_INVALID] = { 401, "credentials_invalid",
		"Invalid access method or wrong credentials" },
	[CODE_TOKEN_INVALID] = { 401, "token_invalid",
		"The access token is not valid" },
	[CODE_TOKEN_EXPIRED] = { 401, "token_expired",
		"The access token has expired" },
	[CODE_TOKEN_REVOKED] = { 401, "token_revoked",
		"The access token has been revoked" },
	[CODE_HTTPS_REQUIRED] = { 403, "https_required", "Use https" },
	[CODE_FORBIDDEN] = { 403, "forbidden", "Forbidden" },
	[CODE_INSUFFICIENT_SCOPE] = { 403, "insufficient_scope",
		"The access token does not cover this request" },
	[CODE_RATE_LIMITED] = { 429, "rate_limited", "Too many requests" },
	[CODE_TOO_MANY_FAILURES] = { 429, "too_many_failures",
		"Too many failed attempts" },
	[CODE_BAD_REQUEST] = { 400, "bad_request", "Bad request" },
	[CODE_METHOD_NOT_ALLOWED] = { 405, "method_not_allowed",
		"Method not allowed" },
	[CODE_TOO_LARGE] = { 413, "too_large", "Request body too large" },
	[CODE_UNSUPPORTED_TYPE] = { 415, "unsupported_media_type",
		"Unsupported media type" },
	[CODE_NOT_FOUND] = { 404, "not_found", "Not found" },
	[CODE_UNAVAILABLE] = { 503, "unavailable", "Service unavailable" },
	[CODE_SERVER_ERROR] = { 500, "server_error", "Internal server error" },
};

static const struct api_fact *
api_fact(enum api_code code)
{
	size_t i = (size_t)code;

	if (i >= sizeof(api_facts) / sizeof(api_facts[0]))
		i = CODE_SERVER_ERROR;
	return &api_facts[i];
}

int
api_status(enum api_code code)
{
	return api_fact(code)->status;
}

const char *
api_word(enum api_code code)
{
	return api_fact(code)->word;
}

const char *
api_message(enum api_code code)
{
	return api_fact(code)->message;
}

void
response_init(struct response *response, struct arena *arena)
{
	*response = (struct response){ .arena = arena };
	buf_init(&response->headers, arena);
	buf_init(&response->body, arena);
}

void
response_clear(struct response *response)
{
	response->status = 0;
	response->reason = NULL;
	if (response->file_fd > 0)
		close(response->file_fd);
	response->file_fd = 0;
	response->file_size = 0;
	buf_clear(&response->headers);
	buf_clear(&response->body);
}

/* RFC 9110 section 5.6.2. */
static bool
is_token(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!char_is_alnum(name.p[i]) &&
			!span_has(SPAN("!#$%&'*+-.^_`|~"), name.p[i]))
			return false;
	return name.n > 0;
}

void
response_header(struct response *response, const char *name, struct span value)
{
	struct buf *headers = &response->headers;

	if (!is_token(span_of(name)) || span_has(value, '\r') ||
		span_has(value, '\n') || span_has(value, '\0')) {
		headers->is_failed = true;
		return;
	}
	buf_text(headers, name);
	buf_text(headers, ": ");
	buf_add(headers, value);
	buf_text(headers, "\r\n");
}

void
response_header_u64(struct response *response, const char *name, uint64_t value)
{
	struct span digits = SPAN_ABSENT;
	struct buf buf;

	buf_init(&buf, response->arena);
	buf_u64(&buf, value);
	if (buf_span(&buf, &digits) != OST_OK) {
		response->headers.is_failed = true;
		return;
	}
	response_header(response, name, digits);
}

void
response_cookie(struct response *response, const char *name, struct span value)
{
	struct span line;
	struct buf buf;

	buf_init(&buf, response->arena);
	buf_text(&buf, name);
	buf_char(&buf, '=');
	buf_add(&buf, value);
	buf_text(&buf, "; Path=/; Secure; HttpOnly; SameSite=Lax");
	if (value.n == 0)
		buf_text(&buf, "; Max-Age=0");
	if (buf_span(&buf, &line) == OST_OK)
		response_header(response, "Set-Cookie", line);
	else
		response->headers.is_failed = true;
}

void
response_no_store(struct response *response)
{
	response_header(response, "Cache-Control", SPAN("no-store"));
	response_header(response, "Pragma", SPAN("no-cache"));
}

void
response_begin(struct response *response, int status, const char *reason,
	const char *content_type)
{
	response->status = status;
	response->reason = reason;
	if (content_type != NULL)
		response_header(
			response, "Content-Type", span_of(content_type));
}

/* The message as printable ASCII, so that it fits a header, and the body in
 * any encoding. */
static struct span
plain_message(struct buf *buf, enum api_code code, const char *message)
{
	struct span text = SPAN_ABSENT;
	struct buf plain;

	if (message == NULL)
		message = api_message(code);
	buf_init(&plain, buf->arena);
	for (; *message != '\0'; message++) {
		bool is_plain = *message >= ' ' && *message <= '~';

		buf_char(&plain, is_plain ? *message : '?');
	}
	if (buf_span(&plain, &text) != OST_OK)
		buf->is_failed = true;
	return text;
}

static void
add_json(struct buf *buf, enum api_code code, struct span message)
{
	struct json_writer w;

	json_begin(&w, buf);
	json_open(&w, NULL, '{');
	json_i64(&w, "error", api_status(code));
	json_string(&w, "message", message);
	json_string(&w, "code", span_of(api_word(code)));
	json_close(&w);
}

/* The words of RFC 6749 section 5.2, and for what it has none, of 4.1.2.1. */
static const char *
oauth_word(int status)
{
	if (status == 429 || status == 503)
		return "temporarily_unavailable";
	return status >= 500 ? "server_error" : "invalid_request";
}

static void
add_oauth(struct buf *buf, enum api_code code, const char *message)
{
	struct span text = plain_message(buf, code, message);
	struct json_writer w;

	json_begin(&w, buf);
	json_open(&w, NULL, '{');
	json_string(&w, "error", span_of(oauth_word(api_status(code))));
	json_string(&w, "error_description", text);
	json_string(&w, "code", span_of(api_word(code)));
	json_close(&w);
}

/* separator stands between the XML declaration and the element. */
static void
add_xml(struct buf *buf, enum api_code code, struct span message,
	const char *separator)
{
	buf_text(buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
	buf_text(buf, separator);
	buf_printf(
		buf, "<error><status>%d</status><message>", api_status(code));
	buf_html(buf, message);
	buf_printf(buf, "</message><code>%s</code></error>", api_word(code));
}

static void
add_error(struct buf *buf, enum format format, enum api_code code,
	const char *message, const char *separator)
{
	struct span text = plain_message(buf, code, message);

	if (format == FORMAT_XML)
		add_xml(buf, code, text, separator);
	else
		add_json(buf, code, text);
}

void
response_error_body(struct buf *buf, enum format format, enum api_code code,
	const char *message)
{
	add_error(buf, format, code, message, "");
}

static void
add_socrata(struct buf *buf, const char *code, struct span message)
{
	struct json_writer w;

	json_begin(&w, buf);
	json_open(&w, NULL, '{');
	json_string(&w, "code", span_of(code));
	json_bool(&w, "error", true);
	json_string(&w, "message", message);
	json_open(&w, "data", '{');
	json_close(&w);
	json_close(&w);
}

void
response_error_socrata(struct response *response, int status,
	const char *reason, const char *code, const char *message)
{
	response_begin(response, status, reason, "application/json");
	response_header(response, "X-Content-Type-Options", SPAN("nosniff"));
	response_no_store(response);
	add_socrata(&response->body, code, span_of(message));
	buf_char(&response->body, '\n');
}

void
response_error(struct response *response, enum format format,
	enum api_code code, const char *message)
{
	if (response->is_oauth || response->is_socrata)
		format = FORMAT_JSON;
	response_begin(response, api_status(code), api_word(code),
		format == FORMAT_XML ? "application/xml; charset=utf-8"
				     : "application/json");
	response_header(response, "X-Content-Type-Options", SPAN("nosniff"));
	response_no_store(response);
	if (code == CODE_UNAVAILABLE)
		response_header_u64(response, "Retry-After", RETRY_AFTER_S);
	if (response->is_oauth)
		add_oauth(&response->body, code, message);
	else if (response->is_socrata)
		add_socrata(&response->body, api_word(code),
			plain_message(&response->body, code, message));
	else
		add_error(&response->body, format, code, message, "\n");
	buf_char(&response->body, '\n');
}

void
response_redirect(
	struct response *response, struct span location, const char *reason)
{
	response_begin(response, 303, reason, NULL);
	response_header(response, "Location", location);
	response_no_store(response);
}

void
buf_quoted(struct buf *buf, struct span text)
{
	buf_char(buf, '"');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '"' || c == '\\')
			buf_char(buf, '\\');
		buf_char(buf, char_is_control(c) ? '?' : c);
	}
	buf_char(buf, '"');
}
