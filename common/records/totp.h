#ifndef OSTIARY_TOTP_H
#define OSTIARY_TOTP_H
#include "arena.h"
/*
 * The codes of authenticator apps: TOTP (RFC 6238) with what all of them know,
 * HMAC-SHA-1, 6 digits, steps of 30 s. A secret is its bytes here; users'
 * records and authenticators have it in base32 (base32.h).
 */
#define TOTP_SECRET_SIZE 20 /* RFC 4226 section 4, R6: 160 bits */
#define TOTP_DIGITS	 6
#define TOTP_STEP_MS	 30000

/* A new secret in the arena. OST_NOMEM. */
OST_CHECK enum ost_err totp_new_secret(
	struct arena *arena, struct span *secret);
/* The code of a step (Unix time in steps, from 0); no NUL is added.
 * OST_CRYPTO. */
OST_CHECK enum ost_err totp_code(
	struct span secret, int64_t step, char code[static TOTP_DIGITS]);
/* The step that a time of the wall clock lies in. */
int64_t totp_step(int64_t now_ms);
/* Reads what somebody typed: 6 digits, with blanks anywhere. False: no code
 * can be meant. */
bool totp_read(struct span typed, char code[static TOTP_DIGITS]);
/*
 * Whether typed is the code of the step at now_ms, of the one before or of the
 * one behind (RFC 6238 section 5.2, and clocks that go wrong). Steps up to
 * used_step (0: none yet) are over: a code opens once. OST_OK: *step is its
 * step, to be kept as used before anybody is let in; OST_DENIED; OST_CRYPTO.
 * In time that does not depend on the digits.
 */
OST_CHECK enum ost_err totp_check(struct span secret, struct span typed,
	int64_t now_ms, int64_t used_step, int64_t *step);
/*
 * The otpauth URI that authenticators read from a QR code: issuer and user
 * name are what people see there, percent-encoded here. A ':' parts them, so
 * one in the issuer becomes a blank. OST_NOMEM.
 */
OST_CHECK enum ost_err totp_uri(struct arena *arena, struct span issuer,
	struct span user_name, struct span secret, struct span *uri);
#endif
