#include "forge.h"
#include "codec.h"
#include "records.h"
#include "vectors.h"

#define NOW_S (NOW_MS / 1000)

struct forge forge;

int
forge_open(void **state)
{
	(void)state;
	forge.ring = keyring_new();
	return forge.ring == NULL ||
	       records_open(&forge.arena, &forge.store) != 0 ||
	       keyring_create(forge.store, forge.arena) != OST_OK ||
	       keyring_load(forge.ring, forge.store, forge.arena) != OST_OK;
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
	struct token token = { .kind = kind,
		.subject = SPAN("u1"),
		.issued_s = NOW_S,
		.expires_s = NOW_S + 600 };
	struct span text;

	if (kind == TOKEN_ACCESS) {
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
	return keyring_current(forge.ring)->header[TOKEN_LOGIN];
}

struct span
forge_with_claims(const char *claims)
{
	return forge_sealed(
		forge_header(), forge_coded(span_of(claims)), forge_key());
}
