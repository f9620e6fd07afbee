#include "credentials.h"

#include "codec.h"

#define BASIC_SIZE_MAX 4096
#define TOKEN_SIZE_MAX 8192

static enum scheme
scheme_of(struct span name)
{
	if (span_eq_nocase(name, SPAN("Basic")))
		return SCHEME_BASIC;
	if (span_eq_nocase(name, SPAN("Bearer")) ||
		span_eq_nocase(name, SPAN("OAuth")))
		return SCHEME_BEARER;
	return SCHEME_NONE;
}

/* RFC 7617 section 2: no CTL in either part. */
static bool
is_text(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (char_is_control(s.p[i]))
			return false;
	return utf8_is_valid(s);
}

static enum ost_err
parse_basic(struct arena *arena, struct span encoded,
	struct credentials *credentials)
{
	struct span user, password;
	enum ost_err err;

	err = base64_decode(arena, encoded, &password);
	if (err != OST_OK)
		return err == OST_BADINPUT ? OST_DENIED : err;
	if (!is_text(password) || !span_cut(&password, ':', &user) ||
		user.n == 0)
		return OST_DENIED;
	*credentials = (struct credentials){
		.scheme = SCHEME_BASIC, .user = user, .password = password
	};
	return OST_OK;
}

/* b64token of RFC 6750 section 2.1. */
static bool
is_b64token(struct span token)
{
	while (token.n > 0 && token.p[token.n - 1] == '=')
		token.n--;
	for (size_t i = 0; i < token.n; i++)
		if (!char_is_alnum(token.p[i]) &&
			!span_has(SPAN("-._~+/"), token.p[i]))
			return false;
	return token.n > 0;
}

static enum ost_err
parse_token(struct span token, struct credentials *credentials)
{
	if (token.n == 0)
		return OST_BADINPUT;
	if (!is_b64token(token))
		return OST_DENIED;
	*credentials =
		(struct credentials){ .scheme = SCHEME_BEARER, .token = token };
	return OST_OK;
}

enum ost_err
credentials_parse(struct arena *arena, struct span header,
	struct credentials *credentials)
{
	struct span rest = header, name;
	enum scheme scheme;

	if (header.n == 0) {
		*credentials = (struct credentials){ .scheme = SCHEME_NONE };
		return OST_OK;
	}
	if (!span_cut(&rest, ' ', &name)) {
		name = header;
		rest = SPAN("");
	}
	while (rest.n > 0 && rest.p[0] == ' ')
		rest = span_skip(rest, 1);
	scheme = scheme_of(name);
	if (header.n >
		(scheme == SCHEME_BASIC ? BASIC_SIZE_MAX : TOKEN_SIZE_MAX))
		return OST_TOOBIG;
	/* A web server may join two headers with a comma, and neither base64
	 * nor b64token has one. */
	if (span_has(name, ',') ||
		(scheme != SCHEME_NONE && span_has(rest, ',')))
		return OST_BADINPUT;
	switch (scheme) {
	case SCHEME_BASIC:
		return parse_basic(arena, rest, credentials);
	case SCHEME_BEARER:
		return parse_token(rest, credentials);
	case SCHEME_NONE:
		break;
	}
	return OST_DENIED;
}

enum ost_err
credentials_form_decode(struct arena *arena, struct credentials *credentials)
{
	struct span user, password;
	enum ost_err err;

	if (credentials->scheme != SCHEME_BASIC)
		return OST_BADINPUT;
	err = form_decode(arena, credentials->user, &user);
	if (err != OST_OK)
		return err;
	err = form_decode(arena, credentials->password, &password);
	if (err != OST_OK)
		return err;
	if (!is_text(user) || !is_text(password))
		return OST_BADINPUT;
	credentials->user = user;
	credentials->password = password;
	return OST_OK;
}
