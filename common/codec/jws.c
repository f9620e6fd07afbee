#include "jws.h"
#include "codec.h"
#include "crypto.h"

enum ost_err
jws_sign(struct arena *arena, struct span header, const struct jws_key *key,
	struct span payload, struct span *text)
{
	unsigned char mac[CRYPTO_HASH_SIZE];
	struct span signature = { (char *)mac, sizeof(mac) }, input;
	struct buf buf;
	enum ost_err err;

	buf_init(&buf, arena);
	buf_add(&buf, header);
	buf_char(&buf, '.');
	base64url_encode(&buf, payload);
	err = buf_span(&buf, &input);
	if (err == OST_OK)
		err = key->pkey != NULL
			      ? pkey_sign(key->pkey, arena, input, &signature)
			      : crypto_hmac(key->secret, input, mac);
	if (err != OST_OK)
		return err;
	buf_char(&buf, '.');
	base64url_encode(&buf, signature);
	return buf_span(&buf, text);
}

static enum ost_err
check_mac(struct span secret, struct span input, struct span given)
{
	unsigned char mac[CRYPTO_HASH_SIZE];
	enum ost_err err = crypto_hmac(secret, input, mac);

	if (err != OST_OK)
		return err;
	return crypto_equal(given, (struct span){ (char *)mac, sizeof(mac) })
		       ? OST_OK
		       : OST_DENIED;
}

enum ost_err
jws_verify(struct arena *arena, struct span header, const struct jws_key *key,
	struct span text, struct span *payload)
{
	struct span rest = text, head, body, given, input;
	enum ost_err err;

	if (!span_cut(&rest, '.', &head) || !span_cut(&rest, '.', &body) ||
		!span_eq(head, header))
		return OST_DENIED;
	err = base64url_decode(arena, rest, &given);
	if (err != OST_OK)
		return err == OST_BADINPUT ? OST_DENIED : err;
	input = (struct span){ text.p, head.n + 1 + body.n };
	err = key->pkey != NULL ? pkey_verify(key->pkey, input, given)
				: check_mac(key->secret, input, given);
	if (err != OST_OK)
		return err;
	err = base64url_decode(arena, body, payload);
	return err == OST_BADINPUT ? OST_DENIED : err;
}
