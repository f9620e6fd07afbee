#include "password.h"
#include "codec.h"
#include "crypto.h"
#include "log.h"

#include <openssl/err.h>
#include <openssl/evp.h>

enum {
	LN_MIN = 10,
	LN_MAX = 17,
	R_MAX = 32,
	P_MAX = 16,
	SALT_SIZE = 16,
	SALT_DIGITS = 22, /* of base64 without padding */
	HASH_DIGITS = 43,
	PARSE_SIZE_MAX = 1024, /* bytes of arena to parse a string in */
};

/* A parsed string; its spans are in the arena that it was parsed in. */
struct phc {
	struct password_cost cost;
	struct span salt, hash;
};

static enum ost_err
cost_field(struct span text, struct span name, unsigned int min,
	unsigned int max, unsigned int *value)
{
	uint64_t number;
	enum ost_err err;

	if (!span_starts(text, name))
		return OST_BADINPUT;
	err = span_to_u64(span_skip(text, name.n), min, max, &number);
	if (err != OST_OK)
		return err;
	*value = (unsigned int)number;
	return OST_OK;
}

enum ost_err
password_cost_parse(struct span text, struct password_cost *cost)
{
	struct password_cost parsed;
	struct span ln, r;

	if (!span_cut(&text, ',', &ln) || !span_cut(&text, ',', &r))
		return OST_BADINPUT;
	if (cost_field(ln, SPAN("ln="), LN_MIN, LN_MAX, &parsed.ln) != OST_OK ||
		cost_field(r, SPAN("r="), 1, R_MAX, &parsed.r) != OST_OK ||
		cost_field(text, SPAN("p="), 1, P_MAX, &parsed.p) != OST_OK)
		return OST_BADINPUT;
	*cost = parsed;
	return OST_OK;
}

static bool
cost_is_bounded(const struct password_cost *cost)
{
	return cost->ln >= LN_MIN && cost->ln <= LN_MAX && cost->r >= 1 &&
	       cost->r <= R_MAX && cost->p >= 1 && cost->p <= P_MAX;
}

static enum ost_err
phc_parse(struct arena *arena, struct span text, struct phc *phc)
{
	struct span start = SPAN("$scrypt$"), cost, salt;
	enum ost_err err;

	if (!span_starts(text, start))
		return OST_BADINPUT;
	text = span_skip(text, start.n);
	if (!span_cut(&text, '$', &cost) || !span_cut(&text, '$', &salt))
		return OST_BADINPUT;
	if (salt.n != SALT_DIGITS || text.n != HASH_DIGITS)
		return OST_BADINPUT;
	err = password_cost_parse(cost, &phc->cost);
	if (err != OST_OK)
		return err;
	err = base64_bare_decode(arena, salt, &phc->salt);
	if (err != OST_OK)
		return err;
	return base64_bare_decode(arena, text, &phc->hash);
}

enum ost_err
password_scrypt(struct span password, struct span salt,
	const struct password_cost *cost, unsigned char *key, size_t n)
{
	uint64_t blocks = (uint64_t)1 << cost->ln;
	/* What RFC 7914 section 6 takes (and two blocks of OpenSSL's), for its
	 * own limit of 32 MiB is too low. */
	uint64_t memory = 128 * (uint64_t)cost->r * (blocks + 2 + cost->p);
	const char *reason;

	if (EVP_PBE_scrypt(password.n > 0 ? password.p : "", password.n,
		    (const unsigned char *)(salt.n > 0 ? salt.p : ""), salt.n,
		    blocks, cost->r, cost->p, memory, key, n) == 1)
		return OST_OK;
	reason = ERR_reason_error_string(ERR_peek_last_error());
	log_message("error", "scrypt ln=%u,r=%u,p=%u failed: %s", cost->ln,
		cost->r, cost->p, reason != NULL ? reason : "no memory");
	return OST_CRYPTO;
}

enum ost_err
password_hash(
	struct buf *buf, struct span password, const struct password_cost *cost)
{
	unsigned char salt[SALT_SIZE], hash[CRYPTO_HASH_SIZE];
	const struct span salt_span = { (char *)salt, sizeof(salt) };
	enum ost_err err;

	if (password.n > PASSWORD_SIZE_MAX)
		return OST_TOOBIG;
	if (span_has(password, '\0') || !cost_is_bounded(cost))
		return OST_BADINPUT;
	crypto_random(salt, sizeof(salt));
	err = password_scrypt(password, salt_span, cost, hash, sizeof(hash));
	if (err != OST_OK)
		goto out;
	buf_printf(buf, "$scrypt$ln=%u,r=%u,p=%u$", cost->ln, cost->r, cost->p);
	base64_bare_encode(buf, salt_span);
	buf_char(buf, '$');
	base64_bare_encode(buf, (struct span){ (char *)hash, sizeof(hash) });
out:
	crypto_wipe(hash, sizeof(hash));
	return err;
}

enum ost_err
password_verify(struct span password, struct span phc)
{
	struct arena *arena = arena_new(PARSE_SIZE_MAX);
	unsigned char hash[CRYPTO_HASH_SIZE];
	struct phc parsed;
	enum ost_err err;

	if (arena == NULL)
		return OST_NOMEM;
	err = phc_parse(arena, phc, &parsed);
	if (err != OST_OK)
		goto out;
	/* HMAC pads its key with NULs: "x" and "x\0" would be the same. */
	if (password.n > PASSWORD_SIZE_MAX || span_has(password, '\0')) {
		err = OST_DENIED;
		goto out;
	}
	err = password_scrypt(
		password, parsed.salt, &parsed.cost, hash, sizeof(hash));
	if (err != OST_OK)
		goto out;
	err = OST_DENIED;
	if (crypto_equal(
		    parsed.hash, (struct span){ (char *)hash, sizeof(hash) }))
		err = OST_OK;
out:
	crypto_wipe(hash, sizeof(hash));
	arena_free(arena);
	return err;
}

bool
password_is_outdated(struct span phc, const struct password_cost *cost)
{
	struct arena *arena = arena_new(PARSE_SIZE_MAX);
	struct phc parsed;
	bool is_outdated = true;

	if (arena == NULL)
		return false; /* ask again at the next sign-in */
	if (phc_parse(arena, phc, &parsed) == OST_OK)
		is_outdated = parsed.cost.ln != cost->ln ||
			      parsed.cost.r != cost->r ||
			      parsed.cost.p != cost->p;
	arena_free(arena);
	return is_outdated;
}
