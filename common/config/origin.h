#ifndef OSTIARY_ORIGIN_H
#define OSTIARY_ORIGIN_H
#include "span.h"
/* scheme://host[:port], as the issuer and a CORS origin are written. */
struct origin {
	struct span scheme;
	struct span host; /* an IPv6 address with its brackets */
	bool is_address;  /* host is an IPv4 or IPv6 address */
};

/*
 * NULL when text is spelled as browsers do in the Origin header (RFC 6454
 * section 6.2), so that two origins are the same when their bytes are: lower
 * case, host name of RFC 1123 or canonical address, no default port, no user,
 * path or last slash. Otherwise a literal sentence that says what is wrong;
 * *origin is untouched then. Its spans lie in text.
 */
const char *origin_fault(struct span text, struct origin *origin);
/* Whether only this machine, or no name at all, stands for the host:
 * localhost, a name that ends in .localhost (RFC 6761), an address. */
bool origin_is_local(const struct origin *origin);
#endif
