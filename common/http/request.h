#ifndef OSTIARY_REQUEST_H
#define OSTIARY_REQUEST_H
#include "arena.h"
/* One HTTP request as the web server's CGI variables tell it (RFC 3875),
 * parsed once by serve_main(). All spans live as long as the request. */

enum method {
	METHOD_GET = 1 << 0, /* HEAD goes with it */
	METHOD_POST = 1 << 1,
	METHOD_DELETE = 1 << 2,
	METHOD_OTHER = 1 << 3,
};

/* DESIGN section 3, Transport. */
enum transport {
	TRANSPORT_UNKNOWN, /* neither variable, or a contradiction */
	TRANSPORT_HTTP,
	TRANSPORT_HTTPS,
};

/* How protect was called (DESIGN section 2). */
enum face {
	FACE_NONE, /* neither variable was set: an error of the installation */
	FACE_AUTHORIZER,
	FACE_NGINX,
	FACE_FORWARD,
	FACE_SERVE,
};

struct request {
	struct arena *arena;
	const char *const *params; /* "NAME=value", ends with NULL */
	bool is_cgi;
	struct span method_name; /* as sent; upper case is not assumed */
	enum method method;
	bool is_head;
	enum transport transport;
	enum face face;
	struct span uri;  /* REQUEST_URI, raw; FORWARD: OSTIARY_URI */
	struct span path; /* of this program: SCRIPT_NAME, then PATH_INFO */
	struct span path_info;
	struct span query; /* raw; QUERY_STRING, else that of uri. For
			    * protect, but FACE_SERVE, always that of uri */
	struct span content_type;
	uint64_t content_length;
	bool has_body;		   /* CONTENT_LENGTH was there and not 0 */
	struct span body;	   /* filled in by serve_main() */
	struct span authorization; /* absent when empty */
	struct span cookie, origin;
	struct span app_token; /* X-App-Token; absent when empty */
	struct span address;   /* of the peer, canonical, ends in a NUL */
	struct span id;	       /* OSTIARY_REQUEST_ID, or made here */
};

/*
 * Fills *request. OST_BADINPUT: a variable that decides something stands
 * there twice, equal or not; CONTENT_LENGTH is no number; an unknown
 * PROTECT_MODE; no method or one that is no token; a control byte in URI, path
 * or query; no valid REMOTE_ADDR. *request is filled as far as it goes even
 * then: id, transport and face hold what is safe, a method, length or address
 * that is not valid is absent, and so is what stood there twice. OST_NOMEM.
 */
OST_CHECK enum ost_err request_parse(struct request *request,
	struct arena *arena, const char *const *params, bool is_cgi);
/* A variable by its exact name. OST_NOTFOUND when absent or empty,
 * OST_BADINPUT when it stands there twice. */
OST_CHECK enum ost_err request_param(
	const struct request *request, const char *name, struct span *value);
/* A cookie's value. OST_NOTFOUND when absent or empty, and when it was sent
 * twice (RFC 6265 gives no order to rely on): then nobody is signed in. */
OST_CHECK enum ost_err request_cookie(
	const struct request *request, const char *name, struct span *value);
/* Whether the body's type is application/x-www-form-urlencoded, in any case,
 * with no charset but utf-8. */
bool request_is_form(const struct request *request);
/* The same for application/json. */
bool request_is_json(const struct request *request);
/* The key under which an address is counted: IPv4 whole, IPv6 by its /64,
 * IPv4-mapped IPv6 as IPv4. OST_BADINPUT without an address; OST_NOMEM. */
OST_CHECK enum ost_err request_address_key(
	const struct request *request, struct span *key);
#endif
