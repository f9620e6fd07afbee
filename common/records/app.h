#ifndef OSTIARY_APP_H
#define OSTIARY_APP_H
#include "secret.h"
#include "store.h"
/*
 * Registered applications (OAuth clients), in the accounts store: "app:ID".
 * The client id is the app token of the source: public, no secret.
 */
struct app {
	struct span client_id;
	struct span name;		  /* shown to people */
	struct span description, website; /* absent when not given */
	struct span owner_id;		  /* a user's id */
	struct span prefixes;	   /* callback prefixes, parted by one blank */
	struct span redirect_uris; /* exact ones, likewise */
	struct secret secret;
	struct span own_scope; /* what it may have for itself (client
				* credentials), parted by one blank */
	bool is_public;	       /* has no secret, must use PKCE */
	bool has_refresh;      /* gets refresh tokens without offline_access */
	bool may_introspect;   /* any token, not only its own */
	bool has_es256_id;     /* its ID tokens are signed with ES256 */
	bool no_device;	       /* its devices may not ask (RFC 8628) */
	bool is_disabled;
	int64_t epoch; /* grows when it is disabled: tokens of an
			* earlier one stay dead */
	int64_t created_ms;
	struct span raw;  /* the record as read, for app_save() */
	struct span mark; /* of client_authenticate(): which secret it was */
};

#define APP_NAME_MAX 80 /* characters */

/* 1 to 80 characters of UTF-8, none of them a control character, U+FFFE or
 * U+FFFF (which XML cannot hold), no blank at either end. Any others may be
 * there: who shows a name escapes and isolates it. */
bool app_name_is_valid(struct span name);
/* OST_NOTFOUND also for an id that none can be. */
OST_CHECK enum ost_err app_by_id(struct store *accounts, struct arena *arena,
	struct span client_id, struct app *app);
/* Sets client_id (unless it is there: `load`) and created_ms. */
OST_CHECK enum ost_err app_create(
	struct store *accounts, struct arena *arena, struct app *app);
/* The same together with another record, which changes only if this one is
 * made. OST_CONFLICT also when that was changed meanwhile. NULL: no other. */
OST_CHECK enum ost_err app_create_with(struct store *accounts,
	struct arena *arena, struct app *app, const struct store_item *also);
/* OST_CONFLICT: changed meanwhile. */
OST_CHECK enum ost_err app_save(
	struct store *accounts, struct arena *arena, const struct app *app);
OST_CHECK enum ost_err app_delete(
	struct store *accounts, struct arena *arena, const struct app *app);
OST_CHECK enum ost_err app_decode(
	struct arena *arena, struct span value, struct app *app);
/* Whether what it gets for that scope goes on without its user: with refresh
 * tokens, for offline_access or because it has them anyway. */
bool app_is_offline(const struct app *app, struct span scope);
#endif
