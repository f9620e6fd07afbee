#ifndef OSTIARY_KEY_H
#define OSTIARY_KEY_H
#include "secret.h"
#include "store.h"
/*
 * API keys, in the accounts store: "key:ID", and "keyhash:HASH" (SHA-256 of
 * the secret) that leads to the id, so that `userName:secret` finds its key
 * among many with one look-up.
 */
struct key {
	struct span id;
	struct span user_id;
	struct span name;    /* the holder's word for it */
	struct span made_by; /* id of the key that made it, with which it ends;
			      * absent: its holder did */
	struct secret secret;
	int64_t created_ms;
	int64_t expires_ms; /* 0: never */
	bool is_revoked;
	int64_t revoked_ms; /* 0: not, or before that was kept */
	struct span raw;    /* the record as read */
	struct span mark;   /* of key_by_secret(): which secret it was */
};

/* The key that this secret opens: neither revoked nor expired, its present
 * secret or the one in its overlap. OST_NOTFOUND else; what that was is not
 * told. */
OST_CHECK enum ost_err key_by_secret(struct store *accounts,
	struct arena *arena, struct span secret, struct key *key);
/* The key whose secret that is or was, in whatever state it is; a secret that
 * was replaced is not known any more once its overlap is over. */
OST_CHECK enum ost_err key_of_secret(struct store *accounts,
	struct arena *arena, struct span secret, struct key *key);
/* In whatever state it is. */
OST_CHECK enum ost_err key_by_id(struct store *accounts, struct arena *arena,
	struct span id, struct key *key);
/* Marks a decoded key as revoked when one of those that made it is, or is gone.
 * The functions above have done it. OST_STORE, OST_NOMEM. */
OST_CHECK enum ost_err key_settle(
	struct store *accounts, struct arena *arena, struct key *key);
/* Whether it opens anything now. */
bool key_is_live(const struct key *key, int64_t now_ms);
/* Whether the secret of that mark still opens it: a token that was bought with
 * a secret dies with it. */
bool key_knows_mark(const struct key *key, struct span mark, int64_t now_ms);
/* Sets id and created_ms unless they are there; key->secret.hash must be. */
OST_CHECK enum ost_err key_create(
	struct store *accounts, struct arena *arena, struct key *key);
/* The same in one batch with another item, whose expectation counts too:
 * OST_CONFLICT. */
OST_CHECK enum ost_err key_create_with(struct store *accounts,
	struct arena *arena, struct key *key, const struct store_item *also);
/* Gives the key the secret of that hash; the present one stays good until
 * old_until_ms (0: ends now). OST_CONFLICT: changed meanwhile. */
OST_CHECK enum ost_err key_rotate(struct store *accounts, struct arena *arena,
	struct key *key, struct span hash, int64_t old_until_ms);
/* Ends the old secret of an overlap. OST_CONFLICT: changed meanwhile. */
OST_CHECK enum ost_err key_end_overlap(
	struct store *accounts, struct arena *arena, struct key *key);
/* For good, and with it those that it made; it stays to be seen in lists. */
OST_CHECK enum ost_err key_revoke(
	struct store *accounts, struct arena *arena, struct key *key);
/* Removes the record and its index (of a deleted user's keys). */
OST_CHECK enum ost_err key_delete(
	struct store *accounts, struct arena *arena, const struct key *key);
/* As it was written: key_settle() is yet to be asked. */
OST_CHECK enum ost_err key_decode(
	struct arena *arena, struct span value, struct key *key);
#endif
