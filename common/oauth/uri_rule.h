#ifndef OSTIARY_URI_RULE_H
#define OSTIARY_URI_RULE_H
#include "span.h"

/* Which rule a redirect URI or a callback prefix breaks. */
enum uri_rule {
	URI_OK,
	URI_MISSING,
	URI_TOO_LONG,
	URI_NOT_ABSOLUTE, /* no scheme, or "https:" without "//" */
	URI_NOT_HTTPS,
	URI_SCHEME_PLAIN,  /* an app's own scheme without a dot in it */
	URI_SCHEME_CASE,   /* one with a capital letter */
	URI_BAD_CHARACTER, /* or a broken or dangerous percent escape */
	URI_USERINFO,
	URI_BAD_HOST,
	URI_BAD_PORT,
	URI_LOCALHOST,	  /* http to a name, where an address is needed */
	URI_NOT_LOOPBACK, /* http to another host than the device itself */
	URI_FRAGMENT,
	URI_BAD_PATH,	    /* "." or ".." segments, "//", ";" */
	URI_RESERVED_QUERY, /* code, state, error, iss ... in its query */
	URI_HAS_QUERY,	    /* of a prefix */
	URI_ROOT_PREFIX,    /* a prefix that is the whole host */
	URI_NOT_REGISTERED, /* under no prefix and no exact URI of the app */
};

/* A stable word ("redirect_uri_not_https"), which is the key of its text
 * (messages.h), and the sentence in English. */
const char *uri_rule_name(enum uri_rule rule);
const char *uri_rule_sentence(enum uri_rule rule);
#endif
