#ifndef OSTIARY_URI_H
#define OSTIARY_URI_H
#include "uri_rule.h"
/*
 * URIs that a browser may be sent to. Nothing is normalised: what is not
 * plain is refused, so that no two parsers can read it in two ways (RFC 9700
 * section 4.1). The rules, in the order in which they are reported:
 *
 *  - 1 to URI_SIZE_MAX bytes;
 *  - "https://", the scheme in either case, the slashes as they stand there;
 *    of a native application also "http://" and "com.example.app:/", see
 *    uri_parse_native();
 *  - only characters of RFC 3986 (none of < > " \ ^ ` { | }, no blank, no
 *    control, nothing but ASCII); % stands before two hex digits, and never
 *    hides a control character, "/", "\", "." or "%";
 *  - the authority, up to the first "/", "?" or "#", holds no "@";
 *  - the host is a name of letters, digits, hyphens and dots without a dot at
 *    its end, or an address in its canonical spelling;
 *  - the port, if there is a colon, is 1 to 65535 without leading zero;
 *  - no "#" (RFC 6749 section 3.1.2);
 *  - the path has no segment "." or "..", no empty one but the last, and no
 *    ";", escaped or not;
 *  - the query has no parameter that the answer uses itself: code, state,
 *    error, error_description, iss, in any case and any escaping, with blanks
 *    before it or as the name of a list ("code[]").
 */
#define URI_SIZE_MAX 2000

enum uri_kind {
	URI_WEB,      /* https */
	URI_LOOPBACK, /* http to this device (RFC 8252 section 7.3) */
	URI_PRIVATE,  /* an app's own scheme (RFC 8252 section 7.1) */
};

struct uri {
	enum uri_kind kind;
	struct span scheme;
	struct span authority; /* host[:port]; empty of "scheme:/path" */
	struct span host;      /* an IPv6 address keeps its brackets; absent
				* of a private scheme */
	uint16_t port;	       /* 443 or 80 when there is none */
	struct span path;      /* may be empty */
	struct span query;     /* absent without "?" */
};

/* Checks text and splits it; the spans lie in text. *uri is untouched unless
 * URI_OK. */
enum uri_rule uri_parse(struct span text, struct uri *uri);
/*
 * The same, and besides what applications on a person's own device may have
 * (RFC 8252 section 7): "http://127.0.0.1" or "http://[::1]", with a port or
 * without, and a scheme of their own in lower case with a dot in it, before
 * "/path" or "//name/path". A dot, for its owner has the domain that it is
 * made of (section 7.1), and none of javascript:, data: or file: has one.
 */
enum uri_rule uri_parse_native(struct span text, struct uri *uri);
/* Same host in any case, same port, and the path of prefix or one below it,
 * at a segment boundary: "/app" has below it "/app/x" but not "/apple", and
 * "/app/" not "/app". An empty path is the root. */
bool uri_is_below(const struct uri *uri, const struct uri *prefix);
/* Whether the host can only be the user's own machine. */
bool uri_is_loopback(const struct uri *uri);
#endif
