#ifndef OSTIARY_REDIRECT_H
#define OSTIARY_REDIRECT_H
#include "app.h"
#include "uri.h"
/* Where an application may be called back: what it may register, and which
 * redirect URI of a request that covers (RFC 6749 section 3.1.2, RFC 9700
 * section 4.1). */

/*
 * Whether such a redirect URI may be registered: the rules stand in uri.h. A
 * public app may be native, an application on a person's own device (RFC 8252
 * section 7); for any other only https will do, for whoever holds a secret is
 * no such application (section 8.5).
 */
enum uri_rule redirect_uri_check(bool is_public, struct span uri);
/*
 * A callback prefix as it may be registered: a redirect URI without query or
 * percent escape. *stored is its one spelling, in the arena: scheme and host
 * in lower case, the port as given, "https://h" as "https://h/". Only loopback
 * hosts may have the root as prefix. OST_BADINPUT: *rule says why; OST_NOMEM.
 */
OST_CHECK enum ost_err redirect_prefix_check(struct arena *arena,
	struct span prefix, enum uri_rule *rule, struct span *stored);
/*
 * Whether the app may be called back there: a good URI that is an exact one
 * of the app's byte for byte, or lies below one of its prefixes. Of an exact
 * one on the loopback interface any port will do: the application takes what
 * its system gives it (RFC 8252 section 7.3).
 */
enum uri_rule redirect_check(const struct app *app, struct span uri);
/* Whether a URI that redirect_check() took leads to an application on the
 * person's own device, so that no host says whose it is. */
bool redirect_is_native(struct span uri);
/* What people are told of where a checked URI leads, as it stands there:
 * host[:port], or the scheme when it is the app's own. The absent span for any
 * other text. */
struct span redirect_target_text(struct span uri);
#endif
