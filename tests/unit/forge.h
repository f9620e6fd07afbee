#ifndef OSTIARY_TESTS_FORGE_H
#define OSTIARY_TESTS_FORGE_H
#include "token.h"
/* Tokens as we issue them, and made by hand with the key that the ring signs
 * with. What is given out lives until forge_close(). */
#define FORGE_ISSUER "https://i.example"

/* The claims of a login token of the user u1; more begins with a comma. */
#define CLAIMS(iss, aud, iat, exp, more)                                       \
	"{\"iss\":" iss ",\"aud\":" aud ",\"sub\":\"u1\",\"src\":\"p:1\","     \
	"\"jti\":\"j1\",\"iat\":" iat ",\"exp\":" exp more "}"
#define US   "\"https://i.example\""
#define IAT  "1700000000" /* now, of records.h */
#define EXP  "1700000600"
#define GOOD CLAIMS(US, US, IAT, EXP, "")

extern struct forge {
	struct arena *arena;
	struct store *store;
	struct keyring *ring;
	enum token_kind kind; /* of what is forged below */
} forge;

/* cmocka's setup and teardown: a new ring, a clock that stands still. The
 * second is for ES256 access tokens, the first for login tokens. */
int forge_open(void **state);
int forge_open_es256(void **state);
int forge_close(void **state);

/* A token of u1 (and of the app a1) as token_issue() makes it, for 600 s.
 * TOKEN_ACCESS_ES256 is possible too. */
struct span forge_issued(enum token_kind kind);
enum ost_err forge_verify(struct span text, struct token *token);
/* Fails the test, with that word, unless verifying says OST_DENIED. */
void assert_denied(const char *what, struct span text);

/* a, c unless it is NUL, b */
struct span forge_joined(struct span a, char c, struct span b);
struct span forge_coded(struct span bytes); /* base64url */
struct span forge_key(void);
struct span forge_header(void); /* that of forge.kind */
/* header and payload as they stand in the token; the MAC by key is right. */
struct span forge_sealed(
	struct span header, struct span payload, struct span key);
/* The same, signed as forge.kind is by keys[i]; and by the one that signs. */
struct span forge_signed_by(size_t i, struct span header, struct span payload);
struct span forge_signed(struct span header, struct span payload);
/* Claims of a login token, which become those of an access token if need be. */
struct span forge_claims(const char *claims); /* coded */
struct span forge_with_claims(const char *claims);
#endif
