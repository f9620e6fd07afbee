#include "csrf.h"
#include "buf.h"
#include "clock.h"
#include "codec.h"

/* Lengths before values: no two inputs read the same. */
static enum ost_err
mac_text(const struct signing_key *key, struct arena *arena,
	const char *purpose, const struct span part[static 4],
	struct span *text)
{
	unsigned char mac[CRYPTO_HASH_SIZE];
	struct buf input, out;
	struct span data;
	enum ost_err err;

	buf_init(&input, arena);
	for (size_t i = 0; i < 4; i++) {
		buf_u64(&input, part[i].n);
		buf_char(&input, ':');
		buf_add(&input, part[i]);
	}
	err = buf_span(&input, &data);
	if (err == OST_OK)
		err = signing_key_mac_for(key, purpose, data, mac);
	if (err != OST_OK)
		return err;
	buf_init(&out, arena);
	base64url_encode(&out, (struct span){ (char *)mac, sizeof(mac) });
	return buf_span(&out, text);
}

enum ost_err
csrf_make(const struct keyring *ring, struct arena *arena, const char *purpose,
	struct span binding, struct span request, int64_t lifetime_s,
	struct span *text)
{
	char random[CRYPTO_TEXT_SIZE];
	struct span part[4] = { binding, request };
	struct span mac;
	struct buf expires, out;
	enum ost_err err;

	crypto_random_text(random);
	buf_init(&expires, arena);
	buf_i64(&expires, clock_wall_s() + lifetime_s);
	err = buf_span(&expires, &part[2]);
	part[3] = (struct span){ random, CSRF_NONCE_SIZE };
	if (err == OST_OK)
		err = mac_text(
			keyring_current(ring), arena, purpose, part, &mac);
	if (err != OST_OK)
		return err;
	buf_init(&out, arena);
	buf_add(&out, part[2]);
	buf_char(&out, '.');
	buf_add(&out, part[3]);
	buf_char(&out, '.');
	buf_add(&out, mac);
	return buf_span(&out, text);
}

enum ost_err
csrf_check(const struct keyring *ring, struct arena *arena, const char *purpose,
	struct span binding, struct span request, struct span text,
	struct span *nonce)
{
	struct span part[4] = { binding, request };
	struct span given = text, mac;
	uint64_t expires_s;
	bool is_ours = false;

	if (!span_cut(&given, '.', &part[2]) ||
		!span_cut(&given, '.', &part[3]) ||
		part[3].n != CSRF_NONCE_SIZE ||
		span_to_u64(part[2], 1, INT64_MAX, &expires_s) != OST_OK)
		return OST_DENIED;
	for (size_t i = 0; i < ring->n && !is_ours; i++) {
		enum ost_err err =
			mac_text(&ring->keys[i], arena, purpose, part, &mac);

		if (err != OST_OK)
			return err;
		is_ours = crypto_equal(mac, given);
	}
	if (!is_ours || clock_wall_s() >= (int64_t)expires_s)
		return OST_DENIED;
	if (nonce != NULL)
		*nonce = part[3];
	return OST_OK;
}
