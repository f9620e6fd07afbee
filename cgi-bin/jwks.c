/*
 * jwks - the public keys with which others verify what was signed here
 *
 *	GET  /oauth/jwks
 *
 *	200  {"keys":[...]}, a JWK Set (RFC 7517 section 5): of each signing
 *	     key, whether next, current or old, an EC key (P-256, ES256) and
 *	     an RSA key (2048 bits, RS256) with kty, use, alg, kid and the
 *	     public members, nothing else. Any origin may read it, any cache
 *	     keep it for five minutes
 *	403  not over https
 *	405  another method
 *	503  the keyring did not answer, or has no key pairs yet
 *
 * A key stands here as next from the moment that it is made, so that whoever
 * keeps an answer for less than a rotation's distance has it before it signs;
 * and as old until all that it signed has expired. Five minutes bound how
 * long a key that was taken out in an emergency is still believed elsewhere,
 * and no client asks for each token that it verifies.
 *
 * Reads: keyring. Writes: nothing.
 */
#include "codec.h"
#include "json.h"
#include "serve.h"

#define CACHE_CONTROL SPAN("public, max-age=300")

static void
write_text(struct json_writer *w, const char *name, struct buf *buf)
{
	struct span text;

	if (buf_span(buf, &text) == OST_OK)
		json_string(w, name, text);
	else
		w->buf->is_failed = true;
}

static void
write_number(struct json_writer *w, struct arena *arena, const char *name,
	struct span bytes)
{
	struct buf buf;

	buf_init(&buf, arena);
	base64url_encode(&buf, bytes);
	write_text(w, name, &buf);
}

static void
write_kid(struct json_writer *w, struct arena *arena,
	const struct signing_key *key, char suffix)
{
	struct buf buf;

	buf_init(&buf, arena);
	buf_add(&buf, signing_key_kid(key));
	buf_char(&buf, suffix);
	write_text(w, "kid", &buf);
}

/* RFC 7518 sections 6.2.1 and 6.3.1. */
static enum ost_err
write_key(struct json_writer *w, struct arena *arena,
	const struct signing_key *key, const struct pkey *pkey)
{
	bool is_ec = pkey_type(pkey) == PKEY_EC;
	struct pkey_public members;
	enum ost_err err = pkey_public(pkey, arena, &members);

	if (err != OST_OK)
		return err;
	json_open(w, NULL, '{');
	json_string(w, "kty", is_ec ? SPAN("EC") : SPAN("RSA"));
	json_string(w, "use", SPAN("sig"));
	json_string(w, "alg", is_ec ? SPAN("ES256") : SPAN("RS256"));
	write_kid(w, arena, key, is_ec ? KID_EC : KID_RSA);
	if (is_ec) {
		json_string(w, "crv", SPAN("P-256"));
		write_number(w, arena, "x", members.x);
		write_number(w, arena, "y", members.y);
	} else {
		write_number(w, arena, "n", members.n);
		write_number(w, arena, "e", members.e);
	}
	json_close(w);
	return OST_OK;
}

static enum ost_err
jwks(const struct context *ctx, const struct request *req, struct response *res)
{
	struct keyring *ring = ctx->ring;
	enum ost_err err = OST_OK;
	struct json_writer w;

	response_begin(res, 200, NULL, "application/json");
	response_header(res, "Cache-Control", CACHE_CONTROL);
	json_begin(&w, &res->body);
	json_open(&w, NULL, '{');
	json_open(&w, "keys", '[');
	for (size_t i = 0; i < ring->n && err == OST_OK; i++) {
		const struct pair *pair;

		err = keyring_pair(ring, i, req->arena, &pair);
		if (err == OST_OK)
			err = write_key(
				&w, req->arena, &ring->keys[i], pair->ec);
		if (err == OST_OK)
			err = write_key(
				&w, req->arena, &ring->keys[i], pair->rsa);
	}
	json_close(&w);
	json_close(&w);
	buf_char(&res->body, '\n');
	return err;
}

static const struct endpoint endpoint = {
	.name = "jwks",
	.methods = METHOD_GET,
	.is_open = true,
	.handle = jwks,
};

int
main(int argc, char **argv)
{
	return serve_main(argc, argv, &endpoint);
}
