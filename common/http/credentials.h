#ifndef OSTIARY_CREDENTIALS_H
#define OSTIARY_CREDENTIALS_H
#include "arena.h"
/* The Authorization header (RFC 9110 section 11.6.2). */

enum scheme {
	SCHEME_NONE, /* no header, or an empty one */
	SCHEME_BASIC,
	SCHEME_BEARER, /* "Bearer" (RFC 6750) or "OAuth", the same */
};

struct credentials {
	enum scheme scheme;
	struct span user, password; /* of SCHEME_BASIC, UTF-8 */
	struct span token;	    /* of SCHEME_BEARER: b64token */
};

/*
 * Parses header (absent: SCHEME_NONE). OST_DENIED: one credential, but not
 * well-formed or of an unknown scheme: the caller gets the 401 of a wrong one.
 * OST_BADINPUT: several credentials (a comma), or Bearer or OAuth without a
 * token (400; Basic alone, to which servers trim blanks, is OST_DENIED).
 * OST_TOOBIG: a header over 4 KiB for Basic, 8 KiB else; nothing was decoded.
 * OST_NOMEM. *credentials is untouched unless OST_OK.
 */
OST_CHECK enum ost_err credentials_parse(struct arena *arena,
	struct span header, struct credentials *credentials);
/* RFC 6749 section 2.3.1: user and password of a client's Basic header are
 * form-encoded; decodes both in place. OST_BADINPUT: another scheme, broken
 * escapes, control bytes; then, and on OST_NOMEM, nothing has changed. */
OST_CHECK enum ost_err credentials_form_decode(
	struct arena *arena, struct credentials *credentials);
#endif
