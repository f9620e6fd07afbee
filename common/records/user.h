#ifndef OSTIARY_USER_H
#define OSTIARY_USER_H
#include "store.h"
struct config;
/*
 * Users, in the accounts store: "user:ID", and "username:NAME" (in lower
 * case) that leads to the id. An id is random and never used again: what was
 * given to a deleted user is dead, whoever gets the name next.
 */
struct user {
	struct span id;
	struct span name;	  /* as written; compared without case */
	struct span display_name; /* never empty */
	struct span email;	  /* absent when unknown */
	struct span email_proven; /* the address that was shown to be the
				   * user's; counts only while it is email */
	struct span roles;	  /* words parted by one blank */
	struct span password;	  /* "$scrypt$..."; absent: no password */
	int64_t generation;	  /* grows with each change of password, and
				   * when two-step sign-in begins */
	bool is_disabled;
	int64_t epoch; /* grows when it is disabled: tokens of an
			* earlier one stay dead */
	int64_t created_ms;
	/* Two-step sign-in (second_step.h). The secret of the authenticator in
	 * base32; absent: no two steps; empty: there are, but a dump without a
	 * passphrase left it out, so that only a recovery code helps. */
	struct span totp_secret;
	int64_t totp_step;    /* the last one whose code was used */
	struct span recovery; /* hashes, parted by one blank (recovery.h) */
	struct span language; /* of the pages, "en"; absent: the browser's */
	int64_t keys_made;    /* by the user alone: key_issue_own() */
	int64_t apps_made;    /* likewise: registration_add() */
	struct span raw;      /* the record as read, for user_save() */
};

#define USER_NAME_MAX 64

/* 1 to 64 of A-Za-z0-9._@+- that begins and ends in a letter or digit: names
 * that look alike cannot differ, and none needs an escape anywhere. */
bool user_name_is_valid(struct span name);
/* What people may call themselves: 1 to 80 characters of plain text (plain.h),
 * no blank at either end. The operator may give longer ones. */
#define USER_DISPLAY_NAME_MAX 80 /* characters */
bool user_display_name_is_valid(struct span name);
bool user_role_is_valid(struct span role); /* [A-Za-z0-9_-]{1,64} */
/* The name in lower case, in the arena: what counters and indexes use. */
OST_CHECK enum ost_err user_canonical(
	struct arena *arena, struct span name, struct span *canonical);

/* OST_NOTFOUND, OST_STORE, OST_NOMEM. Spans live in the arena. */
OST_CHECK enum ost_err user_by_id(struct store *accounts, struct arena *arena,
	struct span id, struct user *user);
OST_CHECK enum ost_err user_by_name(struct store *accounts, struct arena *arena,
	struct span name, struct user *user);
/* Writes a new user; sets id (unless it is there: `load`) and created_ms.
 * OST_CONFLICT: the name is taken. OST_BADINPUT: the name cannot be. */
OST_CHECK enum ost_err user_create(
	struct store *accounts, struct arena *arena, struct user *user);
/* Whether there is an address, and this very one was shown to be the user's: by
 * a link that was mailed to it (ticket_proves()), or by the operator's word. */
bool user_has_proven_email(const struct user *user);
/* Whether the password is only the first step of signing in. */
bool user_has_two_steps(const struct user *user);
/* Whether a role of the user is one of two_step_roles: then the password alone
 * is no credential either, whether there is a second step yet or not. */
bool user_must_have_two_steps(
	const struct config *config, const struct user *user);
/* Takes the second step away, in memory: secret, last step, recovery codes. */
void user_clear_two_steps(struct user *user);
/* A language tag as pages use them: 1 to 35 letters, digits and '-', a letter
 * first. */
bool user_language_is_valid(struct span language);
/* Writes a changed user over the one that was read; the name cannot change.
 * OST_CONFLICT: somebody else changed it meanwhile. */
OST_CHECK enum ost_err user_save(
	struct store *accounts, struct arena *arena, const struct user *user);
/* The same; user->raw is what was written then, so that it can be saved again.
 */
OST_CHECK enum ost_err user_update(
	struct store *accounts, struct arena *arena, struct user *user);
/* The same as an item of a batch. */
OST_CHECK enum ost_err user_item(
	struct arena *arena, const struct user *user, struct store_item *item);
OST_CHECK enum ost_err user_delete(
	struct store *accounts, struct arena *arena, const struct user *user);
/* Decodes a record, for store_each(). */
OST_CHECK enum ost_err user_decode(
	struct arena *arena, struct span value, struct user *user);
#endif
