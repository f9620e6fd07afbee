#include "token.h"
#include "clock.h"
#include "json.h"

#define CLOCK_SKEW_S 60
/* No token of ours lives longer, whatever the configuration says (its bound
 * is the same). */
#define LIFETIME_MAX_S (365LL * 24 * 3600)

static enum ost_err
write_payload(struct arena *arena, struct span issuer,
	const struct token *token, struct span *payload)
{
	struct json_writer w;
	struct buf buf;

	buf_init(&buf, arena);
	json_begin(&w, &buf);
	json_open(&w, NULL, '{');
	json_string(&w, "iss", issuer);
	json_string(&w, "aud", issuer);
	json_string(&w, "sub", token->subject);
	if (token->kind == TOKEN_ACCESS) {
		json_string(&w, "client_id", token->client_id);
		json_string(&w, "scope", token->scope);
	}
	if (token->grant_id.n > 0)
		json_string(&w, "grant", token->grant_id);
	else
		json_string(&w, "src", token->source);
	json_i64(&w, "epoch", token->user_epoch);
	if (token->kind == TOKEN_ACCESS)
		json_i64(&w, "app_epoch", token->app_epoch);
	json_i64(&w, "iat", token->issued_s);
	json_i64(&w, "exp", token->expires_s);
	json_string(&w, "jti", token->jti);
	json_close(&w);
	return buf_span(&buf, payload);
}

enum ost_err
token_issue(struct arena *arena, struct keyring *ring, struct span issuer,
	struct token *token, struct span *text)
{
	enum token_kind kind = token->kind == TOKEN_ACCESS && token->is_es256
				       ? TOKEN_ACCESS_ES256
				       : token->kind;
	char jti[CRYPTO_TEXT_SIZE];
	struct span payload, signed_text;
	enum ost_err err;

	crypto_random_text(jti);
	err = arena_copy(arena, (struct span){ jti, 22 }, &token->jti);
	if (err == OST_OK)
		err = write_payload(arena, issuer, token, &payload);
	if (err == OST_OK)
		err = keyring_sign(ring, arena, kind, payload, &signed_text);
	if (err == OST_OK && signed_text.n > TOKEN_SIZE_MAX)
		err = OST_TOOBIG;
	if (err == OST_OK)
		*text = signed_text;
	return err;
}

static enum ost_err
copy_claim(struct arena *arena, const struct json *claims, const char *name,
	struct span *value)
{
	struct span text;
	enum ost_err err = json_get_string(claims, name, &text);

	return err == OST_OK ? arena_copy(arena, text, value) : err;
}

/* RFC 7519 section 4.1.5. We issue none, but what is there holds. */
static bool
is_too_early(const struct json *claims)
{
	int64_t not_before_s;
	enum ost_err err = json_get_i64(claims, "nbf", &not_before_s);

	if (err == OST_OK)
		return not_before_s > clock_wall_s() + CLOCK_SKEW_S;
	return err != OST_NOTFOUND;
}

/* What it dies with: the grant that gave it, or what bought it. One of them. */
static enum ost_err
read_origin(struct arena *arena, const struct json *claims, struct token *token)
{
	enum ost_err err, other;

	if (token->kind == TOKEN_LOGIN)
		return copy_claim(arena, claims, "src", &token->source);
	err = copy_claim(arena, claims, "grant", &token->grant_id);
	other = copy_claim(arena, claims, "src", &token->source);
	if (err == OST_OK && other == OST_NOTFOUND)
		return token->grant_id.n > 0 ? OST_OK : OST_DENIED;
	if (err != OST_NOTFOUND || other != OST_OK)
		return err == OST_NOMEM || other == OST_NOMEM ? OST_NOMEM
							      : OST_DENIED;
	return span_starts(token->source, SPAN("c:")) &&
			       span_eq(token->subject, token->client_id)
		       ? OST_OK
		       : OST_DENIED;
}

/* An absent number is 0. */
static enum ost_err
read_epoch(const struct json *claims, const char *name, int64_t *epoch)
{
	enum ost_err err = json_get_i64(claims, name, epoch);

	return err == OST_NOTFOUND ? OST_OK : err;
}

static enum ost_err
read_claims(struct arena *arena, const struct json *claims, struct span issuer,
	struct token *token)
{
	struct span iss, aud;
	enum ost_err err = json_get_string(claims, "iss", &iss);

	if (err == OST_OK)
		err = json_get_string(claims, "aud", &aud);
	if (err == OST_OK)
		err = copy_claim(arena, claims, "sub", &token->subject);
	if (err == OST_OK)
		err = copy_claim(arena, claims, "jti", &token->jti);
	if (err == OST_OK)
		err = json_get_i64(claims, "iat", &token->issued_s);
	if (err == OST_OK)
		err = json_get_i64(claims, "exp", &token->expires_s);
	if (err == OST_OK)
		err = read_epoch(claims, "epoch", &token->user_epoch);
	if (err == OST_OK)
		err = read_epoch(claims, "app_epoch", &token->app_epoch);
	if (err == OST_OK && token->kind == TOKEN_ACCESS) {
		err = copy_claim(arena, claims, "client_id", &token->client_id);
		if (err == OST_OK)
			err = copy_claim(arena, claims, "scope", &token->scope);
	}
	if (err == OST_OK)
		err = read_origin(arena, claims, token);
	if (err != OST_OK)
		return err == OST_NOMEM ? err : OST_DENIED;
	return span_eq(iss, issuer) && span_eq(aud, issuer) &&
			       !is_too_early(claims)
		       ? OST_OK
		       : OST_DENIED;
}

/* RFC 7519 section 4.1: exp is the first second at which it is dead. */
static enum ost_err
check_times(const struct token *token)
{
	int64_t now_s = clock_wall_s();

	if (token->issued_s <= 0 || token->expires_s <= token->issued_s ||
		token->expires_s - token->issued_s > LIFETIME_MAX_S ||
		token->issued_s > now_s + CLOCK_SKEW_S)
		return OST_DENIED;
	return now_s < token->expires_s ? OST_OK : OST_EXPIRED;
}

enum ost_err
token_verify(struct arena *arena, struct keyring *ring, struct span issuer,
	struct span text, struct token *token)
{
	struct token found = { 0 };
	struct json *claims = NULL;
	enum token_kind kind;
	struct span payload;
	enum ost_err err;

	if (text.n > TOKEN_SIZE_MAX)
		return OST_DENIED;
	err = keyring_verify(ring, arena,
		1u << TOKEN_ACCESS | 1u << TOKEN_ACCESS_ES256 |
			1u << TOKEN_LOGIN,
		text, &kind, &payload);
	if (err != OST_OK)
		return err;
	found.is_es256 = kind == TOKEN_ACCESS_ES256;
	found.kind = found.is_es256 ? TOKEN_ACCESS : kind;
	err = json_parse(payload, TOKEN_SIZE_MAX, &claims);
	if (err != OST_OK)
		return err == OST_NOMEM ? err : OST_DENIED;
	err = read_claims(arena, claims, issuer, &found);
	json_free(claims);
	if (err == OST_OK)
		err = check_times(&found);
	if (err == OST_OK || err == OST_EXPIRED)
		*token = found;
	return err;
}
