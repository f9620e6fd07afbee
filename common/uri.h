#ifndef OSTIARY_URI_H
#define OSTIARY_URI_H
#include "span.h"
/*
 * URIs that a browser may be sent to. Nothing is normalised: what is not
 * plain is refused, so that no two parsers can read it in two ways (RFC 9700
 * section 4.1). The rules, in the order in which they are reported:
 *
 *  - 1 to URI_SIZE_MAX bytes;
 *  - "https://", the scheme in either case, the slashes as they stand there;
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
 *    error, error_description, iss, in any case and any escaping.
 */
#define URI_SIZE_MAX 2000

/* Which rule a redirect URI or a callback prefix breaks. */
enum uri_rule {
	URI_OK,
	URI_MISSING,
	URI_TOO_LONG,
	URI_NOT_ABSOLUTE, /* no scheme, or "https:" without "//" */
	URI_NOT_HTTPS,
	URI_BAD_CHARACTER, /* or a broken or dangerous percent escape */
	URI_USERINFO,
	URI_BAD_HOST,
	URI_BAD_PORT,
	URI_FRAGMENT,
	URI_BAD_PATH,	    /* "." or ".." segments, "//", ";" */
	URI_RESERVED_QUERY, /* code, state, error, iss ... in its query */
	URI_HAS_QUERY,	    /* of a prefix */
	URI_ROOT_PREFIX,    /* a prefix that is the whole host */
	URI_NOT_REGISTERED, /* under no prefix and no exact URI of the app */
};

/* A stable word ("redirect_uri_not_https") and a sentence for people. */
const char *uri_rule_name(enum uri_rule rule);
const char *uri_rule_sentence(enum uri_rule rule);

struct uri {
	struct span authority; /* host[:port] */
	struct span host;      /* an IPv6 address keeps its brackets */
	uint16_t port;	       /* 443 when there is none */
	struct span path;      /* may be empty */
	struct span query;     /* absent without "?" */
};

/* Checks text and splits it; the spans lie in text. *uri is untouched unless
 * URI_OK. */
enum uri_rule uri_parse(struct span text, struct uri *uri);
/* Same host in any case, same port, and the path of prefix or one below it,
 * at a segment boundary: "/app" has below it "/app/x" but not "/apple", and
 * "/app/" not "/app". An empty path is the root. */
bool uri_is_below(const struct uri *uri, const struct uri *prefix);
/* Whether the host can only be the user's own machine. */
bool uri_is_loopback(const struct uri *uri);
#endif
