#include "seal.h"
#include "crypto.h"

#include <openssl/evp.h>

#define NONCE_SIZE 12
#define TAG_SIZE   16
#define PLAIN_MAX  65536

static const unsigned char *
bytes(struct span s)
{
	return (const unsigned char *)(s.n > 0 ? s.p : "");
}

/* Begins to seal (is_sealing 1) or to open (0), label included. */
static EVP_CIPHER_CTX *
begin(const unsigned char *key, const unsigned char *nonce, struct span label,
	int is_sealing)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int n;

	if (context != NULL && label.n <= PLAIN_MAX &&
		EVP_CipherInit_ex2(context, EVP_chacha20_poly1305(), key, nonce,
			is_sealing, NULL) == 1 &&
		EVP_CipherUpdate(
			context, NULL, &n, bytes(label), (int)label.n) == 1)
		return context;
	EVP_CIPHER_CTX_free(context);
	return NULL;
}

enum ost_err
seal_close(const unsigned char key[static SEAL_KEY_SIZE], struct span label,
	struct span plain, struct buf *sealed)
{
	unsigned char nonce[NONCE_SIZE], tag[TAG_SIZE], *text;
	EVP_CIPHER_CTX *context;
	enum ost_err err = OST_CRYPTO;
	int n, rest;

	if (plain.n > PLAIN_MAX)
		return OST_TOOBIG;
	text = arena_alloc(sealed->arena, plain.n);
	if (text == NULL)
		return OST_NOMEM;
	crypto_random(nonce, sizeof(nonce));
	context = begin(key, nonce, label, 1);
	if (context == NULL ||
		EVP_CipherUpdate(
			context, text, &n, bytes(plain), (int)plain.n) != 1 ||
		EVP_CipherFinal_ex(context, text + n, &rest) != 1 ||
		EVP_CIPHER_CTX_ctrl(
			context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, tag) != 1)
		goto out;
	buf_add(sealed, (struct span){ (char *)nonce, sizeof(nonce) });
	buf_add(sealed, (struct span){ (char *)text, plain.n });
	buf_add(sealed, (struct span){ (char *)tag, sizeof(tag) });
	err = OST_OK;
out:
	EVP_CIPHER_CTX_free(context);
	return err;
}

enum ost_err
seal_open(const unsigned char key[static SEAL_KEY_SIZE], struct span label,
	struct span sealed, struct arena *arena, struct span *plain)
{
	struct span text = span_skip(sealed, NONCE_SIZE);
	unsigned char tag[TAG_SIZE], *opened;
	EVP_CIPHER_CTX *context;
	enum ost_err err = OST_CRYPTO;
	int n, rest;

	if (sealed.n < NONCE_SIZE + TAG_SIZE || sealed.n > PLAIN_MAX)
		return OST_DENIED;
	text.n -= TAG_SIZE;
	for (size_t i = 0; i < TAG_SIZE; i++)
		tag[i] = (unsigned char)text.p[text.n + i];
	opened = arena_alloc(arena, text.n);
	if (opened == NULL)
		return OST_NOMEM;
	context = begin(key, bytes(sealed), label, 0);
	if (context == NULL ||
		EVP_CipherUpdate(
			context, opened, &n, bytes(text), (int)text.n) != 1 ||
		EVP_CIPHER_CTX_ctrl(
			context, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) != 1)
		goto out;
	err = OST_DENIED;
	if (EVP_CipherFinal_ex(context, opened + n, &rest) != 1) {
		crypto_wipe(opened, text.n);
		goto out;
	}
	*plain = (struct span){ (char *)opened, text.n };
	err = OST_OK;
out:
	EVP_CIPHER_CTX_free(context);
	return err;
}
