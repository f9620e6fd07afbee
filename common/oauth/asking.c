#include "asking.h"
#include "codec.h"
#include "pkce.h"

#define MAX_AGE_MAX_S (INT64_C(1) << 31)
/* Who sends it himself gets an error instead of a page. */
#define SIGNED_IN "ostiary_signed_in"

static const struct {
	const char *word;
	enum asking_prompt bit;
} prompts[] = {
	{ "none", PROMPT_NONE },
	{ "login", PROMPT_LOGIN },
	{ "consent", PROMPT_CONSENT },
	{ "select_account", PROMPT_SELECT_ACCOUNT },
};

/* What is not built, and would change the request or its answer. */
static const struct {
	const char *name;
	enum oauth_error error;
	const char *why;
} refused[] = {
	{ "request", OAUTH_REQUEST_NOT_SUPPORTED,
		"Request objects are not supported" },
	{ "request_uri", OAUTH_REQUEST_URI_NOT_SUPPORTED,
		"Request objects are not supported" },
	{ "registration", OAUTH_REGISTRATION_NOT_SUPPORTED,
		"Clients are not registered by a request" },
};

static unsigned int
prompt_bit(struct span word)
{
	for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++)
		if (span_eq(word, span_of(prompts[i].word)))
			return prompts[i].bit;
	return 0;
}

/* False: a word is unknown, or none stands with another one. */
static bool
read_prompt(struct span text, unsigned int *prompt)
{
	struct span rest = text, word;
	bool is_known = true;

	*prompt = 0;
	while (span_next(&rest, ' ', &word)) {
		unsigned int bit = prompt_bit(word);

		is_known = is_known && bit != 0;
		*prompt |= bit;
	}
	return is_known && (!(*prompt & PROMPT_NONE) || *prompt == PROMPT_NONE);
}

/* Any UTF-8 (form_parse() has seen to that) without control characters: more
 * than RFC 6749 appendix A.5 asks for, and no harm in a URI. */
static bool
is_plain(struct span text, size_t size_max)
{
	if (text.n > size_max)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (char_is_control(text.p[i]))
			return false;
	return true;
}

/* The value; absent when there is none. */
static struct span
value_of(const struct form *form, const char *name)
{
	struct span value;

	return form_get(form, name, &value) == OST_OK ? value : SPAN_ABSENT;
}

static enum oauth_error
invalid(struct asking *asking, const char *why)
{
	asking->why = why;
	return OAUTH_INVALID_REQUEST;
}

/* RFC 7636 section 4.3: without a method it is plain, which protects nobody
 * whose request was read. */
static enum oauth_error
read_challenge(const struct form *form, bool is_public, struct asking *asking)
{
	struct span method = value_of(form, "code_challenge_method");
	struct span challenge = value_of(form, "code_challenge");

	if (span_is_absent(challenge) && !span_is_absent(method))
		return invalid(asking,
			"There is a code_challenge_method but no "
			"code_challenge");
	if (span_is_absent(challenge) && is_public)
		return invalid(asking,
			"A public application must send a code_challenge");
	if (span_is_absent(challenge))
		return OAUTH_OK;
	if (!span_eq(method, SPAN("S256")))
		return invalid(asking, "code_challenge_method must be S256");
	if (!pkce_challenge_is_valid(challenge))
		return invalid(asking,
			"code_challenge must be 43 characters of base64url");
	asking->challenge = challenge;
	return OAUTH_OK;
}

static enum oauth_error
read_openid(const struct form *form, struct asking *asking)
{
	struct span max_age = value_of(form, "max_age");
	uint64_t max_age_s;
	unsigned int unused;

	asking->nonce = value_of(form, "nonce");
	asking->login_hint = value_of(form, "login_hint");
	asking->id_token_hint = value_of(form, "id_token_hint");
	asking->has_signed_in = form_has(form, SIGNED_IN);
	if (!is_plain(asking->nonce, ASKING_NONCE_MAX))
		return invalid(
			asking, "nonce is too long or has control characters");
	if (!read_prompt(value_of(form, "prompt"), &unused))
		return invalid(asking,
			"prompt is login, consent, select_account, or none "
			"alone");
	if (span_is_absent(max_age))
		return OAUTH_OK;
	if (span_to_u64(max_age, 0, MAX_AGE_MAX_S, &max_age_s) != OST_OK)
		return invalid(asking, "max_age is no number of seconds");
	asking->max_age_s = (int64_t)max_age_s;
	return OAUTH_OK;
}

static enum oauth_error
read_scope(const struct form *form, const struct scope_registry *registry,
	struct asking *asking)
{
	struct span scope = value_of(form, "scope");

	if (span_is_absent(scope))
		return OAUTH_OK;
	asking->why = "scope is not words parted by single blanks";
	if (!scope_is_valid(scope))
		return OAUTH_INVALID_SCOPE;
	asking->why = "A scope that is asked for is not known here";
	if (!scope_is_known(registry, scope))
		return OAUTH_INVALID_SCOPE;
	asking->scope = scope;
	return OAUTH_OK;
}

static enum oauth_error
read_type(const struct form *form, struct asking *asking)
{
	struct span type = value_of(form, "response_type");
	struct span mode = value_of(form, "response_mode");

	if (span_is_absent(type))
		return invalid(asking, "response_type is missing");
	asking->why = "response_type must be code";
	if (!span_eq(type, SPAN("code")))
		return OAUTH_UNSUPPORTED_RESPONSE_TYPE;
	if (!span_is_absent(mode) && !span_eq(mode, SPAN("query")))
		return invalid(asking, "response_mode must be query");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		asking->why = refused[i].why;
		if (!span_is_absent(value_of(form, refused[i].name)))
			return refused[i].error;
	}
	return OAUTH_OK;
}

enum oauth_error
asking_read(const struct form *form, bool is_public,
	const struct scope_registry *registry, struct asking *asking)
{
	struct span state = value_of(form, "state");
	bool is_bad_state = !is_plain(state, ASKING_STATE_MAX);
	enum oauth_error error;

	*asking = (struct asking){ .scope = SPAN(""),
		.state = is_bad_state ? SPAN_ABSENT : state,
		.max_age_s = -1 };
	/* Of a prompt that is wrong its words still tell whether a page may be
	 * shown. */
	(void)read_prompt(value_of(form, "prompt"), &asking->prompt);
	/* From here on no name stands twice, and a value that cannot be had is
	 * not there. */
	if (form_has_duplicate(form))
		return invalid(asking, "A parameter stands there twice");
	if (is_bad_state)
		return invalid(
			asking, "state is too long or has control characters");
	error = read_type(form, asking);
	if (error == OAUTH_OK)
		error = read_scope(form, registry, asking);
	if (error == OAUTH_OK)
		error = read_challenge(form, is_public, asking);
	if (error == OAUTH_OK)
		error = read_openid(form, asking);
	return error;
}

bool
asking_wants_signin(
	const struct asking *asking, int64_t auth_time_s, int64_t now_s)
{
	if (asking->prompt & (PROMPT_LOGIN | PROMPT_SELECT_ACCOUNT))
		return true;
	/* 0 is the same as prompt=login, in the very second of a sign-in too.
	 */
	return asking->max_age_s == 0 ||
	       (asking->max_age_s > 0 &&
		       now_s - auth_time_s > asking->max_age_s);
}

bool
asking_wants_another(const struct asking *asking, struct span user_id)
{
	return !span_is_absent(asking->hint_subject) &&
	       !span_eq(asking->hint_subject, user_id);
}

static void
add_piece(struct buf *buf, struct span piece)
{
	if (buf->n > 0)
		buf_char(buf, '&');
	buf_add(buf, piece);
}

enum ost_err
asking_after_signin(struct arena *arena, const struct asking *asking,
	struct span target, struct span *rest)
{
	struct span left = target, piece;
	struct buf buf;

	if (asking->prompt == 0 && asking->max_age_s < 0 &&
		span_is_absent(asking->id_token_hint)) {
		*rest = target;
		return OST_OK;
	}
	buf_init(&buf, arena);
	while (span_next(&left, '&', &piece)) {
		struct span value = piece, raw = piece, name;
		enum ost_err err;

		span_cut(&value, '=', &raw);
		err = form_decode(arena, raw, &name);
		if (err != OST_OK)
			return err;
		if (!span_eq(name, SPAN("max_age")) &&
			!span_eq(name, SPAN("prompt")) &&
			!span_eq(name, SPAN(SIGNED_IN)))
			add_piece(&buf, piece);
	}
	if (asking->prompt & PROMPT_CONSENT)
		add_piece(&buf, SPAN("prompt=consent"));
	if (!span_is_absent(asking->id_token_hint))
		add_piece(&buf, SPAN(SIGNED_IN "=1"));
	return buf_span(&buf, rest);
}
