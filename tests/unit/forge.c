#include "forge.h"
#include "codec.h"
#include "keyring_write.h"
#include "records.h"
#include "vectors.h"

#define NOW_S (NOW_MS / 1000)

struct forge forge;

int
forge_open(void **state)
{
	(void)state;
	forge.kind = TOKEN_LOGIN;
	forge.ring = keyring_new();
	return forge.ring == NULL ||
	       records_open(&forge.arena, &forge.store) != 0 ||
	       keyring_create(forge.store, forge.arena) != OST_OK ||
	       keyring_load(forge.ring, forge.store, forge.arena) != OST_OK;
}

int
forge_open_es256(void **state)
{
	int failed = forge_open(state);

	forge.kind = TOKEN_ACCESS_ES256;
	return failed;
}

int
forge_close(void **state)
{
	(void)state;
	keyring_free(forge.ring);
	return records_close(forge.arena, forge.store);
}

struct span
forge_issued(enum token_kind kind)
{
	bool is_es256 = kind == TOKEN_ACCESS_ES256;
	struct token token = { .kind = is_es256 ? TOKEN_ACCESS : kind,
		.is_es256 = is_es256,
		.subject = SPAN("u1"),
		.issued_s = NOW_S,
		.expires_s = NOW_S + 600 };
	struct span text;

	if (token.kind == TOKEN_ACCESS) {
		token.client_id = SPAN("a1");
		token.scope = SPAN("read write");
		token.grant_id = SPAN("g1");
	} else {
		token.source = SPAN("p:1");
	}
	assert_int_equal(token_issue(forge.arena, forge.ring,
				 SPAN(FORGE_ISSUER), &token, &text),
		OST_OK);
	return text;
}

enum ost_err
forge_verify(struct span text, struct token *token)
{
	return token_verify(
		forge.arena, forge.ring, SPAN(FORGE_ISSUER), text, token);
}

void
assert_denied(const char *what, struct span text)
{
	struct token token;
	enum ost_err err = forge_verify(text, &token);

	if (err != OST_DENIED)
		fail_msg("%s: %s", what, ost_err_name(err));
}

struct span
forge_joined(struct span a, char c, struct span b)
{
	struct span text;
	struct buf buf;

	buf_init(&buf, forge.arena);
	buf_add(&buf, a);
	if (c != '\0')
		buf_char(&buf, c);
	buf_add(&buf, b);
	assert_int_equal(buf_span(&buf, &text), OST_OK);
	return text;
}

struct span
forge_coded(struct span bytes)
{
	struct span text;
	struct buf buf;

	buf_init(&buf, forge.arena);
	base64url_encode(&buf, bytes);
	assert_int_equal(buf_span(&buf, &text), OST_OK);
	return text;
}

struct span
forge_key(void)
{
	return BYTES_SPAN(keyring_current(forge.ring)->secret);
}

/* header and payload as they stand in the token; the MAC is right. */
struct span
forge_sealed(struct span header, struct span payload, struct span key)
{
	unsigned char mac[CRYPTO_HASH_SIZE];
	struct span input = forge_joined(header, '.', payload);

	assert_int_equal(crypto_hmac(key, input, mac), OST_OK);
	return forge_joined(input, '.', forge_coded(BYTES_SPAN(mac)));
}

struct span
forge_header(void)
{
	return keyring_current(forge.ring)->header[forge.kind];
}

struct span
forge_signed_by(size_t i, struct span header, struct span payload)
{
	struct span input = forge_joined(header, '.', payload), signature;
	const struct pair *pair;

	if (forge.kind != TOKEN_ACCESS_ES256)
		return forge_sealed(header, payload,
			BYTES_SPAN(forge.ring->keys[i].secret));
	assert_int_equal(
		keyring_pair(forge.ring, i, forge.arena, &pair), OST_OK);
	assert_int_equal(
		pkey_sign(pair->ec, forge.arena, input, &signature), OST_OK);
	return forge_joined(input, '.', forge_coded(signature));
}

struct span
forge_signed(struct span header, struct span payload)
{
	size_t i = (size_t)(keyring_current(forge.ring) - forge.ring->keys);

	return forge_signed_by(i, header, payload);
}

struct span
forge_claims(const char *claims)
{
	static const char of_login[] = "\"src\":\"p:1\"";
	const char *place = strstr(claims, of_login);
	struct span text;
	struct buf buf;

	if (forge.kind == TOKEN_LOGIN || place == NULL)
		return forge_coded(span_of(claims));
	buf_init(&buf, forge.arena);
	buf_add(&buf, (struct span){ claims, (size_t)(place - claims) });
	buf_text(&buf, "\"client_id\":\"a1\",\"scope\":\"\",\"grant\":\"g1\"");
	buf_text(&buf, place + strlen(of_login));
	assert_int_equal(buf_span(&buf, &text), OST_OK);
	return forge_coded(text);
}

struct span
forge_with_claims(const char *claims)
{
	return forge_signed(forge_header(), forge_claims(claims));
}
