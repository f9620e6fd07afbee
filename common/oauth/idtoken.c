#include "idtoken.h"
#include "claims.h"
#include "clock.h"
#include "codec.h"

/* Section 3.1.3.6: the left half of the hash, SHA-256 for RS256 and ES256. */
static enum ost_err
token_hash(struct arena *arena, struct span token, struct span *text)
{
	unsigned char hash[CRYPTO_HASH_SIZE];
	struct buf buf;
	enum ost_err err = crypto_sha256(token, hash);

	if (err != OST_OK)
		return err;
	buf_init(&buf, arena);
	base64url_encode(&buf, (struct span){ (char *)hash, sizeof(hash) / 2 });
	return buf_span(&buf, text);
}

static int64_t
lifetime_s(const struct config *config)
{
	return config->access_token_lifetime_s < IDTOKEN_LIFETIME_MAX_S
		       ? config->access_token_lifetime_s
		       : IDTOKEN_LIFETIME_MAX_S;
}

/* How the user signed in (RFC 8176). */
static void
write_amr(struct json_writer *w, struct span amr)
{
	struct span method;

	if (amr.n == 0)
		return;
	json_open(w, "amr", '[');
	while (span_next(&amr, ' ', &method))
		if (method.n > 0)
			json_string(w, NULL, method);
	json_close(w);
}

enum ost_err
idtoken_payload(const struct config *config, struct arena *arena,
	const struct user *user, const struct app *app,
	const struct grant *grant, struct span nonce, struct span scope,
	struct span access_token, struct span *payload)
{
	int64_t now_s = clock_wall_s();
	struct json_writer w;
	struct span at_hash;
	struct buf buf;
	enum ost_err err = token_hash(arena, access_token, &at_hash);

	if (err != OST_OK)
		return err;
	buf_init(&buf, arena);
	json_begin(&w, &buf);
	json_open(&w, NULL, '{');
	json_string(&w, "iss", config->issuer);
	json_string(&w, "aud", app->client_id);
	json_i64(&w, "iat", now_s);
	json_i64(&w, "exp", now_s + lifetime_s(config));
	if (grant->auth_time_s > 0)
		json_i64(&w, "auth_time", grant->auth_time_s);
	write_amr(&w, grant->amr);
	if (!span_is_absent(nonce))
		json_string(&w, "nonce", nonce);
	json_string(&w, "at_hash", at_hash);
	claims_write(&w, user, scope);
	json_close(&w);
	return buf_span(&buf, payload);
}

enum ost_err
idtoken_make(const struct context *c, struct arena *arena,
	const struct user *user, const struct app *app,
	const struct grant *grant, struct span nonce, struct span scope,
	struct span access_token, struct span *text)
{
	/* RS256 is what every client can check (section 15.1). */
	enum token_kind kind =
		app->has_es256_id ? TOKEN_ID_ES256 : TOKEN_ID_RS256;
	struct span payload;
	enum ost_err err = idtoken_payload(c->config, arena, user, app, grant,
		nonce, scope, access_token, &payload);

	if (err == OST_OK)
		err = keyring_sign(c->ring, arena, kind, payload, text);
	return err;
}

/* OST_DENIED: issuer, audience or subject are not there or not right. The
 * audience of ours is one client, never a list. */
static enum ost_err
read_subject(struct arena *arena, const struct json *claims, struct span issuer,
	struct span client_id, struct span *subject)
{
	struct span iss, aud, sub;

	if (json_get_string(claims, "iss", &iss) != OST_OK ||
		json_get_string(claims, "aud", &aud) != OST_OK ||
		json_get_string(claims, "sub", &sub) != OST_OK ||
		!span_eq(iss, issuer) || !span_eq(aud, client_id))
		return OST_DENIED;
	return arena_copy(arena, sub, subject);
}

enum ost_err
idtoken_subject(const struct context *c, struct arena *arena, struct span text,
	struct span client_id, struct span *subject)
{
	enum token_kind kind;
	struct span payload;
	struct json *claims;
	enum ost_err err = keyring_verify(c->ring, arena,
		1u << TOKEN_ID_RS256 | 1u << TOKEN_ID_ES256, text, &kind,
		&payload);

	if (err == OST_OK)
		err = json_parse(payload, payload.n, &claims);
	if (err == OST_BADINPUT || err == OST_TOOBIG)
		return OST_DENIED;
	if (err != OST_OK)
		return err;
	err = read_subject(
		arena, claims, c->config->issuer, client_id, subject);
	json_free(claims);
	return err;
}
