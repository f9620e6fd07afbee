#include "signing_key.h"
#include "clock.h"
#include "codec.h"

#include <string.h>

static const char *const state_names[] = { "next", "current", "old" };

/* suffix: KID_EC or KID_RSA, or "" for the secret that nobody is told of. */
static const struct {
	const char *alg, *suffix, *type;
} kinds[TOKEN_KINDS] = {
	[TOKEN_ACCESS] = { "HS256", "", "at+jwt" },
	[TOKEN_LOGIN] = { "HS256", "", "ostiary-login+jwt" },
	[TOKEN_ACCESS_ES256] = { "ES256", "e", "at+jwt" },
	[TOKEN_ID_RS256] = { "RS256", "r", "JWT" },
	[TOKEN_ID_ES256] = { "ES256", "e", "JWT" },
};

const char *
key_state_name(enum key_state state)
{
	return state_names[state];
}

struct span
signing_key_kid(const struct signing_key *key)
{
	return (struct span){ key->kid, KID_SIZE };
}

static struct span
secret_of(const struct signing_key *key)
{
	return (struct span){ (const char *)key->secret, sizeof(key->secret) };
}

void
signing_key_make(struct signing_key *key, enum key_state state)
{
	char text[CRYPTO_TEXT_SIZE];

	memset(key, 0, sizeof(*key));
	crypto_random_text(text);
	memcpy(key->kid, text, KID_SIZE);
	crypto_random(key->secret, sizeof(key->secret));
	key->state = state;
	key->created_ms = clock_wall_ms();
}

static enum ost_err
make_headers(struct arena *arena, struct signing_key *key)
{
	for (size_t kind = 0; kind < TOKEN_KINDS; kind++) {
		struct span json;
		struct buf text, header;
		enum ost_err err;

		buf_init(&text, arena);
		buf_printf(&text,
			"{\"alg\":\"%s\",\"kid\":\"%.*s%s\","
			"\"typ\":\"%s\"}",
			kinds[kind].alg, KID_SIZE, key->kid, kinds[kind].suffix,
			kinds[kind].type);
		err = buf_span(&text, &json);
		if (err != OST_OK)
			return err;
		buf_init(&header, arena);
		base64url_encode(&header, json);
		err = buf_span(&header, &key->header[kind]);
		if (err != OST_OK)
			return err;
	}
	return OST_OK;
}

/* "KID STATE CREATED RETIRED HEX" */
void
signing_key_encode(const struct signing_key *key, struct buf *buf)
{
	buf_printf(buf, "%.*s %s %lld %lld ", KID_SIZE, key->kid,
		state_names[key->state], (long long)key->created_ms,
		(long long)key->retired_ms);
	hex_encode(buf, secret_of(key));
}

enum ost_err
signing_key_decode(
	struct arena *arena, struct span text, struct signing_key *key)
{
	struct span part[5], secret, rest = text;
	uint64_t created, retired;
	int state;

	for (size_t i = 0; i < 5; i++)
		if (!span_next(&rest, ' ', &part[i]))
			return OST_STORE;
	for (size_t i = 0; i < part[0].n; i++)
		if (!char_is_alnum(part[0].p[i]))
			return OST_STORE;
	for (state = KEY_NEXT; state <= KEY_OLD; state++)
		if (span_eq(part[1], span_of(state_names[state])))
			break;
	if (!span_is_absent(rest) || part[0].n != KID_SIZE || state > KEY_OLD ||
		span_to_u64(part[2], 0, INT64_MAX, &created) != OST_OK ||
		span_to_u64(part[3], 0, INT64_MAX, &retired) != OST_OK ||
		hex_decode(arena, part[4], &secret) != OST_OK ||
		secret.n != CRYPTO_HASH_SIZE)
		return OST_STORE;
	memcpy(key->kid, part[0].p, KID_SIZE);
	memcpy(key->secret, secret.p, secret.n);
	key->state = (enum key_state)state;
	key->created_ms = (int64_t)created;
	key->retired_ms = (int64_t)retired;
	return make_headers(arena, key);
}

enum ost_err
signing_key_mac(const struct signing_key *key, struct span data,
	unsigned char mac[static CRYPTO_HASH_SIZE])
{
	return crypto_hmac(secret_of(key), data, mac);
}

enum ost_err
signing_key_mac_for(const struct signing_key *key, const char *purpose,
	struct span data, unsigned char mac[static CRYPTO_HASH_SIZE])
{
	unsigned char derived[CRYPTO_HASH_SIZE];
	enum ost_err err = signing_key_mac(key, span_of(purpose), derived);

	if (err == OST_OK)
		err = crypto_hmac(
			(struct span){ (const char *)derived, sizeof(derived) },
			data, mac);
	crypto_wipe(derived, sizeof(derived));
	return err;
}
