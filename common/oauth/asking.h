#ifndef OSTIARY_ASKING_H
#define OSTIARY_ASKING_H
#include "oauth.h"
#include "scope.h"
/* What an application asks for (RFC 6749 section 4.1.1, RFC 7636 section 4.3,
 * OpenID Connect Core section 3.1.2.1), as functions without I/O. */

#define ASKING_STATE_MAX 2048 /* bytes */
#define ASKING_NONCE_MAX 512

/* The words of `prompt`, as bits. */
enum asking_prompt {
	PROMPT_NONE = 1 << 0,
	PROMPT_LOGIN = 1 << 1,
	PROMPT_CONSENT = 1 << 2,
	PROMPT_SELECT_ACCOUNT = 1 << 3,
};

struct asking {
	struct span scope;	   /* empty when none was asked */
	struct span state;	   /* absent: none */
	struct span challenge;	   /* PKCE S256; absent: none */
	struct span nonce;	   /* absent: none */
	struct span login_hint;	   /* absent: none; anything at all */
	struct span id_token_hint; /* absent: none; not verified here */
	struct span hint_subject;  /* the user whom that is about; set by who
				    * has verified it; absent: none */
	bool has_signed_in;	   /* as asking_after_signin() has it */
	unsigned int prompt;	   /* bits; 0: none was given */
	int64_t max_age_s;	   /* of the sign-in; -1: any */
	const char *why; /* of an error: a sentence for the developer */
};

/*
 * The parameters of an authorization request once client and redirect URI
 * are known to be good (they are checked by the caller first, for until then
 * nothing may be redirected). OAUTH_OK or what to redirect with. state and
 * prompt are set in any case: state is absent when it may not be sent back,
 * prompt as far as its words are known. A public app must bring a challenge
 * (RFC 9700 section 2.1.1).
 *
 * What would weaken the answer if it were ignored is refused: a request object
 * (RFC 9101), a challenge other than S256, a response mode other than query.
 */
enum oauth_error asking_read(const struct form *form, bool is_public,
	const struct scope_registry *registry, struct asking *asking);
/* Whether somebody who signed in at auth_time_s must do so again: login and
 * select_account of prompt, and max_age. */
bool asking_wants_signin(
	const struct asking *asking, int64_t auth_time_s, int64_t now_s);
/* Whether the application asked for somebody else than user_id: then that user
 * gives no answer to it (OpenID Connect Core section 3.1.2.2, item 4). */
bool asking_wants_another(const struct asking *asking, struct span user_id);
/*
 * The query string that the request came as, less what a sign-in settles:
 * max_age, and login and select_account of prompt. So the request that follows
 * it does not ask for another one. An id_token_hint stays, with a word behind
 * it that the sign-in was: whom it does not name then is not asked again.
 */
OST_CHECK enum ost_err asking_after_signin(struct arena *arena,
	const struct asking *asking, struct span target, struct span *rest);
#endif
