#include "pkce.h"
#include "codec.h"
#include "crypto.h"

#define CHALLENGE_SIZE 43
#define VERIFIER_MIN   43
#define VERIFIER_MAX   128

static bool
is_base64url(char c)
{
	return char_is_alnum(c) || c == '-' || c == '_';
}

bool
pkce_challenge_is_valid(struct span challenge)
{
	for (size_t i = 0; i < challenge.n; i++)
		if (!is_base64url(challenge.p[i]))
			return false;
	return challenge.n == CHALLENGE_SIZE;
}

bool
pkce_verifier_is_valid(struct span verifier)
{
	for (size_t i = 0; i < verifier.n; i++) {
		char c = verifier.p[i];

		if (!is_base64url(c) && c != '.' && c != '~')
			return false;
	}
	return verifier.n >= VERIFIER_MIN && verifier.n <= VERIFIER_MAX;
}

enum ost_err
pkce_check(struct arena *arena, struct span challenge, struct span verifier)
{
	unsigned char hash[CRYPTO_HASH_SIZE];
	struct span expected;
	struct buf buf;
	enum ost_err err;

	if (!pkce_challenge_is_valid(challenge) ||
		!pkce_verifier_is_valid(verifier))
		return OST_DENIED;
	err = crypto_sha256(verifier, hash);
	if (err != OST_OK)
		return err;
	buf_init(&buf, arena);
	base64url_encode(&buf, (struct span){ (char *)hash, sizeof(hash) });
	err = buf_span(&buf, &expected);
	if (err != OST_OK)
		return err;
	return crypto_equal(challenge, expected) ? OST_OK : OST_DENIED;
}
