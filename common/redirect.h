#ifndef OSTIARY_REDIRECT_H
#define OSTIARY_REDIRECT_H
#include "app.h"
#include "uri.h"
/* Where an application may be called back: what it may register, and which
 * redirect URI of a request that covers (RFC 6749 section 3.1.2, RFC 9700
 * section 4.1). */

/* Whether a redirect URI is good by itself: the rules stand in uri.h. */
enum uri_rule redirect_uri_check(struct span uri);
/*
 * A callback prefix as it may be registered: a redirect URI without query or
 * percent escape. *stored is its one spelling, in the arena: scheme and host
 * in lower case, the port as given, "https://h" as "https://h/". Only loopback
 * hosts may have the root as prefix. OST_BADINPUT: *rule says why; OST_NOMEM.
 */
OST_CHECK enum ost_err redirect_prefix_check(struct arena *arena,
	struct span prefix, enum uri_rule *rule, struct span *stored);
/* Whether the app may be called back there: a good URI that is an exact one
 * of the app's byte for byte, or lies below one of its prefixes. */
enum uri_rule redirect_check(const struct app *app, struct span uri);
/* host[:port] of a checked URI, as it stands there: for the consent page. The
 * absent span for any other. */
struct span redirect_target_text(struct span uri);
#endif
