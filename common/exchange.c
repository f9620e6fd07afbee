#include "exchange.h"
#include "clock.h"

/* Somebody has the code who should not: what it gave ends (RFC 6749 section
 * 4.1.2). */
static enum ost_err
end_grant_of(const struct context *c, struct arena *arena, struct exchange *x)
{
	x->why = "The code was used before; what it gave is revoked";
	return grant_end(c->grants, arena, x->code.used_by);
}

/* OST_DENIED: x->why says why. */
static enum ost_err
check_code(const struct context *c, struct arena *arena,
	const struct form *form, struct span text, struct exchange *x)
{
	struct span redirect_uri = SPAN_ABSENT, verifier;
	enum ost_err err = code_find(c->grants, arena, text, &x->code);

	x->why = "The code is not valid";
	if (err == OST_NOTFOUND)
		return OST_DENIED;
	if (err != OST_OK)
		return err;
	if (!span_eq(x->code.client_id, x->app.client_id))
		return OST_DENIED;
	if (x->code.used_by.n > 0) {
		err = end_grant_of(c, arena, x);
		return err == OST_OK ? OST_DENIED : err;
	}
	if (clock_wall_ms() >= x->code.expires_ms) {
		x->why = "The code has expired";
		return OST_DENIED;
	}
	if (form_get(form, "redirect_uri", &redirect_uri) != OST_OK ||
		!span_eq(redirect_uri, x->code.redirect_uri)) {
		x->why = "redirect_uri is not that of the code";
		return OST_DENIED;
	}
	/* RFC 9700 section 4.8.2: no challenge was stored for it. */
	if (form_get(form, "code_verifier", &verifier) == OST_OK) {
		x->why = "The code was not asked for with a code_challenge";
		return OST_DENIED;
	}
	err = user_by_id(c->accounts, arena, x->code.user_id, &x->user);
	x->why = "The user is not there any more";
	if (err == OST_NOTFOUND || (err == OST_OK && x->user.is_disabled))
		return OST_DENIED;
	return err;
}

/* Exactly one of several gets the grant; the others see a used code. */
static enum ost_err
redeem(const struct context *c, struct arena *arena, struct span text,
	struct exchange *x)
{
	int64_t now_ms = clock_wall_ms();
	enum ost_err err;

	x->grant = (struct grant){
		.user_id = x->code.user_id,
		.client_id = x->code.client_id,
		.scope = span_is_absent(x->code.scope) ? SPAN("")
						       : x->code.scope,
		.created_ms = now_ms,
		.expires_ms =
			now_ms + c->config->access_token_lifetime_s * 1000,
	};
	err = code_redeem(c->grants, arena, text, &x->code, &x->grant);
	if (err == OST_EXPIRED)
		return OST_DENIED;
	if (err != OST_CONFLICT)
		return err;
	err = code_find(c->grants, arena, text, &x->code);
	if (err == OST_OK && x->code.used_by.n > 0)
		err = end_grant_of(c, arena, x);
	return err == OST_OK || err == OST_NOTFOUND ? OST_DENIED : err;
}

enum ost_err
exchange_code(const struct context *c, struct arena *arena,
	const struct form *form, struct span text, struct exchange *x)
{
	enum ost_err err = check_code(c, arena, form, text, x);

	return err == OST_OK ? redeem(c, arena, text, x) : err;
}
