#ifndef OSTIARY_RESPONSE_H
#define OSTIARY_RESPONSE_H
#include "buf.h"
#include "json.h"
#include "messages.h"
#include "rate.h"
/* What a handler answers. Nothing is sent before the handler returns. */

enum format { FORMAT_JSON, FORMAT_XML };

/* The stable words of DESIGN section 4. */
enum api_code {
	CODE_CREDENTIALS_MISSING,
	CODE_CREDENTIALS_INVALID,
	CODE_TOKEN_INVALID,
	CODE_TOKEN_EXPIRED,
	CODE_TOKEN_REVOKED,
	CODE_HTTPS_REQUIRED,
	CODE_FORBIDDEN,
	CODE_INSUFFICIENT_SCOPE,
	CODE_RATE_LIMITED,
	CODE_TOO_MANY_FAILURES,
	CODE_BAD_REQUEST,
	CODE_METHOD_NOT_ALLOWED,
	CODE_TOO_LARGE,
	CODE_NOT_FOUND,
	CODE_UNSUPPORTED_TYPE,
	CODE_UNAVAILABLE,
	CODE_SERVER_ERROR,
};

/* How pages look and what language they speak; the pointers are borrowed. */
struct look {
	struct span site_name;
	bool has_logo, has_style; /* the operator's own, served by account */
	const struct messages *messages;
	struct span accept_language;
	const struct language *language; /* NULL: English */
};

struct response {
	struct arena *arena;
	struct look look;     /* set by serve_main() */
	int status;	      /* 0: not answered yet */
	const char *reason;   /* literal word for the log; NULL: from status */
	struct span subject;  /* for the log: who it was; never a secret */
	struct span log_path; /* for the log; absent: the request's path */
	struct buf headers, body;
	struct rate_result limit; /* for the X-RateLimit-* headers */
	bool has_limit;		  /* limit is set */
	int file_fd;	    /* sent after the body, then closed; 0: none */
	uint64_t file_size; /* bytes of it */
	bool is_oauth;	    /* errors have the words of RFC 6749 section 5.2 */
	bool is_socrata;    /* errors are as Socrata's API has them */
	int true_status;    /* of an answer that a face rewrote; 0: status */
};

void response_init(struct response *response, struct arena *arena);
/* Forgets status, reason, headers, body and file (closed): for an error
 * instead of a half answer. subject, log_path and limit stay. */
void response_clear(struct response *response);
/*
 * Adds a header line. A value with CR, LF or NUL, or a name that is no token,
 * latches a failure in headers: serve_main() then answers 500 instead.
 */
void response_header(
	struct response *response, const char *name, struct span value);
void response_header_u64(
	struct response *response, const char *name, uint64_t value);
/* Sets a cookie of this host alone, over https, until the browser is closed;
 * an empty value takes it away. name begins with "__Host-". */
void response_cookie(
	struct response *response, const char *name, struct span value);
/* "Cache-Control: no-store" and "Pragma: no-cache". */
void response_no_store(struct response *response);
/* Status, word for the log and Content-Type (NULL: none); the body is for the
 * caller to add. Once in a response: response_clear() before another. */
void response_begin(struct response *response, int status, const char *reason,
	const char *content_type);
/* The fixed facts of a code: its HTTP status, word and sentence (ASCII). */
int api_status(enum api_code code);
const char *api_word(enum api_code code);
const char *api_message(enum api_code code);
/*
 * A whole API error, no-store: {"error":401,"message":"...","code":"..."} and
 * a line feed, or the XML of DESIGN section 4; of an OAuth endpoint always
 * {"error":"invalid_request","error_description":"...","code":"..."}, of one
 * that is_socrata {"code":"...","error":true,"message":"...","data":{}}.
 * message NULL: api_message(); other bytes than printable ASCII become '?'.
 * Headers that are there stay.
 */
void response_error(struct response *response, enum format format,
	enum api_code code, const char *message);
/* An error of Socrata's form with a status, code and message of its own; all
 * are literals. */
void response_error_socrata(struct response *response, int status,
	const char *reason, const char *code, const char *message);
/* The body alone, on one line without a line feed, for faces that carry it in
 * a header. */
void response_error_body(struct buf *buf, enum format format,
	enum api_code code, const char *message);
/* 303 to location (RFC 9700 section 4.12), no-store, empty body. */
void response_redirect(
	struct response *response, struct span location, const char *reason);
/* A quoted-string of RFC 9110 section 5.6.4 for a challenge's realm; control
 * bytes become '?'. */
void buf_quoted(struct buf *buf, struct span text);
#endif
