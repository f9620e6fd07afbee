#include "open_form.h"
#include "crypto.h"
#include "csrf.h"
#include "signin.h"

#define LIFETIME_S 3600

/* The one that the browser sent, else a new one. */
static enum ost_err
find_cookie(const struct request *request, struct response *response,
	struct span *value)
{
	char made[CRYPTO_TEXT_SIZE];
	enum ost_err err = request_cookie(request, SIGNIN_COOKIE, value);

	if (err == OST_OK && value->n == CRYPTO_TEXT_SIZE)
		return OST_OK;
	crypto_random_text(made);
	err = arena_copy(
		request->arena, (struct span){ made, sizeof(made) }, value);
	if (err == OST_OK)
		response_cookie(response, SIGNIN_COOKIE, *value);
	return err;
}

enum ost_err
open_form_token(const struct context *c, const struct request *request,
	struct response *response, const char *purpose, struct span target,
	struct span *token)
{
	struct span cookie;
	enum ost_err err = find_cookie(request, response, &cookie);

	return err == OST_OK ? csrf_make(c->ring, request->arena, purpose,
				       cookie, target, LIFETIME_S, token)
			     : err;
}

enum ost_err
open_form_check(const struct context *c, const struct request *request,
	const struct form *form, const char *purpose, struct span target,
	struct span *nonce)
{
	struct span cookie, token;
	enum ost_err err = request_cookie(request, SIGNIN_COOKIE, &cookie);

	if (err == OST_OK)
		err = form_get(form, "csrf", &token);
	if (err == OST_OK)
		err = csrf_check(c->ring, request->arena, purpose, cookie,
			target, token, nonce);
	return err == OST_NOTFOUND || err == OST_BADINPUT ? OST_DENIED : err;
}

void
open_form_end(struct response *response)
{
	response_cookie(response, SIGNIN_COOKIE, SPAN(""));
}
